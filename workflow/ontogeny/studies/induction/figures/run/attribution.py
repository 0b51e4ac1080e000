"""Contributions of heads to single tokens of a sequence.

Contribution of each head to the logit of each next token of one sequence by the direct path, minus
its mean over the vocabulary. Induction heads add to the logits of repeats. Tokens of generated
corpora, which are numbers, are written as syllables. Heads are called layer.head, both counted from
0.
"""

import numpy as np
import xarray as xr
from matplotlib.figure import Figure

from ontogeny.config import Style
from ontogeny.plotting import figure, settings
from ontogeny.studies.induction.panels import KIND_COLOURS, head_names, kind_patches, kinds_of
from ontogeny.studies.induction.readable import shown_words

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
    words = shown_words([str(word) for word in numbers["word"].values])
    texts = [words[token].strip() or "_" for token in shown["example"].values]
    scale = float(np.abs(values).max()) or 1.0
    with settings():
        drawn = figure(width=1.3 * style.width, height=0.035 * (len(values) + 10) * style.width)
        axes = drawn.subplots()
        image = axes.imshow(values, cmap="RdBu_r", vmin=-scale, vmax=scale, aspect="auto")
        axes.set_xticks(np.arange(len(texts)), texts, fontsize=7, rotation=90)
        for label, repeats in zip(axes.get_xticklabels(), shown["repeat"].values, strict=True):
            label.set_fontweight("bold" if repeats else "normal")
            label.set_color("black" if repeats else "#777777")
            label.set_parse_math(False)
        axes.set_yticks(np.arange(len(values)), head_names(shown), fontsize=7)
        for label, kind in zip(axes.get_yticklabels(), kinds_of(shown).ravel(), strict=True):
            label.set_color(KIND_COLOURS[kind])
        axes.set(xlabel="coming token (bold: a repeat)", ylabel="head")
        axes.grid(visible=False)
        drawn.colorbar(image, ax=axes, label="added to the logit")
        drawn.legend(handles=kind_patches(numbers), loc="outside lower center", ncols=3)
        drawn.suptitle(title, fontsize=10)
    return drawn
