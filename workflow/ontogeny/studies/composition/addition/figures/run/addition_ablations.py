"""Losses of a modular-addition network under every intervention.

Loss on all pairs after part of the network is removed, or replaced by its explanation: attention
that is linear in waves, neurons that are polynomials of waves, waves of a + b alone, only the
directions that the logits depend on, logits of the key frequencies alone (arXiv 2301.05217, section
4.4). Each line leads from the loss of the unchanged network to the loss after the intervention.
Dashed: the loss of a uniform guess, ln p. At the right: accuracy on all pairs.
"""

import numpy as np
import xarray as xr
from matplotlib.figure import Figure

from ontogeny.plotting import SPLIT_COLOURS, figure, settings
from ontogeny.studies.composition.config import Style
from ontogeny.studies.composition.looks import SPLIT_NAMES

__all__ = ["draw", "numbers"]

_MARKERS = {"train": "|", "test": "x", "all": "o"}


def numbers(addition_analysis: xr.Dataset) -> xr.Dataset:
    """Select loss and accuracy after each intervention."""
    return addition_analysis[["intervention_loss", "intervention_accuracy", "uniform_loss"]]


def draw(numbers: xr.Dataset, style: Style, title: str) -> Figure:
    """Draw one row for each intervention, from the loss of the network to the loss after it."""
    names = [str(name) for name in numbers["ablation"].values]
    places = np.arange(len(names))
    losses = numbers["intervention_loss"]
    base = float(losses.sel(ablation="none", split="all"))
    guess = float(numbers["uniform_loss"])
    lowest = losses.values[losses.values > 0].min(initial=base or 1.0)
    with settings():
        drawn = figure(width=1.4 * style.width, height=1.2 + 0.3 * len(places))
        axes = drawn.subplots()
        axes.hlines(places, base, losses.sel(split="all"), color="#999999", lw=2.5)
        for split in map(str, losses["split"].values[::-1]):  # all pairs below the others
            axes.plot(losses.sel(split=split), places, _MARKERS[split], ms=6,
                      color=SPLIT_COLOURS[split], label=SPLIT_NAMES[split])  # fmt: skip
        axes.axvline(base, color="#444444", lw=1.0, label="unchanged network, all pairs")
        axes.axvline(guess, color="#444444", lw=1.0, ls="--", label="uniform guess, ln p")
        axes.set(xscale="log", xlabel="loss [nat]")
        axes.set_xlim(0.5 * float(lowest), 2 * max(float(losses.max()), guess))
        axes.set_ylim(len(names) - 0.5, -0.5)
        axes.set_yticks(places, ["unchanged network", *names[1:]])
        axes.grid(visible=False, axis="y")
        accuracies = numbers["intervention_accuracy"].sel(split="all").values
        beside = axes.secondary_yaxis("right")
        beside.set_yticks(places, [f"{accuracy:.1%}" for accuracy in accuracies])
        beside.set_ylabel("accuracy on all pairs")
        beside.tick_params(length=0)
        drawn.legend(loc="outside lower center", ncols=5)
        drawn.suptitle(title, fontsize=10)
    return drawn
