"""Heads behind single tokens of a sequence.

Contribution of each head to the logit of each next token of one sequence by the direct path,
minus its mean over the vocabulary. Induction heads contribute where a token repeats.
"""

import numpy as np
import xarray as xr
from matplotlib.figure import Figure

from ontogeny.config import Style
from ontogeny.plotting import PALETTE, figure, settings

__all__ = ["draw", "numbers"]

_SHOWN = 48


def numbers(corpus: xr.Dataset, analysis: xr.Dataset) -> xr.Dataset:
    """Select the attribution, the tokens, and which of them repeat a phrase or a pair."""
    classes = [str(name) for name in corpus["token_kind"].values]
    name = "repeat" if "repeat" in classes else "continuation"
    repeats = corpus["member"].sel(token_kind=name, drop=True).isel(sequence=0)
    return analysis[["attribution", "example", "head_kind"]].assign(
        repeat=repeats, word=corpus["word"]
    )


def draw(numbers: xr.Dataset, style: Style, title: str) -> Figure:
    """Draw heads downwards, the last tokens of the sequence to the right; repeats in bold."""
    shown = numbers.isel(index=slice(-_SHOWN, None))
    values = shown["attribution"].values.reshape(-1, shown.sizes["index"])
    words = [str(numbers["word"].values[token]).strip() or "_" for token in shown["example"].values]
    scale = float(np.abs(values).max()) or 1.0
    with settings():
        drawn = figure(width=1.3 * style.width, height=0.035 * (len(values) + 8) * style.width)
        axes = drawn.subplots()
        image = axes.imshow(values, cmap="RdBu_r", vmin=-scale, vmax=scale, aspect="auto")
        axes.set_xticks(np.arange(len(words)), words, fontsize=6, rotation=90)
        for label, repeats in zip(axes.get_xticklabels(), shown["repeat"].values, strict=True):
            label.set_fontweight("bold" if repeats else "normal")
            label.set_color(PALETTE[1] if repeats else "black")
        heads = [f"{layer + 1}.{head}" for layer in range(shown.sizes["layer"])
                 for head in range(shown.sizes["head"])]  # fmt: skip
        axes.set_yticks(np.arange(len(heads)), heads, fontsize=6)
        axes.set(xlabel="coming token; bold and coloured: a repeat", ylabel="layer.head")
        axes.grid(visible=False)
        drawn.colorbar(image, ax=axes, label="added to its logit")
        drawn.suptitle(title, fontsize=10)
    return drawn
