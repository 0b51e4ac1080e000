"""What can be predicted of single abilities, and what makes them abrupt, from curves over size.

Symbols: ``F`` families, ``W`` widths, ``T`` tasks. Curves are those with as many solved problems in
the context as it holds. What a family lacks is NaN.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import binom, norm

from ontogeny.labels import text
from ontogeny.scaling import (
    FORECASTERS,
    NoConvergence,
    crossing,
    cuts,
    emergence_null,
    emergence_score,
    explained,
    fit,
    forecast,
    gain,
    geometric,
    lead,
    predict,
    verdict,
    width,
)
from ontogeny.studies.surprise.families import Array, Variables
from ontogeny.studies.surprise.labels import variable
from ontogeny.studies.surprise.laws import cut_labels, known_sizes

__all__ = ["Curves", "abruptness", "forecasts", "levels_above_chance", "same_length"]

Z = 3.0
"""Standard deviations of a normal number, whose one-sided probability is that of the test."""

LOW = 0.1
"""Share of the way from chance to 1 up to which a continuous measure can lead exact match."""

HALF = 0.5
"""Share of the way from chance to 1 at which an ability is said to appear."""

AT_FLOOR = "at the floor"
"""Verdict on an ability that even the largest network is without."""

LEAST_CURVE = 3
"""With fewer sizes there is no curve."""

LEAST_FOR_BREAK = 6
"""The law `broken` has six constants."""


@dataclass(frozen=True)
class Curves:
    """Scores of all tasks by size.

    Attributes
    ----------
    parameters : (F, W) ndarray
    exact, token_accuracy, token_product : (F, W, T) ndarray
        Exact match; accuracy of the characters of an answer, each given those before it: mean and
        product over the answer.
    excess, excess_error : (F, W, T) ndarray [nat]
        Loss of the answer for each character, less its entropy, and the standard error.
    chance, problems, answer_length : (F, T) ndarray
    """

    parameters: Array
    exact: Array
    token_accuracy: Array
    token_product: Array
    excess: Array
    excess_error: Array
    chance: Array
    problems: Array
    answer_length: Array

    def places(self) -> Iterator[tuple[tuple[int, int], NDArray[np.int64]]]:
        """Yield the place of each family and task, and those of its sizes, in ascending order."""
        for family, sizes in enumerate(self.parameters):
            for task in range(self.exact.shape[2]):
                known = known_sizes(sizes, self.exact[family, :, task])
                yield (family, task), known


def levels_above_chance(chance: ArrayLike | float, problems: ArrayLike | int) -> Array:
    """Return the largest score that guessing explains, by an exact binomial test.

    Guesses give a larger one less often than a normal number exceeds its mean by `Z` standard
    deviations, 0.13 %. With a chance of 0 it is 0, with one of 1 it is 1.

    Parameters
    ----------
    chance : array_like
        Probability that a guess is right.
    problems : array_like
        Number of problems.

    Examples
    --------
    >>> levels_above_chance([0.0, 0.1, 0.9], 10)
    array([0. , 0.5, 1. ])
    """
    return np.asarray(binom.isf(norm.sf(Z), problems, chance) / problems)


def forecasts(curves: Curves, *, least_sizes: int) -> Variables:
    """Predict exact match at the next size, from all sizes before it, by each forecaster.

    Returns
    -------
    dict of str to Variable
        ``ability_forecast(family, forecaster, cut, task)``; ``ability_miss``, forecast less seen;
        ``ability_seen(family, cut, task)``; ``smallest_miss(family, cut, task)``, the smallest
        distance of any forecaster; ``largest_miss(family, task)``, the largest of these over cuts.
    """
    labels = cut_labels(curves.parameters, least_sizes)
    families, _, tasks = curves.exact.shape
    found = np.full((families, len(FORECASTERS), len(labels), tasks), np.nan)
    seen = np.full((families, len(labels), tasks), np.nan)
    for (family, task), known in curves.places():
        sizes, scores = curves.parameters[family, known], curves.exact[family, known, task]
        chance = curves.chance[family, task]
        for at_cut, cut in enumerate(cuts(len(known), least_sizes)):
            seen[family, at_cut, task] = scores[cut]
            for at, name in enumerate(FORECASTERS):
                (found[family, at, at_cut, task],) = forecast(
                    name, sizes[:cut], scores[:cut], sizes[cut : cut + 1], chance=chance
                )
    miss = found - seen[:, None]
    smallest = np.abs(miss).min(axis=1)
    largest = np.fmax.reduce(smallest, axis=1, initial=np.nan)
    of_cut, of_forecaster = ("family", "cut", "task"), ("family", "forecaster", "cut", "task")
    return {
        "ability_forecast": variable(
            of_forecaster, found, "exact match predicted at the next size"
        ),
        "ability_seen": variable(of_cut, seen, "exact match at the next size"),
        "ability_miss": variable(of_forecaster, miss, "predicted minus measured exact match"),
        "smallest_miss": variable(of_cut, smallest, "smallest miss of any forecaster"),
        "largest_miss": variable(
            ("family", "task"), largest, "largest value over cuts of the smallest error"
        ),
    }


def abruptness(curves: Curves, *, least_sizes: int) -> Variables:
    """Return how abruptly exact match grows with size, and what part of it the metric makes.

    The continuous measure of the verdict is ``exp(-excess)``, a probability for each character.
    The loss has a break when `broken`, fitted to the sizes before each cut, misses those beyond it
    by less than `offset` does, in squares of ln loss summed over cuts and sizes. A lead ends where
    exact match is `LOW` of the way from chance to 1.

    Returns
    -------
    dict of str to Variable
        By ``family`` and ``task``. Curves of fewer than `LEAST_CURVE` sizes have NaN. The verdict
        is that of `ontogeny.scaling.verdict`, or `AT_FLOOR` where the largest network is, and ""
        with fewer than `least_sizes`.
    """
    shape = curves.chance.shape
    names = (
        "gain", "likelihood_gain", "width_of_rise", "crossing", "emergence", "emergence_null",
        "loss_lead", "token_lead", "explained", "explained_by_mean", "smoothness",
    )  # fmt: skip
    found = {name: np.full(shape, np.nan) for name in names}
    has_break = np.zeros(shape, dtype=np.bool_)
    at_floor = np.full(shape, np.nan)
    verdicts = np.full(shape, "", dtype=object)
    floor = levels_above_chance(curves.chance, curves.problems)
    for at, known in curves.places():
        if len(known) < LEAST_CURVE:
            continue
        one = _measured(curves, at, known)
        for name, value in one.items():
            found[name][at] = value
        family, task = at
        at_floor[at] = curves.exact[family, known[-1], task] <= floor[at]
        sizes, excess = curves.parameters[family, known], curves.excess[family, known, task]
        has_break[at] = _breaks(sizes, excess)
        gains = one["gain"], one["likelihood_gain"]
        if len(known) >= least_sizes and np.isfinite(gains).all():
            said = verdict(*gains, one["explained"], broken=bool(has_break[at]))
            verdicts[at] = AT_FLOOR if at_floor[at] else said
    about = {
        "gain": "largest gain of exact match over a factor of two in parameters",
        "likelihood_gain": "the same gain of the probability of a character",
        "width_of_rise": "decades of parameters from 20 to 80 % of the way from chance to 1",
        "crossing": "log10 parameters half of the way from chance to 1",
        "emergence": "emergence score of exact match (arXiv 2304.15004)",
        "emergence_null": "share of orders of sizes with a score at least as large",
        "loss_lead": "decades by which the loss of the answer precedes exact match",
        "token_lead": "decades by which the accuracy of characters precedes exact match",
        "explained": "R^2 of exact match by the product of the accuracies of characters",
        "explained_by_mean": "R^2 of exact match by the mean accuracy to the power of the length",
        "smoothness": "R^2 of exact match by a straight line in ln parameters",
    }
    dims = ("family", "task")
    return {
        **{name: variable(dims, found[name], long_name) for name, long_name in about.items()},
        "at_floor": variable(dims, at_floor, "whether the largest network is at the floor"),
        "has_break": variable(dims, has_break, "whether a law with a break predicts the loss best"),
        "verdict": variable(
            dims, text(verdicts.ravel()).reshape(shape), "form of growth of the ability"
        ),
    }


def _measured(curves: Curves, at: tuple[int, int], known: NDArray[np.int64]) -> dict[str, float]:
    family, task = at
    sizes = curves.parameters[family, known]
    exact, tokens, product, excess, error = (
        each[family, known, task]
        for each in (
            curves.exact,
            curves.token_accuracy,
            curves.token_product,
            curves.excess,
            curves.excess_error,
        )
    )
    chance, length = float(curves.chance[at]), curves.answer_length[at]
    token_error = np.sqrt(tokens * (1 - tokens) / curves.problems[at])
    slope, start = np.polyfit(np.log(sizes), exact, 1)
    return {
        "gain": gain(sizes, exact),
        "likelihood_gain": gain(sizes, np.exp(-excess)),
        "width_of_rise": width(sizes, exact, chance=chance),
        "crossing": crossing(sizes, exact, chance + HALF * (1 - chance)),
        "emergence": emergence_score(exact),
        "emergence_null": emergence_null(exact),
        "loss_lead": _lead(sizes, excess, error, exact, sign=-1, chance=chance),
        "token_lead": _lead(sizes, tokens, token_error, exact, sign=1, chance=chance),
        "explained": explained(product, exact),
        "explained_by_mean": explained(tokens**length, exact),
        "smoothness": explained(start + slope * np.log(sizes), exact),
    }


def _lead(
    sizes: Array, measure: Array, error: Array, exact: Array, *, sign: int, chance: float
) -> float:
    """Return the lead of a measure whose floor is what the smallest network has."""
    both, floor = np.hypot(error, error[0]), float(measure[0])
    level = chance + LOW * (1 - chance)
    return lead(sizes, measure, both, exact, floor=floor, sign=sign, level=level)


def _breaks(sizes: Array, losses: Array) -> bool:
    """Return whether `broken` predicts losses better than `offset`; not so where one has no fit."""
    squares = np.zeros(2)
    for cut in cuts(len(sizes), LEAST_FOR_BREAK):
        for place, law in enumerate(("broken", "offset")):
            try:
                fitted = fit(law, sizes[:cut], losses[:cut])
            except NoConvergence:
                return False
            ahead = predict(law, fitted.parameters, sizes[cut:])
            if (losses[cut:] <= 0).any():
                return False
            squares[place] += (np.log(ahead / losses[cut:]) ** 2).sum()
    return bool(squares[0] < squares[1])


def same_length(curves: Curves) -> Variables:
    """Return whether exact match falls with the length of answers as if all tasks were alike.

    Returns
    -------
    dict of str to Variable
        ``character_accuracy(family, width)``, q of ``exact = q^length`` over the tasks of a
        network, and ``geometric(family, width)``, R^2 of ln exact by that law.
    """
    shape = curves.parameters.shape
    accuracy, share = np.full((2, *shape), np.nan)
    for at in np.ndindex(shape):
        known = np.flatnonzero(np.isfinite(curves.exact[at]))
        slope, share[at] = geometric(curves.answer_length[at[0], known], curves.exact[at][known])
        accuracy[at] = np.exp(slope)
    dims = ("family", "width")
    return {
        "character_accuracy": variable(
            dims, accuracy, "accuracy of a character, were exact match its power"
        ),
        "geometric": variable(dims, share, "R^2 of ln exact match by the length of answers"),
    }
