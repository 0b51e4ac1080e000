"""Principal components of per-token losses.

All networks of a corpus on the first two principal components of their per-token losses. Lines
are thick inside the windows of phase changes and end in a dot.
"""

import numpy as np
import xarray as xr
from matplotlib.figure import Figure

from ontogeny.config import Style
from ontogeny.plotting import figure, settings
from ontogeny.studies.induction.panels import ABOUT_NETWORKS, experiments, legend

__all__ = ["draw", "numbers"]


def numbers(comparison: xr.Dataset, corpus_name: str) -> xr.Dataset:
    """Select the paths and windows of the runs of a corpus."""
    chosen = np.flatnonzero(comparison["corpus_of_run"].values == corpus_name)
    names = ["path", *ABOUT_NETWORKS, "window_start", "window_end", "turn"]
    return comparison[names].isel(run=chosen)


def draw(numbers: xr.Dataset, style: Style, title: str) -> Figure:
    """Draw one line a run, thick inside its window, with a dot at its end."""
    with settings():
        drawn = figure(width=style.width, height=0.7 * style.width)
        axes = drawn.subplots()
        for label, colour, runs in experiments(numbers):
            for number in range(runs.sizes["run"]):
                run = runs.isel(run=number).dropna("step", subset=["path"])
                x, y = run["path"].values.T
                axes.plot(x, y, color=colour, lw=0.8, label=label if number == 0 else None)
                step = run["step"].values
                start, end = float(run["window_start"]), float(run["window_end"])
                inside = (step >= start) & (step <= end)
                axes.plot(x[inside], y[inside], color=colour, lw=2.6, solid_capstyle="butt")
                axes.plot(x[-1:], y[-1:], "o", color=colour, ms=4)
        axes.set(xlabel="first component [nat]", ylabel="second component [nat]")
        legend(drawn, axes)
        drawn.suptitle(title, fontsize=10)
    return drawn
