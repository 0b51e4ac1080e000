"""What is true of the runs of a configuration, so that figures can need it."""

from collections import Counter
from typing import Any

from ontogeny.studies.imitation.config import Imitation, Random, Treacherous, steps_of
from ontogeny.studies.imitation.least import LEAST_RUNS, LEAST_VALUES

__all__ = ["facts_of_runs"]


def facts_of_runs(imitation: Imitation) -> frozenset[str]:
    """Return what is true of all runs together.

    Returns
    -------
    frozenset of str
        ``simulated``, ``enumerated``: some run is. ``several-alphas``: the conservative learner has
        `LEAST_VALUES` alphas on one class. ``several-sizes``: random classes have as many numbers
        of policies. ``rarity``: treacherous classes have as many probabilities of harm.
        ``hazard``: a run is on a class with a hazard. ``several-learners``: one treacherous class
        has two learners. ``enough-runs``: an experiment has as many seeds as a claim needs.
    """
    runs = [(each, imitation.classes[each.class_name]) for each in imitation.experiments.values()]
    treacherous = [(each, kind) for each, kind in runs if isinstance(kind, Treacherous)]
    alphas = {(e.class_name, e.alpha) for e, _ in runs if e.learner == "conservative"}
    learners = {(e.class_name, e.learner) for e, _ in treacherous}
    sizes = {kind.policies for _, kind in runs if isinstance(kind, Random)}
    facts = {
        "simulated": any(steps_of(kind) is None for _, kind in runs),
        "enumerated": any(steps_of(kind) is not None for _, kind in runs),
        "several-alphas": _most_on_a_class(alphas) >= LEAST_VALUES,
        "several-sizes": len(sizes) >= LEAST_VALUES,
        "several-learners": _most_on_a_class(learners) >= 2,
        "hazard": any(kind.hazard for _, kind in treacherous),
        "rarity": len({kind.harm_probability for _, kind in treacherous}) >= LEAST_VALUES,
        "enough-runs": any(len(each.seeds) >= LEAST_RUNS for each, _ in runs),
    }
    return frozenset(name for name, holds in facts.items() if holds)


def _most_on_a_class(pairs: set[tuple[str, Any]]) -> int:
    """Return the largest number of pairs with the same class, which comes first."""
    return max(Counter(name for name, _ in pairs).values(), default=0)
