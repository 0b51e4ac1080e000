"""How accurate and how biased networks are, group by group.

On the test comments, a row for each group that enough of them name; marks are means over seeds.
Left to right: AUC within the group; AUC of toxic comments of the background against harmless ones
of the group (BPSN), which falls when harmless comments that name the group score too high; AUC of
toxic comments of the group against harmless ones of the background (BNSP); the negative average
equality gap (AEG), which is above 0 when harmless comments of the group score higher than those of
the background. Of each source of labels the setting with the most runs is shown.
"""

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ontogeny.config import Style
from ontogeny.plotting import figure, settings
from ontogeny.studies.noisy_labels.panels import (
    GUIDE,
    handle,
    legend_below,
    mark_look,
    note,
    of_base_settings,
    present,
    rows_axis,
)

__all__ = ["draw", "numbers"]

NEEDS = ("several-strategies",)

_PANELS = {
    "subgroup_auc": "subgroup AUC",
    "bpsn_auc": "BPSN AUC",
    "bnsp_auc": "BNSP AUC",
    "negative_aeg": "negative AEG",
}
_RECIPES = ("clean", "naive", "multi-head", "multi-head, tuned", "oracle")
_ROW = 0.24
_SPREAD = 0.3
"""How far marks of one group lie apart, in rows."""


def numbers(comparison: xr.Dataset) -> xr.Dataset:
    """Select measures by group of some recipes, in the base setting of each source."""
    found = of_base_settings(comparison.sel(scored_on="test"), list(_PANELS))
    means = found[[f"{name}_over_seeds" for name in _PANELS]]
    return means.sel(recipe=list(_RECIPES))


def draw(numbers: xr.Dataset, style: Style) -> Figure:
    """Draw a row of panels for each source, and in each a row for each group."""
    known = numbers["negative_aeg_over_seeds"].notnull().any("recipe")
    groups = [numbers["identity"].values[each] for each in known.values]
    heights = [_ROW * max(len(each), 2) + 0.55 for each in groups]
    recipes = present(numbers, "negative_aeg_over_seeds")
    with settings():
        drawn = figure(width=1.15 * style.width, height=sum(heights) + 0.3)
        grid = drawn.subplots(
            len(heights), len(_PANELS), sharey="row", squeeze=False, height_ratios=heights
        )
        for place, (panels, names) in enumerate(zip(grid, groups, strict=True)):
            one = numbers.isel(source=place).sel(identity=names)
            panels[0].set_title(str(one["base_setting"].values), loc="left")
            for axes, (name, label) in zip(panels, _PANELS.items(), strict=True):
                _panel(axes, one[f"{name}_over_seeds"], recipes)
                axes.set_xlabel(label)
            panels[-1].axvline(0, **GUIDE)
            rows_axis(panels[0], [str(name) for name in names])
        marks = [handle(recipe, ls="", ms=5, **mark_look(recipe)) for recipe in recipes]
        legend_below(drawn, marks, columns=len(_RECIPES))
    return drawn


def _panel(axes: Axes, values: xr.DataArray, recipes: list[str]) -> None:
    rows = np.arange(values.sizes["identity"])
    for recipe, shift in zip(recipes, np.linspace(-_SPREAD, _SPREAD, len(recipes)), strict=True):
        axes.plot(values.sel(recipe=recipe), rows + shift, ls="", ms=4, **mark_look(recipe))
    if not len(rows):
        note(axes, "no group has\nenough comments")
    axes.margins(x=0.08)
