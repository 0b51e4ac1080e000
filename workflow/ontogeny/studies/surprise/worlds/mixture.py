"""Sequences of a mixture: windows of a text, and solved problems of one task.

Symbols: ``V`` tokens, of which 0 is the start token; ``S`` tokens of the text; ``N`` sequences;
``T`` context length; ``n`` problems of a task.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ontogeny.studies.surprise.config import Mixture
from ontogeny.studies.surprise.worlds.problems import Task, tasks_of
from ontogeny.texts.division import boundary
from ontogeny.texts.windows import windows

__all__ = [
    "ALPHABET",
    "TOKENS",
    "Prompted",
    "encoded",
    "in_characters",
    "prompted",
    "source_of",
    "stream_of",
]

ALPHABET = "\n" + "".join(map(chr, range(32, 127)))
"""The characters, whose tokens are their places here plus 1; any other one is a question mark."""

TOKENS = len(ALPHABET) + 1

_TOKEN = np.full(256, ALPHABET.index("?") + 1, dtype=np.uint8)
_TOKEN[[ord(each) for each in ALPHABET]] = np.arange(1, TOKENS)

Tokens = NDArray[np.int64]


def encoded(characters: NDArray[np.uint8]) -> Tokens:
    """Return the tokens of characters, which are numbers of ASCII."""
    return _TOKEN[characters].astype(np.int64)


def in_characters(tokens: NDArray[np.integer]) -> str:
    r"""Return tokens as text; the start token is a centred dot.

    Examples
    --------
    >>> in_characters(encoded(np.frombuffer(b"R12=21;", dtype=np.uint8)))
    'R12=21;'
    """
    return "".join(("·" + ALPHABET)[token] for token in tokens)


def stream_of(texts: Sequence[str]) -> NDArray[np.uint8]:
    """Return texts as one stream of tokens, with a line feed between two.

    Returns
    -------
    (S,) ndarray of uint8
    """
    whole = "\n".join(texts).encode("latin-1", errors="replace")
    return _TOKEN[np.frombuffer(whole, dtype=np.uint8)]


def source_of(
    mixture: Mixture, stream: NDArray[np.integer]
) -> Callable[[np.random.Generator, int], Tokens]:
    """Return a function from a generator and a number to fresh sequences of a mixture.

    Each is a window of the first part of the text, or full of solved problems of one task, cut
    where the context ends.

    Parameters
    ----------
    mixture : Mixture
    stream : (S,) ndarray of int
        From `stream_of`.

    Returns
    -------
    callable
        Sequences, (N, T + 1) of int64.
    """
    tasks = list(tasks_of(mixture).values())
    shares = np.array([spec.share for spec in mixture.tasks.values()])
    until = np.cumsum(shares)
    trained_on = stream[: boundary(len(stream), mixture.held_out)]
    length = mixture.length

    def draw(rng: np.random.Generator, count: int) -> Tokens:
        kind = np.searchsorted(until, rng.random(count), side="right")
        found = np.empty((count, length + 1), dtype=np.int64)
        for place, task in enumerate(tasks):
            chosen = np.flatnonzero(kind == place)
            found[chosen] = _solved(task, rng, len(chosen), length)
        text = np.flatnonzero(kind == len(tasks))
        found[text] = windows(trained_on, rng, len(text), length=length)
        return found

    return draw


def _solved(task: Task, rng: np.random.Generator, count: int, length: int) -> Tokens:
    """Return sequences that are full of solved problems of a task, (N, T + 1)."""
    each = -(-length // task.problem_length)
    rows = task.draw(rng, count * each).written().reshape(count, each * task.problem_length)
    return _started(encoded(rows[:, :length]))


def _started(tokens: Tokens) -> Tokens:
    """Return sequences, each after the start token."""
    return np.concatenate([np.zeros((len(tokens), 1), dtype=np.int64), tokens], axis=1)


@dataclass(frozen=True)
class Prompted:
    """Problems to evaluate, each after solved ones.

    Attributes
    ----------
    tokens : (n, s) ndarray of int64
        The start token, `shots` solved problems, and the problem with its answer.
    shots : int
    answer_start : int
        Where the answer begins in each row; it ends with the row.
    """

    tokens: Tokens
    shots: int
    answer_start: int


def prompted(task: Task, rng: np.random.Generator, count: int, *, length: int) -> Prompted:
    """Return problems of a task, each after as many solved ones as the context holds.

    Parameters
    ----------
    task : Task
    rng : Generator
    count, length : int
        n, T.

    Returns
    -------
    Prompted
        The problems are held-out ones, those before them are not.

    Raises
    ------
    ValueError
        If the context does not hold two problems.
    """
    shots = length // task.problem_length - 1
    if shots < 1:
        msg = f"the context of {length} characters holds no 2 problems of {task.problem_length}"
        raise ValueError(msg)
    solved = task.draw(rng, count * shots).written().reshape(count, -1)
    asked = task.draw_held_out(rng, count)
    row = np.concatenate([solved, asked.prompt, asked.answer], axis=1)
    tokens = _started(encoded(row))
    return Prompted(tokens, shots, tokens.shape[1] - task.answer_length)
