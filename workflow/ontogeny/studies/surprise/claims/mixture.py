"""What arXiv 2202.07785 claims of large models, held against small transformers on a mixture.

Every measure reads the dataset of `ontogeny.studies.surprise.stages.mixture_scaling`. The unit is a
family: networks of one seed that differ in width alone. `ontogeny.studies.surprise.families` says
which families count. Thresholds were set before any of these networks was judged; none is the
paper's.
"""

import numpy as np
import xarray as xr

from ontogeny.claims import Claim
from ontogeny.estimates import Estimate, mean, share
from ontogeny.studies.surprise.families import counted
from ontogeny.studies.surprise.least import LEAST_RUNS as LEAST

__all__ = ["CLAIMS"]

PAPER = "arXiv 2202.07785"
METRIC = "arXiv 2304.15004"

SHARPEST = 2
"""Number of tasks of a family that are judged: those with the largest gain over a factor of two."""

STRAIGHT = 0.95
"""An ability is smooth when a straight line in ln N explains it with R^2 above this."""

MOST = 0.5
"""A claim about most families holds when more than this share of them agrees."""


def _not_predicted(results: xr.Dataset) -> Estimate:
    """Leave out families without a size beyond the smallest cut."""
    families = counted(results)
    gains, misses = families["gain"].values, families["largest_miss"].values
    found = []
    for each, miss in zip(gains, misses, strict=True):
        known = np.flatnonzero(np.isfinite(each) & np.isfinite(miss))
        sharpest = known[np.argsort(-each[known], kind="stable")][:SHARPEST]
        found.append(miss[sharpest].mean() if len(sharpest) == SHARPEST else np.nan)
    return mean(found)


def _stay(results: xr.Dataset) -> Estimate:
    at_floor = counted(results)["at_floor"].values
    known = np.isfinite(at_floor).any(axis=1)
    return share((at_floor[known] == 1).any(axis=1))


def _smooth(results: xr.Dataset) -> Estimate:
    """Leave out families of so few sizes that no curve was measured."""
    families = counted(results)
    known = np.isfinite(families["at_floor"].values).any(axis=1)
    return share((families["smoothness"].values[known] > STRAIGHT).any(axis=1))


def _by_metric(results: xr.Dataset) -> Estimate:
    """Count tasks whose answers have several characters, and that have left the floor.

    Exact match is the accuracy of the character where there is one only, and noise at the floor.
    """
    families = counted(results)
    counts = (families["answer_length"].values > 1) & (families["at_floor"].values == 0)
    each = np.where(counts, families["explained"].values, np.nan)
    known = np.isfinite(each).any(axis=1)
    return mean(np.nanmean(each[known], axis=1))


def _law(results: xr.Dataset) -> Estimate:
    return mean(counted(results)["residual"].sel(law="power"))


def _follows_prompt(results: xr.Dataset) -> Estimate:
    """Take the largest network of each family; infinite and undefined ratios are left out."""
    families = counted(results)
    if not {"named", "unnamed"}.issubset(families["prompt"].values.tolist()):
        return mean([])
    ratios = families["ratio"].values
    found = []
    for sizes, of_widths in zip(families["parameters"].values, ratios, strict=True):
        named, unnamed = (
            of_widths[np.nanargmax(sizes), families["prompt"].values.tolist().index(prompt)]
            for prompt in ("named", "unnamed")
        )
        found.append(named / unnamed if np.isfinite(named) and unnamed > 0 else np.nan)
    return mean(np.where(np.isinf(found), np.nan, found))


CLAIMS = (
    Claim(
        "mixture-loss-follows-a-law",
        "The loss of text follows a law",
        "The loss of larger networks follows a power law of their size.",
        PAPER,
        "r.m.s. residual of ln loss of text from a power law in N",
        "below", 0.10, LEAST, _law,
        figure="mixture_abilities",
        unit="seeds",
    ),
    Claim(
        "abilities-are-unforeseen",
        "Some abilities are not predicted",
        "Single abilities appear at a size at which their curves over smaller sizes do not "
        "predict them.",
        PAPER,
        "smallest miss of three forecasts of exact match at the next size, largest over cuts, mean "
        "of the two tasks with the largest gain over a factor of two",
        "above", 0.3, LEAST, _not_predicted,
        figure="mixture_forecast",
        unit="seeds",
    ),
    Claim(
        "some-stay-at-floor",
        "Some abilities stay at the floor",
        "The largest networks still lack some abilities, although their loss has fallen all along.",
        PAPER,
        "share of families with a task whose score guessing explains at the largest size",
        "above", MOST, LEAST, _stay,
        figure="mixture_abilities",
        unit="seeds",
    ),
    Claim(
        "some-are-smooth",
        "Some abilities are smooth",
        "Some abilities grow with size as smoothly as the loss.",
        PAPER,
        f"share of families with a task whose exact match is a straight line in ln N, R^2 > "
        f"{STRAIGHT}",
        "above", MOST, LEAST, _smooth,
        figure="mixture_abilities",
        unit="seeds",
    ),
    Claim(
        "metric-makes-part",
        "A part of the jump comes from the metric",
        "Exact match is the product of the accuracies of the single characters, so it rises "
        "more steeply than they do.",
        METRIC,
        "R^2 of exact match by the product of the accuracies of its characters, mean over tasks "
        "that leave the floor and have answers of several characters",
        "above", 0.9, LEAST, _by_metric,
        figure="metrics",
        unit="seeds",
    ),
    Claim(
        "bias-follows-the-prompt",
        "Bias follows the prompt",
        "Networks are biased against a group, as the records are, when the prompt names the "
        "group. When it does not, both groups get the same predictions, a ratio of 1.",
        PAPER,
        "ratio of false-positive rates of the groups, group named over group not named, largest "
        "network",
        "above", 1.0, LEAST, _follows_prompt,
        figure="bias",
        unit="seeds",
    ),
)  # fmt: skip
