"""Progress measures of a modular-addition run.

Loss and accuracy on training and test pairs, with restricted wave loss (on all pairs, when only the
waves of a + b of the key frequencies are kept in the logits) and excluded wave loss (on training
pairs, when these waves are removed). Gini coefficient of the Fourier norms of embedding and
neuron-to-logit map. Sum of squared weights. Restricted and excluded wave loss move long before the
test loss falls (arXiv 2301.05217, figures 2, 7 and 13). The phases are placed by a fixed rule
(docs/conventions.md).
"""

import xarray as xr
from matplotlib.figure import Figure

from ontogeny.plotting import SPLIT_COLOURS, figure, settings
from ontogeny.studies.composition.addition.panels import (
    EXCLUDED,
    RESTRICTED,
    legend_above,
    paper_losses,
    shown_matrices,
)
from ontogeny.studies.composition.config import Style
from ontogeny.studies.composition.looks import MATRIX_LOOKS, SPLIT_NAMES, matrix_names
from ontogeny.studies.composition.step_panels import over_steps

__all__ = ["draw", "numbers"]

NEEDS = ("split",)


def numbers(addition_evaluation: xr.Dataset) -> xr.Dataset:
    """Select the measures that arXiv 2301.05217 follows along training."""
    others = addition_evaluation[["spectrum_gini", "squared_weights", "phase_boundary"]]
    chosen = others.sel(
        spectrum="norms of waves", matrix=shown_matrices(addition_evaluation), drop=True
    )
    return paper_losses(addition_evaluation).merge(chosen, compat="no_conflicts")


def draw(numbers: xr.Dataset, style: Style, title: str) -> Figure:
    """Draw the four panels of arXiv 2301.05217, figure 7."""
    step, names = numbers["step"], matrix_names(numbers["matrix"].values)
    with settings():
        drawn = figure(width=1.3 * style.width, height=0.9 * style.width)
        panels = [*drawn.subplots(2, 2, sharex=True).ravel()]
        losses, accuracies, sparsity, weights = panels
        for axes, kind in ((losses, "loss"), (accuracies, "accuracy")):
            for split in ("train", "test"):
                line = numbers[kind].sel(split=split)
                axes.plot(step, line, color=SPLIT_COLOURS[split], label=SPLIT_NAMES[split])
            for name, colour in (("restricted", RESTRICTED), ("excluded", EXCLUDED)):
                about = f"{name} wave {kind}"
                axes.plot(step, numbers[f"{name}_wave_{kind}"], color=colour, label=about)
            legend_above(axes, columns=2)
        losses.set(yscale="log", ylabel="loss [nat]")
        accuracies.set(ylabel="accuracy", ylim=(-0.03, 1.03))
        for matrix in map(str, numbers["matrix"].values):
            values, (colour, dash) = (
                numbers["spectrum_gini"].sel(matrix=matrix),
                MATRIX_LOOKS[matrix],
            )
            sparsity.plot(step, values, color=colour, ls=dash, label=names[matrix])
        sparsity.set(ylabel="Gini coefficient", ylim=(0, 1))
        legend_above(sparsity)
        weights.plot(step, numbers["squared_weights"], color="#444444")
        weights.set(ylabel="sum of squared weights", ylim=(0, None))
        over_steps(drawn, panels, numbers, style, last_row=2)
        drawn.suptitle(title, fontsize=10)
    return drawn
