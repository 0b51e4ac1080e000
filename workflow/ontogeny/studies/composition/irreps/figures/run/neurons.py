"""Neuron clusters of a run.

Neurons of the final checkpoint by the irrep that explains most of their variance: the size of each
cluster, how its variance divides into functions of a, of b and of ab, and how much of the variance
of each neuron its irrep explains. Neurons that are off hardly vary and belong to no cluster.
"""

import numpy as np
import xarray as xr
from matplotlib.figure import Figure

from ontogeny.plotting import figure, settings
from ontogeny.studies.composition.config import Style
from ontogeny.studies.composition.irreps.panels import PARTS, irrep_label, looks_of

__all__ = ["draw", "numbers"]


def numbers(analysis: xr.Dataset) -> xr.Dataset:
    """Select the clusters and the purity of single neurons."""
    return analysis[["cluster_size", "cluster_fve", "neurons_off", "neuron_irrep", "neuron_purity"]]


def draw(numbers: xr.Dataset, style: Style, title: str) -> Figure:
    """Draw cluster sizes, the parts of their variance, and the purity of their neurons."""
    irreps = [str(name) for name in numbers["irrep"].values]
    looks = looks_of(numbers)
    shown = [name for name in irreps if int(numbers["cluster_size"].sel(irrep=name)) > 0]
    places = np.arange(len(shown))
    with settings():
        drawn = figure(width=1.3 * style.width, height=0.5 * style.width)
        size, parts, purity = drawn.subplots(1, 3)
        counts = numbers["cluster_size"].sel(irrep=shown).values
        bars = size.barh(places, counts, color=[looks[name].colour for name in shown])
        size.bar_label(bars, padding=2, fontsize=7)
        off = int(numbers["neurons_off"])
        size.set(xlabel="number of neurons", xlim=(0, 1.15 * float(counts.max(initial=1))))
        size.set_title(f"{off} {'neuron is' if off == 1 else 'neurons are'} off", loc="left")
        start = np.zeros(len(shown))
        for part, look in PARTS.items():
            widths = numbers["cluster_fve"].sel(part=part, irrep=shown).values
            parts.barh(places, widths, left=start, color=look.colour, label=look.label,
                       zorder=2)  # fmt: skip
            start += widths
        parts.barh(places, 1.0, color="white", edgecolor="#bbbbbb", hatch="....", lw=0.4,
                   label="not explained")  # fmt: skip
        parts.set(xlabel="share of the cluster's variance", xlim=(0, 1))
        parts.legend(loc="lower left", bbox_to_anchor=(-0.08, 1), ncols=4, borderaxespad=0.1,
                     columnspacing=0.6, handlelength=0.8, handletextpad=0.3)  # fmt: skip
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
        purity.set(
            xlabel="share of a neuron's variance\nthat its irrep explains",
            ylabel="number of neurons",
            xlim=(0, 1),
        )
        for axes in (size, parts):
            axes.set_yticks(places, [irrep_label(name) if axes is size else "" for name in shown])
            axes.invert_yaxis()
            axes.grid(visible=False, axis="y")
        drawn.suptitle(title, fontsize=10)
    return drawn
