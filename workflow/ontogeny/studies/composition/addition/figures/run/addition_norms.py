"""Fourier norms and squared weights of a modular-addition run.

Norms of the Fourier components of embedding and neuron-to-logit map, one line for each cosine and
sine; key frequencies are coloured. Below: sum of squared weights of each parameter, and the norms
of all weights and of the output layer.
"""

import xarray as xr
from matplotlib.figure import Figure

from ontogeny.plotting import figure, irrep_looks, settings
from ontogeny.studies.composition.addition.panels import (
    entry_lines,
    key_looks,
    legend_above,
    sides,
)
from ontogeny.studies.composition.config import Style
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
    step, looks = numbers["step"], key_looks(numbers)
    several = numbers.sizes["side"] > 1
    spectra = {
        f"{side} embedding" if several else "embedding": numbers["embedding_norm"].sel(side=side)
        for side in numbers["side"].values
    } | {"neuron-to-logit map": numbers["unembedding_norm"]}
    with settings():
        drawn = figure(width=1.3 * style.width, height=0.9 * style.width)
        places, wide = drawn.add_gridspec(2, 6), 6 // len(spectra)
        above = [
            drawn.add_subplot(places[0, wide * n : wide * (n + 1)]) for n in range(len(spectra))
        ]
        below = [drawn.add_subplot(places[1, 3 * n : 3 * n + 3]) for n in range(2)]
        for axes, (name, values) in zip(above, spectra.items(), strict=True):
            entry_lines(axes, values, looks)
            axes.set(ylabel=f"norm of a wave, {name}", ylim=(0, None))
        names = [str(name) for name in numbers["parameter"].values]
        parameter_looks = irrep_looks(["", *names])
        parts, whole = below
        for name in names:
            line = numbers["parameter_squared_weights"].sel(parameter=name)
            look = parameter_looks[name]
            parts.plot(step, line, color=look.colour, ls=look.dash, label=name)
        parts.set(ylabel="sum of squared weights", ylim=(0, None))
        whole.plot(step, numbers["weight_norm"], color="#444444", label="all weights")
        whole.plot(step, numbers["last_layer_norm"], color="#D55E00", label="last layer")
        whole.set(ylabel="norm", ylim=(0, None))
        if looks:
            above[0].legend(
                title="k (dashed: sine)", fontsize=7, title_fontsize=7, loc="upper left"
            )
        legend_above(parts, columns=6)
        legend_above(whole)
        over_steps(drawn, [*above, *below], numbers, style, last_row=2)
        drawn.suptitle(title, fontsize=10)
    return drawn
