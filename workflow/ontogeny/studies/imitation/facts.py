"""What is true of the runs of a configuration, so that figures can need it."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

import numpy as np

from ontogeny.studies.imitation.analysis.learners import top_set
from ontogeny.studies.imitation.analysis.model_class import GEOMETRIC
from ontogeny.studies.imitation.config import (
    Class,
    Experiment,
    Imitation,
    Random,
    Treacherous,
    policies_of,
    steps_of,
)
from ontogeny.studies.imitation.least import LEAST_RUNS, LEAST_VALUES

__all__ = ["can_ask", "facts_of_runs"]


def facts_of_runs(imitation: Imitation) -> frozenset[str]:
    """Return what is true of all runs together.

    A fact counts the runs that the figure with this need shows. Figures that show harm leave out
    runs with an event of their own, and so do ``several-alphas``, ``rarity``, ``hazard`` and
    ``several-learners``. "Plain" runs are conservative, with a uniform prior and the demonstrator
    in the class.

    Returns
    -------
    frozenset of str
        ``asks``: some simulated run can have a query. ``enumerated``: some run is, with the
        demonstrator in its class. ``several-alphas``: plain runs of one class and number of steps
        have `LEAST_VALUES` alphas. ``several-sizes``: plain runs on random classes that agree in
        all else have as many numbers of policies. ``rarity``: plain runs on treacherous classes
        that agree in all else, without a hazard, with alpha/w below 1, have as many probabilities
        of harm.
        ``hazard``: a run is on a class with a hazard. ``several-learners``: one treacherous class
        has two learners. ``enough-runs``: an experiment has as many seeds as a claim needs.
    """
    runs = [(each, imitation.classes[each.class_name]) for each in imitation.experiments.values()]
    plain = [(each, kind) for each, kind in runs if _is_plain(each)]
    harm = [
        (each, kind)
        for each, kind in runs
        if isinstance(kind, Treacherous) and not each.has_own_event(kind)
    ]
    alphas = _most(
        ((e.class_name, e.schedule.steps), e.alpha)
        for e, kind in plain
        if not e.has_own_event(kind)
    )
    sizes = _most(
        ((e.alpha, e.ties, e.schedule.steps, kind.states, kind.actions), kind.policies)
        for e, kind in plain
        if isinstance(kind, Random)
    )
    rarities = _most(
        ((e.alpha, e.ties, e.schedule.steps, _without_rarity(kind)), kind.harm_probability)
        for e, kind in harm
        if _is_plain(e) and not kind.hazard and e.alpha < 1 / policies_of(kind)
    )
    facts = {
        "asks": any(steps_of(kind) is None and can_ask(each, kind) for each, kind in runs),
        "enumerated": any(
            steps_of(kind) is not None and each.contains_demonstrator for each, kind in runs
        ),
        "several-alphas": alphas >= LEAST_VALUES,
        "several-sizes": sizes >= LEAST_VALUES,
        "several-learners": _most((e.class_name, e.learner) for e, _ in harm) >= 2,
        "hazard": any(kind.hazard for _, kind in harm),
        "rarity": rarities >= LEAST_VALUES,
        "enough-runs": any(len(each.seeds) >= LEAST_RUNS for each, _ in runs),
    }
    return frozenset(name for name, holds in facts.items() if holds)


def can_ask(experiment: Experiment, kind: Class) -> bool:
    """Return whether runs of an experiment can have a query, as far as the configuration tells.

    A cloning learner asks. Others ask when plausible policies disagree, and the weights stay as
    they are until the first answer: with one plausible policy at the beginning, or in a class with
    none but copies, which always act alike, there is never a query.
    """
    if experiment.learner in ("cloning", "demonstrator"):
        return experiment.learner == "cloning"
    count = policies_of(kind) - (not experiment.contains_demonstrator)
    quotient = GEOMETRIC if experiment.prior == "geometric" else 1.0
    plausible = top_set(np.arange(count) * np.log(quotient), experiment.alpha).sum()
    demonstrator_is_first = experiment.ties == "first" and experiment.contains_demonstrator
    alike = 1
    if isinstance(kind, Treacherous) and not kind.others and not demonstrator_is_first:
        alike = kind.copies
    return bool(plausible > alike)


def _without_rarity(kind: Treacherous) -> Treacherous:
    """Return a class as it is but for its probability of harm."""
    return kind.model_copy(update={"harm_probability": 0.0})


def _is_plain(experiment: Experiment) -> bool:
    return (
        experiment.learner == "conservative"
        and experiment.prior == "uniform"
        and experiment.contains_demonstrator
    )


def _most(pairs: Iterable[tuple[Any, Any]]) -> int:
    """Return the largest number of different values, which come second, of any one key."""
    values = defaultdict(set)
    for key, value in pairs:
        values[key].add(value)
    return max(map(len, values.values()), default=0)
