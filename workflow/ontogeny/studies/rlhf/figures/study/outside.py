"""How well activations of the start policy tell foreign sequences from its own.

AUROC: the probability that a foreign sequence, one of another chain, is further away than a held-
out one of the policy's own world; 0.5 is chance. Left, by layer: the Mahalanobis distance from the
activations on training sequences (plain), and the same less the distance with the diagonal of the
covariance alone (relative). Right, a linear classifier that is given a few foreign sequences, by
layer, the last the darkest. Marks are seeds, lines go through their means. Of several start
policies the one with most seeds is shown.
"""

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ontogeny.config import Style
from ontogeny.plotting import PALETTE, figure, handle, legend_below, settings
from ontogeny.studies.rlhf.bases import base_start
from ontogeny.studies.rlhf.panels import GUIDE, size_axis, size_colour

__all__ = ["draw", "numbers"]

NEEDS = ("detection",)

_COLOURS = {"plain": "#888888", "relative": PALETTE[0]}


def numbers(comparison: xr.Dataset) -> xr.Dataset:
    """Select the AUROC of one start policy, and its means over seeds."""
    chosen = comparison["policy_of_policy_model"].values == base_start(comparison)
    shown = comparison[["auroc", "auroc_with_examples"]].isel(policy_model=chosen)
    shown = shown.isel(layer=shown["auroc"].notnull().any(["policy_model", "distance"]).values)
    means = shown.mean("policy_model", keep_attrs=True)
    return shown.merge(means.rename({name: f"{name}_over_seeds" for name in means}))


def draw(numbers: xr.Dataset, style: Style) -> Figure:
    """Draw the AUROC by layer, and with examples."""
    layers = numbers["layer"].values
    with settings():
        drawn = figure(width=style.width, height=0.5 * style.width)
        by_layer, by_examples = drawn.subplots(1, 2, sharey=True)
        handles = []
        for distance, colour in _COLOURS.items():
            one = numbers.sel(distance=distance)
            _line(by_layer, layers, one, "auroc", "layer", colour)
            handles.append(handle(f"{distance} distance", color=colour, marker="o", ms=4))
        for place, layer in enumerate(layers):
            colour = size_colour(place, len(layers))
            one = numbers.sel(layer=layer)
            _line(
                by_examples, one["examples"].values, one, "auroc_with_examples", "examples", colour
            )
            handles.append(handle(f"examples, layer {layer}", color=colour, marker="o", ms=4))
        by_layer.set(xlabel="layer (0: embeddings)", ylabel="AUROC", xticks=layers)
        by_examples.set_xlabel("foreign sequences given")
        size_axis(by_examples, numbers["examples"].values)
        for axes in (by_layer, by_examples):
            axes.axhline(0.5, **GUIDE)
        legend_below(drawn, handles, columns=3)
    return drawn


def _line(axes: Axes, x: np.ndarray, one: xr.Dataset, name: str, along: str, colour: str) -> None:
    axes.plot(x, one[f"{name}_over_seeds"].transpose(along), color=colour)
    for of_seed in one[name].transpose("policy_model", along).values:
        axes.plot(x, of_seed, "o", ms=3, mew=0, alpha=0.6, color=colour)
