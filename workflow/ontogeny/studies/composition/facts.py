"""What is true of the runs of a configuration, so that figures can need it."""

from collections import Counter
from collections.abc import Collection, Mapping

from ontogeny.groups import (
    MAX_SUBGROUPS_ORDER,
    Factor,
    element_orders,
    is_abelian,
    parse,
)
from ontogeny.studies.composition.catalogue.given import group_specification, specified_group
from ontogeny.studies.composition.catalogue.sections import GivenGroup
from ontogeny.studies.composition.config import Experiment

__all__ = ["LEAST_RUNS", "LEAST_WIDTHS", "facts_of_run", "facts_of_runs", "is_cyclic"]

LEAST_RUNS = 6
"""With fewer runs no claim of `ontogeny.studies.composition.irreps.claims` has a verdict."""

LEAST_WIDTHS = 3
"""With fewer widths there is no dependence on the width to be seen."""


def facts_of_run(
    *, steps: bool, split: bool, initial: bool, residues: bool, kind: str | None
) -> frozenset[str]:
    """Return what is true of a run.

    Parameters
    ----------
    steps : bool
        Whether it has checkpoints along training.
    split : bool
        Whether its training pairs are known, and there are test pairs.
    initial : bool
        Whether its initial checkpoint is kept.
    residues : bool
        Whether it is analysed as modular addition, by frequency, as well.
    kind : str or None
        Of its architecture; None where it is not known.
    """
    facts = {
        "steps": steps,
        "split": split,
        "initial": initial,
        "irreps-alone": not residues,
    }
    found = {name for name, holds in facts.items() if holds}
    return frozenset(found if kind is None else {*found, kind})


def facts_of_runs(experiments: Collection[Experiment], given: Mapping[str, GivenGroup]) -> set[str]:
    """Return what is true of all runs together.

    Parameters
    ----------
    experiments : collection of Experiment
        Those whose networks learn the product of the group.
    given : mapping
        The section ``groups``: the groups that cannot be called by name.

    Returns
    -------
    set of str
        ``steps``: a network has checkpoints along training. All others are true of the networks
        with test pairs. ``test-pairs``: there is one. ``irreps-differ``: one of those with
        checkpoints along training is on a group whose irreps differ in degree or smallest orbit.
        ``several-runs``: there are two of the widest networks of one architecture on one group.
        ``several-widths``: there are `LEAST_WIDTHS` widths of one architecture on one group.
        ``enough-runs``: there are `LEAST_RUNS` runs.
    """
    tested = [experiment for experiment in experiments if experiment.has_test_pairs]
    followed = [experiment for experiment in tested if experiment.has_steps]
    runs_by_width: dict[tuple[str, str], Counter[int]] = {}
    for experiment in tested:
        cell = experiment.group, experiment.architecture.kind
        by_width = runs_by_width.setdefault(cell, Counter())
        by_width[experiment.architecture.neurons] += len(experiment.seeds)
    # Making a given group costs more than reading a name: named groups come first.
    groups = sorted({each.group for each in followed}, key=lambda group: (group in given, group))
    facts = {
        "steps": any(experiment.has_steps for experiment in experiments),
        "test-pairs": bool(tested),
        "irreps-differ": any(_irreps_differ(group, given) for group in groups),
        "several-runs": any(each[max(each)] > 1 for each in runs_by_width.values()),
        "several-widths": any(len(each) >= LEAST_WIDTHS for each in runs_by_width.values()),
        "enough-runs": sum(len(each.seeds) for each in tested) >= LEAST_RUNS,
    }
    return {name for name, holds in facts.items() if holds}


def is_cyclic(group: str) -> bool:
    """Return whether the group of a name is cyclic by its name."""
    return [factor.family for factor in parse(group)] == ["C"]


def _irreps_differ(group: str, given: Mapping[str, GivenGroup]) -> bool:
    """Return whether the non-trivial irreps of a group differ in degree or smallest orbit.

    They do unless all elements but the identity commute and have one order. Of a larger group the
    smallest orbits are not known, so that one of odd order has to be non-abelian.
    """
    if group in given:
        section = given[group]
        found = specified_group(group_specification(group, section), section.table)
        order, abelian = found.order, is_abelian(found)
        orders = {int(each) for each in element_orders(found)}
    else:
        factors = parse(group)
        order, abelian = _order(factors), all(map(_is_cyclic, factors))
        orders = {divisor for each in factors for divisor in _divisors(each.order)}
    if not abelian:
        return True
    return len(orders - {1}) > 1 and (order <= MAX_SUBGROUPS_ORDER or order % 2 == 0)


def _is_cyclic(factor: Factor) -> bool:
    return factor.family == "C" or factor.order <= 3


def _order(factors: Collection[Factor]) -> int:
    order = 1
    for factor in factors:
        order *= factor.order
    return order


def _divisors(number: int) -> list[int]:
    return [divisor for divisor in range(1, number + 1) if number % divisor == 0]
