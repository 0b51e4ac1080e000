"""Accuracy and bias of networks, group by group.

On the test comments and, where there are some, on templates, sentences that differ in the group
that they name: a row for each group that enough of them name. Marks are means over seeds. The
background of a group is all comments that do not name it.
Left to right: AUC within the group; AUC of toxic comments of the background against harmless ones
of the group (BPSN), which falls when harmless comments that name the group score too high; AUC of
toxic comments of the group against harmless ones of the background (BNSP); the negative average
equality gap (AEG), which is above 0 when harmless comments of the group score higher than those of
the background. Of each source of labels one setting is shown: with the default share of clean
comments if there is one, then with nothing unusual in training, then with the most runs.
"""

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from ontogeny.config import Style
from ontogeny.plotting import figure, handle, legend_below, note, settings
from ontogeny.studies.noisy_labels.panels import (
    GUIDE,
    SETS,
    SIDE,
    TOO_FEW,
    block_title,
    blocks,
    mark_look,
    of_base_settings,
    present,
    rows_axis,
)

__all__ = ["draw", "numbers"]

NEEDS = ("several-strategies",)

_PANELS = {
    "subgroup_auc": "AUC within the group",
    "bpsn_auc": "BPSN AUC",
    "bnsp_auc": "BNSP AUC",
    "negative_aeg": "bias: negative AEG",
}
_MEASURED = "negative_aeg_over_seeds"
_RECIPES = ("clean", "naive", "multi-head", "multi-head, tuned", "oracle")
_ROW = 0.2
_BESIDE = 0.7
"""Height [inch] of a title, ticks and labels."""
_SPREAD = 0.3
"""How far marks of one group are apart, in rows."""


def numbers(comparison: xr.Dataset) -> xr.Dataset:
    """Select measures by group of some recipes, in the base setting of each source."""
    found = of_base_settings(comparison.sel(scored_on=list(SETS)), list(_PANELS))
    return found[[f"{name}_over_seeds" for name in _PANELS]].sel(recipe=list(_RECIPES))


def draw(numbers: xr.Dataset, style: Style) -> Figure:
    """Draw a row of panels for each source and set, and in each a row for each group."""
    shown = blocks(numbers, _MEASURED)
    parts = [numbers.sel(source=source, scored_on=each) for source, each in shown]
    parts = [each.isel(identity=each[_MEASURED].notnull().any("recipe").values) for each in parts]
    heights = [_ROW * max(each.sizes["identity"], 3) for each in parts]
    recipes = present(numbers, _MEASURED)
    with settings():
        drawn = figure(width=1.15 * style.width, height=sum(heights) + _BESIDE * len(heights) + 0.3)
        drawn.set_layout_engine("constrained", w_pad=SIDE)
        grid = drawn.subplots(
            len(heights), len(_PANELS), sharey="row", squeeze=False, height_ratios=heights
        )
        for panels, part, block in zip(grid, parts, shown, strict=True):
            panels[0].set_title(block_title(numbers, *block), loc="left")
            for axes, (name, label) in zip(panels, _PANELS.items(), strict=True):
                _panel(axes, part[f"{name}_over_seeds"], recipes)
                axes.set_xlabel(label)
            panels[-1].axvline(0, **GUIDE)
            rows_axis(panels[0], [str(name) for name in part["identity"].values])
        marks = [handle(recipe, ls="", ms=5, **mark_look(recipe)) for recipe in recipes]
        legend_below(drawn, marks, columns=len(_RECIPES))
    return drawn


def _panel(axes: Axes, values: xr.DataArray, recipes: list[str]) -> None:
    rows = np.arange(values.sizes["identity"])
    for recipe, shift in zip(recipes, np.linspace(-_SPREAD, _SPREAD, len(recipes)), strict=True):
        axes.plot(values.sel(recipe=recipe), rows + shift, ls="", ms=4, **mark_look(recipe))
    if not len(rows):
        note(axes, TOO_FEW)
    axes.margins(x=0.08)
    axes.xaxis.set_major_locator(MaxNLocator(4))
