"""Neurons of a modular-addition network, by frequency.

Share of each neuron's variance over all pairs that its best frequency explains (arXiv 2301.05217,
figure 5). Above the dashed 0.85 a neuron counts as explained; the number of explained neurons of
each frequency is in the middle. Right, for each neuron: share of its variance in the waves of a + b
of its frequency, and share of its column of the neuron-to-logit map in the rows of that frequency.
Below: activations of the strongest neurons of each frequency on all pairs, in units of the largest
activation of the neuron.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.gridspec import GridSpec
from numpy.typing import NDArray

from ontogeny.plotting import Look, figure, heat_map, settings
from ontogeny.studies.composition.addition.panels import (
    REST,
    frequency_looks,
    frequency_marker,
    legend_above,
)
from ontogeny.studies.composition.config import Style

__all__ = ["draw", "numbers"]

_COLUMNS, _ROWS = 6, 2
_SEVERAL = 7
_OTHERS = "other neurons"


def numbers(addition_analysis: xr.Dataset) -> xr.Dataset:
    """Select single neurons, clusters, and the activations that are drawn."""
    return addition_analysis[
        [
            "neuron_best_fve",
            "neuron_sum_share",
            "neuron_unembedding_share",
            "neuron_frequency",
            "neuron_explained",
            "neurons_unexplained",
            "cluster_size",
            "explained_share",
            "example_activation",
            "example_frequency",
        ]
    ].isel(example=slice(_COLUMNS * _ROWS))


def draw(numbers: xr.Dataset, style: Style, title: str) -> Figure:
    """Draw shares, cluster sizes, and the activations of neurons over all pairs."""
    rows = -(-numbers.sizes["example"] // _COLUMNS)
    members = _members(numbers)
    with settings():
        drawn = figure(width=1.4 * style.width, height=(0.53 + 0.27 * rows) * style.width)
        places = drawn.add_gridspec(1 + rows, 6, height_ratios=[1.7] + [1.0] * rows)
        best, size, sums = (drawn.add_subplot(places[0, i : i + 2]) for i in (0, 2, 4))
        _best_shares(best, numbers, members)
        _sizes(size, numbers)
        for k, chosen in members.items():
            one, colour = numbers.isel(neuron=np.flatnonzero(chosen)), _colour(k, numbers)
            sums.plot(one["neuron_sum_share"], one["neuron_unembedding_share"],
                      frequency_marker(k) if k else "o", color=colour, ms=3, mew=0)  # fmt: skip
        sums.set(xlim=(0, None), ylim=(0, 1.02), xlabel="share of variance, waves of a + b",
                 ylabel="share of column, neuron-to-logit map")  # fmt: skip
        _examples(drawn, numbers, places)
        drawn.suptitle(title, fontsize=10)
    return drawn


def _looks(numbers: xr.Dataset) -> dict[int, Look]:
    return frequency_looks(numbers.sizes["frequency"])


def _colour(k: int, numbers: xr.Dataset) -> str:
    """Return the colour of a frequency; 0 stands for none."""
    return _looks(numbers)[k].colour if k else REST


def _members(numbers: xr.Dataset) -> dict[int, NDArray[np.bool_]]:
    """Return the explained neurons of the largest clusters, and at 0 all others, (neuron,)."""
    sizes = numbers["cluster_size"]
    largest = np.argsort(-sizes.values, kind="stable")[:_SEVERAL]
    shown = sorted(int(k) for k in sizes["frequency"].values[largest] if sizes.sel(frequency=k) > 0)
    found, explained = numbers["neuron_frequency"].values, numbers["neuron_explained"].values
    members = {k: explained & (found == k) for k in shown}
    return members | {0: ~(explained & np.isin(found, shown))}


def _best_shares(axes: Axes, numbers: xr.Dataset, members: Mapping[int, NDArray[np.bool_]]) -> None:
    """Draw how many neurons have which share in their best frequency."""
    purity = numbers["neuron_best_fve"].values.clip(max=1.0)  # else rounding drops some
    looks = _looks(numbers)
    axes.hist(
        [purity[chosen] for chosen in members.values()],
        bins=np.linspace(0, 1, 21).tolist(),
        stacked=True,
        color=[_colour(k, numbers) for k in members],
        hatch=[looks[k].hatch if k else "" for k in members],
        edgecolor="white",
        linewidth=0,
        label=[f"k = {k}" if k else _OTHERS for k in members],
    )
    axes.axvline(0.85, color="#444444", lw=0.8, ls="--")
    axes.set(xlabel="share of variance, best frequency", ylabel="number of neurons", xlim=(0, 1))
    legend_above(axes, columns=3)


def _sizes(axes: Axes, numbers: xr.Dataset) -> None:
    """Draw one bar for each frequency that explains neurons, and one for unexplained neurons."""
    sizes = numbers["cluster_size"]
    clusters = sizes["frequency"].values[sizes.values > 0].tolist()
    values = [*sizes.sel(frequency=clusters).values, int(numbers["neurons_unexplained"])]
    looks, places = _looks(numbers), np.arange(len(values))
    bars = axes.barh(
        places,
        values,
        color=[_colour(k, numbers) for k in [*clusters, 0]],
        hatch=[*(looks[k].hatch for k in clusters), ""],
        edgecolor="white",
        linewidth=0,
    )
    if len(values) <= 20:
        axes.bar_label(bars, padding=2, fontsize=7)
        axes.set_yticks(places, [*map(str, clusters), "none"])
    else:
        axes.set_yticks([])
    axes.invert_yaxis()
    axes.set(ylabel="frequency k", xlim=(0, 1.15 * max(values)))
    axes.set_xlabel(f"number of neurons ({float(numbers['explained_share']):.1%} explained)")
    axes.grid(visible=False, axis="y")


def _examples(drawn: Figure, numbers: xr.Dataset, places: GridSpec) -> None:
    """Draw the activations of single neurons over all pairs, each on its own scale."""
    shown: list[Axes] = []
    for index, example in enumerate(numbers["example"].values):
        one = numbers.sel(example=example)
        axes = drawn.add_subplot(places[1 + index // _COLUMNS, index % _COLUMNS])
        activations = one["example_activation"].values.astype(np.float64)
        heat_map(axes, activations, f"neuron {example}\nk = {int(one['example_frequency'])}")
        axes.title.set_fontsize(8)
        axes.set(xlabel="b", ylabel="a")
        axes.label_outer()
        shown.append(axes)
    _scale(drawn, shown)


def _scale(drawn: Figure, shown: Sequence[Axes]) -> None:
    """Draw the scale of heat maps that have the largest size of their own values for a unit."""
    image = ScalarMappable(Normalize(-1, 1), "RdBu_r")
    drawn.colorbar(image, ax=list(shown), label="activation / largest activation", ticks=[-1, 0, 1],
                   fraction=0.02, pad=0.01)  # fmt: skip
