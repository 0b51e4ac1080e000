"""Which entries of rho(ab) each neuron of a run holds.

How strongly each neuron at the final checkpoint holds each matrix entry of ρ(ab), for the key
irreps: rows are neurons, by the irrep that explains most of their variance, each scaled to norm
1. The cosine compares what the hidden layer holds of an irrep with the irrep itself; it is 1 when
every entry is held equally strongly and independently of the others.
"""

import numpy as np
import xarray as xr
from matplotlib.figure import Figure

from ontogeny.plotting import block_lines, figure, settings
from ontogeny.studies.composition.config import Style

__all__ = ["draw", "numbers"]


def numbers(analysis: xr.Dataset) -> xr.Dataset:
    """Select the change of basis: entries of the key irreps, neurons by their irrep."""
    key = analysis["key"].values
    entries = np.flatnonzero(key[analysis["irrep_of_entry"].values])
    irreps = [*analysis["irrep"].values, "off"]
    cluster = [irreps.index(name) for name in analysis["neuron_irrep"].values]
    neurons = np.argsort(cluster, kind="stable")
    chosen = analysis[["change_of_basis", "neuron_irrep", "hidden_cosine", "key"]]
    chosen = chosen.isel(entry=entries, neuron=neurons)
    norm = np.linalg.norm(chosen["change_of_basis"].values, axis=0)
    return chosen.assign(
        change_of_basis=chosen["change_of_basis"] / np.where(norm > 0, norm, 1.0),
        irrep_of_entry=analysis["irrep_of_entry"].isel(entry=entries),
    )


def draw(numbers: xr.Dataset, style: Style, title: str) -> Figure:
    """Draw the heat map, each neuron's row scaled to norm 1."""
    irreps = numbers["irrep"].values
    of_entry = [str(irreps[r]) for r in numbers["irrep_of_entry"].values]
    of_neuron = [str(name) for name in numbers["neuron_irrep"].values]
    with settings():
        drawn = figure(width=style.width, height=0.9 * style.width)
        axes = drawn.subplots()
        image = axes.imshow(
            numbers["change_of_basis"].transpose("neuron", "entry").values,
            cmap="RdBu_r",
            vmin=-1,
            vmax=1,
            aspect="auto",
            interpolation="nearest",
        )
        labels = {}
        for name in dict.fromkeys(of_entry):
            cosine = float(numbers["hidden_cosine"].sel(irrep=name))
            labels[name] = f"{name}\ncosine {cosine:.4f}" if len(set(of_entry)) <= 6 else name
        block_lines(axes.xaxis, [labels[name] for name in of_entry])
        block_lines(axes.yaxis, of_neuron)
        axes.set(xlabel="entries of ρ(ab), by irrep", ylabel="neurons, by cluster")
        axes.grid(visible=False)
        drawn.colorbar(image, ax=axes, label="component of the neuron, its norm 1", shrink=0.7)
        drawn.suptitle(title, fontsize=10)
    return drawn
