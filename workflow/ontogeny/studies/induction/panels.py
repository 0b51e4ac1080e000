"""Parts that several figures share."""

from collections.abc import Iterator, Sequence

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ontogeny.plotting import PALETTE

__all__ = ["KIND_COLOURS", "KIND_NAMES", "experiments", "legend", "shade", "short_names"]

KIND_NAMES = ("other", "previous token", "induction")
KIND_COLOURS = ("#999999", PALETTE[0], PALETTE[1])
_SHADE = "#f3e6c8"


def shade(axes: Axes, start: float, end: float, colour: str = _SHADE, alpha: float = 1.0) -> None:
    """Shade the window of a phase change behind the data, if there is one."""
    if np.isfinite([start, end]).all():
        axes.axvspan(start, end, color=colour, alpha=alpha, lw=0, zorder=0)


def experiments(numbers: xr.Dataset) -> Iterator[tuple[str, str, xr.Dataset]]:
    """Yield name, colour and runs of each experiment."""
    names = numbers["experiment_of_run"].values
    for place, name in enumerate(dict.fromkeys(str(each) for each in names)):
        runs = numbers.isel(run=np.flatnonzero(names == name))
        yield name, PALETTE[place % len(PALETTE)], runs


def legend(drawn: Figure, axes: Axes) -> None:
    """Name what the lines of a panel are, if any has a name, to the right of the figure."""
    handles, names = axes.get_legend_handles_labels()
    if handles:
        drawn.legend(handles, names, loc="outside right upper")


def short_names(names: Sequence[str]) -> list[str | None]:
    """Return names without what they all begin with; a single one needs no name."""
    if len(names) == 1:
        return [None]
    begin = names[0]
    while not all(name.startswith(begin) for name in names):
        begin = begin[:-1]
    begin = begin[: begin.rfind("-") + 1]
    return [name.removeprefix(begin) for name in names]
