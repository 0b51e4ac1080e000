"""What figures of the study share: colours and marks of runs, and which runs they show."""

from collections.abc import Mapping
from typing import Any

import matplotlib as mpl
import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from numpy.typing import NDArray

from ontogeny.plotting import PALETTE

__all__ = [
    "BOUND",
    "KINDS",
    "LEARNER_LOOKS",
    "MARKS",
    "alpha_colours",
    "chosen",
    "handle",
    "seeds_and_mean",
    "with_room",
]

KINDS = {
    "enumerated": (PALETTE[0], "enumerated"),
    "random": (PALETTE[2], "random"),
    "grid": (PALETTE[4], "grid"),
    "treacherous": (PALETTE[1], "treacherous"),
    "history": (PALETTE[3], "history"),
}
"""Colour and name of each kind of class."""

MARKS = {
    "conservative": "o",
    "mixture": "s",
    "thompson": "D",
    "most-probable": "^",
    "cloning": "X",
    "demonstrator": "*",
}
"""Mark of each learner."""

LEARNER_LOOKS = {
    "conservative": PALETTE[0],
    "mixture": PALETTE[1],
    "thompson": PALETTE[3],
    "most-probable": PALETTE[4],
    "cloning": PALETTE[6],
    "demonstrator": "#777777",
}
"""Colour of each learner."""

BOUND: Mapping[str, Any] = {"color": "#444444", "lw": 1.0}
"""How bounds are drawn."""


def chosen(of: xr.Dataset, along: str, **values: object) -> xr.Dataset:
    """Return the runs, or experiments, that are described by some values.

    Parameters
    ----------
    of : Dataset
        Of all runs.
    along : {"run", "experiment"}
    **values
        By name, such as ``learner="conservative"``.
    """
    wanted = np.ones(of.sizes[along], dtype=np.bool_)
    for name, value in values.items():
        wanted &= of[f"{name}_of_{along}"].values == value
    return of.isel({along: wanted})


def alpha_colours(alphas: NDArray[np.float64]) -> dict[float, str]:
    """Return a colour for each alpha, the largest first."""
    values = np.unique(alphas)[::-1].tolist()
    if len(values) <= len(PALETTE):
        return dict(zip(values, PALETTE, strict=False))
    shades = mpl.colormaps["viridis"](np.linspace(0, 0.92, len(values)))
    return {value: mpl.colors.to_hex(shade) for value, shade in zip(values, shades, strict=True)}


def seeds_and_mean(
    axes: Axes, runs: xr.Dataset, experiments: xr.Dataset, by: str, name: str, colour: str
) -> None:
    """Draw a quantity of runs as dots, and a line through the means of their experiments.

    Parameters
    ----------
    axes : Axes
    runs, experiments : Dataset
        Those that are shown; every experiment has its own value of `by`.
    by : str
        What the quantity is drawn against.
    name : str
    colour : str
    """
    axes.plot(runs[f"{by}_of_run"], runs[name], "o", ms=2.5, alpha=0.4, mew=0, color=colour)
    ordered = experiments.sortby(f"{by}_of_experiment")
    mean = ordered[f"{name}_of_experiment"].sel(over_seeds="mean")
    axes.plot(ordered[f"{by}_of_experiment"], mean, "-", marker="o", ms=4, color=colour)


def with_room(drawn: Figure) -> None:
    """Keep room at both sides of a figure with long labels, whose widths depend on resolution."""
    drawn.set_layout_engine("constrained", rect=(0.015, 0, 0.97, 1))


def handle(label: str, **look: Any) -> Line2D:
    """Return an entry of a legend."""
    return Line2D([], [], label=label, **look)
