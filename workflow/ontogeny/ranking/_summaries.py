"""Values of groups in one number."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

POWER = -5.0
"""Exponent of the Kaggle competition on unintended bias: close to the worst group."""


def power_mean(values: ArrayLike, p: float = POWER) -> float:
    """Return the power mean ``(mean of values^p)^(1/p)``.

    Parameters
    ----------
    values : (G,) array_like
        Not negative; NaN is left out.
    p : float
        Not 0. The mean is the arithmetic one for 1, and approaches the smallest value as p falls.

    Returns
    -------
    float
        0 when a value is 0 and p negative, which is the limit; NaN when no value is left.

    Raises
    ------
    ValueError
        When a value is negative.

    Examples
    --------
    >>> power_mean([0.5, 1.0], -1.0)
    0.6666666666666666
    """
    given = np.asarray(values, dtype=np.float64)
    given = given[~np.isnan(given)]
    if (given < 0).any():
        msg = "a value is negative: it has no power mean"
        raise ValueError(msg)
    if not given.size:
        return np.nan
    with np.errstate(divide="ignore"):
        return float(np.mean(given**p) ** (1 / p))


def final_score(auc: float, subgroup: ArrayLike, bpsn: ArrayLike, bnsp: ArrayLike) -> float:
    """Return the score of the Kaggle competition "Jigsaw Unintended Bias" (2019).

    ``(AUC + power mean of subgroup AUCs + of BPSN AUCs + of BNSP AUCs) / 4``, with p = -5.

    Parameters
    ----------
    auc : float
        Of all comments.
    subgroup, bpsn, bnsp : (G,) array_like
        As in `GroupAUCs`.

    Returns
    -------
    float
        Between 0 and 1; NaN when one of the four is.
    """
    return (auc + sum(power_mean(each) for each in (subgroup, bpsn, bnsp))) / 4


@dataclass(frozen=True)
class Average:
    """Signed values of groups, such as equality gaps, in three numbers.

    Attributes
    ----------
    signed : float
        Mean of the values: groups with opposite signs cancel.
    absolute : float
        Mean of the absolute values.
    largest : float
        Largest absolute value.
    """

    signed: float
    absolute: float
    largest: float


def average(values: ArrayLike) -> Average:
    """Return three summaries of signed values over groups.

    Parameters
    ----------
    values : (G,) array_like
        NaN is left out.

    Returns
    -------
    Average
        All NaN when no value is left.

    Examples
    --------
    >>> average([-0.5, 0.25, 0.25])
    Average(signed=0.0, absolute=0.3333333333333333, largest=0.5)
    """
    given = np.asarray(values, dtype=np.float64)
    given = given[~np.isnan(given)]
    if not given.size:
        return Average(np.nan, np.nan, np.nan)
    sizes = np.abs(given)
    return Average(float(given.mean()), float(sizes.mean()), float(sizes.max()))
