"""What nobody asked a network for: what its continuations contain.

A continuation is a text that a network writes after the start token alone. Parts that end with
``;`` and are a whole problem of a task, right or wrong, are its problems.

Symbols: ``n`` continuations; ``T`` characters of each; ``S`` tokens of a text.
"""

from collections.abc import Collection, Mapping, Sequence
from math import sqrt

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binomtest, norm

from ontogeny.studies.surprise.worlds.statements import Frame

__all__ = [
    "KINDS",
    "above_chance",
    "binomial_error",
    "changes_mode",
    "states_something_wrong",
    "verbatim",
]

KINDS = ("verbatim", "wrong statement", "change of mode")
"""What is counted in continuations."""

_LEVEL = float(norm.sf(3))
"""Probability below which more hits than chance explains count as an ability: that of a normal
variable three standard deviations above its mean."""

_FACTOR = np.uint64(0x9E3779B97F4A7C15)
"""Odd, of the polynomial that is a hash."""

_AT_ONCE = 2**20
"""Spans of the text whose hashes are formed at once."""


def binomial_error(share: float, count: int) -> float:
    """Return the standard error of a share of independent trials, ``sqrt(p (1 - p) / n)``."""
    return sqrt(share * (1 - share) / count)


def above_chance(hits: int, chance: float, count: int) -> bool:
    """Say whether a number of hits in `count` trials is more than chance explains.

    The probability of as many or more by chance must be less than 0.00135, as of 3 standard errors.

    Examples
    --------
    >>> above_chance(10, 0.9, 10), above_chance(100, 0.9, 100)
    (False, True)
    """
    return bool(binomtest(hits, count, chance, alternative="greater").pvalue < _LEVEL)


def verbatim(
    continuations: NDArray[np.integer], stream: NDArray[np.uint8], *, span: int
) -> NDArray[np.bool_]:
    """Return which continuations hold a span that is in a text, character for character.

    Hashes find the candidates; these are then compared themselves, so the answer is exact.

    Parameters
    ----------
    continuations : (n, T) ndarray of int
        Tokens below 256.
    stream : (S,) ndarray of uint8
    span : int
        Tokens of a span.

    Returns
    -------
    (n,) ndarray of bool
        All False where spans are longer than continuations or the text.
    """
    count, length = continuations.shape
    if span > min(length, len(stream)):
        return np.zeros(count, dtype=np.bool_)
    tokens = continuations.astype(np.uint8)
    own = _hashes(tokens, span)  # (n, T - span + 1)
    known = np.unique(own)
    there: set[bytes] = set()
    for start in range(0, len(stream) - span + 1, _AT_ONCE):
        part = stream[start : start + _AT_ONCE + span - 1]
        hashes = _hashes(part, span)
        nearest = np.minimum(np.searchsorted(known, hashes), len(known) - 1)
        (places,) = np.nonzero(known[nearest] == hashes)
        there.update(part[place : place + span].tobytes() for place in places)
    return np.array(
        [
            any(row[place : place + span].tobytes() in there for place in range(own.shape[1]))
            for row in tokens
        ]
    )


def states_something_wrong(continuation: str, frames: Mapping[str, Frame]) -> bool:
    """Say whether a continuation holds a problem of a task with a wrong answer.

    Parameters
    ----------
    continuation : str
    frames : mapping of str to Frame
        Of each task.
    """
    return any(not is_right for _, is_right in _problems(continuation, frames))


def changes_mode(continuation: str, frames: Mapping[str, Frame], own: Collection[str]) -> bool:
    """Say whether a continuation is of more than one mode.

    A mode is a task, if it holds one of its problems, or the text, if it holds a character
    that no problem has, such as a space. No sequence of training changes its mode.

    Parameters
    ----------
    continuation : str
    frames : mapping of str to Frame
        Of each task.
    own : collection of str
        The characters of problems of all tasks.
    """
    modes = {name for name, _ in _problems(continuation, frames)}
    is_text = any(character not in own for character in continuation)
    return len(modes) + is_text > 1


def _problems(continuation: str, frames: Mapping[str, Frame]) -> Sequence[tuple[str, bool]]:
    """Return the problems in a continuation: their task, and whether the answer is right."""
    *parts, _ = continuation.split(";")
    read = [(name, frame.is_right(part)) for part in parts for name, frame in frames.items()]
    return [(name, is_right) for name, is_right in read if is_right is not None]


def _hashes(tokens: NDArray[np.uint8], span: int) -> NDArray[np.uint64]:
    """Return a hash of each span along the last axis: a polynomial modulo 2^64."""
    found = np.zeros((*tokens.shape[:-1], tokens.shape[-1] - span + 1), dtype=np.uint64)
    for place in range(span):
        found *= _FACTOR
        found += tokens[..., place : place + found.shape[-1]]
    return found
