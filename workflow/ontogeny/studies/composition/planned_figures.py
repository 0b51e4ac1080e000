"""Which figures over all runs a configuration gets: those that can show something."""

from collections.abc import Collection, Mapping

from ontogeny.config import GroupTable
from ontogeny.groups import (
    MAX_SUBGROUPS_ORDER,
    Factor,
    element_orders,
    from_table,
    is_abelian,
    parse,
)
from ontogeny.storage import StorageError, read_cayley_table
from ontogeny.studies.composition.config import BilinearSettings, Experiment, MLPSettings

__all__ = ["LEAST_RUNS", "LEAST_WIDTHS", "overview_figures", "width_of"]

LEAST_RUNS = 6
"""With fewer runs no claim of `ontogeny.studies.composition.claims` has a verdict."""

LEAST_WIDTHS = 3
"""With fewer widths there is no dependence on the width to be seen."""


def overview_figures(
    experiments: Collection[Experiment], tables: Mapping[str, GroupTable]
) -> list[str]:
    """Return the names of the figures over all runs.

    Parameters
    ----------
    experiments : collection of Experiment
        Those whose networks learn the product of the group.
    tables : mapping
        The groups that are given by a table, by name.

    Returns
    -------
    list of str
        ``universality_grokking`` and ``universality_similarity`` need a network that is trained
        here, ``universality_order`` one on a group whose irreps differ in degree or smallest
        orbit, ``universality_width`` `LEAST_WIDTHS` widths of one architecture on one group, and
        ``universality_claims`` `LEAST_RUNS` runs.
    """
    trained = [experiment for experiment in experiments if not experiment.weights]
    widths: dict[tuple[str, str], set[int]] = {}
    for experiment in experiments:
        cell = experiment.group, experiment.architecture.kind
        widths.setdefault(cell, set()).add(width_of(experiment))
    # Reading a table costs more than reading a name: named groups come first.
    groups = sorted({each.group for each in trained}, key=lambda group: (group in tables, group))
    drawn = {
        "universality_grokking": bool(trained),
        "universality_similarity": bool(trained),
        "universality_irreps": bool(experiments),
        "universality_order": any(_irreps_differ(group, tables) for group in groups),
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


def _irreps_differ(group: str, tables: Mapping[str, GroupTable]) -> bool:
    """Return whether the non-trivial irreps of a group differ in degree or smallest orbit.

    They do unless all elements but the identity commute and have one order. Of a larger group the
    smallest orbits are not known, so that one of odd order has to be non-abelian.
    """
    if group in tables:
        try:
            found = from_table(group, *read_cayley_table(tables[group].table)[:1])
        except (OSError, StorageError, ValueError):
            return True  # the job that reads the table says what is wrong with it
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
