"""AUC on the development comments along training.

A line for each network, over the number of comments that it was trained on, with repetitions.
Dashed lines are strategies before fine-tuning; solid lines go on from their last checkpoints with
the clean comments alone. The lower part, where networks begin to learn, is cut off. The figure
corresponds to figure 1 of arXiv 2110.01577. Of each source of labels one setting is shown: with the
default share of clean comments if there is one, then with nothing unusual in training, then with
the most runs.
"""

from textwrap import fill

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import EngFormatter

from ontogeny.config import Style
from ontogeny.plotting import figure, handle, legend_below, settings
from ontogeny.studies.noisy_labels.panels import line_look, of_base_settings, present
from ontogeny.studies.noisy_labels.recipes import GAINING

__all__ = ["draw", "numbers"]

NEEDS = ("enough-runs",)

_LINE = 84
"""Characters of a line of titles, over all panels."""

_CUT = 0.3
"""What is shown below the least final AUC, as a share of what lies above that."""


def numbers(comparison: xr.Dataset) -> xr.Dataset:
    """Select curves of the base setting of each source; tuned networks go on from their parents."""
    found = of_base_settings(comparison, ["curve_auc", "examples"])[["curve_auc", "examples"]]
    seen = found["examples"].copy()
    for before, after in GAINING.items():
        seen.loc[{"recipe": after}] += found["examples"].sel(recipe=before, drop=True).max("step")
    return found.assign(examples=seen)


def draw(numbers: xr.Dataset, style: Style) -> Figure:
    """Draw a panel for each source."""
    count = numbers.sizes["source"]
    recipes = present(numbers, "curve_auc")
    with settings():
        drawn = figure(width=style.width, height=(0.6 if count == 1 else 0.5) * style.width)
        for place, axes in enumerate(drawn.subplots(1, count, squeeze=False)[0]):
            one = numbers.isel(source=place)
            _panel(axes, one, recipes)
            title = fill(str(one["base_setting"].values), _LINE // count)
            axes.set(xlabel="comments trained on", title=title)
            axes.xaxis.set_major_formatter(EngFormatter(sep=""))
            if place == 0:
                axes.set_ylabel("AUC on development")
        lines = [handle(recipe, **line_look(recipe)) for recipe in recipes]
        legend_below(drawn, lines, columns=4)
    return drawn


def _panel(axes: Axes, one: xr.Dataset, recipes: list[str]) -> None:
    last = []
    for recipe in recipes:
        for _, network in one.sel(recipe=recipe).groupby("seed"):
            curve = network.squeeze("seed").dropna("step", subset=["curve_auc"])
            if curve.sizes["step"]:
                axes.plot(
                    curve["examples"], curve["curve_auc"], lw=0.9, alpha=0.8, **line_look(recipe)
                )
                last.append(float(curve["curve_auc"][-1]))
    if last:
        least, most = min(last), float(np.nanmax(one["curve_auc"].values))
        if most > least:
            axes.set_ylim(least - _CUT * (most - least), most + 0.05 * (most - least))
