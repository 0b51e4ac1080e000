"""Losses of a modular-addition network without single frequencies.

Loss on all pairs after one frequency is removed from the logits or from the neurons; after all
key frequencies, or all others, are removed from the logits (arXiv 2301.05217, figure 6). Key
frequencies are coloured; ln p is the loss of a uniform guess.
"""

import numpy as np
import xarray as xr
from matplotlib.figure import Figure

from ontogeny.plotting import figure, settings
from ontogeny.studies.composition.addition.panels import REST, key_looks, key_ticks
from ontogeny.studies.composition.config import Style

__all__ = ["draw", "numbers"]

_SETS = {
    "logits: no key blocks": ("without all key ones", "#D55E00", "-."),
    "logits: key blocks": ("without all others", "#009E73", "-."),
}


def numbers(addition_analysis: xr.Dataset) -> xr.Dataset:
    """Select the losses on all pairs."""
    sets = addition_analysis["intervention_loss"].sel(
        ablation=["none", *_SETS], split="all", drop=True
    )
    removed = addition_analysis["removed_loss"].sel(split="all", drop=True)
    return (
        addition_analysis[["key_frequency"]]
        .assign(removed_loss=removed, intervention_loss=sets)
        .assign_coords(
            left=addition_analysis["left"]  # as many as a guess has candidates
        )
    )


def draw(numbers: xr.Dataset, style: Style, title: str) -> Figure:
    """Draw one bar for each frequency, that of the logits above that of the neurons."""
    keys, frequencies = key_looks(numbers), numbers["frequency"].values
    guess = float(np.log(numbers.sizes["left"]))
    colours = ["#CC79A7" if k in keys else REST for k in frequencies.tolist()]
    removed, sets = numbers["removed_loss"].values.ravel(), numbers["intervention_loss"].values
    values = np.concatenate([removed, sets, np.array([guess])])
    lowest = 10.0 ** np.floor(np.log10(values[values > 0].min()) - 0.2)
    with settings():
        drawn = figure(width=1.25 * style.width, height=0.75 * style.width)
        panels = drawn.subplots(2, 1, sharex=True, sharey=True)
        for axes, place in zip(panels, ("logits", "neurons"), strict=True):
            heights = numbers["removed_loss"].sel(place=place).values
            axes.bar(frequencies, heights - lowest, 0.8, bottom=lowest, color=colours)
            base = float(numbers["intervention_loss"].sel(ablation="none"))
            axes.axhline(base, color="#444444", lw=1.0, label="as it is")
            axes.axhline(guess, color="#444444", lw=1.0, ls="--", label="ln p")
            axes.set(yscale="log", ylabel=f"loss, {place} [nat]", ylim=(lowest, 2 * values.max()))
            axes.grid(visible=False, axis="x")
        for name, (about, colour, dash) in _SETS.items():
            level = float(numbers["intervention_loss"].sel(ablation=name))
            panels[0].axhline(level, color=colour, ls=dash, lw=1.2, label=about)
        key_ticks(panels[1], numbers)
        panels[1].set(xlabel="frequency k that is removed", xlim=(0, len(frequencies) + 1))
        drawn.legend(*panels[0].get_legend_handles_labels(), loc="outside lower center", ncols=4)
        drawn.suptitle(title, fontsize=10)
    return drawn
