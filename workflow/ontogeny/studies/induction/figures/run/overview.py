"""The story of a run.

Top: loss of all tokens and of some classes of tokens, and the in-context learning score (mean loss
late in the context minus mean loss early in it), with the window of the phase change shaded.
Middle: prefix matching and attention on the previous token, of every head. Bottom: loss along the
context before and after the change, and the attention of the head with the strongest prefix
matching on two pieces of a sequence. Outlines mark the tokens that followed an earlier copy of the
current token: an induction head attends to these. Heads are called layer.head, both counted from 0.
"""

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from ontogeny.config import Style
from ontogeny.plotting import figure, settings
from ontogeny.studies.induction.columns import selected
from ontogeny.studies.induction.panels import attention_colours, head_title
from ontogeny.studies.induction.readable import shown_words
from ontogeny.studies.induction.run_panels import (
    along_context,
    along_steps,
    by_class,
    by_head,
    class_legend,
    kind_legend,
    window_legend,
)

__all__ = ["NEEDS", "draw", "numbers"]

NEEDS = ("steps",)

_PIECE = 14
"""Tokens to each side of the map of attention."""


def numbers(corpus: xr.Dataset, evaluation: xr.Dataset, analysis: xr.Dataset) -> xr.Dataset:
    """Select curves over training, losses along the context, and the attention of one head."""
    chosen = selected(
        evaluation, analysis, "loss", "class_loss", "score", "matching", "previous_token",
        "index_loss", "range_loss", "example_attention", "followed", "traced", "shown",
    )  # fmt: skip
    return chosen.assign(token=corpus["tokens"].isel(sequence=0), word=corpus["word"])


def draw(numbers: xr.Dataset, style: Style, title: str) -> Figure:
    """Draw six panels, two in a row."""
    logarithmic = style.log_steps
    with settings():
        drawn = figure(width=style.width, height=1.15 * style.width)
        grid = drawn.subplots(3, 2)
        by_class(grid[0, 0], numbers, logarithmic=logarithmic)
        grid[0, 0].set(title="Loss", ylabel="loss [nat]")
        along_steps(grid[0, 1], numbers, "score", logarithmic=logarithmic)
        grid[0, 1].set(title="In-context learning", ylabel="in-context score [nat]")
        by_head(grid[1, 0], numbers, "matching", logarithmic=logarithmic)
        grid[1, 0].set(title="Prefix matching", ylabel="prefix matching")
        by_head(grid[1, 1], numbers, "previous_token", logarithmic=logarithmic)
        grid[1, 1].set(title="Attention on the token before", ylabel="attention")
        along_context(grid[2, 0], numbers)
        grid[2, 0].set(title="Loss along the context", ylabel="loss [nat]")
        _attention(grid[2, 1], numbers)
        drawn.legend(
            handles=[*class_legend(numbers), *window_legend(numbers), *kind_legend(numbers)],
            loc="outside lower center",
            ncols=3,
        )
        drawn.suptitle(title, fontsize=10)
    return drawn


def _attention(axes: Axes, numbers: xr.Dataset) -> None:
    """Draw where a head attends around the traced token, with the tokens written out."""
    one = numbers.sel(shown_head="induction")
    count = one.sizes["example_index"]
    attended, query = (_piece(int(place), count) for place in numbers["traced"].values)
    words = np.array(shown_words([str(word) for word in numbers["word"].values]))
    text = words[numbers["token"].values]
    image = axes.imshow(
        one["example_attention"].values[query][:, attended],
        cmap=attention_colours("induction"), vmin=0, vmax=1, aspect="auto",
    )  # fmt: skip
    for row, column in np.argwhere(one["followed"].values[query][:, attended]):
        axes.add_patch(Rectangle((column - 0.5, row - 0.5), 1, 1, fill=False, lw=0.8))
    axes.set_xticks(range(len(text[attended])), text[attended], fontsize=6, rotation=90)
    axes.set_yticks(range(len(text[query])), text[query], fontsize=6)
    for label in (*axes.get_xticklabels(), *axes.get_yticklabels()):
        label.set_parse_math(False)
    axes.grid(visible=False)
    axes.set(
        xlabel="attended token",
        ylabel="token",
        title=f"Attention of {head_title(numbers, 'induction')}",
    )
    axes.figure.colorbar(image, ax=axes, label="attention")


def _piece(place: int, count: int) -> slice:
    """Return the tokens around one of them."""
    first = min(max(place - 4, 0), max(count - _PIECE, 0))
    return slice(first, min(first + _PIECE, count))
