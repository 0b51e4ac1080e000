"""Measures of later papers on a modular-addition run.

Density and crispness of the Fourier waves of the embedding (arXiv 2402.16726). Logit margin for
the norm of the weights, and root mean square of the logits against that norm, of the whole network,
of its generalising part (waves of a + b of key frequencies) and of its memorising part, all other
logits (arXiv 2309.02390). Share of the squared logits in the generalising part. Cosine between the
direction of descent and the weights, and share of training pairs whose loss underflows to 0 in the
plain formula (arXiv 2501.04697). Number of spikes of the training loss so far, where there are any
(arXiv 2206.04817).
"""

import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from ontogeny.plotting import figure, settings
from ontogeny.studies.composition.addition.panels import legend_above, sides
from ontogeny.studies.composition.config import Style
from ontogeny.studies.composition.step_panels import over_steps

__all__ = ["draw", "numbers"]

NEEDS = ("split",)

_CIRCUITS = {
    "whole": ("whole network", "#444444"),
    "generalising": ("generalising part", "#009E73"),
    "memorising": ("memorising part", "#E69F00"),
}
_PRECISIONS = {"float32": "-", "float64": "--"}
_COLUMNS = 3


def numbers(addition_evaluation: xr.Dataset) -> xr.Dataset:
    """Select the measures; the left embedding alone where both sides share it."""
    chosen = addition_evaluation[
        [
            "efficiency",
            "logit_norm",
            "weight_norm",
            "generalising_share",
            "softmax_collapse",
            "slingshots",
            "phase_boundary",
        ]
    ]
    which = sides(addition_evaluation["embedding_norm"])["side"].values
    names = ("fourier_density", "fourier_crispness")
    found = chosen.assign({name: addition_evaluation[name].sel(side=which) for name in names})
    if "alignment" in addition_evaluation:
        found["alignment"] = addition_evaluation["alignment"]
    return found


def draw(numbers: xr.Dataset, style: Style, title: str) -> Figure:
    """Draw a panel for each measure that is known, all but one over steps."""
    panels_of = [_waves, _efficiency, _trade, _share, _collapse]
    if "alignment" in numbers:
        panels_of.insert(4, _alignment)
    if numbers["slingshots"].max() > 0:
        panels_of.append(_spikes)
    rows = -(-len(panels_of) // _COLUMNS)
    with settings():
        drawn = figure(width=1.6 * style.width, height=0.43 * rows * style.width)
        places = drawn.add_gridspec(rows, _COLUMNS)
        over = []
        for number, draw_panel in enumerate(panels_of):
            axes = drawn.add_subplot(places[divmod(number, _COLUMNS)])
            draw_panel(axes, numbers)
            if draw_panel is not _trade:
                over.append(axes)
        over_steps(drawn, over, numbers, style, last_row=len(over))
        drawn.suptitle(title, fontsize=10)
    return drawn


def _waves(axes: Axes, numbers: xr.Dataset) -> None:
    several = numbers.sizes["side"] > 1
    for name, colour in (("density", "#CC79A7"), ("crispness", "#6A3D9A")):
        for side, dash in zip(numbers["side"].values, ("-", "--"), strict=False):
            line = numbers[f"fourier_{name}"].sel(side=side)
            label = f"{name}, {side}" if several else name
            axes.plot(numbers["step"], line, color=colour, ls=dash, label=label)
    axes.set(ylabel="Fourier measure, embedding", ylim=(0, 1.03))
    legend_above(axes, columns=2)


def _efficiency(axes: Axes, numbers: xr.Dataset) -> None:
    for circuit, (about, colour) in _CIRCUITS.items():
        line = numbers["efficiency"].sel(circuit=circuit)
        axes.plot(numbers["step"], line, color=colour, label=about)
    axes.set(ylabel="logit margin / norm of weights [nat]")
    legend_above(axes, columns=2)


def _trade(axes: Axes, numbers: xr.Dataset) -> None:
    for circuit, (about, colour) in _CIRCUITS.items():
        path = numbers["logit_norm"].sel(circuit=circuit)
        axes.plot(numbers["weight_norm"], path, color=colour, lw=1.0, label=about)
        axes.plot(numbers["weight_norm"][-1], path[-1], "o", color=colour, ms=5)
    axes.set(
        xlabel="norm of all weights (dot: final checkpoint)",
        ylabel="root mean square of logits [nat]",
    )
    legend_above(axes, columns=2)


def _share(axes: Axes, numbers: xr.Dataset) -> None:
    axes.plot(numbers["step"], numbers["generalising_share"], color=_CIRCUITS["generalising"][1])
    axes.set(ylabel="share of logits, generalising part", ylim=(-0.03, 1.03))


def _alignment(axes: Axes, numbers: xr.Dataset) -> None:
    axes.plot(numbers["step"], numbers["alignment"], color="#444444")
    axes.set(ylabel="cosine, descent and weights", ylim=(None, 1.03))


def _collapse(axes: Axes, numbers: xr.Dataset) -> None:
    for precision, dash in _PRECISIONS.items():
        line = numbers["softmax_collapse"].sel(precision=precision)
        axes.plot(numbers["step"], line, color="#444444", ls=dash, label=f"loss in {precision}")
    axes.set(ylabel="share of training pairs, loss 0", ylim=(-0.03, 1.03))
    legend_above(axes, columns=2)


def _spikes(axes: Axes, numbers: xr.Dataset) -> None:
    axes.step(numbers["step"], numbers["slingshots"], where="post", color="#444444")
    axes.set(
        ylabel="number of spikes of the loss", ylim=(0, 1.05 * float(numbers["slingshots"].max()))
    )
    axes.yaxis.set_major_locator(MaxNLocator(integer=True))
