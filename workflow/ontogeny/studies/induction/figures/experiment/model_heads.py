"""Heads of the networks of an experiment.

A column for each seed: prefix matching, attention on the previous token, and QK trace (how well the
head's queries and keys match the output of previous-token heads), for every head. Colours show the
kinds of heads at the end of training.
"""

from collections.abc import Sequence

import xarray as xr
from matplotlib.figure import Figure

from ontogeny.config import Style
from ontogeny.studies.induction.columns import Row, beside, columns, heads
from ontogeny.studies.induction.run_panels import kind_legend, window_legend

__all__ = ["NEEDS", "draw", "numbers"]

NEEDS = ("several-seeds", "steps")

_NAMES = ("matching", "previous_token", "qk_trace")


def numbers(
    evaluation: Sequence[xr.Dataset], analysis: Sequence[xr.Dataset], seeds: Sequence[int]
) -> xr.Dataset:
    """Join what is shown of every run of an experiment."""
    return beside(evaluation, analysis, *_NAMES, seed=seeds)


def draw(numbers: xr.Dataset, style: Style, title: str) -> Figure:
    """Draw three rows, with every head in the colour of its kind."""
    logarithmic = style.log_steps
    rows: list[Row] = [
        heads("matching", "prefix matching", logarithmic=logarithmic),
        heads("previous_token", "attention on\nthe token before", logarithmic=logarithmic),
        heads("qk_trace", "QK trace", logarithmic=logarithmic),
    ]
    handles = [*kind_legend(numbers), *window_legend(numbers)]
    return columns(numbers, "seed", rows, style, title, handles=handles)
