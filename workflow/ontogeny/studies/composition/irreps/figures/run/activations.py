"""Activations of single neurons.

Activation of single neurons over all pairs at the final checkpoint, the strongest neurons of each
cluster. Each factor is sorted by the cosets of a subgroup: the one with the fewest cosets that
still explain 90 % of the variance of the neuron's mean activation. The titles give their number. A
neuron that is constant on few cosets of a and of b shows as blocks. A factor without such cosets is
sorted by the mean activation only. Residues are sorted by ka and kb, modulo their number, for a
neuron of frequency k: such a neuron sees one wave of each.
"""

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ontogeny.plotting import colour_bar, figure, heat_map, settings
from ontogeny.studies.composition.config import Style
from ontogeny.studies.composition.frequency import frequency_of
from ontogeny.studies.composition.irreps.panels import irrep_label
from ontogeny.studies.composition.labels import variable

__all__ = ["draw", "draw_neuron", "factor_label", "numbers", "sorted_examples"]

NEEDS = ("irreps-alone",)

_COLUMNS = 4
_PARTED, _NAMED = 12, 12


def numbers(analysis: xr.Dataset) -> xr.Dataset:
    """Select the neurons, with both factors by coset."""
    return sorted_examples(analysis)


def sorted_examples(analysis: xr.Dataset) -> xr.Dataset:
    """Select the neurons that are shown one by one, with factors in the order of figures.

    Returns
    -------
    Dataset
        ``example_activation`` by ``example``, ``row`` and ``column``; ``left_label``,
        ``right_label``, ``left_coset`` and ``right_coset`` of each row or column.
    """
    chosen = analysis[["example_activation", "example_irrep"]]
    tables = chosen["example_activation"].transpose("example", "left", "right").values
    found = {}
    for axis, (side, dim) in enumerate((("left", "row"), ("right", "column")), start=1):
        order = np.argsort(analysis[f"example_{side}_rank"].values, axis=1)
        tables = np.take_along_axis(tables, np.expand_dims(order, 3 - axis), axis)
        cosets = np.take_along_axis(analysis[f"example_{side}_coset"].values, order, 1)
        along = ("example", dim)
        said = {"long_name": f"coset of the {side} factor", "units": "1"}
        found[f"{side}_coset"] = (along, cosets, said)
        labels = analysis["label"].values[order]
        found[f"{side}_label"] = (along, labels, said | {"long_name": f"{side} factor"})
    about = chosen["example_activation"].attrs
    return xr.Dataset(
        {
            "example_irrep": chosen["example_irrep"],
            "example_activation": (("example", "row", "column"), tables, about),
            **found,
        },
        {
            "example": chosen["example"],
            "residues": variable((), "class_residue" in analysis.coords, "residues are added"),
        },
    )


def draw(numbers: xr.Dataset, style: Style, title: str) -> Figure:
    """Draw one heat map for each neuron."""
    count = max(numbers.sizes["example"], 1)
    with settings():
        rows = -(-count // _COLUMNS)
        drawn = figure(width=1.4 * style.width, height=(0.37 * rows + 0.1) * style.width)
        places = drawn.subplots(rows, _COLUMNS, squeeze=False).ravel()
        for axes in places[numbers.sizes["example"] :]:
            axes.remove()
        for axes, example in zip(places, numbers["example"].values, strict=False):
            draw_neuron(axes, numbers.sel(example=example))
        drawn.supxlabel("right factor b", fontsize=9)
        drawn.supylabel("left factor a", fontsize=9)
        drawn.suptitle(title, fontsize=10)
    return drawn


def draw_neuron(axes: Axes, one: xr.Dataset, *, label: str = "") -> None:
    """Draw the activation of a neuron over all pairs, its cosets parted by lines.

    Parameters
    ----------
    axes : Axes
    one : Dataset
        A neuron of `sorted_examples`.
    label : str
        Of the colour bar.
    """
    values = one["example_activation"].values
    name = f"neuron {int(one['example'])}, {irrep_label(one['example_irrep'].item())}"
    if bool(one["residues"]):
        image = heat_map(axes, values, f"{name}\nfactors by k a, k b")
    else:
        counts = [int(one[f"{side}_coset"].max()) + 1 for side in ("left", "right")]
        image = heat_map(axes, values, f"{name}\n{counts[0]} × {counts[1]} cosets")
        _part(axes, one)
    if values.min() >= 0:
        image.set(cmap="Reds", clim=(0, values.max() or 1.0))
    colour_bar(axes, image, label)


def factor_label(one: xr.Dataset, side: str) -> str:
    """Return what an axis of `draw_neuron` has, ``left`` or ``right``, in words."""
    letter = "a" if side == "left" else "b"
    factor = f"{side} factor {letter}"
    cosets = one[f"{side}_coset"].values
    frequency = frequency_of(one["example_irrep"].item())
    if bool(one["residues"]) and frequency is not None:
        return f"{factor}, sorted by {frequency} {letter} mod {len(cosets)}"
    count = int(cosets.max()) + 1
    parted = f"in {count} cosets" if count < len(cosets) else "sorted by mean activation"
    return f"{factor}, {parted}"


def _part(axes: Axes, one: xr.Dataset) -> None:
    """Part the cosets of a neuron by lines where they are few, and name elements where they are."""
    for side, line, axis in (
        ("left", axes.axhline, axes.yaxis),
        ("right", axes.axvline, axes.xaxis),
    ):
        cosets = one[f"{side}_coset"].values
        ends = np.flatnonzero(np.diff(cosets)) + 0.5
        if len(ends) < min(_PARTED, len(cosets) - 1):
            for end in ends:
                line(end, color="#555555", lw=0.3)
        if len(cosets) <= _NAMED:
            labels = [str(each) for each in one[f"{side}_label"].values]
            rotation = 90 if side == "right" else 0
            axis.set_ticks(range(len(labels)), labels, fontsize=6, rotation=rotation)
