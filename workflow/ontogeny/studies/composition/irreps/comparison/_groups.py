"""The groups of the runs, and the irreps of all of them."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import xarray as xr

from ontogeny.joins.rows import stacked
from ontogeny.labels import text
from ontogeny.studies.composition.labels import variable

__all__ = ["Groups", "joined"]


@dataclass(frozen=True, eq=False)
class Groups:
    """Groups of the runs, and the irreps of all of them.

    Attributes
    ----------
    names, irreps : list of str
        Names of the groups, sorted; names of the irreps that any of them has.
    order : dict of str to int
        Number of elements of each group.
    properties : dict of str to Variable
        ``place``, ``degree``, ``rank`` and ``smallest_orbit`` along ``(group, irrep)``, NaN for an
        irrep that a group does not have.
    """

    names: list[str]
    irreps: list[str]
    order: dict[str, int]
    properties: dict[str, xr.Variable]


def joined(irreps: Mapping[str, xr.Dataset]) -> Groups:
    """Return all groups over the names of all their irreps.

    Parameters
    ----------
    irreps : mapping of str to Dataset
        Those of each group, by its name.
    """
    groups = sorted(irreps)
    each = [irreps[group] for group in groups]
    names = list(dict.fromkeys(str(name) for one in each for name in one["irrep"].values))
    place = [one["degree"].copy(data=np.arange(one.sizes["irrep"])) for one in each]
    values = {"place": stacked(place, irrep=text(names))}
    for name in ("degree", "rank", "smallest_orbit"):
        values[name] = stacked([one[name] for one in each], irrep=text(names))
    properties = {
        name: variable(("group", "irrep"), array, f"{name.replace('_', ' ')} of the irrep")
        for name, array in values.items()
    }
    order = {group: one.sizes["element"] for group, one in irreps.items()}
    return Groups(groups, names, order, properties)
