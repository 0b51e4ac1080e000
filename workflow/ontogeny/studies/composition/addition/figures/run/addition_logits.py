"""Fourier transforms of the neurons and logits of modular addition.

Norms of the components of neurons and logits on products of a wave of a and a wave of b, the
constant one left white (arXiv 2301.05217, figure 4; colours by the square root). Amplitude of
cos(w (a + b - c)) in the logits. Share of the logits that these cosines of key frequencies explain
when nothing, the overall mean, or the means of each pair and of each candidate are subtracted
first. In brackets: share of a + b in the waves of a + b and of a - b of the frequency.
"""

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.colors import PowerNorm
from matplotlib.figure import Figure

from ontogeny.plotting import figure, settings
from ontogeny.studies.composition.addition.panels import (
    frequency_bars,
    key_looks,
    legend_above,
    staggered_ticks,
)
from ontogeny.studies.composition.config import Style

__all__ = ["draw", "numbers"]

_CENTRINGS = {
    "none": "nothing",
    "global": "overall mean",
    "softmax": "means of pair\nand candidate",
}


def numbers(addition_analysis: xr.Dataset) -> xr.Dataset:
    """Select norms of products of waves, and what cosines of ``a + b - c`` explain."""
    return addition_analysis[
        [
            "neuron_transform_norm",
            "logit_transform_norm",
            "cube_amplitude",
            "cube_fve",
            "cube_fve_of_key",
            "sum_share",
            "key_frequency",
        ]
    ]


def draw(numbers: xr.Dataset, style: Style, title: str) -> Figure:
    """Draw both transforms, and amplitude and share of every frequency in the logits."""
    with settings():
        drawn = figure(width=1.3 * style.width, height=0.92 * style.width)
        (neurons, logits), (amplitudes, shares) = drawn.subplots(2, 2, height_ratios=[1.5, 1.0])
        _transform(neurons, numbers["neuron_transform_norm"], numbers, "norm of the neurons")
        _transform(logits, numbers["logit_transform_norm"], numbers, "norm of the logits")
        frequency_bars(amplitudes, numbers, numbers["cube_amplitude"].values)
        amplitudes.set(xlabel="frequency k", ylabel="amplitude of cos(w (a + b − c))")
        _shares(shares, numbers)
        drawn.suptitle(title, fontsize=10)
    return drawn


def _shares(axes: Axes, numbers: xr.Dataset) -> None:
    """Draw the share of each key frequency in the logits, one above the other for each centring."""
    places = np.arange(len(_CENTRINGS))
    total = numbers["cube_fve_of_key"].sel(centring=list(_CENTRINGS)).values
    start = np.zeros(len(_CENTRINGS))
    for frequency, look in key_looks(numbers).items():
        widths = numbers["cube_fve"].sel(centring=list(_CENTRINGS), frequency=frequency).values
        of_sum = float(numbers["sum_share"].sel(frequency=frequency))
        axes.barh(places, widths, 0.6, left=start, color=look.colour, hatch=look.hatch,
                  edgecolor="white", lw=0, zorder=2,
                  label=f"k = {frequency} ({of_sum:.1%})")  # fmt: skip
        start += widths
    axes.barh(places, 1.0, 0.6, color="#e5e5e5", label="all else")
    for place, share in zip(places, total, strict=True):
        axes.text(1.01, float(place), f"{share:.2%}", ha="left", va="center", fontsize=8)
    axes.set_yticks(places, list(_CENTRINGS.values()))
    axes.invert_yaxis()
    axes.set(xlim=(0, 1), xlabel="share of the logits", ylabel="subtracted first")
    axes.grid(visible=False, axis="y")
    legend_above(axes, columns=3)


def _transform(axes: Axes, norms: xr.DataArray, numbers: xr.Dataset, about: str) -> None:
    """Draw the norms of products of waves, the constant one left white."""
    values = norms.values.copy()
    values[0, 0] = np.nan
    image = axes.imshow(
        values, cmap="magma_r", norm=PowerNorm(0.5, vmin=0.0), interpolation="nearest"
    )
    keys = [*key_looks(numbers)]
    for axis in (axes.xaxis, axes.yaxis):
        staggered_ticks(axis, [2 * k - 0.5 for k in keys], [*map(str, keys)], length=len(values))
    axes.set(xlabel="wave of b, by frequency", ylabel="wave of a, by frequency")
    axes.grid(visible=False)
    scale = axes.inset_axes((1.04, 0.0, 0.05, 1.0))
    axes.figure.colorbar(image, cax=scale, label=about)
