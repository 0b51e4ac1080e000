"""Course of one history: queries, and plausible policies.

The first simulated history over time: the query probability, the posterior weight of the
demonstrator (where it is in the class), and the number of plausible policies.
"""

import xarray as xr
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from ontogeny.config import Style
from ontogeny.plotting import PALETTE, figure, settings
from ontogeny.studies.imitation.panels import curve_look, time_axis

__all__ = ["draw", "numbers"]

_ROWS = {
    "shown_theta": ("query\nprobability", PALETTE[0]),
    "shown_truth": ("demonstrator's\nweight", PALETTE[1]),
    "shown_top_size": ("plausible\npolicies", PALETTE[2]),
}


def numbers(simulation: xr.Dataset) -> xr.Dataset:
    """Select the first history."""
    return simulation[list(_ROWS)]


def draw(numbers: xr.Dataset, style: Style, title: str) -> Figure:
    """Draw the quantities that the run has over time, below each other."""
    time = numbers["time"].values + 1
    rows = [name for name in _ROWS if numbers[name].notnull().any()]
    with settings():
        drawn = figure(width=style.width, height=0.2 * len(rows) * style.width)
        panels = drawn.subplots(len(rows), 1, sharex=True)
        look = {"drawstyle": "steps-post", **curve_look(len(time))}
        for name, axes in zip(rows, panels, strict=True):
            about, colour = _ROWS[name]
            axes.plot(time, numbers[name], color=colour, **look)
            axes.set_ylabel(about)
            axes.set_ylim(*((0, None) if name == "shown_top_size" else (-0.03, 1.03)))
        panels[-1].yaxis.set_major_locator(MaxNLocator(4, integer=True))
        time_axis(panels[-1], style)
        drawn.suptitle(title, fontsize=10)
    return drawn
