"""Panels that figures share."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

__all__ = ["heat_map", "phase_shades", "step_axis"]

_PHASE_COLOURS = ("#f3e6c8", "#d9e8f5", "#dcefdc")


def step_axis(axes: Axes, last: float, *, logarithmic: bool) -> None:
    """Make the horizontal axis one of training steps, from 0 to the last."""
    if logarithmic:
        axes.set_xscale("symlog", linthresh=1.0, linscale=0.3)
        axes.set_xticks([0, *10.0 ** np.arange(0, int(np.log10(max(last, 1))) + 1)])
    else:
        axes.xaxis.set_major_locator(MaxNLocator(6, integer=True))
    axes.set_xlim(0, last)
    axes.set_xlabel("step [optimiser updates]")


def phase_shades(
    axes: Axes, boundary: NDArray[np.float64], last: float, *, names: list[str] | None = None
) -> None:
    """Shade the phases of training behind the data.

    Parameters
    ----------
    axes : Axes
    boundary : (P,) ndarray
        End of each phase [step]; NaN for one that does not end within the run.
    last : float
        Last step of the run.
    names : list of str, optional
        Written above the panel, one for each phase that is there.
    """
    start = 0.0
    for number, end in enumerate(boundary):
        stop = last if np.isnan(end) else float(end)
        axes.axvspan(start, stop, color=_PHASE_COLOURS[number], lw=0, zorder=0)
        if names is not None:
            share = _middle(axes, start, stop)
            axes.annotate(
                names[number],
                (share, 1.0),
                xycoords="axes fraction",
                xytext=(0, 2),
                textcoords="offset points",
                ha="center",
                va="bottom",
                fontsize=7,
                color="#555555",
            )
        start = stop
        if np.isnan(end):
            return


def _middle(axes: Axes, start: float, stop: float) -> float:
    """Return where the middle of a range of steps lies, as a share of the axis."""
    ends = axes.transData.transform([(start, 1.0), (stop, 1.0)])[:, 0]
    left, right = axes.transAxes.transform([(0.0, 0.0), (1.0, 0.0)])[:, 0]
    return float((ends.mean() - left) / (right - left))


def heat_map(axes: Axes, values: NDArray[np.float64], title: str) -> None:
    """Draw a matrix with a diverging scale, symmetric about 0, without ticks or grid."""
    scale = float(np.abs(values).max()) or 1.0
    axes.imshow(values, cmap="RdBu_r", vmin=-scale, vmax=scale, interpolation="nearest")
    axes.set(xticks=[], yticks=[], title=title)
    axes.grid(visible=False)
