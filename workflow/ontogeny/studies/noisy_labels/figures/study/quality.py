"""Gain of each strategy over naive training, by the quality of the noisy labels.

Shown is the corpus with the most settings whose rater is a network. Columns on the left: raters
that kept one share of the harmless comments that name a group (those that kept less are more
biased), by the accuracy at which they were stopped. Further columns: one rater, by the share of
clean comments. Top and middle, on test comments: how far AUC and mean |negative AEG| are above
those of naive training. Marks are means over seeds of the difference within a seed, with 95 %
intervals; lines are dashed before fine-tuning and solid after it; `clean` is cut off where it is
far from all others. Bottom: the share of seeds in which a recipe has the highest AUC.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from ontogeny.config import Style
from ontogeny.labels import text
from ontogeny.plotting import figure, handle, legend_below, note, settings
from ontogeny.studies.noisy_labels.panels import GUIDE, SIDE, TOO_FEW, line_look
from ontogeny.studies.noisy_labels.recipes import NINE

__all__ = ["draw", "numbers"]

NEEDS = ("several-raters",)

Places = NDArray[np.int64]
Floats = NDArray[np.float64]

_EXCESS = {
    "auc": "AUC,\nminus that of naive",
    "mean_absolute_negative_aeg": "mean |negative AEG|,\nminus that of naive",
}
_MARGIN = 0.08
_SPREAD = 0.12
"""How far the recipes of a setting lie apart, in settings."""


def numbers(comparison: xr.Dataset) -> xr.Dataset:
    """Select what recipes gain over naive training, with raters that are networks on one corpus.

    Returns
    -------
    Dataset
        By ``shown_setting``: a setting in one column of panels, where it has one ``value``.
    """
    of_rater = comparison[["accuracy_of_rater", "keep_of_rater"]].sel(
        rater=comparison["rater_of_setting"].values
    )
    accuracy, keep = (of_rater[f"{name}_of_rater"].values for name in ("accuracy", "keep"))
    is_network = np.isfinite(keep)
    names, counts = np.unique(
        comparison["corpus_of_setting"].values[is_network].astype(str), return_counts=True
    )
    places = np.flatnonzero(
        is_network & (comparison["corpus_of_setting"].values == names[counts.argmax()])
    )
    rater, share = (comparison[f"{name}_of_setting"].values for name in ("rater", "clean_share"))
    rows = [
        *_by_accuracy(places, accuracy, keep, share),
        *_by_share(places, rater, share),
    ]
    found = comparison[["excess_over_naive", "excess_interval", "wins"]]
    found = found.sel(measure=list(_EXCESS)).reindex(recipe=list(NINE))
    found = found.isel(setting=[row.place for row in rows]).rename(setting="shown_setting")
    return found.assign_coords(
        column=("shown_setting", text(row.column for row in rows)),
        varied=("shown_setting", text(row.varied for row in rows)),
        value=("shown_setting", np.array([row.value for row in rows], dtype=np.float64)),
    )


class _Row(NamedTuple):
    """A setting, given by its place, in the column of panels of what varies there."""

    place: int
    column: str
    varied: str
    value: float


def _by_accuracy(places: Places, accuracy: Floats, keep: Floats, share: Floats) -> Iterator[_Row]:
    """Return raters that kept the same, by accuracy, with the share that most settings have."""
    shares, counts = np.unique(share[places], return_counts=True)
    usual = places[share[places] == shares[counts.argmax()]]
    for place in usual[np.lexsort((accuracy[usual], keep[usual]))]:
        column = f"rater kept {keep[place]:g}"
        yield _Row(int(place), column, "rater's accuracy", float(accuracy[place]))


def _by_share(places: Places, rater: NDArray[np.object_], share: Floats) -> Iterator[_Row]:
    """Return raters with several shares of clean comments, by share."""
    for name in dict.fromkeys(rater[places]):
        mine = places[rater[places] == name]
        if len(mine) > 1:
            for place in mine[np.argsort(share[mine], kind="stable")]:
                yield _Row(int(place), f"rater {name}", "clean share", float(share[place]))


def draw(numbers: xr.Dataset, style: Style) -> Figure:
    """Draw columns of panels: gains in accuracy, gains in bias, and who wins."""
    columns = [
        numbers.isel(shown_setting=numbers["column"].values == each)
        for each in dict.fromkeys(numbers["column"].values)
    ]
    with settings():
        drawn = figure(width=1.2 * style.width, height=style.width)
        drawn.set_layout_engine("constrained", w_pad=SIDE)
        grid = drawn.subplots(3, len(columns), sharey="row", squeeze=False)
        for panels, column in zip(grid.T, columns, strict=True):
            panels[0].set_title(column["column"].values[0])
            for axes, measure in zip(panels, _EXCESS, strict=False):
                _excess(axes, column.sel(measure=measure))
            _wins(panels[-1], column.sel(measure="auc"))
        for panels, (measure, label) in zip(grid, _EXCESS.items(), strict=False):
            panels[0].set(ylabel=label, ylim=_limits(numbers.sel(measure=measure)))
        grid[-1, 0].set_yticks(range(len(NINE)), NINE)
        grid[-1, 0].set_ylabel("share of seeds\nwith the highest AUC")
        lines = [
            handle(each, marker="o", ms=3, **line_look(each)) for each in NINE if each != "naive"
        ]
        legend_below(drawn, lines, columns=4)
    return drawn


def _excess(axes: Axes, shown: xr.Dataset) -> None:
    places = np.arange(shown.sizes["shown_setting"])
    axes.axhline(0, **GUIDE)
    for recipe, shift in zip(NINE, np.linspace(-_SPREAD, _SPREAD, len(NINE)), strict=True):
        if recipe != "naive":
            one = shown.sel(recipe=recipe)
            lower, upper = (one["excess_interval"].sel(end=end) for end in ("lower", "upper"))
            look = line_look(recipe)
            axes.plot(places + shift, one["excess_over_naive"], marker="o", ms=3, lw=1.1, **look)
            axes.vlines(places + shift, lower, upper, lw=0.9, color=look["color"])
    if not shown["excess_over_naive"].notnull().any():
        note(axes, TOO_FEW)
    axes.set_xticks(places, [""] * len(places))
    axes.set_xlim(-0.5, len(places) - 0.5)


def _limits(shown: xr.Dataset) -> tuple[float, float]:
    """Return limits that hold all that is drawn but `clean`."""
    others = shown.drop_sel(recipe="clean")
    values = np.concatenate(
        [others[name].values.ravel() for name in ("excess_over_naive", "excess_interval")]
    )
    low, high = np.nanmin(values, initial=0), np.nanmax(values, initial=0)
    beside = _MARGIN * (high - low) or 1.0
    return low - beside, high + beside


def _wins(axes: Axes, shown: xr.Dataset) -> None:
    shares = shown["wins"].transpose("recipe", "shown_setting").values
    axes.imshow(shares, aspect="auto", vmin=0, vmax=1, cmap="Blues")
    for (row, place), value in np.ndenumerate(shares):
        if value > 0:
            colour = "white" if value > 0.6 else "black"
            axes.text(
                place, row, f"{value:.2g}", ha="center", va="center", fontsize=6, color=colour
            )
    values = [f"{each:g}" if np.isfinite(each) else "-" for each in shown["value"].values]
    axes.set_xticks(range(len(values)), values, fontsize=7)
    axes.set_xlabel(shown["varied"].values[0])
    axes.grid(visible=False)
