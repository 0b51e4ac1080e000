"""Loss by context index, before and after.

Cross-entropy by context index at the start of the phase change and at the end of the training.
Where the corpus has predictions from counts in the context, they are drawn in black.
"""

import numpy as np
import xarray as xr
from matplotlib.figure import Figure

from ontogeny.config import Style
from ontogeny.plotting import figure, settings
from ontogeny.studies.induction.panels import experiments, legend, short_names

__all__ = ["draw", "numbers"]


def numbers(comparison: xr.Dataset, corpus: xr.Dataset, corpus_name: str) -> xr.Dataset:
    """Select losses by index, and those of predictions from counts if the corpus has them."""
    chosen = np.flatnonzero(comparison["corpus_of_run"].values == corpus_name)
    found = comparison[["index_loss", "experiment_of_run"]].isel(run=chosen)
    found = found.dropna("index", how="all", subset=["index_loss"])
    if "predictor_loss" in corpus:
        found = found.assign(predictor_loss=corpus["predictor_loss"])
    return found


def draw(numbers: xr.Dataset, style: Style, title: str) -> Figure:
    """Draw before to the left, the end to the right; one line a run."""
    every = list(experiments(numbers))
    labels = short_names([name for name, _, _ in every])
    index = np.arange(1, numbers.sizes["index"] + 1)
    with settings():
        drawn = figure(width=1.2 * style.width, height=0.5 * style.width)
        both = drawn.subplots(1, 2, sharey=True)
        for axes, moment in zip(both, numbers["moment"].values, strict=True):
            for label, (_, colour, runs) in zip(labels, every, strict=True):
                for number, values in enumerate(runs["index_loss"].sel(moment=moment).values):
                    axes.plot(index, values, color=colour, lw=0.8,
                              label=label if number == 0 else None)  # fmt: skip
            if "predictor_loss" in numbers:
                for name, dash in zip(numbers["predictor_in_context"].values, ("-", "--", ":"),
                                      strict=True):  # fmt: skip
                    values = numbers["predictor_loss"].sel(predictor_in_context=name)
                    axes.plot(index, values, color="black", lw=1, ls=dash, label=f"{name} counts")
            axes.set(xscale="log", xlabel="context index", title=str(moment))
        both[0].set_ylabel("cross-entropy [nat]")
        legend(drawn, both[0])
        drawn.suptitle(title, fontsize=10)
    return drawn
