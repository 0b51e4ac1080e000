"""How the network turns ρ(ab) into logits.

The linear map from the matrix entries of ρ(ab) in the hidden layer to those of ρ(c) in the logits
at the final checkpoint: one panel for each key irrep, each with its own colour scale. Logits that
are a sum of characters χ(abc⁻¹) make it a multiple of the identity in each irrep; the cosine shows
how close to that the map is, the scale how much of the character the logits contain.
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


def numbers(analysis: xr.Dataset) -> xr.Dataset:
    """Select the map between the entries of the key irreps."""
    key = analysis["key"].values
    entries = np.flatnonzero(key[analysis["irrep_of_entry"].values])
    chosen = analysis[["readout_map", "readout_cosine", "readout_scale", "key", "key_irreps"]]
    return chosen.isel(entry=entries, output_entry=entries).assign(
        irrep_of_entry=analysis["irrep_of_entry"].isel(entry=entries)
    )


def draw(numbers: xr.Dataset, style: Style, title: str) -> Figure:
    """Draw the map of each key irrep as a heat map."""
    irreps = numbers["irrep"].values
    with settings():
        key = shown_key(numbers)
        drawn = figure(
            width=1.4 * style.width, height=(0.4 * -(-len(key) // 3) + 0.1) * style.width
        )
        for axes, name in zip(irrep_grid(drawn, len(key)), key, strict=False):
            own = np.flatnonzero(irreps[numbers["irrep_of_entry"].values] == name)
            one = numbers.sel(irrep=name).isel(entry=own, output_entry=own)
            heat_map(
                axes,
                one["readout_map"].transpose("entry", "output_entry").values,
                f"{irrep_label(name)}\ncosine {float(one['readout_cosine']):.3f}, "
                f"scale {float(one['readout_scale']):.2g}",
                label="coefficient",
            )
        drawn.supxlabel("entries of ρ(c), row by row", fontsize=9)
        drawn.supylabel("entries of ρ(ab), row by row", fontsize=9)
        drawn.suptitle(shown_of(title, numbers), fontsize=10)
    return drawn
