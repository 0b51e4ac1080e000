"""One history of a run.

Of the first simulated history, over time: the query probability, the posterior weight of the
demonstrator (where it is in the class), and the number of plausible policies.
"""

import xarray as xr
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from ontogeny.config import Style
from ontogeny.plotting import PALETTE, figure, settings

__all__ = ["draw", "numbers"]

_ROWS = (
    ("shown_theta", "query\nprobability"),
    ("shown_truth", "demonstrator's\nweight"),
    ("shown_top_size", "plausible\npolicies"),
)


def numbers(simulation: xr.Dataset) -> xr.Dataset:
    """Select the first history."""
    return simulation[[name for name, _ in _ROWS]]


def draw(numbers: xr.Dataset, style: Style, title: str) -> Figure:
    """Draw the three quantities over time, below each other."""
    time = numbers["time"].values + 1
    with settings():
        drawn = figure(width=style.width, height=0.6 * style.width)
        panels = drawn.subplots(3, 1, sharex=True)
        for (name, about), axes, colour in zip(_ROWS, panels, PALETTE, strict=False):
            axes.plot(time, numbers[name], color=colour, drawstyle="steps-post")
            axes.set_ylabel(about)
            axes.set_ylim(bottom=0)
        panels[0].set_ylim(-0.03, 1.03)
        panels[1].set_ylim(-0.03, 1.03)
        panels[2].yaxis.set_major_locator(MaxNLocator(4, integer=True))
        panels[2].set(xscale="log", xlabel="step, counted from 1")
        drawn.suptitle(title, fontsize=10)
    return drawn
