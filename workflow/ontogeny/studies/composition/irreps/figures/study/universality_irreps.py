"""How often each irrep is learned.

Number of grokked runs with each irrep as a key irrep, and number of key irreps in these runs, for
each group and architecture with several such runs. Networks narrower than the widest of their group
and architecture are left out.
"""

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from ontogeny.plotting import figure, irrep_looks, settings
from ontogeny.studies.composition.config import Style
from ontogeny.studies.composition.irreps.panels import irrep_label

__all__ = ["draw", "numbers"]

NEEDS = ("several-runs",)

_LABELLED = 16


def numbers(comparison: xr.Dataset) -> xr.Dataset:
    """Select key irreps of all runs, and how often each is key in each group."""
    return comparison[["key_count", "place", "runs", "key_irreps", "grokked", "widest"]]


def draw(numbers: xr.Dataset, style: Style) -> Figure:
    """Draw one row for each group and architecture with several runs that have grokked."""
    runs = numbers["runs"].sel(selection="grokked")
    cells = [
        (str(group), str(architecture))
        for group in numbers["group"].values
        for architecture in numbers["architecture"].values
        if int(runs.sel(group=group, architecture=architecture)) > 1
    ]
    with settings():
        height = (0.27 * max(len(cells), 1) + 0.05) * style.width
        drawn = figure(width=1.25 * style.width, height=height)
        if not cells:
            drawn.suptitle(
                "No group has several runs of one architecture that have grokked.", fontsize=10
            )
            return drawn
        rows = drawn.subplots(len(cells), 2, squeeze=False, width_ratios=(3, 1))
        for (left, right), (group, architecture) in zip(rows, cells, strict=True):
            cell = {"group": group, "architecture": architecture}
            total = int(runs.sel(cell))
            counts = numbers["key_count"].sel(cell)
            order = np.argsort(numbers["place"].sel(group=group).values, kind="stable")
            there = counts.isel(irrep=order).dropna("irrep")[1:]
            _key_counts(left, there, total)
            left.set_title(f"{group}, {architecture}, {total} runs")
            left.set_ylabel("number of runs")
            chosen = (
                (numbers["group_of_run"].values == group)
                & (numbers["architecture_of_run"].values == architecture)
                & numbers["grokked"].values
                & numbers["widest"].values
            )
            number = numbers["key_irreps"].values[chosen]
            right.hist(number, bins=np.arange(number.max() + 2) - 0.5, rwidth=0.8, color="#777777")
            right.set(xlabel="number of key irreps", ylabel="number of runs")
            right.xaxis.set_major_locator(MaxNLocator(5, integer=True))
            right.set_xlim(0, number.max() + 1)
            for axes in (left, right):
                axes.yaxis.set_major_locator(MaxNLocator(4, integer=True))
                axes.grid(visible=False, axis="x")
    return drawn


def _key_counts(axes: Axes, counts: xr.DataArray, total: int) -> None:
    """Draw a bar for each irrep; of many irreps only those learned are named."""
    names = [str(name) for name in counts["irrep"].values]
    places = np.arange(len(names))
    looks = [irrep_looks(["trivial", *names])[name] for name in names]
    for place, count, look in zip(places, counts.values, looks, strict=True):
        axes.bar(place, count, color=look.colour, hatch=look.hatch)
    few = len(names) <= _LABELLED
    named = places if few else places[counts.values > 0]
    labels = [irrep_label(names[place]) for place in named]
    axes.set_xticks(named, labels, rotation=30 if few else 90, fontsize=7 if few else 6)
    axes.set(xlim=(-0.6, len(names) - 0.4), ylim=(0, total * 1.05))
