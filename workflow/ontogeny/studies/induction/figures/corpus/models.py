"""All runs over steps, with their windows.

In-context learning score, prefix matching and attention on the previous token of the best head, and
loss of all runs on a corpus over training, with the windows of their phase changes in grey.
"""

import numpy as np
import xarray as xr
from matplotlib.figure import Figure

from ontogeny.config import Style
from ontogeny.plotting import figure, settings, step_axis
from ontogeny.studies.induction.panels import ABOUT_NETWORKS, experiments, legend, shade

__all__ = ["draw", "numbers"]

_ROWS = (
    ("score", "in-context score [nat]"),
    ("best_prefix", "prefix matching,\nbest head"),
    ("best_previous", "previous-token attention,\nbest head"),
    ("loss", "loss [nat]"),
)


def numbers(comparison: xr.Dataset, corpus_name: str) -> xr.Dataset:
    """Select the curves and windows of the runs of a corpus."""
    chosen = np.flatnonzero(comparison["corpus_of_run"].values == corpus_name)
    names = [name for name, _ in _ROWS]
    about = [*ABOUT_NETWORKS, "window_start", "window_end"]
    return comparison[names + about].isel(run=chosen).dropna("step", how="all", subset=["loss"])


def draw(numbers: xr.Dataset, style: Style, title: str) -> Figure:
    """Draw every run in the colour of its experiment; the ground is darker where more change."""
    last = float(numbers["step"][-1])
    with settings():
        drawn = figure(width=style.width, height=1.15 * style.width)
        rows = drawn.subplots(len(_ROWS), 1, sharex=True)
        for label, colour, runs in experiments(numbers):
            for number in range(runs.sizes["run"]):
                run = runs.isel(run=number)
                for axes, (name, about) in zip(rows, _ROWS, strict=True):
                    known = np.isfinite(run[name].values)
                    axes.plot(run["step"].values[known], run[name].values[known], color=colour,
                              lw=1, label=label if number == 0 else None)  # fmt: skip
                    axes.set_ylabel(about)
                    ends = float(run["window_start"]), float(run["window_end"])
                    shade(axes, *ends, "black", max(0.025, 0.1 / numbers.sizes["run"]))
        step_axis(rows[-1], last, logarithmic=style.log_steps)
        legend(drawn, rows[0])
        drawn.suptitle(title, fontsize=10)
    return drawn
