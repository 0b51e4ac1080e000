"""Circles of a modular-addition network: where embedding and output place the residues.

The rows of the embedding, and below it those of the neuron-to-logit map, in the plane of each key
frequency k: their coordinates along the direction that holds the cosine of k and along the one that
holds its sine, at the final checkpoint. Lines join the residues a in the order in which k a goes
round modulo p; some residues are labelled. A network that has learned the frequency places all
residues on a circle; one without structure places them at random. In brackets: share of the squared
norm of the matrix in the waves of k. At most six frequencies are shown, those with the largest
share of the neuron-to-logit map; where none is key, the six largest.
"""

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from ontogeny.plotting import Look, figure, settings
from ontogeny.studies.composition.addition.panels import around, frequency_looks, shown_matrices
from ontogeny.studies.composition.config import Style
from ontogeny.studies.composition.looks import matrix_names

__all__ = ["draw", "numbers"]

_MOST = 6
_LABELS = 8


def numbers(addition_analysis: xr.Dataset) -> xr.Dataset:
    """Select coordinates and shares of the key frequencies, or else of the largest."""
    share = addition_analysis["matrix_share"]
    key = addition_analysis["key_frequency"].values
    candidates = np.flatnonzero(key if key.any() else ~key)
    largest = np.argsort(-share.sel(matrix="unembedding").values[candidates], kind="stable")
    chosen = addition_analysis[["circle_coordinate", "matrix_share"]]
    return chosen.sel(matrix=shown_matrices(addition_analysis)).isel(
        frequency=np.sort(candidates[largest[:_MOST]])
    )


def draw(numbers: xr.Dataset, style: Style, title: str) -> Figure:
    """Draw one row for each matrix and one panel for each frequency, on the scale of the row."""
    frequencies, names = numbers["frequency"].values, matrix_names(numbers["matrix"].values)
    looks = frequency_looks((numbers.sizes["residue"] - 1) // 2)
    count = (len(numbers["matrix"]), len(frequencies))
    side = 1.6 * style.width / _MOST
    with settings():
        drawn = figure(width=side * (0.3 + count[1]), height=side * 1.2 * count[0] + 0.3)
        panels = drawn.subplots(*count, squeeze=False, sharex="row", sharey="row")
        for row, matrix in zip(panels, numbers["matrix"].values, strict=True):
            for axes, k in zip(row, frequencies, strict=True):
                one = numbers.sel(matrix=matrix, frequency=k)
                points = one["circle_coordinate"].transpose("wave", "residue").values
                _circle(axes, points, int(k), looks[int(k)])
                axes.set_title(f"k = {k} ({float(one['matrix_share']):.0%})")
            largest = float(np.abs(numbers["circle_coordinate"].sel(matrix=matrix)).max()) or 1.0
            row[0].set(xlim=(-1.4 * largest, 1.4 * largest), ylim=(-1.4 * largest, 1.4 * largest))
            row[0].set_ylabel(f"{names[str(matrix)]},\nsine coordinate")
        for axes in panels[-1]:
            axes.set_xlabel("cosine coordinate")
        drawn.suptitle(title, fontsize=10)
    return drawn


def _circle(axes: Axes, points: NDArray[np.floating], k: int, look: Look) -> None:
    """Draw the residues of one plane, joined in their order, with some of their names outside."""
    order, sizes = around(k, points.shape[1]), np.linalg.norm(points, axis=0)
    closed = np.append(order, order[0])
    axes.plot(*points[:, closed], "o", color=look.colour, ls=look.dash, lw=0.6, ms=2.0)
    for residue in order[:: max(1, len(order) // _LABELS)]:
        if sizes[residue] > 0:
            x, y = points[:, residue] / sizes[residue] * sizes.max()
            axes.annotate(str(residue), (x, y), xytext=(6 * x / sizes.max(), 6 * y / sizes.max()),
                          textcoords="offset points", fontsize=6, ha="center",
                          va="center")  # fmt: skip
    axes.set_aspect("equal")
    axes.locator_params(nbins=3)
