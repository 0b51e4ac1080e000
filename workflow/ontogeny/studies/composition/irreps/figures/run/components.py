"""The unembedding in the directions of each key irrep.

Rows of the unembedding at the final checkpoint, one point for each group element, projected on the
two directions in which functions of a key irrep are largest. On a cyclic group these are its cosine
and sine: a network that adds has the residues on a circle, where neighbours are residues whose
multiples by k are neighbours. On other groups the functions are constant on cosets, the fewest for
which the irrep has any, and each coset has a colour: a network that has learned the irrep gathers
the elements of a coset in one point. An irrep of one dimension has only the first direction; the
second is then the largest remaining one. In brackets, the share of the variance of the unembedding
that each direction has.
"""

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ontogeny.plotting import figure, note, settings
from ontogeny.studies.composition.config import Style
from ontogeny.studies.composition.irreps.panels import MOST_PANELS, irrep_label, shown_of
from ontogeny.studies.composition.labels import variable

__all__ = ["draw", "numbers"]

_COLUMNS = 3
_NAMED, _NUMBERED = 12, 64


def numbers(analysis: xr.Dataset) -> xr.Dataset:
    """Select the directions of the key irreps, those with the largest logit similarity first."""
    names = ["unembedding_component", "component_share", "component_coset", "label", "key_irreps"]
    similarity = analysis["logit_similarity"].where(analysis["key"], -1.0).values
    order = np.argsort(-similarity, kind="stable")[: min(MOST_PANELS, int(analysis["key_irreps"]))]
    natural = variable((), "class_residue" in analysis.coords, "elements are residues")
    return analysis[names].isel(irrep=order).assign_coords(natural=natural)


def draw(numbers: xr.Dataset, style: Style, title: str) -> Figure:
    """Draw one plane for each irrep."""
    count = max(numbers.sizes["irrep"], 1)
    columns = min(_COLUMNS, count)
    rows = -(-count // columns)
    with settings():
        drawn = figure(
            width=0.45 * max(columns, 2) * style.width, height=(0.45 * rows + 0.08) * style.width
        )
        places = drawn.subplots(rows, columns, squeeze=False).ravel()
        if not numbers.sizes["irrep"]:
            note(places[0], "There is no key irrep.")
            places[0].axis("off")
        for axes in places[count:]:
            axes.remove()
        for axes, name in zip(places, numbers["irrep"].values, strict=False):
            _plane(axes, numbers.sel(irrep=name), str(name))
        drawn.supxlabel("first direction", fontsize=9)
        drawn.supylabel("second direction", fontsize=9)
        drawn.suptitle(shown_of(title, numbers), fontsize=10)
    return drawn


def _plane(axes: Axes, one: xr.Dataset, name: str) -> None:
    x, y = one["unembedding_component"].transpose("direction", "output").values
    cosets = one["component_coset"].values
    count, (first, second) = len(np.unique(cosets)), one["component_share"].values
    labels = [str(label) for label in one["label"].values]
    parted = "" if count == len(cosets) else f", {count} cosets"
    if bool(one["natural"]) and len(labels) <= _NUMBERED:
        axes.plot(x, y, "o", color="#dddddd", ms=8, mew=0)
        for place in zip(x, y, labels, strict=True):
            axes.text(*place, fontsize=6, ha="center", va="center")
    else:
        axes.scatter(x, y, c=cosets, cmap="turbo", s=14, alpha=0.8, lw=0)
        if len(labels) <= _NAMED:
            for place in zip(x, y, labels, strict=True):
                axes.annotate(place[2], place[:2], (3, 3), textcoords="offset points", fontsize=5)
    axes.set_title(f"{irrep_label(name)}{parted} ({first:.0%} + {second:.0%})")
    axes.set_aspect("equal", adjustable="datalim")
    axes.tick_params(labelsize=7)
