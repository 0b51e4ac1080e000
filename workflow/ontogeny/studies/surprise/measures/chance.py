"""How often an answer is right that is given without solving the problem.

Symbols: ``n`` problems; ``A`` characters of an answer; ``s`` solved problems.
"""

import numpy as np
from numpy.typing import NDArray

from ontogeny.studies.surprise.worlds.problems import Problems, Task

__all__ = [
    "BASELINES",
    "chances",
    "constant_match",
    "context_match",
    "problem_match",
    "unigram_match",
]

BASELINES = ("constant", "unigram", "in-context", "from the problem")
"""The most frequent answer; of each place the most frequent character; that of the context; any
digit of a problem that is a list of letters and digits."""

_DRAWN = 4096

Answers = NDArray[np.uint8]


def chances(task: Task, rng: np.random.Generator, *, shots: int) -> NDArray[np.float64]:
    """Return the chance of an exact match by each of `BASELINES`.

    What is most frequent is taken from problems to train on, and tried on held-out ones.

    Parameters
    ----------
    task : Task
    rng : Generator
    shots : int
        Solved problems in the context, s.

    Returns
    -------
    (4,) ndarray of float64
        NaN for what the task has no baseline of.
    """
    known = task.draw(rng, _DRAWN).answer
    problems = task.draw_held_out(rng, _DRAWN)
    asked = problems.answer
    context = task.draw(rng, _DRAWN * shots).answer.reshape(_DRAWN, shots, -1)
    return np.array(
        [
            constant_match(known, asked),
            unigram_match(known, asked),
            context_match(context, asked),
            problem_match(problems) if task.lists_values else np.nan,
        ]
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

    Of equally frequent characters one is drawn at each place.

    Examples
    --------
    >>> known = np.array([[1, 2], [1, 4], [3, 4]], dtype=np.uint8)
    >>> unigram_match(known, np.array([[1, 4], [1, 2]], dtype=np.uint8))
    0.5
    """
    return context_match(known[None], asked)


def context_match(context: NDArray[np.uint8], asked: Answers) -> float:
    """Return the share of answers that have at each place what is most frequent in their context.

    Of equally frequent characters one is drawn at each place.

    Parameters
    ----------
    context : (n, s, A) ndarray
        Answers before each; of shape (1, s, A) the same ones before all.
    asked : (n, A) ndarray

    Examples
    --------
    >>> context = np.array([[[1, 2], [1, 4]]], dtype=np.uint8)
    >>> context_match(context, np.array([[1, 4]], dtype=np.uint8))
    0.5
    """
    characters = np.unique(context)
    counts = np.stack([(context == each).sum(axis=1) for each in characters])
    is_most = counts == counts.max(axis=0)  # (characters, n, A)
    is_right = (is_most & (asked == characters[:, None, None])).any(axis=0)
    return float((is_right / is_most.sum(axis=0)).prod(axis=1).mean())


def problem_match(problems: Problems) -> float:
    """Return how often a digit of a problem, drawn at random from its list, is the answer.

    Parameters
    ----------
    problems : Problems
        Lists of letters and digits such as ``Ka3b7?b=``, from which one digit is asked for.
    """
    values = problems.prompt[:, 2:-3:2]
    return float((values == problems.answer).mean())
