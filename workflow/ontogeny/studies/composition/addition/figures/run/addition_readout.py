"""The neuron-to-logit map of a modular-addition network.

What the neuron-to-logit map reads: for each key frequency k, the direction u of its cosine and v
of its sine, over all pairs. How much of u and v is cos(w (a + b)) and sin(w (a + b)); their
coordinates on products of a wave of a and a wave of b; the ratio of the two products that make
each, 1 for a wave of a + b (arXiv 2301.05217, table 1). Below, the map itself in waves of the
candidate c, rows of key frequencies, one column for each neuron (figure 5), and its share outside
these rows.
"""

import numpy as np
import xarray as xr
from matplotlib.figure import Figure

from ontogeny.plotting import block_lines, figure, settings
from ontogeny.studies.composition.addition.panels import WAVE_COLOURS, key_looks, legend_above
from ontogeny.studies.composition.config import Style

__all__ = ["draw", "numbers"]

_NAMED = 20
_PRODUCTS = {
    "cos cos": ("#0072B2", "o"),
    "sin sin": ("#56B4E9", "s"),
    "sin cos": ("#D55E00", "^"),
    "cos sin": ("#E69F00", "v"),
}


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
    looks = key_looks(numbers)
    keys = [*looks] or numbers["frequency"].values.tolist()
    few = len(keys) <= 12
    fits = numbers.sel(frequency=keys)
    places = np.arange(len(keys))
    clusters = [
        str(k) if explained else "none"
        for k, explained in zip(
            numbers["neuron_frequency"].values, numbers["neuron_explained"].values, strict=True
        )
    ]
    with settings():
        drawn = figure(width=1.4 * style.width, height=0.9 * style.width)
        grid = drawn.add_gridspec(2, 3, height_ratios=[1.2, 1.0])
        shares, products, ratios = (drawn.add_subplot(grid[0, column]) for column in range(3))
        components = drawn.add_subplot(grid[1, :])
        for offset, (wave, colour) in zip((-0.2, 0.2), WAVE_COLOURS.items(), strict=True):
            one, label = fits.sel(wave=wave), "u: cosine" if wave == "cos" else "v: sine"
            bars = shares.bar(places + offset, one["direction_fve"], 0.4, color=colour, label=label)
            if few:
                shares.bar_label(bars, fmt="{:.1%}", fontsize=6, rotation=90, padding=2)
            ratios.plot(places + offset, one["direction_ratio"], "o", color=colour, label=label)
            names = list(_PRODUCTS)[:2] if wave == "cos" else list(_PRODUCTS)[2:]
            for name in names:
                tint, marker = _PRODUCTS[name]
                products.plot(
                    places + offset,
                    one["direction_product"].sel(product_wave=name),
                    marker,
                    color=tint,
                    ms=5,
                    label=name,
                )
        shares.set(
            ylim=(0, 1.2), ylabel="share in its wave of a + b", yticks=np.arange(0, 1.1, 0.2)
        )
        products.axhline(0.0, color="#444444", lw=0.8)
        products.set(ylabel="coordinate on a product of waves")
        ratios.axhline(1.0, color="#444444", lw=0.8)
        ratios.set(ylabel="|cos cos / sin sin|, |sin cos / cos sin|")
        for axes in (shares, products, ratios):
            axes.set_xticks(places if few else [], [*map(str, keys)] if few else [])
            axes.set_xlabel("key frequency k" if looks else "frequency k (none is key)")
            axes.grid(visible=False, axis="x")
            legend_above(axes, columns=2)
        values = numbers["unembedding_wave"].values
        scale = float(np.abs(values).max()) or 1.0
        image = components.imshow(values, cmap="RdBu_r", vmin=-scale, vmax=scale, aspect="auto",
                                  interpolation="nearest")  # fmt: skip
        if len(keys) <= _NAMED:
            block_lines(components.yaxis, [str(k) for k in numbers["frequency_of_entry"].values])
        else:
            components.set_yticks([])
        block_lines(components.xaxis, clusters)
        components.set(xlabel="neurons, by frequency", ylabel="wave of c, by frequency")
        norm, energy = (float(numbers[f"unembedding_residual{name}"]) for name in ("", "_energy"))
        components.set_title(
            f"outside key frequencies: {norm:.2%} of the norm, {energy:.3%} of its square",
            loc="right",
        )
        components.grid(visible=False)
        drawn.colorbar(image, ax=components, label="component of the map", fraction=0.03)
        drawn.suptitle(title, fontsize=10)
    return drawn
