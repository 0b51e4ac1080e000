"""Accuracy against bias.

A large mark for each recipe: the mean over seeds of AUC and of the distance of the negative average
equality gap from 0 (mean over groups); small marks are single seeds. The best recipe would lie at
the top left. On the test comments and, where there are some, on templates, sentences that differ in
the group that they name. The crosses are naive networks at the checkpoint at which
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
from ontogeny.plotting import figure, handle, legend_below, note, settings
from ontogeny.studies.noisy_labels.panels import (
    SETS,
    TOO_FEW,
    block_title,
    blocks,
    mark_look,
    of_base_settings,
    present,
)

__all__ = ["draw", "numbers"]

NEEDS = ("several-strategies",)

_AUC, _BIAS = "auc", "mean_absolute_negative_aeg"
_OF = ("", "_over_seeds")
_STOPPED: Mapping[str, Any] = {"color": mark_look("naive")["color"], "marker": "x", "ls": ""}


def numbers(comparison: xr.Dataset) -> xr.Dataset:
    """Select accuracy and bias, in the base setting of each source."""
    names = [_AUC, _BIAS, f"stopped_{_AUC}", f"stopped_{_BIAS}"]
    return of_base_settings(comparison.sel(scored_on=list(SETS)), names)


def draw(numbers: xr.Dataset, style: Style) -> Figure:
    """Draw a panel for each source and set."""
    shown = blocks(numbers, _BIAS)
    columns = min(len(shown), 2)
    rows = -(-len(shown) // columns)
    recipes = present(numbers, _AUC)
    with settings():
        drawn = figure(
            width=style.width, height=(0.15 + (0.6, 0.42)[columns - 1] * rows) * style.width
        )
        panels = drawn.subplots(rows, columns, squeeze=False).ravel()
        for axes, block in zip(panels, shown, strict=False):
            _panel(axes, numbers, block, recipes)
        for axes in panels[len(shown) :]:
            axes.remove()
        for axes in panels[::columns]:
            axes.set_ylabel("AUC")
        marks = [handle(recipe, ls="", ms=5, **mark_look(recipe)) for recipe in recipes]
        if numbers[f"stopped_{_AUC}"].notnull().any():
            marks.append(handle("naive, stopped early", ms=5, **_STOPPED))
        legend_below(drawn, marks, columns=4)
    return drawn


def _panel(axes: Axes, numbers: xr.Dataset, block: tuple[str, str], recipes: list[str]) -> None:
    source, scored_on = block
    one = numbers.sel(source=source, scored_on=scored_on)
    for recipe in recipes:
        of_recipe, look = one.sel(recipe=recipe), mark_look(recipe)
        seeds, mean = ([of_recipe[f"{name}{of}"] for name in (_BIAS, _AUC)] for of in _OF)
        axes.plot(*seeds, ls="", ms=2.5, alpha=0.45, **(look | {"mew": 0.6}))
        axes.plot(*mean, ls="", ms=7, **look)
    if scored_on == "test":
        naive = one.sel(recipe="naive")
        axes.plot(naive[f"stopped_{_BIAS}"], naive[f"stopped_{_AUC}"], ms=5, **_STOPPED)
    if not one[_BIAS].notnull().any():
        note(axes, TOO_FEW)
    axes.set_xlabel("mean |negative AEG|")
    axes.set_title(block_title(numbers, *block))
    axes.margins(0.08)
