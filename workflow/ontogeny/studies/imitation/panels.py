"""What figures of the study share: colours and marks of runs, and which runs they show."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import matplotlib as mpl
import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from ontogeny.config import Style
from ontogeny.plotting import PALETTE
from ontogeny.studies.imitation.least import LEAST_VALUES

__all__ = [
    "BOUND",
    "KINDS",
    "LEARNER_LOOKS",
    "MARKS",
    "alpha_colours",
    "chosen",
    "curve_look",
    "in_words",
    "seeds_and_mean",
    "settings_of",
    "shades",
    "time_axis",
    "with_room",
    "with_several",
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


def settings_of(of: xr.Dataset, along: str, names: Sequence[str]) -> list[tuple[Any, ...]]:
    """Return what describes each run, or experiment, in the order of the names."""
    columns = [of[f"{name}_of_{along}"].values.tolist() for name in names]
    return list(zip(*columns, strict=True))


def with_several(of: xr.Dataset, along: str, by: str, setting: Sequence[str]) -> xr.Dataset:
    """Return the runs, or experiments, of settings that have several values of a field.

    Parameters
    ----------
    of : Dataset
        Of all runs.
    along : {"run", "experiment"}
    by : str
        The field; there must be `LEAST_VALUES` values of it.
    setting : sequence of str
        What must not differ between these.
    """
    values, settings = of[f"{by}_of_{along}"].values.tolist(), settings_of(of, along, setting)
    counts = Counter(each for each, _ in set(zip(settings, values, strict=True)))
    return of.isel({along: np.array([counts[each] >= LEAST_VALUES for each in settings], bool)})


_WORDS: Mapping[str, Callable[[Any], str]] = {
    "class": str,
    "alpha": "α = {:g}".format,
    "ties": "d {}".format,
    "prior": "{} prior".format,
    "contains_demonstrator": {True: "with d", False: "without d"}.__getitem__,
    "steps": "{} steps".format,
}


def in_words(of: xr.Dataset, along: str, *, shown: Sequence[str] = ()) -> list[str]:
    """Return a name for each run, or experiment: its learner, and each field in which they differ.

    Where that does not tell them apart, as it says nothing about the number of histories, the name
    of the experiment follows.

    Parameters
    ----------
    of : Dataset
    along : {"run", "experiment"}
    shown : sequence of str
        Fields that the figure shows otherwise.
    """
    columns = {name: of[f"{name}_of_{along}"].values for name in _WORDS if name not in shown}
    differing = [name for name, values in columns.items() if len(np.unique(values)) > 1]
    names = [
        ", ".join([learner, *(_WORDS[name](columns[name][place]) for name in differing)])
        for place, learner in enumerate(of[f"learner_of_{along}"].values)
    ]
    experiments = of["experiment" if along == "experiment" else "experiment_of_run"].values
    panels = settings_of(of, along, shown) if shown else [()] * len(names)
    items = list(zip(panels, names, strict=True))
    counts = Counter(items)
    return [
        name if counts[item] == 1 else f"{name} ({experiment})"
        for item, name, experiment in zip(items, names, experiments, strict=True)
    ]


def alpha_colours(alphas: NDArray[np.float64]) -> dict[float, str]:
    """Return a colour for each alpha, the largest first."""
    values = np.unique(alphas)[::-1].tolist()
    return dict(zip(values, shades(len(values)), strict=True))


def shades(count: int) -> list[str]:
    """Return as many colours, those of the palette if there are enough."""
    if count <= len(PALETTE):
        return list(PALETTE[:count])
    return [
        mpl.colors.to_hex(each) for each in mpl.colormaps["viridis"](np.linspace(0, 0.92, count))
    ]


def time_axis(axes: Axes, style: Style) -> None:
    """Make the horizontal axis one of the steps of a history."""
    axes.set(xscale="log" if style.log_steps else "linear", xlabel="step, counted from 1")


def curve_look(points: int) -> dict[str, Any]:
    """Return how a curve over time is drawn: a single point needs a mark to be seen."""
    return {"marker": "o" if points == 1 else ""}


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
