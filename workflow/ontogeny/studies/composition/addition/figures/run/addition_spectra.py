"""Fourier spectra of a modular-addition network; key frequencies.

Norms of the Fourier components of the embedding and of the neuron-to-logit map at the final
checkpoint (arXiv 2301.05217, figure 3), with their Gini coefficients, and those with the residues
in random order. Key frequencies are coloured. Below: the frequencies that each of four rules calls
key (docs/addition.md). All figures use the rule of the configuration, which is the first one unless
it names another. Margin: difference between the right logit and the next when the logits are the
sum of cos(w (a + b - c)) over the key frequencies.
"""

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ontogeny.plotting import figure, settings
from ontogeny.studies.composition.addition.panels import (
    key_looks,
    key_ticks,
    legend_above,
    shown_matrices,
    sides,
    wave_bars,
    wave_handles,
)
from ontogeny.studies.composition.config import Style
from ontogeny.studies.composition.looks import matrix_names

__all__ = ["draw", "numbers"]


def numbers(addition_analysis: xr.Dataset) -> xr.Dataset:
    """Select norms of waves, their Gini coefficients, and the key frequencies by every rule."""
    chosen = addition_analysis[
        [
            "unembedding_norm",
            "spectrum_gini",
            "gini_permuted",
            "key_frequency",
            "key_by_rule",
            "key_margin",
        ]
    ]
    chosen = chosen.sel(
        matrix=shown_matrices(addition_analysis), spectrum="norms of waves", drop=True
    )
    return chosen.assign(embedding_norm=sides(addition_analysis["embedding_norm"]))


def draw(numbers: xr.Dataset, style: Style, title: str) -> Figure:
    """Draw the bars of arXiv 2301.05217, figure 3, above the frequencies that each rule chooses."""
    spectra = {
        f"{side}_embedding": numbers["embedding_norm"].sel(side=side)
        for side in numbers["side"].values
    } | {"unembedding": numbers["unembedding_norm"]}
    names, looks = matrix_names(list(spectra)), key_looks(numbers)
    with settings():
        drawn = figure(width=1.25 * style.width, height=(0.15 + 0.32 * len(spectra)) * style.width)
        ratios = [1.0] * len(spectra) + [0.4]
        panels = drawn.subplots(len(ratios), 1, sharex=True, height_ratios=ratios)
        for axes, (matrix, norms) in zip(panels[:-1], spectra.items(), strict=True):
            wave_bars(axes, norms, looks)
            gini = float(numbers["spectrum_gini"].sel(matrix=matrix))
            chance = float(numbers["gini_permuted"].sel(matrix=matrix))
            axes.set_title(
                f"Gini coefficient {gini:.2f} (residues in random order: {chance:.2f})", loc="right"
            )
            axes.set_ylabel(f"norm of a wave,\n{names[matrix]}")
        _choices(panels[-1], numbers)
        legend_above(panels[0], handles=wave_handles())
        drawn.suptitle(title, fontsize=10)
    return drawn


def _choices(axes: Axes, numbers: xr.Dataset) -> None:
    """Draw a dot for each frequency that a rule calls key."""
    rules = [str(rule) for rule in numbers["key_rule"].values]
    place, index = np.nonzero(numbers["key_by_rule"].transpose("key_rule", ...).values)
    axes.plot(numbers["frequency"].values[index], place, "o", color="#444444", ms=4)
    axes.set_yticks(range(len(rules)), rules)
    axes.set(ylim=(len(rules) - 0.5, -0.5), ylabel="rule", xlabel="frequency k")
    margin = float(numbers["key_margin"])
    axes.set_title(f"margin of the key frequencies: {margin:.2f}", loc="right")
    key_ticks(axes, numbers)
