"""Progress measures of a run.

Progress measures along training. Excluded loss of the hidden layer: training loss without the key
irreps' part of the hidden layer in the entries of ρ(ab). Restricted loss of the hidden layer: loss
of that part alone, on all pairs; of the logits: the same of the logits themselves, with their mean
kept. Gini coefficient of the norms of embedding and neuron-to-logit map in the basis of matrix
entries, and the sum of all squared weights. They move while the test loss is still flat.
"""

import xarray as xr
from matplotlib.figure import Figure

from ontogeny.plotting import SPLIT_COLOURS, figure, settings
from ontogeny.studies.composition.config import Style
from ontogeny.studies.composition.step_panels import over_steps

__all__ = ["draw", "numbers"]

NEEDS = ("split", "steps")

_MATRICES = {
    "left_embedding": ("#009E73", "-"),
    "right_embedding": ("#56B4E9", "--"),
    "unembedding": ("#CC79A7", "-"),
}


def numbers(evaluation: xr.Dataset) -> xr.Dataset:
    """Select the measures that the four panels show."""
    return evaluation[
        [
            "loss",
            "excluded_hidden_loss",
            "restricted_hidden_loss",
            "restricted_logit_loss",
            "gini",
            "squared_weights",
            "phase_boundary",
        ]
    ]


def draw(numbers: xr.Dataset, style: Style, title: str) -> Figure:
    """Draw the four panels of arXiv 2301.05217, figure 7."""
    step, loss = numbers["step"], numbers["loss"]
    with settings():
        drawn = figure(width=1.25 * style.width, height=0.85 * style.width)
        panels = drawn.subplots(2, 2, sharex=True)
        excluded, restricted, sparsity, weights = panels.ravel()
        excluded.plot(step, loss.sel(split="train"), color=SPLIT_COLOURS["train"], label="train")
        excluded.plot(
            step, numbers["excluded_hidden_loss"], color="#009E73", label="excluded, hidden layer"
        )
        excluded.set(yscale="log", ylabel="loss on training pairs [nat]")
        restricted.plot(step, loss.sel(split="test"), color=SPLIT_COLOURS["test"], label="test")
        restricted.plot(
            step,
            numbers["restricted_hidden_loss"],
            color="#CC79A7",
            label="restricted, hidden layer",
        )
        restricted.plot(
            step,
            numbers["restricted_logit_loss"],
            color="#6A3D9A",
            ls="--",
            label="restricted, logits",
        )
        restricted.set(yscale="log", ylabel="loss [nat]")
        for matrix, (colour, dash) in _MATRICES.items():
            values = numbers["gini"].sel(matrix=matrix)
            sparsity.plot(step, values, color=colour, ls=dash, label=matrix.replace("_", " "))
        sparsity.set(ylabel="Gini coefficient", ylim=(0, 1))
        weights.plot(step, numbers["squared_weights"], color="#444444", label="all parameters")
        weights.set(ylabel="sum of squared weights", ylim=(0, None))
        for axes in panels.ravel():
            axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=2, borderaxespad=0.1)
        over_steps(drawn, [*panels.ravel()], numbers, style, last_row=2)
        drawn.suptitle(title, fontsize=10)
    return drawn
