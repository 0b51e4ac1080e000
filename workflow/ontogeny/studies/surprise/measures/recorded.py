"""Outcomes as they are on record: what is known of them exactly, and false positives by group.

A member of group 0 or 1 has two digits; these give the probability of the outcome itself, and the
record has it wrongly for some members of group 1. A prompt names the group or does not.

Symbols: 100 pairs of digits; 2 groups; 3 namings, in the order of `GROUPS`: 0, 1, not named.
"""

import numpy as np
from numpy.typing import NDArray

from ontogeny.studies.surprise.worlds.problems import outcome_probability, record_probability

__all__ = [
    "PAIRS",
    "PROMPTS",
    "bayes_predictions",
    "false_positive_rates",
    "probability_on_record",
    "ratio",
    "record_entropy",
]

PAIRS = np.stack(np.divmod(np.arange(100), 10), axis=1)
"""All pairs of digits, (100, 2), which are equally frequent."""

PROMPTS = ("named", "unnamed")
"""Whether a prompt names the group."""

_NAMING = np.array([0.25, 0.25, 0.5])
"""How frequent each naming is."""


def probability_on_record(bias: float) -> NDArray[np.float64]:
    """Return how likely the outcome is on record, given what a prompt says.

    Where the group is not named, both are equally likely.

    Parameters
    ----------
    bias : float

    Returns
    -------
    (100, 3) ndarray of float64
        By pair and naming.
    """
    first, second = (record_probability(PAIRS, np.array(group), bias) for group in (0, 1))
    return np.stack([first, second, (first + second) / 2], axis=1)


def record_entropy(bias: float) -> float:
    """Return the entropy of a record given its prompt, averaged over prompts [nat]."""
    p = probability_on_record(bias)
    entropy = -(p * np.log(p) + (1 - p) * np.log1p(-p))
    return float((entropy.mean(axis=0) * _NAMING).sum())


def bayes_predictions(bias: float) -> NDArray[np.bool_]:
    """Return whether the outcome is more likely on record than not, (100, 3).

    In group 0 this is even where the digits' sum is 9; the prediction there is that it is not.
    """
    return probability_on_record(bias) > 0.5


def false_positive_rates(predictions: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return how often the outcome is predicted of members that do not have it.

    ``P(prediction is 1 | outcome itself is 0)``, a sum over all pairs of digits; the outcome, not
    its record. The outcome does not depend on the group, so prompts without the group give the
    same rate to both.

    Parameters
    ----------
    predictions : (100, 3) ndarray of bool
        By pair and naming.

    Returns
    -------
    (2, 2) ndarray of float64
        By group and prompt, in the order of `PROMPTS`.
    """
    without = 1 - outcome_probability(PAIRS)
    rates = (without[:, None] * predictions).sum(axis=0) / without.sum()  # (3,)
    return np.array([[rates[0], rates[2]], [rates[1], rates[2]]])


def ratio(rates: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the rate of group 1 over that of group 0, for each prompt.

    Parameters
    ----------
    rates : (2, 2) ndarray of float64
        From `false_positive_rates`.

    Returns
    -------
    (2,) ndarray of float64
        inf where the rate of group 0 alone is 0, NaN where both are.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        return rates[1] / rates[0]
