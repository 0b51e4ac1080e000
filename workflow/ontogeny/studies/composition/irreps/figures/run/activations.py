"""Single neurons of a run over all pairs.

Single neurons at the final checkpoint over all pairs, the strongest of each cluster, with the
elements in the order of the character of the cluster's irrep. A neuron that follows a one-
dimensional irrep is constant on four blocks.
"""

import numpy as np
import xarray as xr
from matplotlib.figure import Figure

from ontogeny.plotting import figure, heat_map, settings
from ontogeny.studies.composition.config import Style

__all__ = ["draw", "numbers"]

_COLUMNS = 4


def numbers(analysis: xr.Dataset) -> xr.Dataset:
    """Select the neurons, with elements in the order of the character of the neuron's irrep.

    Elements of one sign stand together then, and a neuron that follows a sign shows blocks.
    """
    chosen = analysis[["example_activation", "example_irrep"]]
    character = characters(analysis)
    sorted_tables = []
    for example in chosen["example"].values:
        one = chosen["example_activation"].sel(example=example)
        irrep = chosen["example_irrep"].sel(example=example).item()
        order = np.argsort(-character.sel(irrep=irrep).values.round(6), kind="stable")
        sorted_tables.append(one.values[np.ix_(order, order)])
    values = np.stack(sorted_tables) if sorted_tables else chosen["example_activation"].values
    return chosen.assign(
        example_activation=chosen["example_activation"].copy(data=values)
    ).drop_vars(["left", "right"])


def characters(analysis: xr.Dataset) -> xr.DataArray:
    """Return the character of each element: that of ``a b c^-1`` where ``b`` is ``c``."""
    output = analysis["character_slice"].attrs["output"]
    return analysis["character_slice"].sel(right=output, drop=True)


def draw(numbers: xr.Dataset, style: Style, title: str) -> Figure:
    """Draw one heat map for each neuron."""
    count = max(numbers.sizes["example"], 1)
    with settings():
        rows = -(-count // _COLUMNS)
        drawn = figure(width=style.width, height=0.34 * style.width * rows)
        places = drawn.subplots(rows, _COLUMNS, squeeze=False).ravel()
        for axes in places[numbers.sizes["example"] :]:
            axes.remove()
        for axes, example in zip(places, numbers["example"].values, strict=False):
            one = numbers.sel(example=example)
            name = one["example_irrep"].item()
            heat_map(axes, one["example_activation"].values, f"neuron {example}\n{name}")
        drawn.supxlabel("right factor b, by character", fontsize=9)
        drawn.supylabel("left factor a, by character", fontsize=9)
        drawn.suptitle(title, fontsize=10)
    return drawn
