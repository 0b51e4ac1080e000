"""In-context learning of the networks of an experiment.

A column for each seed: in-context learning score of the whole network; the same without each single
head, attention patterns of the others kept; and how far removing a head moves the losses along
their change over the window (below 0: the removal undoes the change). Colours show the kinds of
heads at the end of training.
"""

from collections.abc import Sequence
from functools import partial

import xarray as xr
from matplotlib.figure import Figure

from ontogeny.config import Style
from ontogeny.studies.induction.columns import Row, beside, columns, heads
from ontogeny.studies.induction.run_panels import along_steps, kind_legend, window_legend

__all__ = ["NEEDS", "draw", "numbers"]

NEEDS = ("several-seeds", "steps")

_NAMES = ("score", "ablated_score", "projection")


def numbers(
    evaluation: Sequence[xr.Dataset], analysis: Sequence[xr.Dataset], seeds: Sequence[int]
) -> xr.Dataset:
    """Join what is shown of every run of an experiment."""
    return beside(evaluation, analysis, *_NAMES, seed=seeds)


def draw(numbers: xr.Dataset, style: Style, title: str) -> Figure:
    """Draw three rows, with every head in the colour of its kind."""
    logarithmic = style.log_steps
    rows: list[Row] = [
        ("in-context score [nat]", partial(along_steps, name="score", logarithmic=logarithmic)),
        heads("ablated_score", "score without\na head [nat]", logarithmic=logarithmic),
        heads("projection", "change of losses\nwithout a head [nat]", logarithmic=logarithmic),
    ]
    handles = [*kind_legend(numbers), *window_legend(numbers)]
    return columns(numbers, "seed", rows, style, title, handles=handles)
