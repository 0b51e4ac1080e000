"""Neuron clusters of a run.

Neurons by the irrep that explains most of their variance: the size of each cluster, how its
variance divides into functions of a, of b and of ab, and how much of each neuron's variance its
irrep explains.
"""

import numpy as np
import xarray as xr
from matplotlib.figure import Figure

from ontogeny.plotting import figure, irrep_looks, settings
from ontogeny.studies.composition.config import Style

__all__ = ["draw", "numbers"]

_PARTS = {
    "left": ("ρ(a)", "#56B4E9"),
    "right": ("ρ(b)", "#0072B2"),
    "product": ("ρ(ab)", "#D55E00"),
}


def numbers(analysis: xr.Dataset) -> xr.Dataset:
    """Select the clusters and the purity of single neurons."""
    chosen = analysis[
        ["cluster_size", "cluster_fve", "cluster_unembedding_fve", "neurons_off", "neuron_irrep"]
    ]
    return chosen.assign(neuron_purity=analysis["neuron_fve"].max("irrep"))


def draw(numbers: xr.Dataset, style: Style, title: str) -> Figure:
    """Draw cluster sizes, the parts of their variance, and the purity of their neurons."""
    irreps = [str(name) for name in numbers["irrep"].values]
    looks = irrep_looks(irreps)
    shown = [name for name in irreps if int(numbers["cluster_size"].sel(irrep=name)) > 0]
    places = np.arange(len(shown))
    with settings():
        drawn = figure(width=1.3 * style.width, height=0.5 * style.width)
        size, parts, purity = drawn.subplots(1, 3)
        counts = numbers["cluster_size"].sel(irrep=shown)
        bars = size.barh(places, counts, color=[looks[name].colour for name in shown])
        size.bar_label(bars, padding=2, fontsize=7)
        off = int(numbers["neurons_off"])
        size.set(xlabel=f"neurons ({off} off)", xlim=(0, 1.15 * float(counts.max())))
        start = np.zeros(len(shown))
        for part, (label, colour) in _PARTS.items():
            widths = numbers["cluster_fve"].sel(part=part, irrep=shown).values
            parts.barh(places, widths, left=start, color=colour, label=label)
            start += widths
        parts.barh(places, 1 - start, left=start, color="#e5e5e5", label="rest")
        parts.set(xlabel="share of the cluster's variance", xlim=(0, 1))
        parts.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=4, borderaxespad=0.1,
                     columnspacing=0.8, handlelength=1.0)  # fmt: skip
        samples = [
            numbers["neuron_purity"].values[(numbers["neuron_irrep"] == name).values]
            for name in shown
        ]
        purity.hist(
            samples,
            bins=np.linspace(0, 1, 21),
            stacked=True,
            color=[looks[name].colour for name in shown],
        )
        purity.set(xlabel="share of the variance in its irrep", ylabel="neurons", xlim=(0, 1))
        for axes in (size, parts):
            axes.set_yticks(places, shown if axes is size else [""] * len(shown))
            axes.invert_yaxis()
            axes.grid(visible=False, axis="y")
        drawn.suptitle(title, fontsize=10)
    return drawn
