"""The model-analysis table of an experiment.

The model-analysis table of an experiment, one column a run: path in the space of per-token
losses, loss, loss by context index and its slope in the logarithm of the index, in-context
learning score, and every head along training: prefix matching, trace of QK matching, and what its
removal does to the losses (projected on the change over the window) and to the score, all
patterns preserved. The window of the phase change is shaded; it is placed by a fixed rule
(docs/induction.md).
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import xarray as xr
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, NullLocator, StrMethodFormatter

from ontogeny.config import Style
from ontogeny.plotting import PALETTE, figure, settings, step_axis
from ontogeny.studies.induction.labels import coordinate
from ontogeny.studies.induction.panels import KIND_COLOURS, KIND_NAMES, shade

__all__ = ["NEEDS", "draw", "numbers"]

NEEDS = ("steps",)

_EVALUATED = ["loss", "score", "index_loss", "matching", "qk_trace", "ablated_score"]
_MEASURED = ["window_start", "window_end", "head_kind", "projection", "context_slope"]
_ROWS = (
    "path of losses",
    "loss [nat]",
    "loss by index [nat]",
    "its slope [nat]",
    "score [nat]",
    "prefix matching",
    "QK trace",
    "projection without [nat]",
    "score without [nat]",
)


def numbers(
    evaluation: Sequence[xr.Dataset],
    analysis: Sequence[xr.Dataset],
    comparison: xr.Dataset,
    experiment: str,
    seeds: Sequence[int],
) -> xr.Dataset:
    """Join what is shown of every run of an experiment along `seed`."""
    each = [
        one[_EVALUATED]
        .sel(offset=1, ablation="pattern-preserving")
        .merge(two[_MEASURED], compat="override")
        for one, two in zip(evaluation, analysis, strict=True)
    ]
    joined = xr.concat(each, "seed", join="outer", combine_attrs="override")
    chosen = np.flatnonzero(comparison["experiment_of_run"].values == experiment)
    own = comparison.isel(run=chosen)
    order = [int(np.flatnonzero(own["seed_of_run"].values == seed)[0]) for seed in seeds]
    path = own["path"].isel(run=order).rename(run="seed").sel(step=joined["step"])
    joined = joined.assign_coords(seed=coordinate("seed", list(seeds)))
    return joined.assign(path=path.drop_vars("seed", errors="ignore"))


def draw(numbers: xr.Dataset, style: Style, title: str) -> Figure:
    """Draw nine rows: path, losses, score, and every head by layer or by kind."""
    seeds = numbers["seed"].values
    last = float(numbers["step"][-1])
    with settings():
        drawn = figure(width=style.width, height=1.9 * style.width)
        grid: Any = drawn.subplots(len(_ROWS), len(seeds), squeeze=False, sharey="row")
        for column, seed in enumerate(seeds):
            run = numbers.sel(seed=seed)
            _column(grid[:, column], run, last, logarithmic=style.log_steps)
            grid[0, column].set_title(f"seed {seed}")
        for row, label in enumerate(_ROWS):
            grid[row, 0].set_ylabel(label, fontsize=7)
        drawn.align_ylabels(grid[:, 0])
        for axes in grid.ravel():
            axes.tick_params(labelsize=6)
            axes.xaxis.label.set_size(6)
        for number, name in enumerate(KIND_NAMES):
            grid[7, 0].plot([], [], color=KIND_COLOURS[number], label=name)
        for layer in range(numbers.sizes["layer"]):
            grid[5, 0].plot([], [], color=PALETTE[layer], label=f"layer {layer + 1}")
        handles = [grid[row, 0].get_legend_handles_labels() for row in (5, 7)]
        drawn.legend(*map(list, (handles[0][0] + handles[1][0], handles[0][1] + handles[1][1])),
                     loc="outside lower center", ncols=6)  # fmt: skip
        drawn.suptitle(title, fontsize=10)
    return drawn


def _column(column: Any, run: xr.Dataset, last: float, *, logarithmic: bool) -> None:
    start, end = float(run["window_start"]), float(run["window_end"])
    step = run["step"].values
    x, y = run["path"].values.T
    column[0].plot(x, y, color="#999999", lw=0.8)
    inside = (step >= start) & (step <= end)
    column[0].plot(x[inside], y[inside], color=PALETTE[1], lw=2)
    column[0].plot(x[-1:], y[-1:], "o", color="black", ms=3)
    column[1].plot(step, run["loss"], color="black", lw=1)
    _by_index(column[2], column[3], run, start, end)
    column[4].plot(step, run["score"], color="black", lw=1)
    kinds = run["head_kind"].values
    rows = (("matching", False), ("qk_trace", False), ("projection", True), ("ablated_score", True))
    for axes, (name, by_kind) in zip(column[5:], rows, strict=True):
        for layer in range(run.sizes["layer"]):
            for head in range(run.sizes["head"]):
                colour = KIND_COLOURS[int(kinds[layer, head])] if by_kind else PALETTE[layer]
                curve = run[name].values[:, layer, head]
                axes.plot(step, curve, color=colour, lw=0.7)
    for row in (1, 4, 5, 6, 7, 8):
        shade(column[row], start, end)
        step_axis(column[row], last, logarithmic=logarithmic)
        if row != 8:
            column[row].set_xlabel("")


def _by_index(above: Any, below: Any, run: xr.Dataset, start: float, end: float) -> None:
    last = float(run["step"][-1])
    moments = {"before": (start, "#999999"), "after": (end, PALETTE[1]), "last": (last, "black")}
    for name, (at, colour) in moments.items():
        if np.isfinite(at):
            one = run.sel(step=at, method="nearest")
            above.plot(np.arange(1, one.sizes["index"] + 1), one["index_loss"], color=colour,
                       lw=0.8, label=name)  # fmt: skip
            below.plot(one["context_bin"], one["context_slope"], color=colour, lw=0.8)
    above.legend(fontsize=5)
    ends = 1, run.sizes["index"]
    for axes in (above, below):
        axes.set(xscale="log", xlim=ends)
        axes.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        axes.xaxis.set_major_formatter(StrMethodFormatter("{x:g}"))
        axes.xaxis.set_minor_locator(NullLocator())
    below.set_xlabel("context index")
