"""How well differences of scores predict which sample of a pair is preferred."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit

from ontogeny.preferences._arrays import Array, numbers_of, same_length

TEMPERATURES = 10 ** (np.arange(-100, 101) / 100)
"""Temperatures that `temperature` tries, from 0.1 to 10 in steps of 2.3 %; 1 is one of them."""


def log_loss(difference: ArrayLike) -> float:
    """Return the mean of ``ln(1 + exp(-d))``, the loss of a preference model (Bai et al., 2.3).

    Parameters
    ----------
    difference : (N,) array_like
        Chosen - rejected.

    Returns
    -------
    float
        In nats; ln 2 when scores are equal, NaN without pairs.

    Raises
    ------
    ValueError
        When a difference is not finite.
    """
    differences = numbers_of("difference", difference)
    return float(np.logaddexp(0, -differences).mean()) if differences.size else np.nan


def accuracy(difference: ArrayLike) -> float:
    """Return the share of pairs whose chosen sample has the higher score; equal scores count half.

    Parameters
    ----------
    difference : (N,) array_like
        Chosen - rejected.

    Returns
    -------
    float
        NaN without pairs.

    Raises
    ------
    ValueError
        When a difference is not finite.
    """
    differences = numbers_of("difference", difference)
    return float(_right(differences).mean()) if differences.size else np.nan


def expected_accuracy(difference: ArrayLike) -> float:
    """Return the mean of ``sigmoid(|d|)``, the accuracy of scores that are right.

    With the gold scores from which choices are drawn it is the highest accuracy that any
    preference model can reach, apart from chance.

    Parameters
    ----------
    difference : (N,) array_like
        Of either sign.

    Returns
    -------
    float
        At least 1/2; NaN without pairs.

    Raises
    ------
    ValueError
        When a difference is not finite.
    """
    differences = numbers_of("difference", difference)
    return float(expit(np.abs(differences)).mean()) if differences.size else np.nan


def temperature(difference: ArrayLike) -> float:
    """Return the temperature by which scores are divided to be calibrated.

    That of `TEMPERATURES` with the least `log_loss` of ``difference / temperature``, the smaller
    one of equals. Scores that are too sure have temperatures above 1. At an end of the grid,
    ``TEMPERATURES[0]`` or ``TEMPERATURES[-1]``, the best one is unknown: the smallest when every
    pair is predicted right, the largest when predictions are no better than chance.

    Parameters
    ----------
    difference : (N,) array_like
        Chosen - rejected, of pairs that the preference model was not trained on.

    Returns
    -------
    float

    Raises
    ------
    ValueError
        When a difference is not finite, or there is none.
    """
    differences = numbers_of("difference", difference)
    if not differences.size:
        msg = "difference: no pairs to find a temperature with"
        raise ValueError(msg)
    losses = [np.logaddexp(0, -differences / each).mean() for each in TEMPERATURES]
    return float(TEMPERATURES[np.argmin(losses)])


@dataclass(frozen=True)
class Calibration:
    """Accuracy by bins of the absolute difference (Bai et al. 2022, 3.4).

    Attributes
    ----------
    difference : (bins,) ndarray
        Mean of ``|d|``, ascending.
    expected : (bins,) ndarray
        Mean of ``sigmoid(|d|)``.
    accuracy : (bins,) ndarray
        Share of pairs whose higher score belongs to the chosen sample; equal scores count half.
    count : (bins,) ndarray of int
        Number of pairs; equal up to one.
    calibration_error : float
        Mean of ``|accuracy - expected|`` over bins, weighted by count.
    """

    difference: Array
    expected: Array
    accuracy: Array
    count: NDArray[np.int64]
    calibration_error: float


def calibration(difference: ArrayLike, first_is_chosen: ArrayLike, bins: int = 8) -> Calibration:
    """Return how often the higher score is right, by how much higher it is.

    Pairs are in ascending order of ``|d|``, and where it is the same in the order in which they
    are given. When the number of pairs is not a multiple of `bins`, the first bins have one more.

    Parameters
    ----------
    difference : (N,) array_like
        Score of the first sample of a pair - that of the second.
    first_is_chosen : (N,) array_like of bool
        Whether the first was preferred.
    bins : int
        At least 1, at most N.

    Returns
    -------
    Calibration

    Raises
    ------
    ValueError
        When lengths differ, a difference is not finite, or there are fewer pairs than bins.
    """
    differences, edges = _binned(difference, bins)
    chosen = np.asarray(first_is_chosen, dtype=np.bool_)
    same_length(difference=differences, first_is_chosen=chosen)
    order = np.argsort(np.abs(differences), kind="stable")
    absolute = np.abs(differences)[order]
    count = np.diff(edges, append=absolute.size)

    def mean(values: Array) -> Array:
        return np.add.reduceat(values, edges) / count

    expected = mean(expit(absolute))
    right = mean(_right(np.where(chosen, differences, -differences)[order]))
    error = float(np.average(np.abs(right - expected), weights=count))
    return Calibration(mean(absolute), expected, right, count, error)


def error_of_perfect(
    difference: ArrayLike, bins: int, draws: int, rng: np.random.Generator
) -> float:
    """Return the calibration error that remains by chance when scores are right.

    The mean of ``calibration(...).calibration_error`` over `draws` sets of choices, in each of
    which the first sample of a pair is chosen with probability ``sigmoid(d)``. It is above 0, and
    falls with the root of the number of pairs.

    Parameters
    ----------
    difference : (N,) array_like
        Score of the first sample of a pair - that of the second.
    bins : int
        At least 1, at most N.
    draws : int
        At least 1.
    rng : numpy.random.Generator

    Returns
    -------
    float

    Raises
    ------
    ValueError
        As `calibration` does, and without draws.
    """
    differences, edges = _binned(difference, bins)
    if draws < 1:
        msg = f"draws {draws}: expected at least 1"
        raise ValueError(msg)
    absolute = np.sort(np.abs(differences))
    probability = expit(absolute)
    count = np.diff(edges, append=absolute.size)
    total = 0.0
    for _ in range(draws):
        right = np.where(absolute > 0, rng.random(absolute.size) < probability, 0.5)
        total += np.abs(np.add.reduceat(right - probability, edges)).sum()
    return float(total / (draws * count.sum()))


def _right(differences: Array) -> Array:
    return (1 + np.sign(differences)) / 2


def _binned(difference: ArrayLike, bins: int) -> tuple[Array, NDArray[np.int64]]:
    """Return differences, and where each bin begins once they are sorted."""
    differences = numbers_of("difference", difference)
    if not 1 <= bins <= differences.size:
        msg = (
            f"bins {bins}: expected at least 1 and at most the number of pairs, {differences.size}"
        )
        raise ValueError(msg)
    size, larger = divmod(differences.size, bins)
    number = np.arange(bins)
    return differences, number * size + np.minimum(number, larger)
