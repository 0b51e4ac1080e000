"""How good answers are, from the probabilities that a network gives to their tokens.

A network is shown each answer as far as it goes (teacher forcing), but for `edit_distance`, which
compares the answer that it writes itself.

Symbols: ``n`` problems; ``A`` characters of an answer; ``V`` tokens.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["AnswerScores", "answer_scores", "edit_distance"]

Tokens = NDArray[np.integer]


class AnswerScores(NamedTuple):
    """Scores of each problem.

    Attributes
    ----------
    exact : (n,) ndarray of bool
        Whether the most likely token is right at every place. Greedy writing then gives the answer.
    exact_probability : (n,) ndarray of float64
        Probability of the whole answer: the product over its places.
    hit : (n, A) ndarray of bool
        Whether the most likely token is right, at each place.
    loss : (n,) ndarray of float64
        Mean cross-entropy over places [nat per character of the answer].
    brier : (n,) ndarray of float64
        Mean over places of ``sum_v (p_v - [v is right])^2``, between 0 and 2.
    """

    exact: NDArray[np.bool_]
    exact_probability: NDArray[np.float64]
    hit: NDArray[np.bool_]
    loss: NDArray[np.float64]
    brier: NDArray[np.float64]


def answer_scores(log_probability: NDArray[np.float64], right: Tokens) -> AnswerScores:
    """Return the scores of answers.

    Parameters
    ----------
    log_probability : (n, A, V) ndarray of float64
        Logarithms of the probabilities of each place, given the right tokens before it [nat].
    right : (n, A) ndarray of int

    Returns
    -------
    AnswerScores
        Of several most likely tokens the first one counts.

    Examples
    --------
    >>> scores = answer_scores(np.log([[[0.75, 0.25], [0.5, 0.5]]]), np.array([[0, 1]]))
    >>> scores.hit, scores.exact_probability
    (array([[ True, False]]), array([0.375]))
    """
    of_right = np.take_along_axis(log_probability, right[:, :, None], axis=2)[:, :, 0]  # (n, A)
    probability = np.exp(log_probability)
    off = (probability**2).sum(axis=2) - 2 * np.exp(of_right) + 1
    hit = log_probability.argmax(axis=2) == right
    return AnswerScores(
        exact=hit.all(axis=1),
        exact_probability=np.exp(of_right.sum(axis=1)),
        hit=hit,
        loss=-of_right.mean(axis=1),
        brier=off.mean(axis=1),
    )


def edit_distance(written: Tokens, right: Tokens) -> NDArray[np.int64]:
    """Return the Levenshtein distances of pairs of answers.

    The least number of characters to insert, leave out or replace. Pairs are rows; all have the
    same two lengths.

    Parameters
    ----------
    written : (n, B) ndarray of int
    right : (n, A) ndarray of int

    Returns
    -------
    (n,) ndarray of int64

    Examples
    --------
    >>> edit_distance(np.array([[1, 2, 3], [1, 2, 3]]), np.array([[1, 2, 3], [2, 3, 4]]))
    array([0, 2])
    """
    count, length = right.shape
    distance = np.tile(np.arange(length + 1), (count, 1))
    for row, character in enumerate(written.T, start=1):
        before = distance
        distance = np.full_like(before, row)
        for column in range(length):
            distance[:, column + 1] = np.minimum(
                before[:, column] + (character != right[:, column]),
                np.minimum(before[:, column + 1], distance[:, column]) + 1,
            )
    return distance[:, -1]
