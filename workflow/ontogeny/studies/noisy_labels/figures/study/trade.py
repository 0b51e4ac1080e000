"""Accuracy against bias.

On the test comments, a large mark for each recipe: the mean over seeds of AUC and of the distance
of the negative average equality gap from 0 (mean over groups); small marks are single seeds. The
best recipe would lie at the top left. The crosses are naive networks at the checkpoint at which
they are as accurate on the development comments as the network of the clean comments alone: if they
lie as far left as `clean`, it is weakness and not the quality of its labels that makes `clean` the
least biased. Of each source of labels the setting with the most runs is shown.
"""

from collections.abc import Mapping
from typing import Any

import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ontogeny.config import Style
from ontogeny.plotting import figure, settings
from ontogeny.studies.noisy_labels.panels import (
    handle,
    legend_below,
    mark_look,
    note,
    of_base_settings,
    present,
)

__all__ = ["draw", "numbers"]

NEEDS = ("several-strategies",)

_AUC, _BIAS = "auc", "mean_absolute_negative_aeg"
_STOPPED: Mapping[str, Any] = {"color": mark_look("naive")["color"], "marker": "x", "ls": ""}


def numbers(comparison: xr.Dataset) -> xr.Dataset:
    """Select accuracy and bias on test comments, in the base setting of each source."""
    names = [_AUC, _BIAS, f"stopped_{_AUC}", f"stopped_{_BIAS}"]
    return of_base_settings(comparison.sel(scored_on="test"), names)


def draw(numbers: xr.Dataset, style: Style) -> Figure:
    """Draw a panel for each source."""
    count = numbers.sizes["source"]
    recipes = present(numbers, _AUC)
    with settings():
        drawn = figure(width=style.width, height=(0.75 if count == 1 else 0.5) * style.width)
        for place, axes in enumerate(drawn.subplots(1, count, squeeze=False)[0]):
            one = numbers.isel(source=place)
            _panel(axes, one, recipes)
            axes.set(xlabel="mean |negative AEG|", title=str(one["base_setting"].values))
            if place == 0:
                axes.set_ylabel("AUC")
        marks = [handle(recipe, ls="", ms=5, **mark_look(recipe)) for recipe in recipes]
        if numbers[f"stopped_{_AUC}"].notnull().any():
            marks.append(handle("naive, stopped early", ms=5, **_STOPPED))
        legend_below(drawn, marks, columns=4)
    return drawn


def _panel(axes: Axes, one: xr.Dataset, recipes: list[str]) -> None:
    for recipe in recipes:
        of_recipe, look = one.sel(recipe=recipe), mark_look(recipe)
        axes.plot(of_recipe[_BIAS], of_recipe[_AUC], ls="", ms=2.5, alpha=0.45, **(look | {"mew": 0.6}))
        axes.plot(
            of_recipe[f"{_BIAS}_over_seeds"], of_recipe[f"{_AUC}_over_seeds"], ls="", ms=7, **look
        )
    naive = one.sel(recipe="naive")
    axes.plot(naive[f"stopped_{_BIAS}"], naive[f"stopped_{_AUC}"], ms=5, **_STOPPED)
    if not one[_BIAS].notnull().any():
        note(axes, "no group has\nenough comments")
    axes.margins(0.08)
