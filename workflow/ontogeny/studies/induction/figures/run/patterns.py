"""Attention of the strongest heads of a run.

Attention of the head that attends most to the previous token, and of the head with the strongest
prefix matching, on random tokens that are repeated four times. Heads are called layer.head, both
counted from 0; the title says where one is not a previous-token or an induction head by the rules
of the study. A perfect previous-token head fills the first sub-diagonal; a perfect induction head
attends from each repeated token to the tokens that followed its earlier copies.
"""

import numpy as np
import xarray as xr
from matplotlib.figure import Figure

from ontogeny.config import Style
from ontogeny.plotting import figure, settings
from ontogeny.studies.induction.panels import attention_colours, head_title

__all__ = ["draw", "numbers"]

NEEDS = ("can-induce",)


def numbers(analysis: xr.Dataset) -> xr.Dataset:
    """Select the attention of the two heads, and which they are."""
    names = ["attention", "shown", "head_kind"]
    return analysis[[name for name in names if name in analysis]]


def draw(numbers: xr.Dataset, style: Style, title: str) -> Figure:
    """Draw one heat map a head, attending tokens downwards, attended ones to the right."""
    with settings():
        drawn = figure(width=style.width, height=0.44 * style.width)
        for axes, name in zip(drawn.subplots(1, 2), numbers["shown_head"].values, strict=True):
            one = numbers.sel(shown_head=name)
            image = axes.imshow(
                one["attention"], cmap=attention_colours(name), vmin=0, vmax=1, rasterized=True
            )
            axes.set(title=head_title(numbers, name), xlabel="attended token [index]",
                     ylabel="token [index]")  # fmt: skip
            drawn.colorbar(image, ax=axes, shrink=0.7, label="attention")
            period = (one.sizes["token_index"] - 1) // 4
            ticks = 1 + period * np.arange(4)
            axes.set_xticks(ticks, ticks)
            axes.set_yticks(ticks, ticks)
        drawn.suptitle(title, fontsize=10)
    return drawn
