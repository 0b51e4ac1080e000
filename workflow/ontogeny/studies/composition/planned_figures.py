"""Which figures over all runs a configuration gets: those that can show something."""

from collections.abc import Collection, Mapping

from ontogeny.config import GivenGroup
from ontogeny.given_groups import group_specification, specified_group
from ontogeny.groups import (
    MAX_SUBGROUPS_ORDER,
    Factor,
    element_orders,
    is_abelian,
    parse,
)
from ontogeny.studies.composition.config import BilinearSettings, Experiment, MLPSettings

__all__ = ["LEAST_RUNS", "LEAST_WIDTHS", "overview_figures", "width_of"]

LEAST_RUNS = 6
"""With fewer runs no claim of `ontogeny.studies.composition.irreps.claims` has a verdict."""

LEAST_WIDTHS = 3
"""With fewer widths there is no dependence on the width to be seen."""


def overview_figures(
    experiments: Collection[Experiment], given: Mapping[str, GivenGroup]
) -> list[str]:
    """Return the names of the figures over all runs.

    Parameters
    ----------
    experiments : collection of Experiment
        Those whose networks learn the product of the group.
    given : mapping
        The section ``groups``: the groups that no name stands for.

    Returns
    -------
    list of str
        ``universality_grokking`` and ``universality_similarity`` need a network with
        checkpoints along training, ``universality_order`` one on a group whose irreps differ in
        degree or smallest orbit, ``universality_width`` `LEAST_WIDTHS` widths of one architecture
        on one group, and
        ``universality_claims`` `LEAST_RUNS` runs.
    """
    followed = [experiment for experiment in experiments if experiment.has_steps]
    widths: dict[tuple[str, str], set[int]] = {}
    for experiment in experiments:
        cell = experiment.group, experiment.architecture.kind
        widths.setdefault(cell, set()).add(width_of(experiment))
    # Making a given group costs more than reading a name: named groups come first.
    groups = sorted({each.group for each in followed}, key=lambda group: (group in given, group))
    drawn = {
        "universality_grokking": bool(followed),
        "universality_similarity": bool(followed),
        "universality_irreps": bool(experiments),
        "universality_order": any(_irreps_differ(group, given) for group in groups),
        "universality_width": any(len(each) >= LEAST_WIDTHS for each in widths.values()),
        "universality_claims": sum(len(each.seeds) for each in experiments) >= LEAST_RUNS,
    }
    return [name for name, shown in drawn.items() if shown]


def width_of(experiment: Experiment) -> int:
    """Return the number of hidden neurons of an experiment's networks."""
    architecture = experiment.architecture
    if isinstance(architecture, MLPSettings | BilinearSettings):
        return architecture.hidden
    return architecture.d_mlp


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
