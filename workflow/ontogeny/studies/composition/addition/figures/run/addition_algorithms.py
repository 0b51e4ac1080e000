"""Clock or pizza: the algorithm of a modular-addition network.

Clock or pizza (arXiv 2306.17844). Share of the logits in the form that each algorithm gives them,
for each key frequency, and the same when the embedding keeps only the circle of this frequency. The
clock and pizza templates overlap (R² = 0.81), so small differences between the bars mean nothing.
Right: measures of the whole network, compared with the paper's values for a clock and a pizza.
"""

import numpy as np
import xarray as xr
from matplotlib.figure import Figure

from ontogeny.plotting import figure, settings
from ontogeny.studies.composition.addition.panels import (
    key_looks,
    legend_above,
    sides,
)
from ontogeny.studies.composition.config import Style
from ontogeny.studies.composition.looks import matrix_names

__all__ = ["draw", "numbers"]

_FORMS = {"clock": "#6A3D9A", "pizza": "#E69F00"}
_PUBLISHED = {
    "gradient_symmetricity": {"clock": 0.334, "pizza": 0.994},
    "distance_irrelevance": {"clock": 0.85, "pizza": 0.17},
}
"""Of the networks of arXiv 2306.17844."""


def numbers(addition_analysis: xr.Dataset) -> xr.Dataset:
    """Select the numbers that tell the algorithms apart; one of them not every network has."""
    shares = [f"{of}{form}_share" for of in ("", "isolated_") for form in _FORMS]
    whole = [name for name in _PUBLISHED if name in addition_analysis]
    return addition_analysis[[*shares, *whole, "circularity", "key_frequency"]]


def draw(numbers: xr.Dataset, style: Style, title: str) -> Figure:
    """Draw the shares of both forms of the logits, and the numbers of the whole network."""
    looks = key_looks(numbers)
    keys = [*looks] or numbers["frequency"].values.tolist()
    places = np.arange(len(keys))
    shares = {"": "share of the logits, whole network"}
    if looks:
        shares["isolated_"] = "share of the logits, one circle"
    circularity = sides(numbers["circularity"])
    names = matrix_names([f"{side}_embedding" for side in circularity["side"].values])
    rows = {
        name.replace("_", " "): (float(numbers[name]), published)
        for name, published in _PUBLISHED.items()
        if name in numbers
    } | {
        f"circularity, {names[f'{side}_embedding']}": (float(circularity.sel(side=side)), {})
        for side in circularity["side"].values
    }
    with settings():
        drawn = figure(width=1.4 * style.width, height=0.45 * style.width)
        panels = drawn.subplots(1, len(shares) + 1, squeeze=False)[0]
        for axes, (prefix, about) in zip(panels, shares.items(), strict=False):
            for offset, (form, colour) in zip((-0.2, 0.2), _FORMS.items(), strict=True):
                values = numbers[f"{prefix}{form}_share"].sel(frequency=keys)
                axes.bar(places + offset, values, 0.4, color=colour, label=form)
            few = len(keys) <= 12
            axes.set_xticks(places if few else [], [*map(str, keys)] if few else [])
            axes.set(ylabel=about, ylim=(0, 1))
            axes.set_xlabel("key frequency k" if looks else "frequency k (none is key)")
            axes.grid(visible=False, axis="x")
            legend_above(axes)
        whole = panels[-1]
        for place, (value, published) in enumerate(rows.values()):
            whole.plot(
                value,
                place,
                "D",
                color="#222222",
                ms=6,
                label="this network" if place == 0 else None,
            )
            for form, known in published.items():
                label = f"{form} of the paper" if place == 0 else None
                whole.plot(known, place, "o", color=_FORMS[form], mfc="none", ms=7, label=label)
        whole.set_yticks(range(len(rows)), list(rows))
        whole.set(xlim=(-0.03, 1.03), ylim=(len(rows) - 0.5, -0.5), xlabel="value, whole network")
        legend_above(whole, columns=2)
        drawn.suptitle(title, fontsize=10)
    return drawn
