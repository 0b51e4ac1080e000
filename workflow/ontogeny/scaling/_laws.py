"""Laws of a loss over the size of a network: fits, predictions and how sure they are.

All fits are least squares on the logarithm of the loss. Symbols: ``N`` size, ``L`` loss, ``n``
points, ``P`` parameters of a law.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import brentq
from scipy.special import expit
from scipy.stats import f as f_distribution

from ontogeny.scaling._solver import UPDATES, Model, least_squares

Array = NDArray[np.float64]

LAWS = ("power", "offset", "broken")
"""The laws of one variable, from the simplest to the most flexible."""

PARAMETERS: dict[str, tuple[str, ...]] = {
    "power": ("scale", "exponent"),
    "offset": ("floor", "scale", "exponent"),
    "broken": ("floor", "factor", "exponent", "break_at", "width", "change"),
}
"""Parameters of each law, in the order in which arrays have them."""

EXPONENTS = (1e-3, 30.0)
"""Range in which the exponent of `offset` is looked for; the ends are not accepted."""

NO_WORSE = 1e-9
"""The largest exponent is not accepted even in the disguise of one that fits no better."""

LARGEST_LOGARITHM = 700.0
"""Exponentials of larger logarithms, of either sign, are beyond what a float holds."""

STARTS = 3
"""`offset` is fitted from this many points of its grid."""

BROKEN_STARTS = 64
"""`broken` is fitted from this many points of its grid, those with the smallest residuals."""

FEWEST_CONVERGED = 0.9
"""A band is NaN when a smaller share of the bootstrap fits converges."""

START_SHARES = np.concatenate([[0], expit(np.linspace(-20, 8, 57))])
"""Shares of the floor in the loss at the smallest size, of the grid from which `offset` starts."""

START_EXPONENTS = np.geomspace(0.01, 10, 25)
"""Exponents of the same grid."""

LARGEST_SHARE = 1 - 1e-12
"""Largest such share."""


class NoConvergence(ValueError):
    """A law cannot be fitted to these losses; the message says why."""


@dataclass(frozen=True)
class Fit:
    """A law that was fitted.

    Attributes
    ----------
    law : str
        One of `LAWS`.
    parameters : (P,) ndarray
        In the order of `PARAMETERS`.
    residual : float
        Root mean square of ``ln L - ln law``.
    aicc : float
        Akaike's criterion for Gaussian errors of ``ln L``, corrected for small samples;
        the variance counts as a parameter. Infinite when there are fewer than P + 3 points.
    """

    law: str
    parameters: Array
    residual: float
    aicc: float


def fit(law: str, size: ArrayLike, loss: ArrayLike) -> Fit:
    """Fit a law by least squares on ``ln L``.

    - ``power``: ``L = (scale / N)^exponent``. A straight line through the logarithms, so the
      exponent may have either sign.
    - ``offset``: ``L = floor + (scale / N)^exponent`` with ``floor >= 0`` and a positive exponent.
      Where a floor does not improve the fit it is 0, and the law is `power`.
    - ``broken``: ``L = floor + factor N^-exponent (1 + (N / break_at)^(1/width))^(-change width)``
      [1]_, with ``floor >= 0``, both exponents positive and the break between the smallest and the
      largest size: before it the exponent is ``exponent``, beyond it ``exponent + change``.

    Parameters
    ----------
    law : str
        One of `LAWS`.
    size : (n,) array_like
        Positive; a size may occur several times.
    loss : (n,) array_like
        In any unit.

    Returns
    -------
    Fit

    Raises
    ------
    NoConvergence
        When there are fewer different sizes than parameters, a size or loss is not positive and
        finite, the loss does not fall with size, the search does not end, or the exponent of
        `offset` is as good at an end of `EXPONENTS`.

    References
    ----------
    .. [1] E. Caballero et al., Broken neural scaling laws, arXiv 2210.14891.

    Examples
    --------
    >>> fit("power", [10, 100, 1000], [1, 0.1, 0.01]).parameters
    array([10.,  1.])
    """
    across, up = _logarithms(law, size, loss)
    if law == "broken":
        found = _broken(across, up)
    else:
        rows, ended = _ROWS[law](across, up[None])
        found = rows[0]
        if np.isnan(found).any():
            raise NoConvergence(_reason(law, across, up, ended=bool(ended[0])))
    left = up - np.log(predict(law, found, np.exp(across)))
    return Fit(law, found, float(np.sqrt(np.mean(left**2))), _aicc(left, found.size))


def refits(law: str, size: ArrayLike, losses: ArrayLike) -> Array:
    """Fit `power` or `offset` to many curves over the same sizes at once.

    Parameters
    ----------
    law : str
    size : (n,) array_like
    losses : (draws, n) array_like

    Returns
    -------
    (draws, P) ndarray
        What `fit` finds for each curve; a row is NaN where `fit` would raise.

    Raises
    ------
    ValueError
        For `broken`, which needs too many starts.
    NoConvergence
        When the sizes alone rule out every fit.
    """
    if law == "broken":
        msg = "law 'broken': not for bootstrapping; fit it curve by curve, with fit"
        raise ValueError(msg)
    each = np.asarray(losses, dtype=np.float64)
    across, _ = _logarithms(law, size, np.ones(each.shape[-1]))
    found = np.full((len(each), len(PARAMETERS[law])), np.nan)
    good = (np.isfinite(each) & (each > 0)).all(-1)
    if good.any():
        found[good], _ = _ROWS[law](across, np.log(each[good]))
    return found


def predict(law: str, parameters: ArrayLike, size: ArrayLike) -> Array:
    """Return the loss that a law gives at sizes.

    Parameters
    ----------
    law : str
        One of `LAWS`.
    parameters : (..., P) array_like
        In the order of `PARAMETERS`.
    size : array_like

    Returns
    -------
    (..., *size.shape) ndarray

    Examples
    --------
    >>> predict("offset", [1, 10, 1], [10, 20])
    array([2. , 1.5])
    """
    across = np.log(np.asarray(size, dtype=np.float64))
    each = np.moveaxis(np.asarray(parameters, dtype=np.float64), -1, 0)
    each = each.reshape(each.shape + (1,) * across.ndim)
    if law == "broken":
        floor, factor, exponent, break_at, width, change = each
        bend = np.logaddexp(0, (across - np.log(break_at)) / width)
        return np.asarray(
            floor + np.exp(np.log(factor) - exponent * across - change * width * bend)
        )
    scale, exponent = each[-2:]
    falling = np.exp(exponent * (np.log(scale) - across))
    return np.asarray(falling if law == "power" else each[0] + falling)


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

    1. draws the replicates anew with replacement, each with all its sizes; if there is one
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
    across, up = _logarithms("offset", size, loss)
    best = fit("offset", size, loss).parameters[2]
    free = up.size - 3
    if free == 0:
        return 0.0, np.inf

    def smallest(exponents: Array) -> Array:
        return _profile(across, up, exponents)

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


def _logarithms(law: str, size: ArrayLike, loss: ArrayLike) -> tuple[Array, Array]:
    """Return ``ln N`` and ``ln L``, or say why they cannot be fitted."""
    if law not in LAWS:
        msg = f"law {law!r}: not one of {', '.join(LAWS)}"
        raise ValueError(msg)
    sizes, losses = np.asarray(size, dtype=np.float64), np.asarray(loss, dtype=np.float64)
    if sizes.ndim != 1 or sizes.shape != losses.shape:
        msg = f"sizes {sizes.shape} and losses {losses.shape}: one loss for each size"
        raise ValueError(msg)
    for name, values in (("size", sizes), ("loss", losses)):
        if not (np.isfinite(values) & (values > 0)).all():
            msg = f"a {name} is not positive and finite"
            raise NoConvergence(msg)
    least, different = len(PARAMETERS[law]), np.unique(sizes).size
    if different < least:
        msg = (
            f"needs at least {least} sizes that differ, as {law!r} has {least} parameters: "
            f"there are {different}"
        )
        raise NoConvergence(msg)
    return np.log(sizes), np.log(losses)


def _reason(law: str, across: Array, up: Array, *, ended: bool) -> str:
    """Return why `power` or `offset` has no parameters."""
    slope = _line(across, up[None])[1][0]
    if law == "power":
        return "no scale: the loss hardly changes with size"
    if slope >= 0:
        return "the loss does not fall with size"
    if not ended:
        return f"the search did not end within {UPDATES} updates"
    return f"the best exponent is not between {EXPONENTS[0]:g} and {EXPONENTS[1]:g}"


def _aicc(left: Array, parameters: int) -> float:
    """Return Akaike's corrected criterion of residuals."""
    count, free = parameters + 1, left.size - parameters - 2
    if free <= 0:
        return np.inf
    variance = float(np.mean(left**2))
    if variance == 0:
        return -np.inf
    return float(left.size * np.log(variance) + 2 * count + 2 * count * (count + 1) / free)


def _line(across: Array, up: Array) -> tuple[Array, Array]:
    """Return value at ``across = 0`` and slope of least-squares lines through rows of `up`."""
    centred = across - across.mean()
    slope = up @ centred / (centred @ centred)
    return up.mean(-1) - slope * across.mean(), slope


def _exponentials(logarithms: Array) -> Array:
    """Return exponentials, NaN where they are too large or too small for a number."""
    held = np.abs(logarithms) < LARGEST_LOGARITHM
    return np.where(held, np.exp(np.where(held, logarithms, 0)), np.nan)


def _power(across: Array, up: Array) -> tuple[Array, NDArray[np.bool_]]:
    """Fit rows of logarithms by `power`; nothing is searched for, so that always ends."""
    at_one, slope = _line(across, up)
    flat = slope == 0
    scale = _exponentials(np.where(flat, np.nan, -at_one / np.where(flat, 1, slope)))
    rows = np.stack([scale, np.where(np.isnan(scale), np.nan, -slope)], -1)
    return rows, np.ones(len(rows), dtype=np.bool_)


def _offset(across: Array, up: Array) -> tuple[Array, NDArray[np.bool_]]:
    """Fit rows of logarithms by `offset`, and say for which the search ended.

    The law is K (s + (1 - s) x^-a), where x is the size over the smallest size. For each share s of
    the floor and exponent a the best ln K is a mean, so two parameters are left. Searches start
    from the best points of `STARTS` parts of a grid, from flat laws to steep ones.
    """
    first = across.min()
    centred = up - up.mean(-1, keepdims=True)
    shape_of = _offset_shape(across - first)
    model = _centred(shape_of)
    grid = _product(np.log(START_EXPONENTS), START_SHARES)
    lower, upper = np.array([np.log(EXPONENTS), [0, LARGEST_SHARE]]).T
    searches = []
    for part in np.array_split(grid[np.argsort(grid[:, 0], kind="stable")], STARTS):
        shapes = model(part)[0]
        start = part[np.argmin((shapes**2).sum(-1) - 2 * centred @ shapes.T, -1)]
        searches.append(least_squares(model, centred, start, lower, upper))
    found, cost, ended = _best(searches)
    log_exponent, share = found.T
    steepest = np.stack([np.full(len(found), upper[0]), share], -1)
    as_good = ((model(steepest)[0] - centred) ** 2).sum(-1) <= cost * (1 + NO_WORSE)
    inside = (log_exponent > lower[0]) & ~as_good & (share < upper[1])
    exponent = np.exp(log_exponent)
    factor = np.mean(up - shape_of(found)[0], -1)
    scale = _exponentials((factor + np.log1p(-share)) / exponent + first)
    rows = np.stack([np.exp(factor) * share, scale, exponent], -1)
    rows[~(ended & inside)] = np.nan
    rows[np.isnan(rows).any(-1)] = np.nan
    return rows, ended


def _best(
    searches: list[tuple[Array, Array, NDArray[np.bool_]]],
) -> tuple[Array, Array, NDArray[np.bool_]]:
    """Return for each row the search with the smallest cost, of those that ended if any did."""
    found, cost, ended = (np.stack(each) for each in zip(*searches, strict=True))
    best = np.argmin(np.where(ended | ~ended.any(0), cost, np.inf), 0), np.arange(cost.shape[1])
    return found[best], cost[best], ended[best]


_ROWS = {"power": _power, "offset": _offset}


def _product(*axes: Array) -> Array:
    """Return all points of a grid (points, axes)."""
    return np.stack([each.ravel() for each in np.meshgrid(*axes)], -1)


def _decreasing(exponents: Array) -> Array:
    """Return exponentials of minus what is given, never 0."""
    return np.asarray(np.exp(-np.minimum(exponents, LARGEST_LOGARITHM)))


def _centred(shape: Model) -> Model:
    """Return a model less its mean over sizes."""

    def model(parameters: Array) -> tuple[Array, Array]:
        values, slopes = shape(parameters)
        return values - values.mean(-1, keepdims=True), slopes - slopes.mean(1, keepdims=True)

    return model


def _offset_shape(z: Array) -> Model:
    """Return the model ln(s + (1 - s) x^-a) of (ln a, s), where z is ln x."""

    def model(parameters: Array) -> tuple[Array, Array]:
        exponent, share = np.exp(parameters[:, :1]), parameters[:, 1:]
        falling = _decreasing(exponent * z)
        whole = share + (1 - share) * falling
        slopes = [-exponent * z * (1 - share) * falling / whole, (1 - falling) / whole]
        return np.log(whole), np.stack(slopes, -1)

    return model


def _profile(across: Array, up: Array, exponents: Array) -> Array:
    """Return the smallest sum of squares of `offset` for each exponent."""
    model = _centred(_offset_shape(across - across.min()))
    target = (up - up.mean())[None]
    each = np.broadcast_to(np.log(exponents)[:, None, None], (exponents.size, START_SHARES.size, 1))
    grid = np.concatenate([each, np.broadcast_to(START_SHARES[:, None], each.shape)], -1)
    misses = ((model(grid.reshape(-1, 2))[0] - target) ** 2).sum(-1).reshape(each.shape[:2])
    start = grid[np.arange(exponents.size), misses.argmin(-1)]
    lower, upper = start.copy(), start.copy()
    lower[:, 1], upper[:, 1] = 0, LARGEST_SHARE
    return least_squares(model, target, start, lower, upper)[1]


def _broken_shape(z: Array) -> Model:
    """Return ln `broken`, less that of its value at the smallest size without a bend.

    Of the share of the floor, the logarithm of the exponent, the break in units of z = ln x, and
    the logarithms of width and change.
    """

    def model(parameters: Array) -> tuple[Array, Array]:
        share, log_before, at, log_width, log_change = parameters.T[..., None]
        before, width, change = np.exp(log_before), np.exp(log_width), np.exp(log_change)
        t = (z - at) / width
        bend, beyond = np.logaddexp(0, t), expit(t)
        falling = _decreasing(before * z + change * width * bend)
        whole = share + (1 - share) * falling
        through = (1 - share) * falling / whole
        slopes = [
            (1 - falling) / whole,
            through * -before * z,
            through * change * beyond,
            through * change * width * (beyond * t - bend),
            through * -change * width * bend,
        ]
        return np.log(whole), np.stack(slopes, -1)

    return model


def _broken_grid(range_: float) -> Array:
    """Return starts of `broken` for sizes over a range of ln N."""
    return _product(
        np.array([0, 0.01, 0.1, 0.5]),
        np.log([0.01, 0.1, 0.3, 1]),
        np.linspace(0, range_, 9)[1:-1],
        np.log([0.1, 0.4, 1.2]),
        np.log([0.3, 1, 3]),
    )


def _broken(across: Array, up: Array) -> Array:
    """Fit `broken` from the best points of a grid."""
    first = across.min()
    z = across - first
    shape_of = _broken_shape(z)
    model, grid, target = _centred(shape_of), _broken_grid(z.max()), (up - up.mean())[None]
    lower, upper = np.array(
        [
            (0, LARGEST_SHARE),
            np.log([1e-4, 10]),
            (0, z.max()),
            np.log([0.02, 3]),
            np.log([1e-3, 10]),
        ]
    ).T
    residuals = ((model(grid)[0] - target) ** 2).sum(-1)
    start = grid[np.argsort(residuals, kind="stable")[:BROKEN_STARTS]]
    found, cost, converged = least_squares(model, target, start, lower, upper)
    if not converged.any():
        msg = f"no start converged, of {len(start)}"
        raise NoConvergence(msg)
    best = found[np.argmin(np.where(converged, cost, np.inf))]
    factor = float(np.mean(up - shape_of(best[None])[0][0]))
    return _broken_parameters(best, factor, first)


def _broken_parameters(found: Array, factor: float, first: float) -> Array:
    """Return what `broken` is written with, from what is searched for."""
    share, (exponent, width, change) = found[0], np.exp(found[[1, 3, 4]])
    return np.array(
        [
            np.exp(factor) * share,
            np.exp(factor + np.log1p(-share) + exponent * first),
            exponent,
            np.exp(found[2] + first),
            width,
            change,
        ]
    )
