"""When a network changes: the window of the phase change, the bump of the loss, departures.

Symbols: ``S`` checkpoints.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import median_filter, uniform_filter1d

__all__ = ["Bump", "Window", "bump", "departure", "half_way", "phase_window", "smoothed"]

Array = NDArray[np.floating]

EDGE = 0.25
"""A window ends where the slope is less steep than this share of the steepest one."""


@dataclass(frozen=True)
class Window:
    """Steps between which the in-context learning score falls; all NaN without a phase change.

    Attributes
    ----------
    start, end : float
    fall : float
        By how much the smoothed score falls inside [nat].
    """

    start: float
    end: float
    fall: float

    @property
    def middle(self) -> float:
        """Return the step half-way between start and end."""
        return (self.start + self.end) / 2


_NO_WINDOW = Window(np.nan, np.nan, np.nan)


@dataclass(frozen=True)
class Bump:
    """Where the loss is above its convex envelope.

    Attributes
    ----------
    height : float
        Largest excess of ln loss over the envelope.
    step : float
        Where.
    """

    height: float
    step: float


def smoothed(values: Array) -> Array:
    """Return the median of 3, then the mean of 5 neighbours; the ends are repeated outside."""
    return uniform_filter1d(median_filter(values, 3, mode="nearest"), 5, mode="nearest")


def phase_window(
    step: NDArray[np.integer], score: Array, *, warm_up: int, least_fall: float
) -> Window:
    """Return the window of the phase change.

    Around the steepest fall of the smoothed score with the logarithm of the step, the longest run
    of checkpoints with a slope below a quarter of that one. Checkpoints up to the end of the
    warm-up do not count. A fall of less than `least_fall` is not a phase change.

    Parameters
    ----------
    step : (S,) ndarray of int
    score : (S,) ndarray [nat]
    warm_up : int
    least_fall : float [nat]

    Returns
    -------
    Window
    """
    counted = step > warm_up
    if counted.sum() < 3:
        return _NO_WINDOW
    steps, smooth = step[counted], smoothed(score)[counted]
    slope = np.gradient(smooth, np.log(steps))
    steepest = int(slope.argmin())
    within = slope < EDGE * slope[steepest]
    if slope[steepest] >= 0:
        return _NO_WINDOW
    outside = np.flatnonzero(~within)
    first = int(outside[outside < steepest].max(initial=-1)) + 1
    last = int(outside[outside > steepest].min(initial=len(steps))) - 1
    fall = float(smooth[first] - smooth[last])
    if fall < least_fall:
        return _NO_WINDOW
    return Window(float(steps[first]), float(steps[last]), fall)


def half_way(step: NDArray[np.integer], values: Array) -> float:
    """Return the first step at which values have gone half-way from their first to their last.

    Parameters
    ----------
    step, values : (S,) ndarray

    Returns
    -------
    float
        Linear between checkpoints.
    """
    begin, end = values[0], values[-1]
    share = (values - begin) / (end - begin) if end != begin else np.zeros_like(values)
    reached = np.flatnonzero(share >= 0.5)
    if not reached.size:
        return float("nan")
    after = int(reached[0])
    if after == 0:
        return float(step[0])
    part = (0.5 - share[after - 1]) / (share[after] - share[after - 1])
    return float(step[after - 1] + part * (step[after] - step[after - 1]))


def bump(step: NDArray[np.integer], loss: Array, *, warm_up: int) -> Bump:
    """Return the largest excess of the loss over its convex envelope in doubly logarithmic axes.

    The envelope is the greatest convex curve below the smoothed points after the warm-up. A loss
    that falls ever more slowly is on it; a plateau before a drop is above.

    Parameters
    ----------
    step : (S,) ndarray of int
    loss : (S,) ndarray [nat]
    warm_up : int

    Returns
    -------
    Bump
    """
    counted = step > warm_up
    if counted.sum() < 3:
        return Bump(0.0, float("nan"))
    x, y = np.log(step[counted]), np.log(smoothed(loss)[counted])
    hull: list[int] = []
    for point in range(len(x)):
        while len(hull) > 1 and _turns_down(x, y, hull[-2], hull[-1], point):
            hull.pop()
        hull.append(point)
    excess = y - np.interp(x, x[hull], y[hull])
    highest = int(excess.argmax())
    return Bump(float(excess[highest]), float(step[counted][highest]))


def _turns_down(x: Array, y: Array, a: int, b: int, c: int) -> bool:
    return bool((y[b] - y[a]) * (x[c] - x[a]) >= (y[c] - y[a]) * (x[b] - x[a]))


def departure(step: NDArray[np.integer], reference: Array, losses: Array, *, warm_up: int) -> float:
    """Return the first step after the warm-up from which a network stays better than a reference.

    Better is a mean difference of more than three of its standard errors over sequences.

    Parameters
    ----------
    step : (S,) ndarray of int
    reference, losses : (S, N) ndarray [nat]
        Mean loss of each sequence for both networks.
    warm_up : int

    Returns
    -------
    float
        NaN when it is not better at the last checkpoint.
    """
    ahead = reference - losses
    error = ahead.std(axis=1, ddof=1) / np.sqrt(ahead.shape[1])
    better = (ahead.mean(axis=1) > 3 * error) & (step > warm_up)
    first = int(np.flatnonzero(~better).max(initial=-1)) + 1
    return float(step[first]) if first < len(step) else float("nan")
