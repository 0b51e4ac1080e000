"""Attention of a transformer that adds.

Attention of each head from = to a on all pairs (arXiv 2301.05217, figure 4). Its title names the
frequency k that explains most of it as a linear function of waves of a and of b, the share that it
explains, the standard deviation of the attention over pairs, and the mean attention of = to itself.
Middle: cosine and sine components of the contribution of each residue to its score. Bottom: share
of each frequency in these scores, in the output of the head, and in the input of neurons from that
output. Key frequencies are coloured and labelled.
"""

import xarray as xr
from matplotlib.figure import Figure

from ontogeny.plotting import figure, settings
from ontogeny.studies.composition.addition.panels import (
    key_looks,
    key_ticks,
    wave_bars,
    wave_handles,
)
from ontogeny.studies.composition.config import Style

__all__ = ["draw", "numbers"]

NEEDS = ("transformer",)

_SHARES = {
    "score_share": ("share of the scores", "#111111", "o"),
    "output_share": ("share of the head's output", "#666666", "x"),
    "neuron_input_share": ("share of what neurons read", "#999999", "+"),
}


def numbers(addition_analysis: xr.Dataset) -> xr.Dataset:
    """Select attention to ``a`` and the spectra of each head."""
    return addition_analysis[
        [
            "attention_to_left",
            "attention_fve",
            "attention_frequency",
            "attention_deviation",
            "attention_to_equals",
            "score_component",
            *_SHARES,
            "key_frequency",
        ]
    ]


def draw(numbers: xr.Dataset, style: Style, title: str) -> Figure:
    """Draw one column for each head: pattern, token scores in waves, shares by frequency."""
    heads, looks = numbers["head"].values, key_looks(numbers)
    with settings():
        drawn = figure(width=(0.25 + 0.42 * len(heads)) * style.width, height=0.95 * style.width)
        ratios = [1.7, 1.0, 1.0]
        panels = drawn.subplots(3, len(heads), squeeze=False, height_ratios=ratios, sharey="row")
        for column, head in zip(panels.T, heads, strict=True):
            one = numbers.sel(head=head)
            pattern, scores, shares = column
            image = pattern.imshow(one["attention_to_left"], cmap="viridis", vmin=0, vmax=1,
                                   interpolation="nearest")  # fmt: skip
            frequency = int(one["attention_frequency"])
            linear = float(one["attention_fve"].sel(frequency=frequency))
            pattern.set_title(
                f"head {head}: k = {frequency} explains {linear:.1%}\n"
                f"standard deviation {float(one['attention_deviation']):.2f}, "
                f"= to itself {float(one['attention_to_equals']):.2%}",
                fontsize=8,
            )
            pattern.set(xlabel="b")
            pattern.locator_params(nbins=4, integer=True)
            pattern.grid(visible=False)
            wave_bars(scores, one["score_component"], looks)
            for name, (about, colour, marker) in _SHARES.items():
                shares.plot(
                    one["frequency"], one[name], marker, color=colour, ms=5, mfc="none", label=about
                )
            shares.set(xlabel="frequency k", xlim=scores.get_xlim())
            for axes in (scores, shares):
                key_ticks(axes, numbers)
        for axes, about in zip(
            panels[:, 0], ("a", "score component", "frequency's share"), strict=True
        ):
            axes.set_ylabel(about)
        panels[2, 0].set_ylim(-0.04, 1.04)
        drawn.colorbar(image, ax=[*panels[0]], label="attention to a", shrink=0.8)
        shares, _ = panels[2, 0].get_legend_handles_labels()
        drawn.legend(handles=[*wave_handles(), *shares], ncols=5, loc="outside lower center")
        drawn.suptitle(title, fontsize=10)
    return drawn
