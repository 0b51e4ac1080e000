"""Losses of the networks of an experiment.

A column for each seed: loss of all tokens and of some classes of tokens over training; loss along
the context and its slope in the logarithm of the context index, before and after the phase change;
and the path through the space of per-token losses, thick in the window of the change, with a dot at
its end.
"""

from collections.abc import Sequence
from functools import partial

import numpy as np
import xarray as xr
from matplotlib.figure import Figure

from ontogeny.config import Style
from ontogeny.studies.induction.columns import Row, beside, columns
from ontogeny.studies.induction.run_panels import (
    along_context,
    by_class,
    class_legend,
    path,
    slopes,
    window_legend,
)

__all__ = ["NEEDS", "draw", "numbers"]

NEEDS = ("several-seeds", "steps")

_NAMES = ("loss", "class_loss", "index_loss", "range_loss", "context_slope")


def numbers(
    evaluation: Sequence[xr.Dataset],
    analysis: Sequence[xr.Dataset],
    comparison: xr.Dataset,
    experiment: str,
    seeds: Sequence[int],
) -> xr.Dataset:
    """Join what is shown of every run of an experiment, with its path among all runs."""
    joined = beside(evaluation, analysis, *_NAMES, seed=seeds)
    chosen = np.flatnonzero(comparison["experiment_of_run"].values == experiment)
    own = comparison.isel(run=chosen)
    order = [int(np.flatnonzero(own["seed_of_run"].values == seed)[0]) for seed in seeds]
    paths = own["path"].isel(run=order).rename(run="seed").sel(step=joined["step"])
    return joined.assign(path=paths.drop_vars("seed", errors="ignore"))


def draw(numbers: xr.Dataset, style: Style, title: str) -> Figure:
    """Draw four rows: losses over training, along the context, their slope, and the path."""
    rows: list[Row] = [
        ("loss [nat]", partial(by_class, logarithmic=style.log_steps)),
        ("loss [nat]", along_context),
        ("slope of the loss [nat]", slopes),
        ("second component [nat]", path),
    ]
    handles = [*class_legend(numbers), *window_legend(numbers)]
    return columns(numbers, "seed", rows, style, title, handles=handles)
