"""What the noise must be like for each strategy to win.

Of the corpus that networks label in the most settings. Columns on the left: raters that kept one
share of the harmless comments that name a group (the less they kept, the more biased they are), by
the accuracy at which they were stopped. Further columns: one rater, by the share of clean comments.
Top and middle, on test comments: by how much AUC and mean |negative AEG| exceed those of naive
training, mean over seeds of the difference within a seed, with intervals of 95 %; strategies are
dashed before and solid after fine-tuning, and `clean` is cut off where it is far from all others.
Bottom: the share of seeds in which a recipe has the highest AUC.
"""

from dataclasses import dataclass

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ontogeny.config import Style
from ontogeny.plotting import figure, handle, legend_below, settings
from ontogeny.studies.noisy_labels.panels import GUIDE, SIDE, line_look
from ontogeny.studies.noisy_labels.recipes import NINE

__all__ = ["draw", "numbers"]

NEEDS = ("several-raters",)

_EXCESS = {
    "auc": "AUC,\nabove naive",
    "mean_absolute_negative_aeg": "mean |negative AEG|,\nabove naive",
}
_MARGIN = 0.08
_SPREAD = 0.12
"""How far the recipes of a setting lie apart, in settings."""


@dataclass(frozen=True)
class _Column:
    """Settings that differ in one respect, with its value in each of them."""

    title: str
    label: str
    settings: list[str]
    values: list[str]


def numbers(comparison: xr.Dataset) -> xr.Dataset:
    """Select what recipes gain over naive training, with raters that are networks on one corpus."""
    of_rater = comparison[["accuracy_of_rater", "keep_of_rater"]].sel(
        rater=comparison["rater_of_setting"].values
    )
    keep, corpus = of_rater["keep_of_rater"].values, comparison["corpus_of_setting"].values
    names, counts = np.unique(corpus[np.isfinite(keep)].astype(str), return_counts=True)
    is_shown = np.isfinite(keep) & (corpus == names[counts.argmax()])
    found = comparison[["excess_over_naive", "excess_interval", "wins"]].assign_coords(
        accuracy_of_setting=("setting", of_rater["accuracy_of_rater"].values),
        keep_of_setting=("setting", keep),
    )
    return found.isel(setting=is_shown).sel(measure=list(_EXCESS)).reindex(recipe=list(NINE))


def draw(numbers: xr.Dataset, style: Style) -> Figure:
    """Draw columns of panels: gains in accuracy, gains in bias, and who wins."""
    columns = _columns(numbers)
    with settings():
        drawn = figure(width=1.2 * style.width, height=style.width)
        drawn.set_layout_engine("constrained", w_pad=SIDE)
        grid = drawn.subplots(3, len(columns), sharey="row", squeeze=False)
        for panels, column in zip(grid.T, columns, strict=True):
            shown = numbers.sel(setting=column.settings)
            panels[0].set_title(column.title)
            for axes, measure in zip(panels, _EXCESS, strict=False):
                _excess(axes, shown.sel(measure=measure), column)
            _wins(panels[-1], shown["wins"].sel(measure="auc"), column)
        for panels, (measure, label) in zip(grid, _EXCESS.items(), strict=False):
            panels[0].set(ylabel=label, ylim=_limits(numbers.sel(measure=measure)))
        grid[-1, 0].set_yticks(range(len(NINE)), NINE)
        lines = [
            handle(each, marker="o", ms=3, **line_look(each)) for each in NINE if each != "naive"
        ]
        legend_below(drawn, lines, columns=4)
    return drawn


def _columns(numbers: xr.Dataset) -> list[_Column]:
    """Return raters by what they kept, and shares of clean comments by rater."""
    about = {
        name: numbers[f"{name}_of_setting"].values
        for name in ("accuracy", "keep", "clean_share", "rater")
    }
    names = numbers["setting"].values.astype(str)
    shares, counts = np.unique(about["clean_share"], return_counts=True)
    usual = about["clean_share"] == shares[counts.argmax()]
    found = []
    for keep in np.unique(about["keep"][usual]):
        places = np.flatnonzero(usual & (about["keep"] == keep))
        places = places[np.argsort(about["accuracy"][places], kind="stable")]
        values = [f"{each:g}" if np.isfinite(each) else "-" for each in about["accuracy"][places]]
        found.append(
            _Column(f"rater kept {keep:g}", "rater's accuracy", list(names[places]), values)
        )
    for rater in dict.fromkeys(about["rater"]):
        places = np.flatnonzero(about["rater"] == rater)
        places = places[np.argsort(about["clean_share"][places], kind="stable")]
        if len(places) > 1:
            values = [f"{each:g}" for each in about["clean_share"][places]]
            found.append(
                _Column(f"rater {rater}", "share of clean comments", list(names[places]), values)
            )
    return found


def _excess(axes: Axes, shown: xr.Dataset, column: _Column) -> None:
    places = np.arange(len(column.settings))
    axes.axhline(0, **GUIDE)
    for recipe, shift in zip(NINE, np.linspace(-_SPREAD, _SPREAD, len(NINE)), strict=True):
        if recipe != "naive":
            one = shown.sel(recipe=recipe)
            lower, upper = (one["excess_interval"].sel(end=end) for end in ("lower", "upper"))
            look = line_look(recipe)
            axes.plot(places + shift, one["excess_over_naive"], marker="o", ms=3, lw=1.1, **look)
            axes.vlines(places + shift, lower, upper, lw=0.9, color=look["color"])
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


def _wins(axes: Axes, wins: xr.DataArray, column: _Column) -> None:
    shares = wins.transpose("recipe", "setting").values
    axes.imshow(shares, aspect="auto", vmin=0, vmax=1, cmap="Blues")
    for (row, place), value in np.ndenumerate(shares):
        if value > 0:
            colour = "white" if value > 0.6 else "black"
            axes.text(
                place, row, f"{value:.2g}", ha="center", va="center", fontsize=6, color=colour
            )
    axes.set_xticks(range(len(column.values)), column.values, fontsize=7)
    axes.set_xlabel(column.label)
    axes.grid(visible=False)
