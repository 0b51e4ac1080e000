"""Fourier norms and squared weights of a modular-addition run.

Norms of the Fourier components of embedding and neuron-to-logit map, one line for each cosine and
(thin) for each sine. Key frequencies are coloured, all others grey. Below: sum of squared weights
of each parameter, and the norms of all weights and of the last layer.
"""

import matplotlib as mpl
import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ontogeny.plotting import figure, handle, settings
from ontogeny.studies.composition.addition.panels import (
    REST,
    entry_lines,
    frequency_legend,
    key_looks,
    legend_above,
    sides,
)
from ontogeny.studies.composition.config import Style
from ontogeny.studies.composition.looks import matrix_names
from ontogeny.studies.composition.step_panels import over_steps

__all__ = ["draw", "numbers"]


def numbers(addition_evaluation: xr.Dataset) -> xr.Dataset:
    """Select norms of waves and of weights; the left embedding alone where both sides share it."""
    chosen = addition_evaluation[
        [
            "unembedding_norm",
            "parameter_squared_weights",
            "weight_norm",
            "last_layer_norm",
            "key_frequency",
            *(name for name in ["phase_boundary"] if name in addition_evaluation),
        ]
    ]
    return chosen.assign(embedding_norm=sides(addition_evaluation["embedding_norm"]))


def draw(numbers: xr.Dataset, style: Style, title: str) -> Figure:
    """Draw one line for each wave of each map, above those of the squared weights."""
    names = matrix_names([f"{side}_embedding" for side in numbers["side"].values])
    spectra = {
        names[f"{side}_embedding"]: numbers["embedding_norm"].sel(side=side)
        for side in numbers["side"].values
    } | {names["unembedding"]: numbers["unembedding_norm"]}
    looks, thin = key_looks(numbers), {"color": "#444444", "lw": 0.8}
    with settings():
        drawn = figure(width=1.45 * style.width, height=0.9 * style.width)
        places, wide = drawn.add_gridspec(2, 6), 6 // len(spectra)
        above = [
            drawn.add_subplot(places[0, wide * n : wide * (n + 1)]) for n in range(len(spectra))
        ]
        below = [drawn.add_subplot(places[1, 3 * n : 3 * n + 3]) for n in range(2)]
        for axes, (name, values) in zip(above, spectra.items(), strict=True):
            entry_lines(axes, values, looks)
            axes.set(ylabel=f"norm of a wave, {name}", ylim=(0, None))
        _weights(below[0], below[1], numbers)
        others = [handle("other k", color=REST, lw=0.6), handle("sine (thin)", **thin)]
        frequency_legend(drawn, looks, others)
        over_steps(drawn, [*above, *below], numbers, style, last_row=2)
        drawn.suptitle(title, fontsize=10)
    return drawn


def _weights(parts: Axes, whole: Axes, numbers: xr.Dataset) -> None:
    """Draw squared weights of each parameter, and the norms of all and of the last layer."""
    step, names = numbers["step"], numbers["parameter"].values
    colours = mpl.colormaps["viridis"](np.linspace(0, 0.95, len(names)))
    for number, (name, colour) in enumerate(zip(names, colours, strict=True)):
        line = numbers["parameter_squared_weights"].sel(parameter=name)
        dash = ("-", "--", ":")[number % 3]
        parts.plot(step, line, color=colour, ls=dash, label=str(name))
    parts.set(ylabel="sum of squared weights", ylim=(0, None))
    whole.plot(step, numbers["weight_norm"], color="#444444", label="all weights")
    whole.plot(step, numbers["last_layer_norm"], color="#444444", ls="--", label="last layer")
    whole.set(ylabel="norm of weights", ylim=(0, None))
    legend_above(parts, columns=6)
    legend_above(whole)
