"""Measures of later papers on a modular-addition run.

Measures of later papers. Density and crispness of the Fourier waves of the embedding (arXiv
2402.16726); margin that the whole network, its waves of a + b of key frequencies (generalising)
and the rest of its logits (memorising) make for the norm of the weights, and the size of their
logits against that norm (arXiv 2309.02390); share of the logits that generalises, and cosine of
the direction of descent with the weights (arXiv 2501.04697); share of training pairs whose loss
is exactly 0 in the plain formula; number of spikes of the training loss.
"""

import xarray as xr
from matplotlib.figure import Figure

from ontogeny.plotting import figure, settings
from ontogeny.studies.composition.addition.panels import legend_above, sides
from ontogeny.studies.composition.config import Style
from ontogeny.studies.composition.step_panels import over_steps

__all__ = ["draw", "numbers"]

NEEDS = ("split",)

_CIRCUITS = {"whole": "#444444", "generalising": "#009E73", "memorising": "#D55E00"}
_PRECISIONS = {"float32": ("#D55E00", "-"), "float64": ("#0072B2", "--")}


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
    """Draw six panels; all but one over steps."""
    step, several = numbers["step"], numbers.sizes["side"] > 1
    with settings():
        drawn = figure(width=1.6 * style.width, height=0.85 * style.width)
        panels = [*drawn.subplots(2, 3).ravel()]
        waves, efficiency, trade, shares, collapse, spikes = panels
        for name, colour in (("density", "#CC79A7"), ("crispness", "#56B4E9")):
            for side, dash in zip(numbers["side"].values, ("-", "--"), strict=False):
                line = numbers[f"fourier_{name}"].sel(side=side)
                label = f"{name}, {side}" if several else name
                waves.plot(step, line, color=colour, ls=dash, label=label)
        waves.set(ylabel="waves of the embedding", ylim=(0, 1))
        for circuit, colour in _CIRCUITS.items():
            line = numbers["efficiency"].sel(circuit=circuit)
            efficiency.plot(step, line, color=colour, label=circuit)
            path = numbers["logit_norm"].sel(circuit=circuit)
            trade.plot(numbers["weight_norm"], path, color=colour, lw=1.0, label=circuit)
            trade.plot(numbers["weight_norm"][-1], path[-1], "o", color=colour, ms=5)
        efficiency.set(ylabel="margin / norm of weights [nat]")
        trade.set(xlabel="norm of all weights (dot: last)", ylabel="rms logit [nat]")
        shares.plot(
            step, numbers["generalising_share"], color="#009E73", label="logits that generalise"
        )
        shares.set(ylabel="share")
        if "alignment" in numbers:
            shares.plot(step, numbers["alignment"], color="#6A3D9A", label="descent with weights")
            shares.set(ylabel="share; cosine")
        for precision, (colour, dash) in _PRECISIONS.items():
            line = numbers["softmax_collapse"].sel(precision=precision)
            collapse.plot(step, line, color=colour, ls=dash, label=precision)
        collapse.set(ylabel="pairs with loss 0", ylim=(-0.03, 1.03))
        count = int(numbers["slingshots"].fillna(0).max())
        spikes.step(step, numbers["slingshots"], where="post", color="#E69F00")
        spikes.set(ylabel="spikes of the loss so far", ylim=(0, 1.05 * max(1, count)))
        spikes.yaxis.get_major_locator().set_params(integer=True)
        for axes in panels[:-1]:
            legend_above(axes, columns=2 if axes in (waves, shares) else 3)
        over = [axes for axes in panels if axes is not trade]
        over_steps(drawn, over, numbers, style, last_row=len(over))
        drawn.suptitle(title, fontsize=10)
    return drawn
