"""Final test accuracy against the number of hidden neurons.

Test accuracy of each run at its final checkpoint against its number of hidden neurons.
"""

import xarray as xr
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from ontogeny.plotting import PALETTE, figure, settings
from ontogeny.studies.composition.config import Style

__all__ = ["draw", "numbers"]

NEEDS = ("several-widths",)

_MARKERS = "osD^vP*X"


def numbers(comparison: xr.Dataset) -> xr.Dataset:
    """Select the test accuracy of the final checkpoint of each run."""
    return comparison[["test_accuracy", "grokked"]]


def draw(numbers: xr.Dataset, style: Style) -> Figure:
    """Draw one mark for each run, filled when it has grokked."""
    with settings():
        drawn = figure(width=style.width, height=0.5 * style.width)
        axes = drawn.subplots()
        cells = zip(
            numbers["group_of_run"].values, numbers["architecture_of_run"].values, strict=True
        )
        for number, (group, architecture) in enumerate(sorted(set(cells))):
            those = numbers.isel(
                run=(numbers["group_of_run"].values == group)
                & (numbers["architecture_of_run"].values == architecture)
            )
            colour = PALETTE[number % len(PALETTE)]
            marker = _MARKERS[number % len(_MARKERS)]
            for grokked in (True, False):
                chosen = those.isel(run=those["grokked"].values == grokked)
                axes.scatter(
                    chosen["width_of_run"], chosen["test_accuracy"],
                    s=30, marker=marker, alpha=0.6, edgecolors=colour, lw=1.2, clip_on=False,
                    facecolors=colour if grokked else "none", zorder=3,
                )  # fmt: skip
            axes.scatter([], [], color=colour, marker=marker, label=f"{group}, {architecture}")
        axes.scatter([], [], facecolors="none", edgecolors="#444444", label="has not grokked")
        axes.set(xlabel="hidden neurons", ylabel="final test accuracy", ylim=(-0.03, 1.03))
        axes.set_xlim(0, None)
        axes.xaxis.set_major_locator(MaxNLocator(8, integer=True))
        drawn.legend(loc="outside right upper")
    return drawn
