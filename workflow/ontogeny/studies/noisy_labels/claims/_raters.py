"""What claims on raters measure: on which comments their labels are wrong.

Every function reads the dataset of `ontogeny.studies.noisy_labels.comparison` and is told the
source of the labels. It measures the `base_rater` of the source.
"""

import numpy as np
import xarray as xr

from ontogeny.estimates import CONFIDENCE, Estimate, difference_of_shares, mean
from ontogeny.studies.noisy_labels.bases import base_rater
from ontogeny.studies.noisy_labels.least import LEAST_HARMLESS

__all__ = ["dependence_on_comment", "exaggeration", "excess_of_named"]


def dependence_on_comment(results: xr.Dataset, *, source: str) -> Estimate:
    """Return how far a rater's noise depends on the comment; the unit is the test comment.

    Within comments of one true label: the range over bins of the oracle's score of the share of
    wrong labels. The larger one of the two true labels counts, less what would be expected of it if
    the rater mislabelled all comments with one true label equally often.
    """
    rater = base_rater(results, source)
    if rater is None:
        return mean([])
    found = results.sel(rater=rater)
    return _stored(found["noise_excess"], found["noise_excess_interval"], found["noise_comments"])


def exaggeration(results: xr.Dataset, *, source: str) -> Estimate:
    """Return how much more often a rater calls harmless comments toxic if they name a group.

    The false-positive rate on a group minus that on the background, for the group where this is
    least, of groups that enough harmless comments name. The unit is the comment: the interval is
    Newcombe's, with the level of 95 % for all groups together (Bonferroni), and the runs are the
    harmless comments that name the group with the fewest.
    """
    rater = base_rater(results, source)
    if rater is None:
        return mean([])
    found = results.sel(rater=rater, true_label="harmless")
    rate, count = (found[f"rater_{name}"].values for name in ("false_positive_rate", "comments"))
    known = np.isfinite(rate) & (count >= LEAST_HARMLESS)
    total = int(found["rater_background_comments"])
    if not known.any() or not total:
        return mean([])
    background = _counted(float(found["rater_background_false_positive_rate"]), total)
    level = 1 - (1 - CONFIDENCE) / int(known.sum())
    groups = [
        difference_of_shares(_counted(*group), background, confidence=level)
        for group in zip(rate[known].tolist(), count[known].tolist(), strict=True)
    ]
    value, lower, upper, runs = (
        min(getattr(each, name) for each in groups) for name in ("value", "lower", "upper", "runs")
    )
    return Estimate(value, lower, upper, runs)


def excess_of_named(results: xr.Dataset, *, source: str) -> Estimate:
    """Return how much more often votes on harmless comments are wrong if these name a group.

    The share of votes that call a harmless comment toxic, among comments that name a group, less
    that among all. The unit is the comment, and the runs are the comments that name a group.
    """
    rater = base_rater(results, source)
    if rater is None:
        return mean([])
    found = results.sel(rater=rater, true_label="harmless")
    return _stored(found["vote_excess"], found["vote_excess_interval"], found["named_comments"])


def _stored(value: xr.DataArray, interval: xr.DataArray, runs: xr.DataArray) -> Estimate:
    lower, upper = (float(interval.sel(end=end)) for end in ("lower", "upper"))
    return Estimate(float(value), lower, upper, int(runs) if np.isfinite(value) else 0)


def _counted(share: float, total: int) -> tuple[int, int]:
    return round(share * total), total
