"""Attention of the strongest heads of a run.

Attention of the strongest previous-token head and the strongest induction head on random tokens
that come four times. A perfect previous-token head fills the first sub-diagonal; a perfect
induction head attends from each repeated token to what followed its earlier copies.
"""

import numpy as np
import xarray as xr
from matplotlib.figure import Figure

from ontogeny.config import Style
from ontogeny.plotting import figure, settings

__all__ = ["draw", "numbers"]

NEEDS = ("can-induce",)


def numbers(analysis: xr.Dataset) -> xr.Dataset:
    """Select the attention of the two heads, and which they are."""
    return analysis[["attention", "shown"]]


def draw(numbers: xr.Dataset, style: Style, title: str) -> Figure:
    """Draw one heat map a head, query downwards, key to the right."""
    with settings():
        drawn = figure(width=style.width, height=0.5 * style.width)
        for axes, name in zip(drawn.subplots(1, 2), numbers["shown_head"].values, strict=True):
            one = numbers.sel(shown_head=name)
            image = axes.imshow(one["attention"], cmap="Blues", vmin=0, vmax=1, rasterized=True)
            layer, head = one["shown"].values
            axes.set(title=f"{name}: layer {layer + 1}, head {head}", xlabel="key", ylabel="query")
            period = (one.sizes["token_index"] - 1) // 4
            ticks = 1 + period * np.arange(4)
            axes.set_xticks(ticks, ticks)
            axes.set_yticks(ticks, ticks)
        drawn.colorbar(image, ax=drawn.axes, shrink=0.7, label="attention")
        drawn.suptitle(title, fontsize=10)
    return drawn
