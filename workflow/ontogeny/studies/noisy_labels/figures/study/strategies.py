"""How accurate and how biased each recipe is.

A row for each recipe: the strategies of arXiv 2110.01577, the same after fine-tuning on the clean
comments, and two controls that the paper does not have. On the test comments, from left to right:
AUC over all of them, AUC within a group (mean over groups), and the distance of the negative
average equality gap from 0 (mean over groups; 0 is unbiased). Where there are templates, sentences
that differ in the group that they name, a fourth panel has the same distance on them. A small mark
is a seed, a bar the mean over seeds. Of each source of labels the setting with the most runs is
shown; base rates differ from corpus to corpus, so compare recipes, not corpora.
"""

import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from ontogeny.config import Style
from ontogeny.plotting import figure, note, settings
from ontogeny.studies.noisy_labels.panels import (
    SETS,
    SIDE,
    TOO_FEW,
    blocks,
    mark_look,
    of_base_settings,
    present,
    rows_axis,
)

__all__ = ["draw", "numbers"]

NEEDS = ("several-strategies",)

_PANELS = {
    ("auc", "test"): "AUC",
    ("mean_subgroup_auc", "test"): "mean subgroup AUC",
    ("mean_absolute_negative_aeg", "test"): "mean |negative AEG|",
    ("mean_absolute_negative_aeg", "templates"): "mean |negative AEG|,\ntemplates",
}
_ROW = 0.17


def numbers(comparison: xr.Dataset) -> xr.Dataset:
    """Select three measures, in the base setting of each source."""
    names = list(dict.fromkeys(name for name, _ in _PANELS))
    return of_base_settings(comparison.sel(scored_on=list(SETS)), names)


def draw(numbers: xr.Dataset, style: Style) -> Figure:
    """Draw a row of panels for each source, and in each a row for each recipe."""
    sources = numbers["source"].values
    recipes = [present(numbers.sel(source=[source]), "auc") for source in sources]
    has_templates = any(each == "templates" for _, each in blocks(numbers, "auc"))
    panels = list(_PANELS.items())[: 4 if has_templates else 3]
    heights = [_ROW * len(each) + 0.55 for each in recipes]
    with settings():
        drawn = figure(width=(0.1 + 0.3 * len(panels)) * style.width, height=sum(heights) + 0.1)
        drawn.set_layout_engine("constrained", w_pad=SIDE)
        grid = drawn.subplots(
            len(heights), len(panels), sharey="row", squeeze=False, height_ratios=heights
        )
        for place, (row, names) in enumerate(zip(grid, recipes, strict=True)):
            one = numbers.isel(source=place).sel(recipe=names)
            row[0].set_title(str(one["base_setting"].values), loc="left")
            for axes, ((name, scored_on), label) in zip(row, panels, strict=True):
                _panel(axes, one.sel(scored_on=scored_on), name)
                axes.set_xlabel(label)
            rows_axis(row[0], names)
    return drawn


def _panel(axes: Axes, one: xr.Dataset, name: str) -> None:
    for row, recipe in enumerate(one["recipe"].values):
        of_recipe, look = one.sel(recipe=recipe), mark_look(str(recipe))
        seeds = of_recipe[name].values
        axes.plot(seeds, [row] * len(seeds), ls="", ms=3.5, alpha=0.7, **(look | {"mew": 0.7}))
        axes.plot(of_recipe[f"{name}_over_seeds"], row, "|", ms=11, mew=1.8, color=look["color"])
    if not one[name].notnull().any():
        note(axes, TOO_FEW)
    axes.margins(x=0.08)
    axes.xaxis.set_major_locator(MaxNLocator(4))
