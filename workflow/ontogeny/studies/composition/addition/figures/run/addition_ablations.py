"""Losses of a modular-addition network under every intervention.

Loss after part of the network is removed, or replaced by its explanation: attention that is
linear in waves, neurons that are polynomials of waves, waves of a + b alone, only the directions
that the logits read, logits of the key frequencies alone (arXiv 2301.05217, section 4.4). Bars
show the loss on all pairs; ln p is the loss of a uniform guess; the accuracy is given at the
right.
"""

import numpy as np
import xarray as xr
from matplotlib.figure import Figure

from ontogeny.plotting import SPLIT_COLOURS, figure, settings
from ontogeny.studies.composition.config import Style

__all__ = ["draw", "numbers"]

_COLOURS = {
    "attention": "#56B4E9",
    "MLP": "#E69F00",
    "neurons": "#009E73",
    "logits": "#CC79A7",
    "none": "#999999",
}
_MARKERS = {"train": "|", "test": "x"}


def numbers(addition_analysis: xr.Dataset) -> xr.Dataset:
    """Select loss and accuracy after each intervention."""
    return addition_analysis[["intervention_loss", "intervention_accuracy"]].assign_coords(
        other_entry=addition_analysis["other_entry"]  # as many as a guess has candidates
    )


def draw(numbers: xr.Dataset, style: Style, title: str) -> Figure:
    """Draw one bar for each intervention; the loss as it is and that of a guess as lines."""
    names = [str(name) for name in numbers["ablation"].values]
    places = np.arange(len(names))
    losses = numbers["intervention_loss"]
    base = float(losses.sel(ablation="none", split="all"))
    guess = float(np.log(numbers.sizes["other_entry"]))
    with settings():
        drawn = figure(width=1.2 * style.width, height=1.2 + 0.3 * len(places))
        axes = drawn.subplots()
        values = losses.sel(split="all").values
        lowest = 10.0 ** np.floor(np.log10(losses.values[losses.values > 0].min(initial=1.0)) - 0.2)
        colours = [_COLOURS[name.split(":")[0]] for name in names]
        axes.barh(places, values - lowest, 0.7, left=lowest, color=colours)
        for split in losses["split"].values[:-1]:  # all but all pairs
            marker = _MARKERS[split]
            axes.plot(losses.sel(split=split), places, marker, color=SPLIT_COLOURS[split], ms=6,
                      label=f"{split} pairs")  # fmt: skip
        axes.axvline(base, color="#444444", lw=1.0, label="all pairs, as it is")
        axes.axvline(guess, color="#444444", lw=1.0, ls="--", label="ln p")
        right = max(float(losses.max()), guess)
        for place, name in zip(places, names, strict=True):
            one = numbers["intervention_accuracy"].sel(ablation=name, split="all")
            axes.text(2.5 * right, float(place), f"{float(one):.1%}", va="center", fontsize=7)
        axes.set_xlim(lowest, 2 * right)
        axes.set_yticks(places, names)
        axes.invert_yaxis()
        axes.set(xscale="log", xlabel="loss on all pairs [nat]; at the right: accuracy")
        axes.grid(visible=False, axis="y")
        drawn.legend(loc="outside lower center", ncols=4)
        drawn.suptitle(title, fontsize=10)
    return drawn
