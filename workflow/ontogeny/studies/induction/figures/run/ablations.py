"""Knock-outs of a run, all heads and sets.

In-context learning score of the final checkpoint without single heads and without sets of heads:
removed fully, with every attention pattern preserved, and with their mean result in their place.
The dashed line is the score of the whole network; higher means less in-context learning.
"""

import numpy as np
import xarray as xr
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from ontogeny.config import Style
from ontogeny.plotting import PALETTE, figure, settings
from ontogeny.studies.induction.panels import KIND_COLOURS, KIND_NAMES

__all__ = ["draw", "numbers"]


def numbers(evaluation: xr.Dataset, analysis: xr.Dataset) -> xr.Dataset:
    """Select scores of the final checkpoint, whole and without heads."""
    last = evaluation[["score", "ablated_score"]].isel(step=-1)
    return last.assign(analysis[["removed_score", "head_kind"]])


def draw(numbers: xr.Dataset, style: Style, title: str) -> Figure:
    """Draw single heads to the left, sets of heads to the right."""
    kinds = numbers["head_kind"].values.ravel()
    heads = [f"{layer + 1}.{head}" for layer in range(numbers.sizes["layer"])
             for head in range(numbers.sizes["head"])]  # fmt: skip
    with settings():
        drawn = figure(width=style.width, height=0.5 * style.width)
        left, right = drawn.subplots(1, 2, sharey=True, width_ratios=(3, 2))
        place = np.arange(len(heads))
        for shift, name, hatch in ((-0.2, "full", "///"), (0.2, "pattern-preserving", "")):
            values = numbers["ablated_score"].sel(ablation=name).values.ravel()
            colours = [KIND_COLOURS[int(kind)] for kind in kinds]
            left.bar(place + shift, values, 0.38, color=colours, hatch=hatch, edgecolor="white")
        left.set_xticks(place, heads, fontsize=6)
        left.set(xlabel="without layer.head; hatched: full", ylabel="in-context score [nat]")
        sets = numbers["head_set"].values
        for number, name in enumerate(numbers["removal"].values):
            values = numbers["removed_score"].sel(removal=name).values
            right.bar(np.arange(len(sets)) + 0.27 * (number - 1), values, 0.25,
                      color=PALETTE[number + 2], label=name)  # fmt: skip
        named = [name.replace(" ", "\n").replace("-", "-\n") for name in sets]
        right.set_xticks(np.arange(len(sets)), named, fontsize=7)
        right.set_xlabel("without all of them together")
        for axes in (left, right):
            axes.axhline(float(numbers["score"]), color="black", lw=1, ls="--")
        kinds_shown = [Patch(color=colour, label=name)
                       for colour, name in zip(KIND_COLOURS, KIND_NAMES, strict=True)]  # fmt: skip
        handles, _ = right.get_legend_handles_labels()
        drawn.legend(handles=[*kinds_shown, *handles], loc="outside lower center", ncols=6)
        drawn.suptitle(f"{title}; dashed: the whole network", fontsize=10)
    return drawn
