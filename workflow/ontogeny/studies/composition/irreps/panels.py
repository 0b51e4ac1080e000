"""What the figures of irreps share."""

from typing import NamedTuple

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from ontogeny.plotting import Look, irrep_looks
from ontogeny.studies.composition.words import irrep_label

__all__ = [
    "EXCLUDED",
    "MOST_PANELS",
    "OTHER",
    "PARTS",
    "RESTRICTED",
    "class_axis",
    "class_order",
    "class_places",
    "irrep_grid",
    "irrep_label",
    "irrep_lines",
    "looks_of",
    "shown_key",
    "shown_of",
]

EXCLUDED, RESTRICTED = ("#000000", "--"), ("#000000", "-")
"""Colour and dash of excluded and restricted losses: irreps have all colours, splits two."""

OTHER = "#bbbbbb"
"""Of irreps that are not key."""


class PartLook(NamedTuple):
    """How a part of the hidden layer is drawn: greys, as irreps have all colours."""

    label: str
    colour: str
    dash: str
    marker: str


PARTS = {
    "left": PartLook("ρ(a)", "#c4c4c4", "-", "<"),
    "right": PartLook("ρ(b)", "#8c8c8c", "--", ">"),
    "product": PartLook("ρ(ab)", "#222222", "-", "o"),
}

MOST_PANELS = 12
"""Number of irreps that have a panel of their own, at most."""

_NAMED, _FLAT, _COLUMNS = 16, 5, 3


def looks_of(numbers: xr.Dataset) -> dict[str, Look]:
    """Return the looks of all irreps of a group, from data that have all of them."""
    return irrep_looks([str(name) for name in numbers["irrep"].values])


def irrep_lines(axes: Axes, values: xr.DataArray, key: xr.DataArray) -> None:
    """Draw the curve of each irrep over steps; those that are not key in grey behind the others.

    Parameters
    ----------
    axes : Axes
    values : DataArray
        By `step` and `irrep`, with all irreps of the group.
    key : DataArray of bool
        By `irrep`.
    """
    looks = irrep_looks([str(name) for name in values["irrep"].values])
    for name, look in looks.items():
        line = values.sel(irrep=name)
        if bool(key.sel(irrep=name)):
            axes.plot(line["step"], line, color=look.colour, ls=look.dash, zorder=3,
                      label=irrep_label(name))  # fmt: skip
        else:
            axes.plot(line["step"], line, color=OTHER, lw=0.6, zorder=2)
    if not bool(key.all()):
        axes.plot([], [], color=OTHER, lw=0.6, label="not key")


def class_order(found: xr.Dataset) -> xr.Dataset:
    """Return a dataset with conjugacy classes in the order in which figures have them.

    Residues from the smallest on; other classes by the order of their elements, then by size.
    """
    if "class_residue" in found.coords:
        return found.sortby("class_residue")
    order = np.lexsort((found["class_size"].values, found["class_order"].values))
    return found.isel(conjugacy_class=order)


def class_axis(axes: Axes, numbers: xr.Dataset) -> None:
    """Name the conjugacy classes of ``a b c^-1`` on the horizontal axis, from `class_order`."""
    if "class_residue" in numbers.coords:
        axes.set_xlabel("a + b − c (0: the right answer)")
        return
    count = numbers.sizes["conjugacy_class"]
    axes.set_xlabel("conjugacy class of a b c⁻¹ (first: the right answer)")
    axes.set_xlim(-0.5, count - 0.5)
    if count <= _NAMED:
        pairs = zip(numbers["class_element"].values, numbers["class_size"].values, strict=True)
        names = [f"{element}\n× {size}" for element, size in pairs]
        axes.set_xticks(range(count), names, fontsize=6.5, rotation=0 if count <= _FLAT else 30)
    else:
        axes.set_xticks([0], [str(numbers["class_element"].values[0])])


def class_places(numbers: xr.Dataset) -> NDArray[np.integer]:
    """Return the place of each conjugacy class on the axis of `class_axis`."""
    if "class_residue" in numbers.coords:
        return numbers["class_residue"].values
    return np.arange(numbers.sizes["conjugacy_class"])


def shown_key(numbers: xr.Dataset) -> list[str]:
    """Return the key irreps that have a panel of their own: the first `MOST_PANELS`."""
    key = numbers["irrep"].values[numbers["key"].values]
    return [str(name) for name in key[:MOST_PANELS]]


def shown_of(title: str, numbers: xr.Dataset) -> str:
    """Return a title that says how many key irreps are shown, where some are not."""
    count = int(numbers["key_irreps"])
    return f"{title}\n{MOST_PANELS} of {count} key irreps" if count > MOST_PANELS else title


def irrep_grid(drawn: Figure, count: int) -> list[Axes]:
    """Return panels for irreps in rows of three, at least one."""
    count = max(count, 1)
    rows = -(-count // _COLUMNS)
    places = [*drawn.subplots(rows, min(_COLUMNS, count), squeeze=False).ravel()]
    for unused in places[count:]:
        unused.remove()
    return places[:count]
