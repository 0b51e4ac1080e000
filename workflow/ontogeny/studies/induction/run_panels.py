"""Panels of one run: each is drawn on axes from the numbers of that run."""

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import LogLocator, NullLocator, StrMethodFormatter

from ontogeny.plotting import step_axis
from ontogeny.studies.induction.panels import KIND_COLOURS, KIND_NAMES, SHADE, kinds_of, shade

__all__ = [
    "CLASSES",
    "along_context",
    "along_steps",
    "by_class",
    "by_head",
    "class_legend",
    "context_axis",
    "kind_legend",
    "path",
    "slopes",
    "window_legend",
]

CLASSES = {
    "repeat": "repeats of a phrase",
    "first use": "first use of a phrase",
    "background": "background tokens",
    "continuation": "continuations of an earlier pair",
    "new": "tokens after a new token",
}
"""Classes of tokens whose losses are drawn, with their names in legends."""

_CLASS_LOOKS = (("#E69F00", "-"), ("#56B4E9", "--"), ("#CC79A7", ":"))
_MOMENTS = {"before": ("#444444", "--"), "after": ("black", "-")}
_DASHES = ("--", "-", ":", "-.")
"""Of layers."""

_LEAST_ATTENTION, _LEAST_SCORE = 0.5, -0.5
"""What axes reach at least, so that small fluctuations look small."""


def along_steps(axes: Axes, run: xr.Dataset, name: str, *, logarithmic: bool) -> None:
    """Draw a measure of the whole network over training, in black."""
    known = np.isfinite(run[name].values)
    axes.plot(run["step"].values[known], run[name].values[known], color="black", lw=1.2)
    if name == "score":
        _reach(axes, _LEAST_SCORE)
    _over_training(axes, run, logarithmic=logarithmic)


def by_class(axes: Axes, run: xr.Dataset, *, logarithmic: bool) -> None:
    """Draw the loss of all tokens, and of some classes of tokens, over training."""
    known = np.isfinite(run["loss"].values)
    for name, (colour, dash) in zip(run["token_kind"].values, _CLASS_LOOKS, strict=False):
        values = run["class_loss"].sel(token_kind=name).values
        axes.plot(run["step"].values[known], values[known], color=colour, ls=dash, lw=1.2)
    along_steps(axes, run, "loss", logarithmic=logarithmic)


def by_head(axes: Axes, run: xr.Dataset, name: str, *, logarithmic: bool) -> None:
    """Draw a measure of every head over training, in the colour of the kind of the head."""
    kinds = kinds_of(run)
    for layer in range(run.sizes["layer"]):
        for head in range(run.sizes["head"]):
            values = run[name].values[:, layer, head]
            known = np.isfinite(values)
            axes.plot(run["step"].values[known], values[known], lw=1,
                      color=KIND_COLOURS[kinds[layer, head]],
                      ls=_DASHES[layer % len(_DASHES)])  # fmt: skip
    if name in {"matching", "previous_token"}:
        _reach(axes, _LEAST_ATTENTION)
    _over_training(axes, run, logarithmic=logarithmic)


def along_context(axes: Axes, run: xr.Dataset) -> None:
    """Draw the loss by context index, mean over ranges, before and after the phase change."""
    length = run.sizes["index"]
    for moment, (colour, dash) in _MOMENTS.items():
        step = run["moment_step"].sel(moment=moment).values
        values = run["range_loss"].sel(step=step).values
        edges = [*run["index_range"].values, length + 1]
        axes.stairs(values, edges, baseline=None, color=colour, ls=dash, lw=1.2,
                    label=f"step {int(step):,}")  # fmt: skip
    axes.legend()
    context_axis(axes, length)


def slopes(axes: Axes, run: xr.Dataset) -> None:
    """Draw the slope of the loss in the logarithm of the context index, before and after."""
    for moment, (colour, dash) in _MOMENTS.items():
        step = run["moment_step"].sel(moment=moment).values
        axes.plot(run["context_bin"], run["context_slope"].sel(step=step), color=colour, ls=dash,
                  lw=1.2, label=f"step {int(step):,}")  # fmt: skip
    axes.legend()
    context_axis(axes, run.sizes["index"])


def path(axes: Axes, run: xr.Dataset) -> None:
    """Draw the path through the space of per-token losses, thick in the window, with its end."""
    known = np.isfinite(run["path"].values).all(axis=1)
    step, (x, y) = run["step"].values[known], run["path"].values[known].T
    axes.plot(x, y, color="black", lw=0.8)
    inside = (step >= float(run["window_start"])) & (step <= float(run["window_end"]))
    axes.plot(x[inside], y[inside], color="black", lw=3, solid_capstyle="butt")
    axes.plot(x[-1:], y[-1:], "o", color="black", ms=4)
    axes.set_xlabel("first component [nat]")


def class_legend(numbers: xr.Dataset) -> list[Line2D | Patch]:
    """Return what the lines of `by_class` stand for."""
    found: list[Line2D | Patch] = [Line2D([], [], color="black", lw=1.2, label="all tokens")]
    for name, (colour, dash) in zip(numbers["token_kind"].values, _CLASS_LOOKS, strict=False):
        label = CLASSES[str(name)]
        found.append(Line2D([], [], color=colour, ls=dash, lw=1.2, label=label))
    return found


def window_legend(numbers: xr.Dataset) -> list[Line2D | Patch]:
    """Return what the shade stands for, if a run has one."""
    if np.isfinite(numbers["window_start"].values).any():
        return [Patch(color=SHADE, label="phase change")]
    return []


def kind_legend(numbers: xr.Dataset) -> list[Line2D | Patch]:
    """Return what colours and dashes of heads stand for."""
    kinds = np.unique(kinds_of(numbers))
    found: list[Line2D | Patch] = [
        Line2D([], [], color=KIND_COLOURS[kind], label=KIND_NAMES[kind]) for kind in kinds
    ]
    layers = numbers.sizes["layer"]
    found += [
        Line2D([], [], color="black", lw=1, ls=_DASHES[layer], label=f"layer {layer}")
        for layer in range(layers if layers > 1 else 0)
    ]
    return found


def _over_training(axes: Axes, run: xr.Dataset, *, logarithmic: bool) -> None:
    shade(axes, float(run["window_start"]), float(run["window_end"]))
    step_axis(axes, float(run["step"][-1]), logarithmic=logarithmic)


def _reach(axes: Axes, value: float) -> None:
    """Let a vertical axis include 0 and a value; axes that share it include all of their data."""
    axes.update_datalim([(0, 0), (0, value)], updatex=False)
    axes.autoscale_view(scalex=False)


def context_axis(axes: Axes, length: int) -> None:
    """Make the horizontal axis one of context indices, in the logarithm."""
    axes.set(xscale="log", xlim=(1, length + 1), xlabel="context index")
    axes.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axes.xaxis.set_major_formatter(StrMethodFormatter("{x:g}"))
    axes.xaxis.set_minor_locator(NullLocator())
