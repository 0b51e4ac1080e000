"""Whether a jump is in the network or in the metric, after arXiv 2304.15004."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ontogeny.scaling._curves import rising

Array = NDArray[np.float64]

VERDICTS = ("smooth", "abrupt by metric", "abrupt in likelihood", "undecided")
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
    - ``abrupt in likelihood``: it gains more, and so does the continuous measure, or the loss has a
      break.
    - ``abrupt by metric``: it gains more, neither of these is so, and token accuracies explain
      exact match with R^2 above `EXPLAINED`.
    - ``undecided``: it gains more, and nothing says why.

    Where answers have one token, exact match is its accuracy and R^2 is 1 by construction, so the
    continuous measure and the break alone decide.

    Parameters
    ----------
    exact_gain, continuous_gain : float
        `gain` of exact match and of a continuous measure in [0, 1], such as exp(-loss per token),
        over a factor of two in size.
    explained_by_tokens : float
        R^2 of exact match by the product of token accuracies; NaN where it is not known.
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
    smooth, by_metric, in_likelihood, undecided = VERDICTS
    if exact_gain <= ABRUPT:
        return smooth
    if continuous_gain > ABRUPT or broken:
        return in_likelihood
    return by_metric if explained_by_tokens > EXPLAINED else undecided


def isotonic(x: ArrayLike, y: ArrayLike) -> Array:
    """Return the non-decreasing function of x that is nearest to y by least squares, at each x.

    Parameters
    ----------
    x, y : (n,) array_like
        Points with the same x have one value of the function.

    Returns
    -------
    (n,) ndarray
        In units of y.

    Examples
    --------
    >>> isotonic([1, 2, 3, 4], [0.0, 2.0, 0.0, 3.0])
    array([0., 1., 1., 3.])
    """
    _, fitted, place = rising(x, y)
    return fitted[place]
