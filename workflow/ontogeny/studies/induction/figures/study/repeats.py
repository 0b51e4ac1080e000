"""Start of the window by share of repeated tokens.

Window of the phase change of two-layer networks against the share of tokens that repeat a phrase: a
dot at its start, a bar to its end; a triangle for runs without a window.
"""

import numpy as np
import xarray as xr
from matplotlib.figure import Figure
from matplotlib.ticker import StrMethodFormatter

from ontogeny.config import Style
from ontogeny.plotting import PALETTE, figure, settings

__all__ = ["draw", "numbers"]

NEEDS = ("several-phrase-corpora",)


def numbers(comparison: xr.Dataset) -> xr.Dataset:
    """Select the runs with phrases of two attention-only layers with keys of their own."""
    plain = ~comparison["mlp_of_run"].astype(bool) & ~comparison["smeared_of_run"].astype(bool)
    phrases = np.isfinite(comparison["repeat_share"])
    chosen = np.flatnonzero((plain & phrases & (comparison["layers_of_run"] == 2)).values)
    names = ["repeat_share", "window_start", "window_end", "steps_of_run", "experiment_of_run"]
    return comparison[names].isel(run=chosen)


def draw(numbers: xr.Dataset, style: Style) -> Figure:
    """Draw one bar from start to end a run; a triangle where there is no window up to the end."""
    with settings():
        drawn = figure(width=style.width, height=0.5 * style.width)
        axes = drawn.subplots()
        for number in range(numbers.sizes["run"]):
            run = numbers.isel(run=number)
            share, start = float(run["repeat_share"]), float(run["window_start"])
            if np.isfinite(start):
                ends = [start, float(run["window_end"])]
                axes.plot([share] * 2, ends, color=PALETTE[0], lw=3, alpha=0.4)
                axes.plot(share, start, "o", color=PALETTE[0], ms=5)
            else:
                axes.plot(share, float(run["steps_of_run"]), "^", color=PALETTE[1])
        axes.set(
            xlabel="share of tokens that repeat a phrase", yscale="log", ylabel="window [step]"
        )
        for which in (axes.yaxis.set_major_formatter, axes.yaxis.set_minor_formatter):
            which(StrMethodFormatter("{x:g}"))
    return drawn
