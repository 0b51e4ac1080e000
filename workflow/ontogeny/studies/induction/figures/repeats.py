"""Start of the phase change against the share of tokens that repeat a phrase."""

import numpy as np
import xarray as xr
from matplotlib.figure import Figure

from ontogeny.plotting import figure, settings
from ontogeny.studies.induction.config import Style
from ontogeny.studies.induction.figures._parts import experiments

__all__ = ["draw", "numbers"]


def numbers(comparison: xr.Dataset) -> xr.Dataset:
    """Select share and window of attention-only runs of two layers with keys of their own."""
    plain = ~comparison["mlp_of_run"].astype(bool) & ~comparison["smeared_of_run"].astype(bool)
    chosen = np.flatnonzero((plain & (comparison["layers_of_run"] == 2)).values)
    names = ["repeat_share", "window_start", "window_end", "steps_of_run", "experiment_of_run",
             "corpus_of_run"]  # fmt: skip
    return comparison[names].isel(run=chosen)


def draw(numbers: xr.Dataset, style: Style) -> Figure:
    """Draw one bar from start to end a run; an arrow where there is no window up to the end."""
    with settings():
        drawn = figure(width=style.width, height=0.6 * style.width)
        axes = drawn.subplots()
        for name, colour, runs in experiments(numbers):
            label: str | None = name
            for number in range(runs.sizes["run"]):
                run = runs.isel(run=number)
                share, start = float(run["repeat_share"]), float(run["window_start"])
                if np.isfinite(start):
                    axes.plot([share] * 2, [start, float(run["window_end"])], color=colour, lw=3,
                              alpha=0.4)  # fmt: skip
                    axes.plot(share, start, "o", color=colour, ms=5, label=label)
                else:
                    axes.plot(share, float(run["steps_of_run"]), "^", color=colour, label=label)
                label = None
        axes.set(xlabel="share of tokens that repeat", yscale="log",
                 ylabel="window [step]; triangle: none up to there")  # fmt: skip
        drawn.legend(loc="outside lower center", fontsize=6, ncols=1)
    return drawn
