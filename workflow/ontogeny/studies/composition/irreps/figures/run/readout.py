"""The map from rho(ab) to the logits of a run.

The linear map from the matrix entries of ρ(ab) in the hidden layer to those of ρ(c) in the
logits, between the key irreps. Logits that are a sum of characters χ(abc⁻¹) make it a multiple of
the identity in each irrep; the cosine says how near it is, the scale how much of the character.
"""

import numpy as np
import xarray as xr
from matplotlib.figure import Figure

from ontogeny.plotting import block_lines, figure, settings
from ontogeny.studies.composition.config import Style

__all__ = ["draw", "numbers"]


def numbers(analysis: xr.Dataset) -> xr.Dataset:
    """Select the map between the entries of the key irreps."""
    key = analysis["key"].values
    entries = np.flatnonzero(key[analysis["irrep_of_entry"].values])
    chosen = analysis[["readout_map", "readout_cosine", "readout_scale", "key"]]
    return chosen.isel(entry=entries, output_entry=entries).assign(
        irrep_of_entry=analysis["irrep_of_entry"].isel(entry=entries)
    )


def draw(numbers: xr.Dataset, style: Style, title: str) -> Figure:
    """Draw the map beside the ideal: a multiple of the identity in each irrep."""
    irreps = numbers["irrep"].values
    of_entry = [str(irreps[r]) for r in numbers["irrep_of_entry"].values]
    values = numbers["readout_map"].values
    scale = float(np.abs(values).max(initial=0.0)) or 1.0
    few = len(set(of_entry)) <= 6
    labels = {}
    for name in dict.fromkeys(of_entry):
        one = numbers.sel(irrep=name)
        labels[name] = (
            f"{name}\ncosine {float(one['readout_cosine']):.4f}\n"
            f"scale {float(one['readout_scale']):.3g}"
            if few
            else name
        )
    with settings():
        drawn = figure(width=style.width, height=0.9 * style.width)
        axes = drawn.subplots()
        image = axes.imshow(values, cmap="RdBu_r", vmin=-scale, vmax=scale, interpolation="nearest")
        block_lines(axes.xaxis, of_entry)
        block_lines(axes.yaxis, [labels[name] for name in of_entry])
        axes.set(xlabel="entries of ρ(c), by irrep", ylabel="entries of ρ(ab), by irrep")
        axes.grid(visible=False)
        drawn.colorbar(image, ax=axes, label="coefficient in the logits", shrink=0.7)
        drawn.suptitle(title, fontsize=10)
    return drawn
