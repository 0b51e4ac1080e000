"""Neurons of a modular-addition network, by frequency.

Share of each neuron's variance over all pairs that its best frequency explains (arXiv 2301.05217,
figure 5; above the dashed 0.85 a neuron counts as explained), number of neurons of each
frequency, and for each neuron its share in waves of a + b beside the share of its column of the
neuron-to-logit map in the rows of its frequency. Below, the activations of the strongest neurons
of each frequency, a downwards and b to the right.
"""

import numpy as np
import xarray as xr
from matplotlib.figure import Figure

from ontogeny.plotting import figure, heat_map, irrep_looks, settings
from ontogeny.studies.composition.addition.panels import REST, legend_above
from ontogeny.studies.composition.config import Style

__all__ = ["draw", "numbers"]

_COLUMNS, _ROWS = 6, 2
_SEVERAL = 7


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
    sizes = numbers["cluster_size"].values
    clusters = [int(k) for k in numbers["frequency"].values[sizes > 0]]
    largest = [clusters[i] for i in np.argsort(-sizes[sizes > 0], kind="stable")[:_SEVERAL]]
    shown = [k for k in clusters if k in largest]
    looks = irrep_looks(["rest", *map(str, shown)])
    found, explained = numbers["neuron_frequency"].values, numbers["neuron_explained"].values
    members = {f"k = {k}": (explained & (found == k), looks[str(k)].colour) for k in shown}
    others = ~np.logical_or.reduce([np.zeros_like(explained)] + [m for m, _ in members.values()])
    members["others"] = (others, REST)
    purity = numbers["neuron_best_fve"].values.clip(max=1.0)  # else rounding drops some
    count = numbers.sizes["example"]
    rows = -(-count // _COLUMNS)
    with settings():
        drawn = figure(width=1.4 * style.width, height=(0.5 + 0.27 * rows) * style.width)
        places = drawn.add_gridspec(1 + rows, 6, height_ratios=[1.7] + [1.0] * rows)
        best, size, sums = (drawn.add_subplot(places[0, i : i + 2]) for i in (0, 2, 4))
        best.hist(
            [purity[chosen] for chosen, _ in members.values()],
            bins=np.linspace(0, 1, 21).tolist(),
            stacked=True,
            color=[colour for _, colour in members.values()],
            label=list(members),
        )
        best.axvline(0.85, color="#444444", lw=0.8, ls="--")
        best.set(xlabel="share of the best frequency", ylabel="neurons", xlim=(0, 1))
        values = [*sizes[sizes > 0], int(numbers["neurons_unexplained"])]
        names = [*map(str, clusters), "none"]
        colours = [looks[name].colour if name in looks else REST for name in names]
        bars = size.barh(np.arange(len(names)), values, color=colours)
        if len(names) <= 20:
            size.bar_label(bars, padding=2, fontsize=7)
            size.set_yticks(np.arange(len(names)), names)
        else:
            size.set_yticks([])
        size.invert_yaxis()
        size.set(ylabel="frequency k", xlim=(0, 1.15 * max(values)))
        size.set_xlabel(f"neurons ({float(numbers['explained_share']):.1%} explained)")
        size.grid(visible=False, axis="y")
        for chosen, colour in members.values():
            one = numbers.isel(neuron=np.flatnonzero(chosen))
            sums.plot(one["neuron_sum_share"], one["neuron_unembedding_share"], "o",
                      color=colour, ms=2.5, mew=0)  # fmt: skip
        sums.set(xlim=(0, 1), ylim=(0, 1.02), xlabel="share in waves of a + b",
                 ylabel="share of its column of W_L")  # fmt: skip
        legend_above(best)
        for index, example in enumerate(numbers["example"].values):
            one = numbers.sel(example=example)
            axes = drawn.add_subplot(places[1 + index // _COLUMNS, index % _COLUMNS])
            activations = one["example_activation"].values.astype(np.float64)
            name = f"neuron {example}, k = {int(one['example_frequency'])}"
            heat_map(axes, activations, name)
            axes.title.set_fontsize(7.5)
        drawn.suptitle(title, fontsize=10)
    return drawn
