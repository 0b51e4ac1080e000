"""Accuracy of each recipe against its bias.

A large mark for each recipe: the mean over seeds of AUC and of the distance of the negative average
equality gap (AEG) from 0, mean over the groups that enough comments name; small marks are single
seeds. A good recipe is at the top left: accurate and unbiased. Panels are of the test comments and,
where there are some, of templates, sentences that differ in the group that they name. Crosses are
naive networks, each at the checkpoint where it is as accurate on development as the network that
learns from the clean comments alone. If they are as far left as `clean`, weakness is enough to
explain why `clean` is less biased than other recipes. Of each source of labels one setting is
shown: with the default share of clean comments if there is one, then with nothing unusual in
training, then with the most runs.
"""

from collections.abc import Mapping
from textwrap import fill
from typing import Any

import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ontogeny.config import Style
from ontogeny.plotting import figure, handle, legend_below, note, settings
from ontogeny.studies.noisy_labels.panels import (
    SETS,
    TOO_FEW,
    blocks,
    groups_of,
    mark_look,
    of_base_settings,
    present,
    said_groups,
)

__all__ = ["draw", "numbers"]

NEEDS = ("several-strategies",)

_AUC, _BIAS = "auc", "mean_absolute_negative_aeg"
_OF = ("", "_over_seeds")
_LINE = 38
"""Characters of a line of a title."""
_STOPPED: Mapping[str, Any] = {"color": mark_look("naive")["color"], "marker": "x", "ls": ""}


def numbers(comparison: xr.Dataset) -> xr.Dataset:
    """Select accuracy and bias, in the base setting of each source."""
    names = [_AUC, _BIAS, f"stopped_{_AUC}", f"stopped_{_BIAS}"]
    shown = comparison.sel(scored_on=list(SETS))
    return of_base_settings(shown.assign(groups=groups_of(shown)), [*names, "groups"])


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
            axes.set_ylabel("accuracy: AUC")
        marks = [handle(recipe, ls="", ms=5, **mark_look(recipe)) for recipe in recipes]
        if numbers[f"stopped_{_AUC}"].notnull().any():
            marks.append(handle("naive, stopped early", ms=5, **_STOPPED))
        legend_below(drawn, marks, columns=3)
    return drawn


def _panel(axes: Axes, numbers: xr.Dataset, block: tuple[str, str], recipes: list[str]) -> None:
    source, scored_on = block
    one = numbers.sel(source=source, scored_on=scored_on)
    for recipe in recipes:
        of_recipe, look = one.sel(recipe=recipe), mark_look(recipe)
        ring = {"ms": 7} if look["mfc"] == look["color"] else {"ms": 9, "zorder": 1.9}
        seeds, mean = ([of_recipe[f"{name}{of}"] for name in (_BIAS, _AUC)] for of in _OF)
        axes.plot(*seeds, ls="", ms=2.5, alpha=0.45, **(look | {"mew": 0.6}))
        axes.plot(*mean, ls="", **(look | ring))
    if scored_on == "test":
        naive = one.sel(recipe="naive")
        axes.plot(naive[f"stopped_{_BIAS}"], naive[f"stopped_{_AUC}"], ms=5, **_STOPPED)
    axes.set_xlabel(f"bias: mean |negative AEG|, {said_groups(one)}")
    setting = str(one["base_setting"].values)
    axes.set_title(f"{fill(setting, _LINE)}\n{SETS[scored_on]}")
    axes.margins(0.08)
    if not one[_BIAS].notnull().any():
        note(axes, TOO_FEW)
        axes.set(xticks=[], yticks=[])
