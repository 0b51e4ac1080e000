"""The neuron-to-logit map of a modular-addition network.

For each key frequency k, the neurons along the direction u that the map turns into its cosine, and
v into its sine, on all pairs. Left: share of variance of u in cos(w (a + b)), and of v in sin(w (a
+ b)). Middle: coordinates on products of a wave of a and a wave of b. Right: ratio of the two
products in each, 1 for a wave of a + b (arXiv 2301.05217, table 1). Below: the map itself in waves
of the candidate c, only rows of key frequencies, one column for each neuron (figure 5), and its
share outside these rows.
"""

from collections.abc import Sequence

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from matplotlib.patches import Patch

from ontogeny.plotting import block_lines, figure, handle, settings
from ontogeny.studies.composition.addition.panels import (
    PALE,
    REST,
    frequency_looks,
    key_looks,
    legend_above,
)
from ontogeny.studies.composition.config import Style

__all__ = ["draw", "numbers"]

_NAMED = 20
_FEW = 12
_WAVES = {"cos": ("u, cosine", -0.2, 1.0), "sin": ("v, sine", 0.2, PALE)}
"""Name, place beside the frequency, and opacity."""

_PRODUCTS = {"cos": {"cos cos": "o", "sin sin": "s"}, "sin": {"sin cos": "+", "cos sin": "x"}}


def numbers(addition_analysis: xr.Dataset) -> xr.Dataset:
    """Select the fits of the read directions of key frequencies, and the map by neuron.

    Rows of key frequencies, of all where none is key; neurons by frequency, those that none
    explains last.
    """
    explained, found = (
        addition_analysis[f"neuron_{name}"].values for name in ("explained", "frequency")
    )
    order = np.lexsort((-addition_analysis["neuron_best_fve"].values, found, ~explained))
    chosen = addition_analysis[
        [
            "direction_fve",
            "direction_product",
            "direction_ratio",
            "unembedding_residual",
            "unembedding_residual_energy",
            "unembedding_wave",
            "neuron_frequency",
            "neuron_explained",
            "key_frequency",
        ]
    ]
    owner, key = (
        addition_analysis["frequency_of_entry"].values,
        addition_analysis["key_frequency"].values,
    )
    rows = np.isin(owner, addition_analysis["frequency"].values[key if key.any() else ~key])
    return chosen.isel(neuron=order, entry=np.flatnonzero(rows))


def draw(numbers: xr.Dataset, style: Style, title: str) -> Figure:
    """Draw arXiv 2301.05217, table 1, above the components of the map for every neuron."""
    keys = [*key_looks(numbers)] or numbers["frequency"].values.tolist()
    fits = numbers.sel(frequency=keys)
    with settings():
        drawn = figure(width=1.4 * style.width, height=0.9 * style.width)
        grid = drawn.add_gridspec(2, 3, height_ratios=[1.2, 1.0])
        panels = [drawn.add_subplot(grid[0, column]) for column in range(3)]
        components = drawn.add_subplot(grid[1, :])
        for axes, draw_panel in zip(panels, (_shares, _products, _ratios), strict=True):
            draw_panel(axes, fits, _colours(keys, numbers))
            few = len(keys) <= _FEW
            axes.set_xticks(range(len(keys)) if few else [], [*map(str, keys)] if few else [])
            axes.set_xlabel(f"{'key ' if key_looks(numbers) else ''}frequency k")
            axes.grid(visible=False, axis="x")
        image = _components(components, numbers)
        drawn.colorbar(image, ax=components, label="component of the map", fraction=0.03)
        drawn.suptitle(title, fontsize=10)
    return drawn


def _colours(keys: Sequence[int], numbers: xr.Dataset) -> list[str]:
    """Return the colours of frequencies; grey where none is key."""
    looks = frequency_looks(numbers.sizes["frequency"])
    return [looks[k].colour if key_looks(numbers) else REST for k in keys]


def _shares(axes: Axes, fits: xr.Dataset, colours: Sequence[str]) -> None:
    places = np.arange(len(colours))
    for wave, (_, offset, opacity) in _WAVES.items():
        heights = fits["direction_fve"].sel(wave=wave)
        bars = axes.bar(places + offset, heights, 0.4, color=colours, alpha=opacity)
        if len(colours) <= _FEW:
            axes.bar_label(bars, fmt="{:.1%}", fontsize=6, rotation=90, padding=2)
    axes.set(ylim=(0, 1.2), ylabel="share of variance, wave of a + b")
    axes.set_yticks(np.arange(0, 1.1, 0.2))
    patches = [
        Patch(color="#444444", alpha=opacity, label=about) for about, _, opacity in _WAVES.values()
    ]
    legend_above(axes, handles=patches)


def _products(axes: Axes, fits: xr.Dataset, colours: Sequence[str]) -> None:
    entries = []
    for wave, markers in _PRODUCTS.items():
        about, offset, _ = _WAVES[wave]
        for name, marker in markers.items():
            values = fits["direction_product"].sel(wave=wave, product_wave=name)
            places = np.arange(len(colours)) + offset
            axes.scatter(places, values, s=24, marker=marker, color=colours)
            label = f"{about[0]}, {name}"
            entries.append(handle(label, color="#444444", marker=marker, ls="", ms=5))
    axes.axhline(0.0, color="#444444", lw=0.8)
    axes.set(ylabel="coordinate on a product of waves")
    legend_above(axes, columns=2, handles=entries)


def _ratios(axes: Axes, fits: xr.Dataset, colours: Sequence[str]) -> None:
    entries = []
    for (wave, (about, offset, _)), marker in zip(_WAVES.items(), "os", strict=True):
        places = np.arange(len(colours)) + offset
        values = fits["direction_ratio"].sel(wave=wave)
        axes.scatter(places, values, s=30, marker=marker, color=colours)
        entries.append(handle(about, color="#444444", marker=marker, ls="", ms=5))
    axes.axhline(1.0, color="#444444", lw=0.8)
    axes.set(ylabel="ratio of the two products")
    legend_above(axes, columns=2, handles=entries)


def _components(axes: Axes, numbers: xr.Dataset) -> AxesImage:
    """Draw the map in waves of the candidate, neurons by their frequency."""
    values, owner = numbers["unembedding_wave"].values, numbers["frequency_of_entry"].values
    scale = float(np.abs(values).max()) or 1.0
    image = axes.imshow(values, cmap="RdBu_r", vmin=-scale, vmax=scale, aspect="auto",
                        interpolation="nearest")  # fmt: skip
    if len(owner) <= 2 * _NAMED:
        block_lines(axes.yaxis, [str(k) for k in owner])
    else:
        axes.set_yticks([])
    found, explained = numbers["neuron_frequency"].values, numbers["neuron_explained"].values
    clusters = [str(k) if is_one else "none" for k, is_one in zip(found, explained, strict=True)]
    block_lines(axes.xaxis, clusters)
    axes.set(xlabel="neurons, by frequency", ylabel="wave of c, by frequency")
    norm, energy = (float(numbers[f"unembedding_residual{name}"]) for name in ("", "_energy"))
    axes.set_title(
        f"outside key frequencies: {norm:.2%} of the norm, {energy:.3%} of its square", loc="right"
    )
    axes.grid(visible=False)
    return image
