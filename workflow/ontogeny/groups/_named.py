"""From a name to its group."""

from ontogeny.groups._families import (
    alternating,
    cyclic,
    dicyclic,
    dihedral,
    frobenius,
    symmetric,
)
from ontogeny.groups._group import Group
from ontogeny.groups._names import Factor, frobenius_factors, parse
from ontogeny.groups._products import direct_product

__all__ = ["group"]

_FAMILIES = {"C": cyclic, "D": dihedral, "S": symmetric, "A": alternating, "Q": dicyclic}


def group(name: str) -> Group:
    """Build the group of this name.

    ``group(name).name == name``. Element order and composition are those of the family
    (`cyclic`, `dihedral`, `symmetric`, `alternating`, `dicyclic`, `frobenius`) and of
    `direct_product`.

    Parameters
    ----------
    name : str
        As `parse` reads it, for example ``"C59"``, ``"S5"``, ``"F20"``, ``"C2xS4"``.

    Returns
    -------
    group : Group

    Raises
    ------
    ValueError
        If no group has this name; the message gives the nearest that exists.

    Examples
    --------
    >>> group("C2xS4")
    Group('C2xS4', order 48)
    """
    return direct_product(*(_factor_group(factor) for factor in parse(name)))


def _factor_group(factor: Factor) -> Group:
    pair = frobenius_factors(factor.order) if factor.family == "F" else None
    return _FAMILIES[factor.family](factor.number) if pair is None else frobenius(*pair)
