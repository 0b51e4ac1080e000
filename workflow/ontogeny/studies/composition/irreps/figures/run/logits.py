r"""A slice of the logits beside characters.

The logit of one output over all pairs, minus the mean over outputs, beside the characters of a b
c\ :sup:`-1` of the irreps with the largest logit similarity, each on its own scale.
"""

import numpy as np
import xarray as xr
from matplotlib.figure import Figure

from ontogeny.plotting import figure, heat_map, settings
from ontogeny.studies.composition.config import Style

__all__ = ["draw", "numbers"]

_SHOWN = 5
_COLUMNS = 3


def numbers(analysis: xr.Dataset) -> xr.Dataset:
    """Select the slice and the characters with the largest logit similarity."""
    similarity = analysis["logit_similarity"].where(analysis["key"], -1.0)
    order = np.argsort(-similarity.values, kind="stable")[: min(_SHOWN, int(analysis["key"].sum()))]
    return analysis[["logit_slice", "character_slice", "logit_similarity"]].isel(irrep=order)


def draw(numbers: xr.Dataset, style: Style, title: str) -> Figure:
    """Draw one heat map for the logits and one for each character, each on its own scale."""
    output = numbers["logit_slice"].attrs["output"]
    count = numbers.sizes["irrep"] + 1
    with settings():
        rows = -(-count // _COLUMNS)
        drawn = figure(width=style.width, height=0.42 * style.width * rows)
        places = drawn.subplots(rows, _COLUMNS, squeeze=False).ravel()
        panels, unused = places[:count], places[count:]
        for axes in unused:
            axes.remove()
        heat_map(panels[0], numbers["logit_slice"].values, f"logit of c = {output}")
        for axes, irrep in zip(panels[1:], numbers["irrep"].values, strict=True):
            one = numbers.sel(irrep=irrep)
            similarity = float(one["logit_similarity"])
            heat_map(axes, one["character_slice"].values, f"{irrep}\nsimilarity {similarity:.3f}")
        for axes in panels:
            axes.set(xlabel="right factor b", ylabel="left factor a")
        drawn.suptitle(title, fontsize=10)
    return drawn
