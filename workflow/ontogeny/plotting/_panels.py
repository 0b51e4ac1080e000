"""Panels that figures share."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.axis import Axis, XAxis
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

__all__ = [
    "block_lines",
    "colour_bar",
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
_UNFINISHED: dict[str, Any] = {"hatch": "////", "edgecolor": "white"}
"""Look of a phase that does not end within the run."""

_WIDEST_GAP = 4
"""A line on a logarithmic axis is broken where a step is more than this many times the last."""


def step_axis(axes: Axes, last: float, *, logarithmic: bool) -> None:
    """Make the horizontal axis one of training steps, from 0 to the last.

    On a logarithmic axis the lines that are already drawn are broken where there is no checkpoint
    for a long way, and a checkpoint that is alone becomes a point.
    """
    if logarithmic:
        axes.set_xscale("symlog", linthresh=1.0, linscale=0.3)
        axes.set_xticks([0, *10.0 ** np.arange(0, int(np.log10(max(last, 1))) + 1)])
        for line in axes.lines:
            if line.get_transform() is axes.transData:
                _break_gaps(line)
    else:
        axes.xaxis.set_major_locator(MaxNLocator(6, integer=True))
    axes.set_xlim(0, last)
    axes.set_xlabel("step [optimiser updates]")


def _break_gaps(line: Line2D) -> None:
    """Break a line over steps where a step is more than `_WIDEST_GAP` times the last."""
    x, y = (np.asarray(each, dtype=np.float64) for each in line.get_data())
    wide = x[1:] > _WIDEST_GAP * np.maximum(x[:-1], 1.0)
    if not wide.any():
        return
    alone = np.r_[True, wide] & np.r_[wide, True]
    after = np.flatnonzero(wide) + 1
    line.set_data(np.insert(x, after, np.nan), np.insert(y, after, np.nan))
    line.set_marker(".")
    places = np.flatnonzero(alone)
    line.set_markevery([int(place + (after <= place).sum()) for place in places])


def phase_shades(
    axes: Axes, boundary: NDArray[np.float64], last: float, *, names: Sequence[str] = ()
) -> None:
    """Shade the phases of training behind the data.

    Parameters
    ----------
    axes : Axes
    boundary : (P,) ndarray
        End of each phase [step]; NaN for one that does not end within the run, or whose end is
        not told apart from that of the next: it is shaded up to there. The phase in which the run
        ends is hatched.
    last : float
        Last step of the run.
    names : sequence of str
        Of the phases, for a legend of the axes.
    """
    labels = names or [""] * len(boundary)
    for (start, stop, look), label in zip(_phases(boundary, last), labels, strict=True):
        known = label if label and stop > start else None
        axes.axvspan(start, stop, **look, lw=0, zorder=0, label=known)


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
        for start, stop, look in _phases(ends, last[row]):
            axes.barh(row, stop - start, left=start, height=0.8, **look, lw=0)
    axes.set_yticks(range(len(names)), names, fontsize=7)
    axes.set_ylim(len(names) - 0.5, -0.5)
    axes.grid(visible=False, axis="y")


def _phases(
    boundary: NDArray[np.float64], last: float
) -> Iterator[tuple[float, float, dict[str, Any]]]:
    """Yield start, end and look of each phase."""
    start = 0.0
    for number, colour in enumerate(_PHASE_COLOURS):
        known = boundary[number:][~np.isnan(boundary[number:])]
        stop = float(known[0]) if len(known) else last
        is_open = not len(known) and stop > start
        yield start, stop, {"facecolor": colour} | (_UNFINISHED if is_open else {})
        start = stop


def phase_legend(drawn: Figure, names: Sequence[str], *, unfinished: bool = False) -> None:
    """Name the shades of the phases below a figure.

    Parameters
    ----------
    drawn : Figure
    names : sequence of str
        Of the phases.
    unfinished : bool
        Whether a run ends within a phase, so that the hatching is explained.
    """
    patches = [Patch(facecolor=c, label=n) for c, n in zip(_PHASE_COLOURS, names, strict=True)]
    if unfinished:
        patches.append(Patch(facecolor="#cccccc", **_UNFINISHED, label="not finished in the run"))
    drawn.legend(handles=patches, loc="outside lower center", ncols=len(patches))


def heat_map(axes: Axes, values: NDArray[np.floating], title: str, *, label: str = "") -> AxesImage:
    """Draw a matrix with a diverging scale, symmetric about 0, without grid.

    Parameters
    ----------
    axes : Axes
    values : (M, N) ndarray
    title : str
        Of the panel.
    label : str
        What the colours say, with its unit: it gives the panel a colour bar. Without it the figure
        needs one of its own (`colour_bar`).

    Returns
    -------
    AxesImage
        Without ticks on its axes.
    """
    scale = float(np.nanmax(np.abs(values), initial=0.0)) or 1.0
    image = axes.imshow(values, cmap="RdBu_r", vmin=-scale, vmax=scale, interpolation="nearest")
    axes.set(xticks=[], yticks=[], title=title)
    axes.grid(visible=False)
    if label:
        colour_bar(axes, image, label)
    return image


def colour_bar(axes: Axes | Sequence[Axes], image: AxesImage, label: str) -> None:
    """Put a colour bar with few ticks beside a panel, or beside several that share a scale.

    Parameters
    ----------
    axes : Axes or sequence of Axes
    image : AxesImage
    label : str
        What the colours say, with its unit.
    """
    first = axes if isinstance(axes, Axes) else axes[0]
    bar = first.figure.colorbar(image, ax=axes, label=label, shrink=0.8, pad=0.02, aspect=15)
    bar.locator = MaxNLocator(5)
    bar.ax.tick_params(labelsize=7)
    bar.update_ticks()


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
