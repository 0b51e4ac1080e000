"""Panels that figures share."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.axis import Axis, XAxis
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

__all__ = [
    "block_lines",
    "handle",
    "heat_map",
    "legend_below",
    "note",
    "phase_legend",
    "phase_rows",
    "phase_shades",
    "step_axis",
]

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
    axes: Axes, boundary: NDArray[np.float64], last: float, *, names: Sequence[str] = ()
) -> None:
    """Shade the phases of training behind the data.

    Parameters
    ----------
    axes : Axes
    boundary : (P,) ndarray
        End of each phase [step]; NaN for one that does not end within the run, or whose end is
        not told apart from that of the next: it is shaded up to there.
    last : float
        Last step of the run.
    names : sequence of str
        Of the phases, for a legend of the axes.
    """
    labels = names or [""] * len(boundary)
    for (start, stop, colour), label in zip(_phases(boundary, last), labels, strict=True):
        known = label if label and stop > start else None
        axes.axvspan(start, stop, color=colour, lw=0, zorder=0, label=known)


def phase_rows(
    axes: Axes, boundary: NDArray[np.float64], last: NDArray[np.float64], names: Sequence[str]
) -> None:
    """Draw the phases of each of several runs as a bar, the first run on top.

    Parameters
    ----------
    axes : Axes
    boundary : (N, P) ndarray
        Of each run, as `phase_shades` has it.
    last : (N,) ndarray
        Last step of each run.
    names : sequence of str
        Of the runs.
    """
    for row, ends in enumerate(boundary):
        for start, stop, colour in _phases(ends, last[row]):
            axes.barh(row, stop - start, left=start, height=0.8, color=colour)
    axes.set_yticks(range(len(names)), names, fontsize=7)
    axes.set_ylim(len(names) - 0.5, -0.5)
    axes.grid(visible=False, axis="y")


def _phases(boundary: NDArray[np.float64], last: float) -> Iterator[tuple[float, float, str]]:
    """Yield start, end and colour of each phase."""
    start = 0.0
    for number, colour in enumerate(_PHASE_COLOURS):
        known = boundary[number:][~np.isnan(boundary[number:])]
        stop = float(known[0]) if len(known) else last
        yield start, stop, colour
        start = stop


def phase_legend(drawn: Figure, names: Sequence[str]) -> None:
    """Name the shades of the phases below a figure."""
    patches = [Patch(color=c, label=n) for c, n in zip(_PHASE_COLOURS, names, strict=True)]
    drawn.legend(handles=patches, loc="outside lower center", ncols=len(patches))


def heat_map(axes: Axes, values: NDArray[np.floating], title: str) -> None:
    """Draw a matrix with a diverging scale, symmetric about 0, without ticks or grid."""
    scale = float(np.abs(values).max()) or 1.0
    axes.imshow(values, cmap="RdBu_r", vmin=-scale, vmax=scale, interpolation="nearest")
    axes.set(xticks=[], yticks=[], title=title)
    axes.grid(visible=False)


def block_lines(axis: Axis, names: Sequence[str]) -> None:
    """Part the rows or columns of a heat map where the name changes, and name each block.

    Parameters
    ----------
    axis : Axis
        The ``xaxis`` or ``yaxis`` of the heat map.
    names : sequence of str
        Of each column or row, in order.
    """
    blocks = [(name, len(list(members))) for name, members in groupby(names)]
    ends = np.cumsum([size for _, size in blocks])
    axes = axis.axes
    line = axes.axvline if isinstance(axis, XAxis) else axes.axhline
    for end in ends[:-1]:
        line(end - 0.5, color="black", lw=0.5)
    centres = ends - np.array([size for _, size in blocks]) / 2 - 0.5
    axis.set_ticks(centres, [name for name, _ in blocks], fontsize=7)
    axis.set_tick_params(length=0)


def handle(label: str, **look: Any) -> Line2D:
    """Return an entry of a legend that looks like a line or a mark."""
    return Line2D([], [], label=label, **look)


def legend_below(drawn: Figure, handles: Sequence[Line2D], *, columns: int) -> None:
    """Put a legend below a figure, if there are entries."""
    if handles:
        columns = min(columns, len(handles))
        drawn.legend(handles=handles, loc="outside lower center", ncols=columns)


def note(axes: Axes, words: str) -> None:
    """Say in the middle of a panel why there is nothing in it."""
    axes.text(
        0.5, 0.5, words, transform=axes.transAxes, ha="center", va="center", fontsize=8,
        color="#555555",
    )  # fmt: skip
