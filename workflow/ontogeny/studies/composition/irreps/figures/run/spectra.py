"""Fourier spectra of a run on a cyclic group.

Norm of each Fourier component of embedding and neuron-to-logit map. A network that has found the
circuit uses few frequencies, and the same in both.
"""

import numpy as np
import xarray as xr
from matplotlib.figure import Figure

from ontogeny.plotting import figure, settings
from ontogeny.studies.composition.config import Style

__all__ = ["draw", "numbers"]

NEEDS = ("cyclic",)


def numbers(analysis: xr.Dataset) -> xr.Dataset:
    """Select the norms of the Fourier components, and the key irreps."""
    return analysis[["embedding_norm", "unembedding_norm", "key"]]


def draw(numbers: xr.Dataset, style: Style, title: str) -> Figure:
    """Draw one bar for each cosine and sine, embedding above neuron-to-logit map."""
    owner = numbers["irrep_of_entry"].values
    numbers["key"].values[owner]
    labels = [str(label) for label in numbers["entry"].values]
    sine = np.array([label.startswith("sin") for label in labels])
    series = {
        "embedding": numbers["embedding_norm"].sel(side="left"),
        "neuron-to-logit map": numbers["unembedding_norm"],
    }
    with settings():
        drawn = figure(width=1.25 * style.width, height=0.7 * style.width)
        panels = drawn.subplots(2, 1, sharex=True)
        for axes, (name, norms) in zip(panels, series.items(), strict=True):
            for chosen, offset, colour, label in (
                (~sine, -0.2, "#0072B2", "cosine"),
                (sine, 0.2, "#D55E00", "sine"),
            ):
                axes.bar(owner[chosen] + offset, norms[chosen], 0.4, color=colour, label=label)
            axes.set_ylabel(f"norm of the {name}")
            axes.grid(visible=False, axis="x")
        frequencies = np.flatnonzero(numbers["key"].values)
        panels[1].set_xticks([0, *frequencies], ["0", *map(str, frequencies)])
        panels[1].set_xlabel("frequency (0: constant; labelled: key)")
        panels[1].set_xlim(-1, owner.max() + 1)
        drawn.legend(*panels[0].get_legend_handles_labels(), loc="outside right upper")
        drawn.suptitle(title, fontsize=10)
    return drawn
