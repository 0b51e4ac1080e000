"""How accurate and how biased each recipe is.

A row for each recipe: the strategies of arXiv 2110.01577, the same after fine-tuning on the clean
comments, and two controls that the paper does not have. On the test comments, from left to right:
AUC over all of them, AUC within a group (mean over groups), and the distance of the negative
average equality gap from 0 (mean over groups; 0 is unbiased). A small dot is a seed, a bar the mean
over seeds. Of each source of labels the setting with the most runs is shown; base rates differ from
corpus to corpus, so compare recipes, not corpora.
"""

import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ontogeny.config import Style
from ontogeny.plotting import figure, settings
from ontogeny.studies.noisy_labels.panels import (
    mark_look,
    note,
    of_base_settings,
    present,
    rows_axis,
)

__all__ = ["draw", "numbers"]

NEEDS = ("several-strategies",)

_PANELS = {
    "auc": "AUC",
    "mean_subgroup_auc": "mean subgroup AUC",
    "mean_absolute_negative_aeg": "mean |negative AEG|",
}
_ROW = 0.17


def numbers(comparison: xr.Dataset) -> xr.Dataset:
    """Select three measures on test comments, in the base setting of each source."""
    return of_base_settings(comparison.sel(scored_on="test"), list(_PANELS))


def draw(numbers: xr.Dataset, style: Style) -> Figure:
    """Draw a row of panels for each source, and in each a row for each recipe."""
    recipes = [present(numbers.sel(source=[source]), "auc") for source in numbers["source"].values]
    heights = [_ROW * len(each) + 0.55 for each in recipes]
    with settings():
        drawn = figure(width=style.width, height=sum(heights) + 0.1)
        grid = drawn.subplots(
            len(heights), len(_PANELS), sharey="row", squeeze=False, height_ratios=heights
        )
        for place, (panels, names) in enumerate(zip(grid, recipes, strict=True)):
            one = numbers.isel(source=place).sel(recipe=names)
            panels[0].set_title(str(one["base_setting"].values), loc="left")
            for axes, (name, label) in zip(panels, _PANELS.items(), strict=True):
                _panel(axes, one, name)
                axes.set_xlabel(label)
            rows_axis(panels[0], names)
    return drawn


def _panel(axes: Axes, one: xr.Dataset, name: str) -> None:
    for row, recipe in enumerate(one["recipe"].values):
        of_recipe = one.sel(recipe=recipe)
        look = mark_look(str(recipe))
        seeds = of_recipe[name].values
        axes.plot(seeds, [row] * len(seeds), ls="", ms=3.5, alpha=0.7, **(look | {"mew": 0.7}))
        axes.plot(of_recipe[f"{name}_over_seeds"], row, "|", ms=11, mew=1.8, color=look["color"])
    if not one[name].notnull().any():
        note(axes, "no group has\nenough comments")
    axes.margins(x=0.08)
