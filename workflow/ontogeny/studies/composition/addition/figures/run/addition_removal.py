"""Losses of a modular-addition network without single frequencies.

Loss on all pairs after one frequency is removed from the logits or from the neurons: each bar leads
from the loss of the unchanged network to the loss without the frequency. Key frequencies are
coloured. Lines: the loss after all key frequencies, or all others, are removed from the logits
(arXiv 2301.05217, figure 6), and that of a uniform guess, ln p.
"""

import numpy as np
import xarray as xr
from matplotlib.figure import Figure

from ontogeny.plotting import figure, settings
from ontogeny.studies.composition.addition.panels import frequency_bars
from ontogeny.studies.composition.config import Style

__all__ = ["draw", "numbers"]

_SETS = {
    "logits: without key frequencies": ("all key frequencies removed", "#111111", "-."),
    "logits: only key frequencies": ("all other frequencies removed", "#888888", "-."),
}


def numbers(addition_analysis: xr.Dataset) -> xr.Dataset:
    """Select the losses on all pairs."""
    sets = addition_analysis["intervention_loss"].sel(
        ablation=["none", *_SETS], split="all", drop=True
    )
    removed = addition_analysis["removed_loss"].sel(split="all", drop=True)
    chosen = addition_analysis[["key_frequency", "uniform_loss"]]
    return chosen.assign(removed_loss=removed, intervention_loss=sets)


def draw(numbers: xr.Dataset, style: Style, title: str) -> Figure:
    """Draw one bar for each frequency, that of the logits above that of the neurons."""
    guess = float(numbers["uniform_loss"])
    base = float(numbers["intervention_loss"].sel(ablation="none"))
    removed, sets = numbers["removed_loss"].values.ravel(), numbers["intervention_loss"].values
    values = np.concatenate([removed, sets, np.array([guess])])
    limits = 0.5 * values[values > 0].min(), 2 * values.max()
    with settings():
        drawn = figure(width=1.25 * style.width, height=0.75 * style.width)
        panels = drawn.subplots(2, 1, sharex=True, sharey=True)
        for axes, place in zip(panels, ("logits", "neurons"), strict=True):
            heights = numbers["removed_loss"].sel(place=place).values
            frequency_bars(axes, numbers, heights, bottom=base)
            axes.axhline(base, color="#444444", lw=1.0, label="unchanged network")
            axes.axhline(guess, color="#444444", lw=1.0, ls="--", label="uniform guess, ln p")
            axes.set(yscale="log", ylabel=f"loss, k removed\nfrom the {place} [nat]", ylim=limits)
        for name, (about, colour, dash) in _SETS.items():
            level = float(numbers["intervention_loss"].sel(ablation=name))
            panels[0].axhline(level, color=colour, ls=dash, lw=1.2, label=about)
        panels[1].set_xlabel("removed frequency k (labelled: key frequencies)")
        drawn.legend(*panels[0].get_legend_handles_labels(), loc="outside lower center", ncols=4)
        drawn.suptitle(title, fontsize=10)
    return drawn
