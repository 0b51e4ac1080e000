"""How scores grow along a run, and where they are greatest."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from ontogeny.preferences._arrays import Array, numbers_of, same_length

GAO_FORMS = ("quadratic", "logarithmic")
"""Forms that `fit_gao` fits: ``x (a - b x)`` and ``x (a - b ln x)``."""

FEWEST_POINTS = 3


@dataclass(frozen=True)
class Line:
    """A line ``y = intercept + slope x``, and the share of the variance of y that it explains."""

    slope: float
    intercept: float
    r_squared: float


def fit_line(x: ArrayLike, y: ArrayLike) -> Line:
    """Return the line of least squares.

    Parameters
    ----------
    x, y : (N,) array_like
        In any order.

    Returns
    -------
    Line
        NaN with fewer than three points or when every x is the same; `r_squared` is NaN when every
        y is the same.

    Raises
    ------
    ValueError
        When lengths differ or a value is not finite.
    """
    at, values = _points(x=x, y=y)
    if at.size < FEWEST_POINTS or np.ptp(at) == 0:
        return Line(np.nan, np.nan, np.nan)
    centred = at - at.mean()
    slope = float(centred @ values / (centred @ centred))
    intercept = float(values.mean() - slope * at.mean())
    return Line(slope, intercept, _explained(values, intercept + slope * at))


@dataclass(frozen=True)
class GaoFit:
    """Coefficients of a form of Gao et al. 2022, and the share of the variance explained."""

    a: float
    b: float
    r_squared: float


def fit_gao(root_kl: ArrayLike, gain: ArrayLike) -> dict[str, GaoFit]:
    """Return the two forms of over-optimisation of Gao et al. 2022, by least squares.

    With ``x = sqrt(KL)``: ``x (a - b x)``, theirs for best of n, and ``x (a - b ln x)``, theirs for
    reinforcement learning. Both are linear in a and b, and 0 at x = 0.

    Parameters
    ----------
    root_kl : (N,) array_like
        x, at least 0.
    gain : (N,) array_like
        Gold score - that of the start policy.

    Returns
    -------
    dict of str to GaoFit
        By `GAO_FORMS`. NaN with fewer than three points above x = 0, or when these have one x; R^2
        is about the mean of the gain, and may be below 0.

    Raises
    ------
    ValueError
        When lengths differ, a value is not finite, or an x is below 0.
    """
    x, gains = _points(root_kl=root_kl, gain=gain)
    if (x < 0).any():
        msg = "root_kl: a value is below 0"
        raise ValueError(msg)
    away = x[x > 0]
    if away.size < FEWEST_POINTS or np.ptp(away) == 0:
        return dict.fromkeys(GAO_FORMS, GaoFit(np.nan, np.nan, np.nan))
    bends = (x**2, x * np.log(np.where(x > 0, x, 1)))
    return {
        form: _least_squares(np.stack([x, -bend], axis=1), gains)
        for form, bend in zip(GAO_FORMS, bends, strict=True)
    }


def peak(values: ArrayLike) -> int:
    """Return the place of the greatest value, the first of equals.

    Parameters
    ----------
    values : (N,) array_like

    Returns
    -------
    int

    Raises
    ------
    ValueError
        When there are no values, or one is not finite.
    """
    found = numbers_of("values", values)
    if not found.size:
        msg = "values: there are none"
        raise ValueError(msg)
    return int(np.argmax(found))


def _points(**lists: ArrayLike) -> list[Array]:
    numbers = {name: numbers_of(name, each) for name, each in lists.items()}
    same_length(**numbers)
    return [*numbers.values()]


def _least_squares(columns: Array, values: Array) -> GaoFit:
    (a, b), *_ = np.linalg.lstsq(columns, values)
    return GaoFit(float(a), float(b), _explained(values, columns @ np.array([a, b])))


def _explained(values: Array, fitted: Array) -> float:
    total = ((values - values.mean()) ** 2).sum()
    return float(1 - ((values - fitted) ** 2).sum() / total) if total > 0 else np.nan
