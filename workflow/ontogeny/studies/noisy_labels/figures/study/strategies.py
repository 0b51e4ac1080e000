"""Accuracy and bias of each recipe.

A row for each recipe: the strategies of arXiv 2110.01577, the same after fine-tuning on the clean
comments, and two controls that the paper does not have. Two panels show accuracy on the test
comments: AUC over all of them, and AUC within a group. The others show bias: the distance of the
negative average equality gap (AEG) from 0, which is unbiased, on test comments and, where there are
some, on templates, sentences that differ in the group that they name. All but the first are means
over the groups that enough comments name. A small mark is a seed, a bar the mean over seeds. Of
each source of labels one setting is shown: with the default share of clean comments if there is
one, then with nothing unusual in training, then with the most runs. Corpora differ in their shares
of toxic comments, so compare recipes, not corpora.
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
    groups_of,
    mark_look,
    of_base_settings,
    present,
    rows_axis,
    said_groups,
)

__all__ = ["draw", "numbers"]

NEEDS = ("several-strategies",)

_PANELS = {
    ("auc", "test"): "accuracy: AUC",
    ("mean_subgroup_auc", "test"): "accuracy: mean AUC within groups",
    ("mean_absolute_negative_aeg", "test"): "bias: mean |negative AEG|",
    ("mean_absolute_negative_aeg", "templates"): "bias: mean |negative AEG|",
}
_COLUMNS = 2
_ROW = 0.2
_BESIDE = 0.75
"""Height [inch] of a title, ticks and labels."""


def numbers(comparison: xr.Dataset) -> xr.Dataset:
    """Select three measures, in the base setting of each source."""
    names = list(dict.fromkeys(name for name, _ in _PANELS))
    shown = comparison.sel(scored_on=list(SETS))
    return of_base_settings(shown.assign(groups=groups_of(shown)), [*names, "groups"])


def draw(numbers: xr.Dataset, style: Style) -> Figure:
    """Draw a row of panels for each source, and in each a row for each recipe."""
    sources = numbers["source"].values
    recipes = [present(numbers.sel(source=[source]), "auc") for source in sources]
    has_templates = any(each == "templates" for _, each in blocks(numbers, "auc"))
    panels = list(_PANELS.items())[: 4 if has_templates else 3]
    rows = -(-len(panels) // _COLUMNS)
    heights = [_ROW * max(len(each), 3) for each in recipes for _ in range(rows)]
    with settings():
        drawn = figure(width=style.width, height=sum(heights) + _BESIDE * len(heights))
        drawn.set_layout_engine("constrained", w_pad=SIDE)
        grid = drawn.subplots(
            len(heights), _COLUMNS, sharey="row", squeeze=False, height_ratios=heights
        ).reshape(len(recipes), rows * _COLUMNS)
        for place, (of_source, names) in enumerate(zip(grid, recipes, strict=True)):
            one = numbers.isel(source=place).sel(recipe=names)
            of_source[0].set_title(str(one["base_setting"].values), loc="left")
            for axes, ((name, scored_on), label) in zip(of_source, panels, strict=False):
                shown = one.sel(scored_on=scored_on)
                _panel(axes, shown, name)
                groups = "" if name == "auc" else f", {said_groups(shown)}"
                axes.set_xlabel(f"{label}\n{SETS[scored_on]}{groups}")
            for axes in of_source[len(panels) :]:
                axes.remove()
            for axes in of_source[::_COLUMNS]:
                rows_axis(axes, names)
    return drawn


def _panel(axes: Axes, one: xr.Dataset, name: str) -> None:
    for row, recipe in enumerate(one["recipe"].values):
        of_recipe, look = one.sel(recipe=recipe), mark_look(str(recipe))
        seeds = of_recipe[name].values
        axes.plot(seeds, [row] * len(seeds), ls="", ms=3.5, alpha=0.7, **(look | {"mew": 0.7}))
        axes.plot(of_recipe[f"{name}_over_seeds"], row, "|", ms=11, mew=1.8, color=look["color"])
    axes.margins(x=0.08)
    axes.xaxis.set_major_locator(MaxNLocator(4))
    if not one[name].notnull().any():
        note(axes, TOO_FEW)
        axes.set_xticks([])
