"""Loss of each token of a text before and after the phase change, and the heads behind it.

The beginning of one sequence of the evaluation set, token by token. Above, the loss of each token
after the phase change minus that before it: blue tokens are predicted better. Repeated tokens,
which the context predicts, are bold and underlined. Below, where two heads attend: the arrow starts
at the boxed token and ends at the token that it attends to most. An induction head attends from a
token to the token that followed it earlier, and so predicts that this token follows again. It finds
that place because a previous-token head has stored there which token came before.
"""

import numpy as np
import xarray as xr
from matplotlib import colormaps
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Colormap, Normalize
from matplotlib.figure import Figure
from numpy.typing import NDArray

from ontogeny.config import Style
from ontogeny.plotting import figure, settings
from ontogeny.studies.induction.panels import attention_colours, head_title
from ontogeny.studies.induction.passage import Layout, arrow, laid_out, written
from ontogeny.studies.induction.readable import is_numbered, shown_words

__all__ = ["NEEDS", "draw", "numbers"]

NEEDS = ("can-induce", "steps")

_CHANGES = colormaps["RdBu_r"].resampled(256)

_LINE = 0.27
"""Height of a line [inch]."""


def numbers(corpus: xr.Dataset, analysis: xr.Dataset) -> xr.Dataset:
    """Select how losses of the example change, the attention of two heads, and the tokens."""
    classes = [str(name) for name in corpus["token_kind"].values]
    name = "repeat" if "repeat" in classes else "continuation"
    names = [
        "moment_step", "example_change", "example_attention", "traced", "shown", "head_kind"
    ]  # fmt: skip
    found = analysis[[each for each in names if each in analysis]]
    return found.assign(
        token=corpus["tokens"].isel(sequence=0),
        repeat=corpus["member"].sel(token_kind=name, drop=True).isel(sequence=0),
        word=corpus["word"],
    )


def draw(numbers: xr.Dataset, style: Style, title: str) -> Figure:
    """Write the text three times: with the change of the loss, and with the attention of heads."""
    count = numbers.sizes["example_index"]
    names = [str(word) for word in numbers["word"].values]
    words = shown_words(names)
    tokens = numbers["token"].values[: count + 1]
    layout = laid_out(
        [words[token] for token in tokens], apart=is_numbered(names), width=style.width
    )
    change = np.append(np.nan, numbers["example_change"].values[:count])
    repeat = np.concatenate([[False], numbers["repeat"].values[:count]])
    with settings():
        drawn = figure(width=style.width, height=3 * (layout.lines * _LINE + 0.45) + 0.3)
        grid = drawn.subplots(3, 2, width_ratios=(45, 1), squeeze=False)
        start, end = (int(step) for step in numbers["moment_step"].values)
        _block(grid[0], layout, change, repeat)
        grid[0, 0].set_title(f"loss at step {end:,} minus loss at step {start:,}", loc="left")
        for row, name in zip(grid[1:], ("induction", "previous token"), strict=True):
            _attention(row, layout, numbers, name, repeat)
        drawn.suptitle(title, fontsize=10)
    return drawn


def _attention(
    row: NDArray[np.object_],
    layout: Layout,
    numbers: xr.Dataset,
    name: str,
    repeat: NDArray[np.bool_],
) -> None:
    query = int(numbers["traced"].sel(shown_head=name))
    attention = numbers["example_attention"].sel(shown_head=name).values[query]
    values = np.append(attention, np.nan)
    values[query + 1 :] = np.nan
    _block(row, layout, values, repeat, colours=attention_colours(name))
    arrow(row[0], layout, query, int(attention.argmax()))
    which = head_title(numbers, name).replace("\n", " ")
    row[0].set_title(f"attention at the boxed token: {which}", loc="left")


def _block(
    row: NDArray[np.object_],
    layout: Layout,
    values: NDArray[np.floating],
    repeat: NDArray[np.bool_],
    *,
    colours: Colormap | None = None,
) -> None:
    """Write the text in a row of axes: with attention in the given colours, or else with losses."""
    axes, bar = row
    if colours is None:
        scale = float(np.nanmax(np.abs(values))) or 1.0
        norm, label = Normalize(-scale, scale), "change of\nthe loss [nat]"
        colours = _CHANGES
    else:
        norm, label = Normalize(0, 1), "attention"
    written(axes, layout, values, colours, norm, marked=repeat)
    drawn = axes.figure
    drawn.colorbar(ScalarMappable(norm, colours), cax=bar, label=label)
