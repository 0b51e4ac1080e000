"""Networks on one corpus, side by side.

A column for each network, of its first seed: loss of all tokens and of some classes of tokens,
in-context learning score, prefix matching and attention on the previous token of every head, and
the loss along the context before and after the phase change (after the warm-up, for a network that
has none). One-layer networks without smeared keys cannot have induction heads: they are the
control. Heads are called layer.head, both counted from 0.
"""

from collections.abc import Sequence
from functools import partial

import xarray as xr
from matplotlib.figure import Figure

from ontogeny.config import Style
from ontogeny.studies.induction.columns import Row, beside, columns, heads
from ontogeny.studies.induction.panels import ABOUT_NETWORKS, names_of_networks
from ontogeny.studies.induction.run_panels import (
    along_context,
    along_steps,
    by_class,
    class_legend,
    kind_legend,
    window_legend,
)

__all__ = ["NEEDS", "draw", "numbers"]

NEEDS = ("several-networks",)

_NAMES = (
    "loss", "class_loss", "score", "matching", "previous_token", "index_loss", "range_loss",
)  # fmt: skip


def numbers(
    evaluation: Sequence[xr.Dataset],
    analysis: Sequence[xr.Dataset],
    comparison: xr.Dataset,
    experiments: Sequence[str],
) -> xr.Dataset:
    """Join what is shown of one run of each experiment, with what its network is."""
    joined = beside(evaluation, analysis, *_NAMES, experiment=experiments)
    every = list(comparison["experiment_of_run"].values)
    first = [every.index(name) for name in experiments]
    return joined.assign(
        {
            name: ("experiment", comparison[name].values[first], comparison[name].attrs)
            for name in ABOUT_NETWORKS
        }
    )


def draw(numbers: xr.Dataset, style: Style, title: str) -> Figure:
    """Draw five rows: losses, score, two measures of every head, and losses along the context."""
    logarithmic = style.log_steps
    rows: list[Row] = [
        ("loss [nat]", partial(by_class, logarithmic=logarithmic)),
        ("in-context score [nat]", partial(along_steps, name="score", logarithmic=logarithmic)),
        heads("matching", "prefix matching", logarithmic=logarithmic),
        heads("previous_token", "attention on\nthe token before", logarithmic=logarithmic),
        ("loss [nat]", along_context),
    ]
    return columns(
        numbers,
        "experiment",
        rows,
        style,
        title,
        handles=[*class_legend(numbers), *window_legend(numbers), *kind_legend(numbers)],
        titles=names_of_networks(numbers),
    )
