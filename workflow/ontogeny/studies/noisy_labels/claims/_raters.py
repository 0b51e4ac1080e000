"""What claims on raters measure: on which comments their labels are wrong.

Every function reads the dataset of `ontogeny.studies.noisy_labels.comparison` and is told the
source of the labels. It measures the `base_rater` of the source.
"""

import numpy as np
import xarray as xr
from scipy.stats import binomtest

from ontogeny.estimates import CONFIDENCE, Estimate, mean
from ontogeny.studies.noisy_labels.bases import base_rater

__all__ = ["dependence_on_comment", "exaggeration", "excess_of_named"]


def dependence_on_comment(results: xr.Dataset, *, source: str) -> Estimate:
    """Return how far a rater's noise depends on the comment; the unit is the seed of the oracle.

    Within comments of one true label: the range over bins of the oracle's score of the share of
    wrong labels, less the range expected if the rater mislabelled all of them equally often. The
    larger one of the two true labels counts.
    """
    rater = base_rater(results, source)
    if rater is None:
        return mean([])
    noise = results["noise_by_score"].sel(rater=rater)
    excess = noise.max("bin") - noise.min("bin") - results["noise_null"].sel(rater=rater)
    return mean(excess.max("true_label").values)


def exaggeration(results: xr.Dataset, *, source: str) -> Estimate:
    """Return how much more often a rater calls harmless comments toxic if they name a group.

    The false-positive rate on a group less that on the background, for the group where this is
    least. The unit is the comment: the interval is Newcombe's, and the runs are the harmless
    comments that name that group.
    """
    rater = base_rater(results, source)
    if rater is None:
        return mean([])
    found = results.sel(rater=rater, true_label="harmless")
    background = found["rater_background_false_positive_rate"]
    excess = (found["rater_false_positive_rate"] - background).dropna("identity")
    if not excess.size:
        return mean([])
    group = found.sel(identity=excess["identity"][int(excess.values.argmin())])
    return _difference_of_shares(
        (float(group["rater_false_positive_rate"]), int(group["rater_comments"])),
        (float(background), int(found["rater_background_comments"])),
    )


def excess_of_named(results: xr.Dataset, *, source: str) -> Estimate:
    """Return how much more often labels of harmless comments are wrong if these name a group.

    The share of wrong labels among harmless comments that name a group, less that among all
    harmless comments. The unit is the comment: the interval is Newcombe's for the comments that
    name a group and those that do not, and the runs are the comments that name one.
    """
    rater = base_rater(results, source)
    if rater is None:
        return mean([])
    found = results.sel(rater=rater, true_label="harmless")
    named, total = int(found["named_comments"]), int(found["overall_comments"])
    if not 0 < named < total:
        return mean([])
    of_named, overall = float(found["named_noise"]), float(found["overall_noise"])
    of_others = (overall * total - of_named * named) / (total - named)
    apart = _difference_of_shares((of_named, named), (of_others, total - named))
    others = 1 - named / total
    return Estimate(apart.value * others, apart.lower * others, apart.upper * others, named)


def _difference_of_shares(first: tuple[float, int], second: tuple[float, int]) -> Estimate:
    """Return by how much a share exceeds another, of things drawn independently.

    Parameters
    ----------
    first, second : tuple of float and int
        A share and the number of things that it is of.

    Returns
    -------
    Estimate
        With the interval of Newcombe [1]_ from two of Wilson's; its runs are the things of the
        first share.

    References
    ----------
    .. [1] R. G. Newcombe, Statistics in Medicine 17 (1998) 873-890, method 10.
    """
    (a, (a_low, a_high)), (b, (b_low, b_high)) = (
        (share, _wilson(share, count)) for share, count in (first, second)
    )
    lower = a - b - np.hypot(a - a_low, b_high - b)
    upper = a - b + np.hypot(a_high - a, b - b_low)
    return Estimate(a - b, float(lower), float(upper), first[1])


def _wilson(share: float, count: int) -> tuple[float, float]:
    found = binomtest(round(share * count), count).proportion_ci(CONFIDENCE, method="wilson")
    return float(found.low), float(found.high)
