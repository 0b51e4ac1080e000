"""Weight norm needed for memorising and for generalising, over all runs.

Circuit efficiency (arXiv 2309.02390) at the final checkpoint of modular addition runs, and of runs
on random answers, with weight decay 1: norm of all weights, and logit margin per unit of norm,
against the number of training pairs; margin against norm. Memorising costs more with every pair,
addition does not. Weight decay favours the solution with the larger margin at the same norm.
"""

import numpy as np
import xarray as xr
from matplotlib.figure import Figure

from ontogeny.joins.outcomes import is_learned
from ontogeny.plotting import PALETTE, figure, settings
from ontogeny.studies.composition.config import Style

__all__ = ["draw", "numbers"]

NEEDS = ("random-labels",)

_PANELS = (
    ("training_pairs", "weight_norm"),
    ("training_pairs", "whole_efficiency"),
    ("weight_norm", "whole_logit_margin"),
)
_LABELS = {
    "training_pairs": "number of training pairs",
    "weight_norm": "norm of all weights",
    "whole_efficiency": "logit margin / norm of weights [nat]",
    "whole_logit_margin": "logit margin [nat]",
}
_COLOURS = PALETTE[2:]
"""Without those of training and test pairs."""

_MARKERS = "osD^vP*X"


def numbers(addition_comparison: xr.Dataset) -> xr.Dataset:
    """Select the final checkpoints of runs on sums and on random answers that differ only in data.

    Transformers of one layer with weight decay 1 throughout, on the moduli for which there are
    random answers.
    """
    random = addition_comparison["labels"] == "random"
    plain = (
        (random | (addition_comparison["labels"] == "product"))
        & (addition_comparison["architecture"] == "transformer")
        & (addition_comparison["training_loss"] == "exact")
        & (addition_comparison["weight_decay"] == 1)
        & addition_comparison["decay_change"].isnull()
        & (addition_comparison["l1"] == 0)
        & (addition_comparison["dropout"] == 0)
        & addition_comparison["modulus_of_run"].isin(
            np.unique(addition_comparison["modulus_of_run"][random])
        )
    )
    names = {name for panel in _PANELS for name in panel}
    chosen = addition_comparison.isel(run=np.flatnonzero(plain))
    return chosen[[*sorted(names), "labels", "test_accuracy"]]


def draw(numbers: xr.Dataset, style: Style) -> Figure:
    """Draw norms, efficiencies and margins: a mark for each run, by what it has learned."""
    is_random = numbers["labels"].values == "random"
    learned = is_learned(numbers["test_accuracy"])
    kinds = {
        "sums, generalised": ~is_random & learned,
        "sums, not generalised": ~is_random & ~learned,
        "random answers": is_random,
    }
    modulus = numbers["modulus_of_run"].values
    markers = dict(zip(np.unique(modulus), _MARKERS, strict=False))
    with settings():
        drawn = figure(width=1.7 * style.width, height=0.5 * style.width)
        panels = drawn.subplots(1, len(_PANELS))
        for axes, (x, y) in zip(panels, _PANELS, strict=True):
            for (kind, members), colour in zip(kinds.items(), _COLOURS, strict=False):
                for p, marker in markers.items():
                    those = numbers.isel(run=np.flatnonzero(members & (modulus == p)))
                    label = f"p = {p}: {kind}" if axes is panels[0] and those.sizes["run"] else None
                    axes.scatter(
                        those[x],
                        those[y],
                        s=26,
                        marker=marker,
                        color=colour,
                        alpha=0.8,
                        label=label,
                    )
            axes.set(xlabel=_LABELS[x], ylabel=_LABELS[y])
            axes.set_ylim(0, None)
        drawn.legend(loc="outside right upper")
    return drawn
