"""Matrix entries of each key irrep in its neurons.

Coefficients of each matrix entry of ρ(ab) in each neuron of the final checkpoint: one panel for
each key irrep, with the neurons whose variance it explains best, each scaled to norm 1 over the
entries of all key irreps. The cosine compares the part of the hidden layer in an irrep with the
irrep itself: it is 1 when all entries are equally strong and independent of each other.
"""

import numpy as np
import xarray as xr
from matplotlib.figure import Figure

from ontogeny.plotting import figure, heat_map, settings
from ontogeny.studies.composition.config import Style
from ontogeny.studies.composition.irreps.panels import (
    irrep_grid,
    irrep_label,
    shown_key,
    shown_of,
)

__all__ = ["draw", "numbers"]

_NAMED = 9


def numbers(analysis: xr.Dataset) -> xr.Dataset:
    """Select the change of basis: entries of the key irreps, each neuron scaled to norm 1."""
    key = analysis["key"].values
    entries = np.flatnonzero(key[analysis["irrep_of_entry"].values])
    names = ["scaled_change_of_basis", "neuron_irrep", "hidden_cosine", "key", "key_irreps"]
    chosen = analysis[names]
    return chosen.isel(entry=entries).assign(
        irrep_of_entry=analysis["irrep_of_entry"].isel(entry=entries)
    )


def draw(numbers: xr.Dataset, style: Style, title: str) -> Figure:
    """Draw a heat map for each key irrep: its neurons downwards, its entries to the right."""
    irreps = numbers["irrep"].values
    with settings():
        key = shown_key(numbers)
        drawn = figure(
            width=1.4 * style.width, height=(0.45 * -(-len(key) // 3) + 0.1) * style.width
        )
        for axes, name in zip(irrep_grid(drawn, len(key)), key, strict=False):
            of_entry = irreps[numbers["irrep_of_entry"].values] == name
            members = numbers["neuron_irrep"].values == name
            one = numbers["scaled_change_of_basis"].isel(entry=of_entry, neuron=members)
            cosine = float(numbers["hidden_cosine"].sel(irrep=name))
            words = f"{irrep_label(name)}, {int(members.sum())} neurons, cosine {cosine:.3f}"
            if one.size:
                image = heat_map(axes, one.transpose("neuron", "entry").values, words,
                                 label="component")  # fmt: skip
                image.axes.set_aspect("auto")
            axes.set_title(words)
            entries = [str(entry).removeprefix(name) for entry in one["entry"].values]
            axes.set_xticks(
                range(len(entries)),
                entries if len(entries) <= _NAMED else [""] * len(entries),
                fontsize=6,
                rotation=90,
            )
        drawn.supxlabel("entries of ρ(ab), row by row", fontsize=9)
        drawn.supylabel("neurons of the irrep", fontsize=9)
        drawn.suptitle(shown_of(title, numbers), fontsize=10)
    return drawn
