"""Loss by context index, before and after.

Loss along the context at the start of the phase change and at the end of the training, averaged
over ranges of the context index. Where the corpus has predictions from counts in the context, they
are drawn in black.
"""

import numpy as np
import xarray as xr
from matplotlib.figure import Figure

from ontogeny.config import Style
from ontogeny.plotting import figure, settings
from ontogeny.studies.induction.labels import variable
from ontogeny.studies.induction.panels import ABOUT_NETWORKS, experiments, legend
from ontogeny.studies.induction.run_panels import context_axis

__all__ = ["draw", "numbers"]


def numbers(comparison: xr.Dataset, corpus: xr.Dataset, corpus_name: str) -> xr.Dataset:
    """Select losses by range, and those of predictions from counts if the corpus has them."""
    chosen = np.flatnonzero(comparison["corpus_of_run"].values == corpus_name)
    found = comparison[["range_loss", *ABOUT_NETWORKS]].isel(run=chosen)
    found = found.dropna("index_range", how="all", subset=["range_loss"])
    if "predictor_range_loss" in corpus:
        found = found.assign(predictor_range_loss=corpus["predictor_range_loss"])
    length = variable((), corpus.sizes["index"], "length of the context [tokens]")
    return found.assign(length=length)


def draw(numbers: xr.Dataset, style: Style, title: str) -> Figure:
    """Draw before to the left, the end to the right; one line a run."""
    length = int(numbers["length"])
    edges = [*numbers["index_range"].values, length + 1]
    with settings():
        drawn = figure(width=style.width, height=0.5 * style.width)
        both = drawn.subplots(1, 2, sharey=True)
        for axes, moment in zip(both, numbers["moment"].values, strict=True):
            for label, colour, runs in experiments(numbers):
                for number, values in enumerate(runs["range_loss"].sel(moment=moment).values):
                    axes.stairs(values, edges, baseline=None, color=colour, lw=1.2,
                                label=label if number == 0 else None)  # fmt: skip
            if "predictor_range_loss" in numbers:
                for name, dash in zip(numbers["predictor_in_context"].values, ("-", "--", ":"),
                                      strict=True):  # fmt: skip
                    values = numbers["predictor_range_loss"].sel(predictor_in_context=name)
                    axes.stairs(values, edges, baseline=None, color="black", lw=1, ls=dash,
                                label=f"{name} counts")  # fmt: skip
            context_axis(axes, length)
            axes.set_title(f"{moment} the phase change")
        both[0].set_ylabel("loss [nat]")
        legend(drawn, both[0])
        drawn.suptitle(title, fontsize=10)
    return drawn
