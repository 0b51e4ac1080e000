"""Progress measures of the hidden layer.

Measures that move while the test loss is still flat. Excluded loss of the hidden layer: training
loss when the key irreps' part of the hidden layer, in the entries of ρ(ab), is removed; it rises
once the network needs this part. Restricted loss of the hidden layer: loss on all pairs when only
this part is kept; of the logits: the same with the logits themselves, whose mean over pairs stays.
Below, the Gini coefficient of the norms of embeddings and neuron-to-logit map in the basis of
matrix entries, which rises as few irreps take over, and the sum of all squared weights. Where the
hidden layer is not known, the excluded loss is that of the logits. For modular addition,
`addition_progress` shows the losses of waves, which are different quantities.
"""

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ontogeny.plotting import SPLIT_COLOURS, figure, settings
from ontogeny.studies.composition.config import Style
from ontogeny.studies.composition.irreps.panels import EXCLUDED, RESTRICTED
from ontogeny.studies.composition.looks import MATRIX_LOOKS, SPLIT_NAMES, matrix_names
from ontogeny.studies.composition.step_panels import over_steps

__all__ = ["draw", "numbers"]

NEEDS = ("split", "steps")

_EXCLUDED = {
    "excluded_hidden_loss": (*EXCLUDED, "excluded, hidden layer"),
    "excluded_logit_loss": (*EXCLUDED, "excluded, logits"),
}
"""The second is shown where the first is not known."""

_RESTRICTED = {
    "restricted_hidden_loss": (*RESTRICTED, "restricted, hidden layer"),
    "restricted_logit_loss": ("#888888", "-", "restricted, logits"),
}


def numbers(evaluation: xr.Dataset) -> xr.Dataset:
    """Select the measures that the panels show, as far as the run has them."""
    excluded = [name for name in _EXCLUDED if name in evaluation][:1]
    others = [*_RESTRICTED, "gini", "squared_weights"]
    chosen = evaluation[
        ["loss", *excluded, *(name for name in others if name in evaluation), "phase_boundary"]
    ]
    return _distinct(chosen) if "gini" in chosen else chosen


def _distinct(chosen: xr.Dataset) -> xr.Dataset:
    """Leave out the right embedding where both sides share one."""
    left, right = (chosen["gini"].sel(matrix=f"{side}_embedding") for side in ("left", "right"))
    if not np.array_equal(left, right):
        return chosen
    return chosen.drop_sel(matrix="right_embedding")


def draw(numbers: xr.Dataset, style: Style, title: str) -> Figure:
    """Draw the panels of arXiv 2301.05217, figure 7, that the run has measures for."""
    measures = [name for name in ("gini", "squared_weights") if name in numbers]
    rows = 2 if measures else 1
    with settings():
        drawn = figure(width=1.25 * style.width, height=0.425 * rows * style.width)
        grid = drawn.subplots(rows, 2, sharex=True, squeeze=False).ravel()
        for unused in grid[2 + len(measures) :]:
            unused.remove()
        panels = [*grid[: 2 + len(measures)]]
        _losses(panels[0], numbers, "train", _EXCLUDED)
        panels[0].set_ylabel("loss on training pairs [nat]")
        _losses(panels[1], numbers, "test", _RESTRICTED)
        panels[1].set_ylabel("loss on test or all pairs [nat]")
        for axes, measure in zip(panels[2:], measures, strict=True):
            if measure == "gini":
                _sparsity(axes, numbers["gini"])
                continue
            axes.plot(numbers["step"], numbers[measure], color="#444444", label="all parameters")
            axes.set(ylabel="sum of squared weights", ylim=(0, None))
        for axes in panels:
            axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=2, borderaxespad=0.1)
        over_steps(drawn, panels, numbers, style, last_row=max(2, len(measures)))
        drawn.suptitle(title, fontsize=10)
    return drawn


def _losses(
    axes: Axes, numbers: xr.Dataset, split: str, looks: dict[str, tuple[str, str, str]]
) -> None:
    """Draw the loss of a split beside those of changed networks that there are."""
    step, loss = numbers["step"], numbers["loss"].sel(split=split)
    axes.plot(step, loss, color=SPLIT_COLOURS[split], label=f"loss, {SPLIT_NAMES[split]}")
    for name, (colour, dash, label) in looks.items():
        if name in numbers:
            axes.plot(step, numbers[name], color=colour, ls=dash, label=label)
    axes.set_yscale("log")


def _sparsity(axes: Axes, gini: xr.DataArray) -> None:
    names = matrix_names(gini["matrix"].values)
    for matrix in map(str, gini["matrix"].values):
        colour, dash = MATRIX_LOOKS[matrix]
        line = gini.sel(matrix=matrix)
        axes.plot(gini["step"], line, color=colour, ls=dash, label=names[matrix])
    axes.set(ylabel="Gini coefficient", ylim=(0, 1))
