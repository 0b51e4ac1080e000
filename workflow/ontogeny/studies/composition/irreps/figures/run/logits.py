"""Logits of the candidates, by the conjugacy class of abc⁻¹.

Logits of the final checkpoint, minus their mean over candidates, of all pairs (a, b) and all
candidates c, by the conjugacy class of abc⁻¹ (on a cyclic group by a + b − c): mean, standard
deviation (thick) and range (thin). The class of the identity is the right answer, which a network
that has learned the group separates from all others. Below, the part of each key irrep in the
means: a multiple of its character, largest at the right answer. The parts of all irreps, key or
not, add up to the mean where every class contains the inverses of its elements; elsewhere to the
average of the means of a class and of the class of the inverses.
"""

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ontogeny.plotting import figure, settings
from ontogeny.studies.composition.config import Style
from ontogeny.studies.composition.irreps.panels import (
    class_axis,
    class_order,
    class_places,
    irrep_label,
    looks_of,
)

__all__ = ["draw", "draw_class_logits", "numbers"]

_MEASURES = ("mean", "deviation", "least", "most")


def numbers(analysis: xr.Dataset) -> xr.Dataset:
    """Select the logits by class and the parts of the irreps in them."""
    names = [f"class_logit_{name}" for name in (*_MEASURES, "part")]
    return class_order(analysis[[*names, "key", "logit_similarity"]])


def draw(numbers: xr.Dataset, style: Style, title: str) -> Figure:
    """Draw the logits by class above the parts of the key irreps."""
    with settings():
        drawn = figure(width=1.25 * style.width, height=0.85 * style.width)
        above, below = drawn.subplots(2, 1, sharex=True)
        draw_class_logits(above, numbers)
        above.set_ylabel("logit minus mean over c")
        below.axhline(0, color="#444444", lw=0.8)
        _parts(below, numbers)
        below.set_ylabel("part of an irrep in the mean")
        class_axis(below, numbers)
        drawn.legend(*below.get_legend_handles_labels(), loc="outside right upper", title="irrep")
        drawn.suptitle(title, fontsize=10)
    return drawn


def _parts(axes: Axes, numbers: xr.Dataset) -> None:
    """Draw the part of each key irrep: lines over residues, or else bars at each class."""
    looks, places = looks_of(numbers), class_places(numbers)
    key = numbers["irrep"].values[numbers["key"].values]
    width = 0.8 / max(len(key), 1)
    for number, name in enumerate(map(str, key)):
        one, look = numbers.sel(irrep=name), looks[name]
        values = one["class_logit_part"].values
        label = f"{irrep_label(name)}, similarity {float(one['logit_similarity']):.2f}"
        if "class_residue" in numbers.coords:
            axes.plot(places, values, color=look.colour, ls=look.dash, label=label)
        else:
            x = places + (number - (len(key) - 1) / 2) * width
            axes.bar(x, values, width, color=look.colour, hatch=look.hatch, label=label)


def draw_class_logits(axes: Axes, numbers: xr.Dataset) -> None:
    """Draw mean, standard deviation and range of the logits of each class."""
    places = class_places(numbers)
    mean, deviation, least, most = (numbers[f"class_logit_{name}"].values for name in _MEASURES)
    axes.axhline(0, color="#444444", lw=0.8, zorder=1)
    wide = 4.0 if len(places) <= 20 else 2.0
    right = np.flatnonzero(numbers["class_order"].values == 1)
    for chosen, colour in ((np.arange(len(places)), "#777777"), (right, "#000000")):
        x = places[chosen]
        axes.vlines(x, least[chosen], most[chosen], color=colour, lw=wide / 5)
        low, high = mean - deviation, mean + deviation
        axes.vlines(x, low[chosen], high[chosen], color=colour, lw=wide)
        axes.plot(x, mean[chosen], "o", color=colour, ms=wide, mfc="white", mew=wide / 4)
    axes.grid(visible=False, axis="x")
