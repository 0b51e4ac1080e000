"""How often an answer is right that is given without the problem.

Symbols: ``n`` problems; ``A`` characters of an answer; ``s`` solved problems.
"""

import numpy as np
from numpy.typing import NDArray

from ontogeny.studies.surprise.worlds.problems import Task

__all__ = ["BASELINES", "chances", "constant_match", "context_match", "unigram_match"]

BASELINES = ("constant", "unigram", "in-context")
"""The most frequent answer; of each place the most frequent character; that of the context."""

_DRAWN = 4096
_SHOTS = 4
"""Solved problems before the one to answer, for the baseline of the context."""

Answers = NDArray[np.uint8]


def chances(task: Task, rng: np.random.Generator) -> NDArray[np.float64]:
    """Return the chance of an exact match by each of `BASELINES`.

    What is most frequent is taken from problems to train on, and tried on held-out ones.

    Parameters
    ----------
    task : Task
    rng : Generator

    Returns
    -------
    (3,) ndarray of float64
    """
    known = task.draw(rng, _DRAWN).answer
    asked = task.draw_held_out(rng, _DRAWN).answer
    context = task.draw(rng, _DRAWN * _SHOTS).answer.reshape(_DRAWN, _SHOTS, -1)
    return np.array(
        [constant_match(known, asked), unigram_match(known, asked), context_match(context, asked)]
    )


def constant_match(known: Answers, asked: Answers) -> float:
    """Return the share of answers that are the most frequent known one, (n, A) each.

    Examples
    --------
    >>> known = np.array([[1, 2], [1, 2], [3, 4]], dtype=np.uint8)
    >>> constant_match(known, np.array([[1, 2], [3, 4]], dtype=np.uint8))
    0.5
    """
    rows, counts = np.unique(known, axis=0, return_counts=True)
    return float((asked == rows[counts.argmax()]).all(axis=1).mean())


def unigram_match(known: Answers, asked: Answers) -> float:
    """Return the share of answers that have at each place the most frequent known character.

    Examples
    --------
    >>> known = np.array([[1, 2], [1, 4], [3, 4]], dtype=np.uint8)
    >>> unigram_match(known, np.array([[1, 4], [1, 2]], dtype=np.uint8))
    0.5
    """
    return float((asked == _most_frequent(known)).all(axis=1).mean())


def context_match(context: NDArray[np.uint8], asked: Answers) -> float:
    """Return the share of answers that have at each place what is most frequent in their context.

    Parameters
    ----------
    context : (n, s, A) ndarray
        Answers before each.
    asked : (n, A) ndarray
    """
    guessed = np.stack([_most_frequent(each) for each in context])
    return float((asked == guessed).all(axis=1).mean())


def _most_frequent(answers: Answers) -> Answers:
    """Return the most frequent character of each place, the smallest one of equals, (A,)."""
    return np.array([np.bincount(column).argmax() for column in answers.T], dtype=answers.dtype)
