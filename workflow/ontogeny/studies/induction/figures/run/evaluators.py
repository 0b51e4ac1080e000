"""Scores of heads against those of weights.

Copying and prefix matching of every head and checkpoint, by what heads do and by their weights.
"""

import numpy as np
import xarray as xr
from matplotlib.figure import Figure

from ontogeny.config import Style
from ontogeny.plotting import PALETTE, figure, settings

__all__ = ["draw", "numbers"]

NEEDS = ("several-layers",)


def numbers(evaluation: xr.Dataset, analysis: xr.Dataset) -> xr.Dataset:
    """Select the four scores of every head and checkpoint, and the correlations."""
    chosen = evaluation[["copying", "ov_eigenvalue", "matching", "qk_trace"]].sel(offset=1)
    return chosen.assign(evaluator_correlation=analysis["evaluator_correlation"])


def draw(numbers: xr.Dataset, style: Style, title: str) -> Figure:
    """Draw one point a head and checkpoint, in the colour of its layer."""
    pairs = (
        ("ov_eigenvalue", "copying", "OV eigenvalue score", "copying score"),
        ("qk_trace", "matching", "QK trace", "prefix matching"),
    )
    with settings():
        drawn = figure(width=style.width, height=0.45 * style.width)
        for number, (axes, (x, y, about_x, about_y)) in enumerate(
            zip(drawn.subplots(1, 2), pairs, strict=True)
        ):
            for layer in range(numbers.sizes["layer"]):
                one = numbers.isel(layer=layer)
                axes.plot(one[x].values.ravel(), one[y].values.ravel(), ".", ms=2.5, alpha=0.5,
                          color=PALETTE[layer], label=f"layer {layer + 1}")  # fmt: skip
            found = float(numbers["evaluator_correlation"][number])
            title_of = "" if np.isnan(found) else f"correlation {found:.2f}"
            axes.set(xlabel=about_x, ylabel=about_y, title=title_of)
        drawn.legend(*drawn.axes[0].get_legend_handles_labels(), loc="outside right upper")
        drawn.suptitle(title, fontsize=10)
    return drawn
