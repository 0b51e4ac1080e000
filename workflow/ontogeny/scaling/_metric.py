"""Whether a jump is in the network or in the metric, after arXiv 2304.15004."""

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import isotonic_regression

VERDICTS = ("smooth", "abrupt by metric", "abrupt in likelihood")
"""What `verdict` can say."""

ABRUPT = 0.2
"""A score is abrupt when it gains more than this over a factor of two in size."""

EXPLAINED = 0.9
"""Token accuracies explain exact match when R^2 is larger."""


def explained(predicted: ArrayLike, observed: ArrayLike) -> float:
    """Return R^2 of a prediction taken as it is: ``1 - sum (o - p)^2 / sum (o - mean o)^2``.

    Parameters
    ----------
    predicted, observed : (n,) array_like

    Returns
    -------
    float
        At most 1, negative when the mean is the better prediction, NaN when all that is observed is
        the same.

    Examples
    --------
    >>> explained([0, 1, 1], [0, 0.5, 1])
    0.5
    """
    expected, seen = (np.asarray(each, dtype=np.float64) for each in (predicted, observed))
    if not seen.size or np.ptp(seen) == 0:
        return np.nan
    return float(1 - ((seen - expected) ** 2).sum() / ((seen - seen.mean()) ** 2).sum())


def geometric(length: ArrayLike, exact: ArrayLike) -> tuple[float, float]:
    """Return how well exact match is ``q^length``, as it is when tokens err independently.

    Parameters
    ----------
    length : (n,) array_like
        Tokens of an answer.
    exact : (n,) array_like
        Share of exact answers of that length; zeros are left out.

    Returns
    -------
    slope : float
        ln q, of the least-squares line through 0 of ln(exact) on length.
    explained : float
        R^2 of ln(exact) by that line, as `explained` has it.
        Both are NaN when fewer than two shares are above 0.

    Examples
    --------
    >>> slope, share = geometric([1, 2, 3], [0.5, 0.25, 0.125])
    >>> round(float(np.exp(slope)), 6), round(share, 6)
    (0.5, 1.0)
    """
    lengths, shares = (np.asarray(each, dtype=np.float64) for each in (length, exact))
    kept = shares > 0
    if kept.sum() < 2:
        return np.nan, np.nan
    across, up = lengths[kept], np.log(shares[kept])
    slope = float(across @ up / (across @ across))
    return slope, explained(slope * across, up)


def verdict(
    exact_gain: float, continuous_gain: float, explained_by_tokens: float, *, broken: bool
) -> str:
    """Say whether an ability is smooth, or abrupt, and if so whether the metric alone makes it.

    - ``smooth``: exact match gains no more than `ABRUPT` over the factor.
    - ``abrupt by metric``: it gains more, but the continuous measure does not, the loss has no
      break, and token accuracies explain exact match with R^2 above `EXPLAINED`.
    - ``abrupt in likelihood``: everything else, so the metric is blamed only with evidence.

    Parameters
    ----------
    exact_gain, continuous_gain : float
        `gain` of exact match and of a continuous measure in [0, 1], such as exp(-loss per token),
        over a factor of two in size.
    explained_by_tokens : float
        R^2 of exact match by the product of token accuracies.
    broken : bool
        Whether the law `broken` predicts the loss of answers at held-out sizes better than
        `offset`.

    Returns
    -------
    str
        One of `VERDICTS`.

    Raises
    ------
    ValueError
        When a gain is NaN, as it is when sizes span less than the factor.
    """
    if np.isnan(exact_gain) or np.isnan(continuous_gain):
        msg = "a gain is NaN: the sizes must span the factor over which it is taken"
        raise ValueError(msg)
    smooth, by_metric, in_likelihood = VERDICTS
    if exact_gain <= ABRUPT:
        return smooth
    made = continuous_gain <= ABRUPT and not broken and explained_by_tokens > EXPLAINED
    return by_metric if made else in_likelihood


def isotonic_residual(x: ArrayLike, y: ArrayLike) -> float:
    """Return the root mean square of y around its non-decreasing function of x of least squares.

    Parameters
    ----------
    x, y : (n,) array_like
        Points with the same x have one value of the function.

    Returns
    -------
    float
        In units of y.

    Examples
    --------
    >>> isotonic_residual([1, 2, 3, 4], [0.0, 2.0, 0.0, 3.0])
    0.7071067811865476
    """
    across, up = (np.asarray(each, dtype=np.float64) for each in (x, y))
    _, place, times = np.unique(across, return_inverse=True, return_counts=True)
    means = np.bincount(place, up) / times
    rising = isotonic_regression(means, weights=times).x[place]
    return float(np.sqrt(np.mean((up - rising) ** 2)))
