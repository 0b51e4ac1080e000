"""Scores of heads against those of weights.

Copying and prefix matching of every head and checkpoint, measured on outputs and attention
(vertical) and on weights (horizontal), with the correlation over all points. Use the copying score
only to rank heads: its sequences do not trigger induction heads, which then attend to all tokens
and score below 0, however well they copy. Colours show the kinds of heads at the end of training.
"""

import numpy as np
import xarray as xr
from matplotlib.figure import Figure

from ontogeny.config import Style
from ontogeny.plotting import figure, settings
from ontogeny.studies.induction.panels import KIND_COLOURS, kind_patches, kinds_of

__all__ = ["draw", "numbers"]

NEEDS = ("several-layers",)


def numbers(evaluation: xr.Dataset, analysis: xr.Dataset) -> xr.Dataset:
    """Select the four scores of every head and checkpoint, and the correlations."""
    chosen = evaluation[["copying", "ov_eigenvalue", "matching", "qk_trace"]].sel(offset=1)
    names = ["evaluator_correlation", "head_kind"]
    return chosen.assign(analysis[[name for name in names if name in analysis]])


def draw(numbers: xr.Dataset, style: Style, title: str) -> Figure:
    """Draw one point a head and checkpoint, in the colour of the kind of the head."""
    pairs = (
        ("ov_eigenvalue", "copying", "OV eigenvalue score", "copying score (to rank heads)"),
        ("qk_trace", "matching", "QK trace", "prefix matching"),
    )
    kinds = kinds_of(numbers)
    with settings():
        drawn = figure(width=style.width, height=0.5 * style.width)
        for number, (axes, (x, y, about_x, about_y)) in enumerate(
            zip(drawn.subplots(1, 2), pairs, strict=True)
        ):
            for layer, head in np.ndindex(kinds.shape):
                one = numbers.isel(layer=layer, head=head)
                axes.plot(one[x].values, one[y].values, ".", ms=3, alpha=0.6,
                          color=KIND_COLOURS[kinds[layer, head]])  # fmt: skip
            found = float(numbers["evaluator_correlation"][number])
            title_of = "" if np.isnan(found) else f"correlation {found:.2f}"
            axes.set(xlabel=about_x, ylabel=about_y, title=title_of)
        drawn.legend(handles=kind_patches(numbers), loc="outside lower center", ncols=3)
        drawn.suptitle(title, fontsize=10)
    return drawn
