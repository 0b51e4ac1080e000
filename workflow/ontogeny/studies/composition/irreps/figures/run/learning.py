"""Losses and accuracies.

Cross-entropy and accuracy on training and test pairs along training. A network that groks fits its
training pairs long before it answers the others. The phases of training are placed by a fixed rule
(docs/conventions.md).
"""

import xarray as xr
from matplotlib.figure import Figure

from ontogeny.plotting import SPLIT_COLOURS, figure, settings
from ontogeny.studies.composition.config import Style
from ontogeny.studies.composition.step_panels import over_steps

__all__ = ["draw", "numbers"]

NEEDS = ("split", "steps")


def numbers(history: xr.Dataset, evaluation: xr.Dataset) -> xr.Dataset:
    """Select loss and accuracy along `step`, and the phase boundaries."""
    phases = ("phase_boundary", "phase_interval")
    return history[["loss", "accuracy"]].assign({name: evaluation[name] for name in phases})


def draw(numbers: xr.Dataset, style: Style, title: str) -> Figure:
    """Draw loss above accuracy over the same steps."""
    with settings():
        drawn = figure(width=style.width, height=0.75 * style.width)
        above, below = drawn.subplots(2, 1, sharex=True)
        for split in numbers["split"].values:
            look = {"color": SPLIT_COLOURS[split], "label": split}
            above.plot(numbers["step"], numbers["loss"].sel(split=split), **look)
            below.plot(numbers["step"], numbers["accuracy"].sel(split=split), **look)
        above.set(yscale="log", ylabel="cross-entropy [nat]")
        below.set(ylabel="accuracy", ylim=(-0.03, 1.03))
        over_steps(drawn, [above, below], numbers, style, last_row=1)
        drawn.legend(*above.get_legend_handles_labels(), loc="outside right upper")
        drawn.suptitle(title, fontsize=10)
    return drawn
