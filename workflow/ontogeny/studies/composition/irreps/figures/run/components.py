"""Principal components of the unembedding of a run.

The rows of the unembedding at the final checkpoint, projected on their first principal
components, one point for each group element, coloured by the character of the irrep with the
largest logit similarity.
"""

import numpy as np
import xarray as xr
from matplotlib.figure import Figure

from ontogeny.plotting import figure, settings
from ontogeny.studies.composition.config import Style
from ontogeny.studies.composition.irreps.figures.run.activations import characters

__all__ = ["draw", "numbers"]


def numbers(analysis: xr.Dataset) -> xr.Dataset:
    """Select the components, and the character of the irrep with the largest logit similarity."""
    similarity = analysis["logit_similarity"].isel(irrep=slice(1, None))
    strongest = similarity["irrep"].values[similarity.values.argmax()]
    character = characters(analysis).sel(irrep=strongest, drop=True)
    return analysis[["unembedding_component", "component_share"]].assign(
        element_character=(
            "output",
            character.values,
            {"long_name": f"character of {strongest}", "units": "1"},
        )
    )


def draw(numbers: xr.Dataset, style: Style, title: str) -> Figure:
    """Draw two planes of components, one point for each element, and the shares."""
    component = numbers["unembedding_component"].values
    share = numbers["component_share"].values
    colours = numbers["element_character"]
    with settings():
        drawn = figure(width=1.3 * style.width, height=0.5 * style.width)
        first, second, shares = drawn.subplots(1, 3)
        for axes, (x, y) in zip((first, second), ((0, 1), (2, 3)), strict=True):
            points = axes.scatter(
                component[:, x], component[:, y], c=colours.values, cmap="viridis", s=12
            )
            axes.set(xlabel=f"component {x + 1}", ylabel=f"component {y + 1}")
        drawn.colorbar(points, ax=second, label=colours.attrs["long_name"])
        shares.bar(np.arange(1, len(share) + 1), share, color="#444444")
        shares.set(xlabel="component", ylabel="share of the variance", ylim=(0, None))
        drawn.suptitle(title, fontsize=10)
    return drawn
