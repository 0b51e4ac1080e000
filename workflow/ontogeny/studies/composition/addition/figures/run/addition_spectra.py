"""Fourier spectra of a modular-addition network; key frequencies.

Norms of the Fourier components of the embedding and of the neuron-to-logit map at the final
checkpoint (arXiv 2301.05217, figure 3), their Gini coefficients, and the same with the residues
in random order; below, the frequencies that each of four rules calls key (docs/addition.md).
Other figures use the rule of the configuration, the first unless it names another. Margin: how
far the right answer lies above the next when the cosines of its key frequencies are added once
each.
"""

import numpy as np
import xarray as xr
from matplotlib.figure import Figure

from ontogeny.plotting import figure, settings
from ontogeny.studies.composition.addition.panels import key_ticks, legend_above, sides, wave_bars
from ontogeny.studies.composition.config import Style

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
    norms = sides(addition_analysis["embedding_norm"])
    matrices = [f"{side}_embedding" for side in norms["side"].values]
    chosen = chosen.sel(matrix=[*matrices, "unembedding"], spectrum="waves", drop=True)
    return chosen.assign(embedding_norm=norms)


def draw(numbers: xr.Dataset, style: Style, title: str) -> Figure:
    """Draw the bars of arXiv 2301.05217, figure 3, above the frequencies that each rule chooses."""
    spectra = {
        f"{side}_embedding": numbers["embedding_norm"].sel(side=side)
        for side in numbers["side"].values
    } | {"unembedding": numbers["unembedding_norm"]}
    names = {matrix: matrix.replace("_", " ") for matrix in spectra}
    names["unembedding"] = "neuron-to-logit map"
    if len(spectra) == 2:
        names["left_embedding"] = "embedding"
    rules = [str(rule) for rule in numbers["key_rule"].values]
    with settings():
        drawn = figure(width=1.25 * style.width, height=(0.15 + 0.32 * len(spectra)) * style.width)
        ratios = [1.0] * len(spectra) + [0.4]
        panels = drawn.subplots(len(ratios), 1, sharex=True, height_ratios=ratios)
        for axes, (matrix, norms) in zip(panels[:-1], spectra.items(), strict=True):
            wave_bars(axes, norms)
            gini = float(numbers["spectrum_gini"].sel(matrix=matrix))
            chance = float(numbers["gini_permuted"].sel(matrix=matrix))
            axes.set_title(
                f"Gini coefficient {gini:.2f} (residues in random order: {chance:.2f})", loc="right"
            )
            axes.set_ylabel(f"norm, {names[matrix]}")
        choices = panels[-1]
        place, index = np.nonzero(numbers["key_by_rule"].transpose("key_rule", ...).values)
        choices.plot(numbers["frequency"].values[index], place, "o", color="#444444", ms=4)
        choices.set_yticks(range(len(rules)), rules)
        choices.set(ylim=(len(rules) - 0.5, -0.5), ylabel="key by", xlabel="frequency k")
        margin = float(numbers["key_margin"])
        choices.set_title(
            f"margin of one unit of each by the first rule: {margin:.2f}", loc="right"
        )
        key_ticks(choices, numbers)
        legend_above(panels[0])
        drawn.suptitle(title, fontsize=10)
    return drawn
