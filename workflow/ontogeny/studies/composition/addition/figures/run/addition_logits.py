"""Fourier transforms of the neurons and logits of modular addition.

Norms of the components of neurons and logits on products of a wave of a and a wave of b, the
constant one left white (arXiv 2301.05217, figure 4; colours by the square root); amplitude of
cos(w (a + b - c)) in the logits; share of the logits that these cosines of key frequencies
explain, when nothing, the overall mean, or the means of each pair and of each candidate are
subtracted first. In brackets: how much of a frequency's waves of a + b and of a - b belongs to a
+ b.
"""

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.colors import PowerNorm
from matplotlib.figure import Figure

from ontogeny.plotting import figure, settings
from ontogeny.studies.composition.addition.panels import REST, key_looks, key_ticks, legend_above
from ontogeny.studies.composition.config import Style

__all__ = ["draw", "numbers"]

_CENTRINGS = {"none": "none", "global": "mean", "softmax": "means of pair\nand candidate"}


def numbers(addition_analysis: xr.Dataset) -> xr.Dataset:
    """Select norms of products of waves, and what cosines of ``a + b - c`` explain."""
    return addition_analysis[
        [
            "neuron_transform_norm",
            "logit_transform_norm",
            "cube_amplitude",
            "cube_fve",
            "sum_share",
            "key_frequency",
        ]
    ]


def draw(numbers: xr.Dataset, style: Style, title: str) -> Figure:
    """Draw both transforms, and amplitude and share of every frequency in the logits."""
    looks, frequencies = key_looks(numbers), numbers["frequency"].values
    colours = [looks[k].colour if k in looks else REST for k in frequencies.tolist()]
    with settings():
        drawn = figure(width=1.3 * style.width, height=0.92 * style.width)
        (neurons, logits), (amplitudes, shares) = drawn.subplots(2, 2, height_ratios=[1.5, 1.0])
        _transform(neurons, numbers["neuron_transform_norm"], numbers, "norm of the neurons")
        _transform(logits, numbers["logit_transform_norm"], numbers, "norm of the logits")
        amplitudes.bar(frequencies, numbers["cube_amplitude"], 0.8, color=colours)
        amplitudes.set(xlabel="frequency k", ylabel="amplitude of cos(w (a + b − c))")
        amplitudes.set_xlim(0, len(frequencies) + 1)
        amplitudes.grid(visible=False, axis="x")
        key_ticks(amplitudes, numbers)
        places = np.arange(len(_CENTRINGS))
        start = np.zeros(len(_CENTRINGS))
        for frequency, look in looks.items():
            widths = numbers["cube_fve"].sel(centring=list(_CENTRINGS), frequency=frequency).values
            of_sum = float(numbers["sum_share"].sel(frequency=frequency))
            shares.barh(places, widths, 0.6, left=start, color=look.colour, hatch=look.hatch,
                        label=f"k = {frequency} ({of_sum:.1%})")  # fmt: skip
            start += widths
        shares.barh(places, 1 - start, 0.6, left=start, color="#e5e5e5", label="rest")
        for place, share in zip(places, start, strict=True):
            shares.text(1.01, place, f"{share:.2%}", ha="left", va="center", fontsize=8)
        shares.set_yticks(places, list(_CENTRINGS.values()))
        shares.invert_yaxis()
        shares.set(xlim=(0, 1), xlabel="share of the logits, by what is subtracted first")
        legend_above(shares, columns=3)
        drawn.suptitle(title, fontsize=10)
    return drawn


def _transform(axes: Axes, norms: xr.DataArray, numbers: xr.Dataset, about: str) -> None:
    """Draw the norms of products of waves, the constant one left white."""
    values = norms.values.copy()
    values[0, 0] = np.nan
    image = axes.imshow(
        values, cmap="magma_r", norm=PowerNorm(0.5, vmin=0.0), interpolation="nearest"
    )
    ticks = [2 * k - 0.5 for k in key_looks(numbers)]
    names = [str(k) for k in key_looks(numbers)]
    axes.set_xticks(ticks, names)
    axes.set_yticks(ticks, names)
    axes.set(xlabel="wave of b, by frequency", ylabel="wave of a, by frequency")
    axes.grid(visible=False)
    axes.figure.colorbar(image, ax=axes, label=about, shrink=0.8)
