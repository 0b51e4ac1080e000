"""Laws of a loss over the size of a network: fits and predictions.

All fits are least squares on the logarithm of the loss. Symbols: ``N`` size, ``L`` loss, ``n``
points, ``P`` parameters of a law.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ontogeny.scaling._broken import fit_broken
from ontogeny.scaling._offset import EXPONENTS, fit_offset
from ontogeny.scaling._shapes import NoConvergence, exponentials
from ontogeny.scaling._solver import UPDATES

Array = NDArray[np.float64]

LAWS = ("power", "offset", "broken")
"""The laws of one variable, from the simplest to the most flexible."""

PARAMETERS: dict[str, tuple[str, ...]] = {
    "power": ("scale", "exponent"),
    "offset": ("floor", "scale", "exponent"),
    "broken": ("floor", "factor", "exponent", "break_at", "width", "change"),
}
"""Parameters of each law, in the order in which arrays have them."""


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
    across, up = logarithms(law, size, loss)
    if law == "broken":
        found = fit_broken(across, up)
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
    across, _ = logarithms(law, size, np.ones(each.shape[-1]))
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


def logarithms(law: str, size: ArrayLike, loss: ArrayLike) -> tuple[Array, Array]:
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


def _power(across: Array, up: Array) -> tuple[Array, NDArray[np.bool_]]:
    """Fit rows of logarithms by `power`; nothing is searched for, so that always ends."""
    at_one, slope = _line(across, up)
    flat = slope == 0
    scale = exponentials(np.where(flat, np.nan, -at_one / np.where(flat, 1, slope)))
    rows = np.stack([scale, np.where(np.isnan(scale), np.nan, -slope)], -1)
    return rows, np.ones(len(rows), dtype=np.bool_)


_ROWS = {"power": _power, "offset": fit_offset}
