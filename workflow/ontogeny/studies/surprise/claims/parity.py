"""Claims about networks on sparse parity, whose abilities and their frequencies are known.

Every measure reads the dataset of `ontogeny.studies.surprise.stages.parity_scaling`. The unit is a
family: networks of several widths with one seed, on one world. `ontogeny.studies.surprise.families`
says which families count. Losses and exponents are those after the whole training unless a claim
says otherwise. Thresholds were set before any run was judged.
"""

from collections import defaultdict
from functools import partial

import numpy as np
import xarray as xr

from ontogeny.claims import Claim
from ontogeny.estimates import Estimate, mean
from ontogeny.studies.surprise.families import counted, has_several_sizes
from ontogeny.studies.surprise.least import LEAST_RUNS as LEAST

__all__ = ["CLAIMS"]

PAPER = "arXiv 2202.07785, section 2"
QUANTA = "arXiv 2303.13506"
METHOD = "docs/surprise.md"

FAR = 4.0
"""Forecasts are judged at sizes up to this multiple of the largest that they are made from."""

TAILS = (0.2, 0.4, 0.8)
"""The values of alpha that are compared, from the heaviest tail to the lightest."""

MANY_TASKS = 512
"""With fewer tasks the end of the list, and not the tail, decides the law."""


def _predictable(miss: str, results: xr.Dataset) -> Estimate:
    """Average over the sizes beyond each cut, and then over cuts."""
    families = counted(results)
    near = families["parameters"] <= FAR * _largest_seen(families)
    error = abs(families[miss].sel(law="power")).where(near)
    return mean(error.mean("width").mean("cut").values)


def _largest_seen(families: xr.Dataset) -> xr.DataArray:
    """Return the largest of the sizes that a forecast is made from, by family and cut."""
    size = families["parameters"].transpose("family", "width").values
    ascending = np.sort(size, axis=1)  # NaN comes last
    return xr.DataArray(ascending[:, families["cut"].values - 1], dims=("family", "cut"))


def _flatter(exponent: str, results: xr.Dataset) -> Estimate:
    """Compare exponents of one seed, of networks that were trained as long on equally many tasks.

    Of several lengths of training that counts in which the most seeds have all values of alpha, and
    of equal ones the longest.
    """
    is_one = (results["tasks_of_family"] >= MANY_TASKS).values & has_several_sizes(results)
    families = results.isel(family=is_one)
    of_length: dict[tuple[int, int], dict[int, dict[float, float]]]
    of_length = defaultdict(lambda: defaultdict(dict))
    for place in range(families.sizes["family"]):
        family = families.isel(family=place)
        length = int(family["steps_of_family"]), int(family["tasks_of_family"])
        by_alpha = of_length[length][int(family["seed_of_family"])]
        by_alpha[round(float(family["alpha_of_family"]), 6)] = float(family[exponent])
    found = {
        length: [
            float(-np.diff([each[alpha] for alpha in TAILS]).max())
            for each in of_seeds.values()
            if set(TAILS) <= set(each)
        ]
        for length, of_seeds in of_length.items()
    }
    longest = max(found, key=lambda length: (len(found[length]), length), default=None)
    return mean(found[longest] if longest else [])


def _law(results: xr.Dataset) -> Estimate:
    """Judge the law that Akaike's criterion prefers; where it cannot tell, `power`."""
    families = counted(results)
    families = families.isel(family=families["residual"].sel(law="power").notnull().values)
    best = families["aicc"].fillna(np.inf).argmin("law")
    return mean(families["residual"].isel(law=best).values)


def _sum_of_abilities(results: xr.Dataset) -> Estimate:
    """Leave out networks that have learned all tasks, whose unlearned loss is 0."""
    families = counted(results)
    left = families["unlearned_loss"]
    ratio = families["loss"] / left.where(left > 0)
    return mean(abs(ratio - 1).mean("width").values)


def _frequent_first(results: xr.Dataset) -> Estimate:
    return mean(counted(results)["agreement"].values)


def _jump(results: xr.Dataset) -> Estimate:
    """Take the median over the tasks that some width has learned."""
    families = counted(results)
    learned = np.isfinite(families["learned_width"])
    return mean(families["gain"].where(learned).median("task").values)


CLAIMS = (
    Claim(
        "loss-is-predictable",
        "The loss is predictable",
        "A power law fitted to small networks predicts the loss of networks up to four times as "
        "large.",
        PAPER,
        "|forecast/loss - 1|, mean over sizes up to 4 N beyond a cut and over cuts, parity, after "
        "the whole training",
        "below", 0.10, LEAST, partial(_predictable, "loss_miss"),
        figure="parity_forecast",
        unit="families",
    ),
    Claim(
        "loss-is-predictable-early",
        "Early in training the loss is predictable",
        "After a quarter of the training, a power law fitted to small networks predicts the loss "
        "of networks up to four times as large.",
        PAPER,
        "|forecast/loss - 1|, mean over sizes up to 4 N beyond a cut and over cuts, parity, after "
        "a quarter of the training",
        "below", 0.10, LEAST, partial(_predictable, "loss_miss_quarter"),
        figure="parity_forecast",
        unit="families",
    ),
    Claim(
        "heavier-tail-flatter-law",
        "Heavier tails give flatter laws",
        "The more probability rare tasks have, the more slowly the loss falls with size.",
        QUANTA,
        "exponent(alpha 0.2) - exponent(0.4) or exponent(0.4) - exponent(0.8), the smaller one, "
        "after the whole training; unit: a seed with all three",
        "above", 0.0, LEAST, partial(_flatter, "exponent"),
        figure="parity_laws",
        unit="seeds",
    ),
    Claim(
        "heavier-tail-flatter-law-early",
        "Early in training heavier tails give flatter laws",
        "After a quarter of the training, too, the loss falls more slowly with size the more of "
        "the probability lies on rare tasks.",
        QUANTA,
        "exponent(alpha 0.2) - exponent(0.4) or exponent(0.4) - exponent(0.8), the smaller one, "
        "after a quarter of the training; unit: a seed with all three",
        "above", 0.0, LEAST, partial(_flatter, "exponent_quarter"),
        figure="parity_laws",
        unit="seeds",
    ),
    Claim(
        "parity-loss-follows-a-law",
        "The loss of parity networks follows a law",
        "One simple law describes the loss at all sizes.",
        PAPER,
        "r.m.s. residual of ln loss around the law with the lowest criterion of Akaike",
        "below", 0.10, LEAST, _law,
        figure="parity_laws",
        unit="families",
    ),
    Claim(
        "loss-is-sum-of-abilities",
        "The loss is the sum over abilities not learned",
        "What is left of the loss is what the tasks that are not learned cost.",
        f"{QUANTA}; {METHOD}",
        "|loss / (ln 2 summed probability of tasks not learned) - 1|, mean over widths",
        "below", 0.15, LEAST, _sum_of_abilities,
        figure="parity_order",
        unit="families",
    ),
    Claim(
        "frequent-first",
        "Frequent abilities come first",
        "Growing networks learn tasks in the order of their frequency.",
        QUANTA,
        "Somers' D of rank of frequency with respect to the width at which a task is learned",
        "above", 0.7, LEAST, _frequent_first,
        figure="parity_order",
        unit="families",
    ),
    Claim(
        "abilities-jump",
        "Single abilities jump",
        "A single ability appears within a small factor in size.",
        PAPER,
        "largest gain in accuracy over a factor of two in size, median over learned tasks",
        "above", 0.2, LEAST, _jump,
        figure="parity_abilities",
        unit="families",
    ),
)  # fmt: skip
