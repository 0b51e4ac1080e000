"""How sure a law is: a band of the loss of a new network, and an interval of an exponent."""

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import brentq
from scipy.stats import f as f_distribution

from ontogeny.scaling._laws import fit, logarithms, predict, refits
from ontogeny.scaling._offset import EXPONENTS, smallest_squares
from ontogeny.scaling._shapes import NoConvergence

Array = NDArray[np.float64]

FEWEST_CONVERGED = 0.9
"""A band is NaN when a smaller share of the bootstrap fits converges."""


def band(
    law: str,
    size: ArrayLike,
    losses: ArrayLike,
    at: ArrayLike,
    *,
    level: float = 0.95,
    draws: int = 2000,
    seed: int = 0,
) -> tuple[Array, Array]:
    """Return a band in which the loss of a new network falls, by the bootstrap.

    The law is fitted to all replicates together, that is to the mean of ``ln L`` over replicates at
    each size. Its residuals are those of every single network, multiplied by ``sqrt(m / (m - P))``
    for m networks in all, as P parameters took their part of them. Each draw

    1. resamples the replicates with replacement, each with all its sizes; if there is one
       replicate only, residuals are resampled for each size and added to the fitted law;
    2. fits the law to what was drawn and predicts from it;
    3. multiplies the prediction by the exponential of a residual, resampled for each size in `at`.

    The band lies between quantiles of these products, so that it contains both the uncertainty of
    the law and the scatter of single networks. It assumes that the law goes on and that residuals
    are alike at all sizes, and it is too narrow with two or three replicates, which hardly vary.

    Parameters
    ----------
    law : str
        `power` or `offset`.
    size : (n,) array_like
    losses : (replicates, n) array_like
        A replicate is one family of networks, such as all of one seed.
    at : array_like
        Sizes to predict.
    level : float
        Probability between the ends.
    draws : int
    seed : int
        Of the draws.

    Returns
    -------
    lower, upper : ndarray
        Of the shape of `at`. NaN when there are no more networks than parameters, or when less
        than `FEWEST_CONVERGED` of the draws converge; other draws without convergence are left out.

    Raises
    ------
    NoConvergence
        When the law cannot be fitted to the replicates together.
    """
    each = np.atleast_2d(np.asarray(losses, dtype=np.float64))
    if not (np.isfinite(each) & (each > 0)).all():
        msg = "a loss is not positive and finite"
        raise NoConvergence(msg)
    sizes, wanted = np.asarray(size, dtype=np.float64), np.asarray(at, dtype=np.float64)
    up = np.log(each)
    found = fit(law, sizes, np.exp(up.mean(0)))
    missing = np.full(wanted.shape, np.nan)
    free = up.size - found.parameters.size
    if free <= 0:
        return missing, missing
    fitted = np.log(predict(law, found.parameters, sizes))
    residuals = (up - fitted).ravel() * np.sqrt(up.size / free)
    rng = np.random.default_rng(seed)
    if len(up) == 1:
        drawn = fitted + rng.choice(residuals, (draws, sizes.size))
    else:
        drawn = up[rng.integers(len(up), size=(draws, len(up)))].mean(1)
    parameters = refits(law, sizes, np.exp(drawn))
    parameters = parameters[~np.isnan(parameters).any(-1)]
    if len(parameters) < FEWEST_CONVERGED * draws:
        return missing, missing
    expected = predict(law, parameters, wanted)
    new = expected * np.exp(rng.choice(residuals, expected.shape))
    lower, upper = np.quantile(new, [(1 - level) / 2, (1 + level) / 2], axis=0)
    return np.asarray(lower), np.asarray(upper)


def profile_interval(
    size: ArrayLike, loss: ArrayLike, *, level: float = 0.95
) -> tuple[float, float]:
    """Return the interval of the exponent of `offset` by profile likelihood, the floor being free.

    Errors of ``ln L`` are Gaussian with one unknown variance. Let S(a) be the smallest sum of
    squares with exponent a. The interval has the exponents around the fitted one with
    ``S(a) / min S <= 1 + F / (n - 3)``, where F is the quantile of Fisher's distribution with 1 and
    n - 3 degrees of freedom. This is the likelihood ratio with a limit that is exact for linear
    laws, where that of chi squared is too narrow for few points.

    Parameters
    ----------
    size, loss : (n,) array_like
    level : float

    Returns
    -------
    lower, upper : float
        0 and infinity where the exponents of `EXPONENTS` end before the limit is reached, and both
        when n is 3.

    Raises
    ------
    NoConvergence
        As `fit` does.
    """
    across, up = logarithms("offset", size, loss)
    best = fit("offset", size, loss).parameters[2]
    free = up.size - 3
    if free == 0:
        return 0.0, np.inf

    def smallest(exponents: Array) -> Array:
        return smallest_squares(across, up, exponents)

    bottom = float(smallest(np.array([best]))[0])
    limit = bottom * (1 + f_distribution.ppf(level, 1, free) / free)

    def excess(logarithm: float) -> float:
        return float(smallest(np.exp([logarithm]))[0]) - limit

    ends = []
    for end, beyond in zip(EXPONENTS, (0.0, np.inf), strict=True):
        path = np.linspace(np.log(best), np.log(end), 100)
        outside = np.flatnonzero(smallest(np.exp(path)) > limit)
        if not outside.size:
            ends.append(beyond)
        elif outside[0] == 0:
            ends.append(float(best))
        else:
            ends.append(float(np.exp(brentq(excess, path[outside[0] - 1], path[outside[0]]))))
    return ends[0], ends[1]
