"""In-context learning of a run without single heads and sets of heads.

In-context learning score of the final checkpoint without single heads (left) and without sets of
heads (right): removed fully, so that everything after them changes; removed with all attention
patterns kept; or replaced by their mean result. "As many other heads" is a mean over all sets of as
many heads that are not induction heads, or over ten such sets where there are more. Sets that the
network does not have are left out, and a set that is also another one is drawn once, under the
name that is further to the right. The dashed line is the score of the whole network; closer to 0
means less in-context learning. Heads are called layer.head, both counted from 0.
"""

import numpy as np
import xarray as xr
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from numpy.typing import NDArray

from ontogeny.config import Style
from ontogeny.plotting import figure, settings
from ontogeny.studies.induction.head_kinds import HEAD_KINDS
from ontogeny.studies.induction.panels import KIND_COLOURS, head_names, kind_patches, kinds_of

__all__ = ["draw", "numbers"]

_HATCHES = {"full": "///", "pattern-preserving": ""}
_REMOVALS = ("#E69F00", "#56B4E9", "#CC79A7")
_SETS = {
    "induction": "induction\nheads",
    "as many others": "as many\nother heads",
    "all others": "all but\ninduction\nheads",
    "previous-token": "previous-\ntoken\nheads",
}
_NAMES = {
    "full": "removed in full",
    "pattern-preserving": "patterns kept",
    "mean": "mean result kept",
}


def numbers(evaluation: xr.Dataset, analysis: xr.Dataset) -> xr.Dataset:
    """Select scores of the final checkpoint, whole, without heads and without different sets."""
    last = evaluation[["score", "ablated_score"]].isel(step=-1)
    sets = analysis["removed_score"].dropna("head_set", how="all")
    sets = sets.drop_sel(head_set=_drawn_already(analysis["head_kind"].values), errors="ignore")
    return last.assign(removed_score=sets, head_kind=analysis["head_kind"])


def _drawn_already(kinds: NDArray[np.integer]) -> list[str]:
    """Return which sets of heads are drawn under another name."""
    others = kinds[kinds != HEAD_KINDS.index("induction")]
    as_many = ["as many others"] if 2 * others.size <= kinds.size else []
    is_one_kind = (others == HEAD_KINDS.index("previous-token")).all()
    return [*as_many, "all others"] if is_one_kind else as_many


def draw(numbers: xr.Dataset, style: Style, title: str) -> Figure:
    """Draw single heads to the left, sets of heads to the right."""
    kinds, heads = kinds_of(numbers).ravel(), head_names(numbers)
    with settings():
        drawn = figure(width=style.width, height=0.5 * style.width)
        left, right = drawn.subplots(
            1, 2, sharey=True, width_ratios=(len(heads), 2 * numbers.sizes["head_set"])
        )
        place = np.arange(len(heads))
        for shift, (name, hatch) in zip((-0.2, 0.2), _HATCHES.items(), strict=True):
            values = numbers["ablated_score"].sel(ablation=name).values.ravel()
            colours = [KIND_COLOURS[kind] for kind in kinds]
            left.bar(place + shift, values, 0.38, color=colours, hatch=hatch, edgecolor="white")
        left.set_xticks(place, heads, fontsize=6)
        left.set(xlabel="removed head", ylabel="in-context score [nat]")
        sets = numbers["head_set"].values
        for number, name in enumerate(numbers["removal"].values):
            values = numbers["removed_score"].sel(removal=name).values
            right.bar(np.arange(len(sets)) + 0.27 * (number - 1), values, 0.25,
                      color=_REMOVALS[number], label=f"set: {_NAMES[name]}")  # fmt: skip
        right.set_xticks(np.arange(len(sets)), [_SETS[name] for name in sets], fontsize=7)
        right.set_xlabel("removed set of heads")
        for axes in (left, right):
            axes.axhline(float(numbers["score"]), color="black", lw=1, ls="--")
        shown = kind_patches(numbers)
        shown += [Patch(facecolor="#bbbbbb", hatch=hatch, edgecolor="white", label=_NAMES[name])
                  for name, hatch in _HATCHES.items()]  # fmt: skip
        handles, _ = right.get_legend_handles_labels()
        whole = Line2D([], [], color="black", lw=1, ls="--", label="whole network")
        drawn.legend(handles=[*shown, *handles, whole], loc="outside lower center", ncols=3)
        drawn.suptitle(title, fontsize=10)
    return drawn
