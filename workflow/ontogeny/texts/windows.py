"""Windows of a text, each after the start token, 0.

Symbols: ``S`` tokens of a whole text; ``N`` windows; ``T`` context length.
"""

import numpy as np
from numpy.typing import NDArray

__all__ = ["different_windows", "windows"]


def windows(
    stream: NDArray[np.integer], rng: np.random.Generator, count: int, *, length: int
) -> NDArray[np.int64]:
    """Return windows at uniform random places of a text, each after the start token 0.

    Parameters
    ----------
    stream : (S,) ndarray of int
    rng : Generator
    count, length : int
        N, T.

    Returns
    -------
    (N, T + 1) ndarray of int64

    Raises
    ------
    ValueError
        If the text is shorter than a window.
    """
    if len(stream) < length:
        msg = f"`stream` must have at least {length} tokens for a window, got {len(stream)}"
        raise ValueError(msg)
    return _windows_at(stream, rng.integers(len(stream) - length + 1, size=count), length)


def different_windows(
    stream: NDArray[np.integer], rng: np.random.Generator, count: int, *, length: int
) -> NDArray[np.int64]:
    """Return windows at random places of a text, no two of the same tokens, each after token 0.

    Places are drawn without replacement; one whose window was drawn before, at another place of a
    text that repeats itself, is skipped. Windows may overlap.

    Parameters
    ----------
    stream : (S,) ndarray of int
    rng : Generator
    count, length : int
        N, T.

    Returns
    -------
    (N, T + 1) ndarray of int64
        Fewer rows than `count` when the text has fewer different windows: all of them.

    Examples
    --------
    >>> different_windows(np.array([1, 2, 1, 2, 1]), np.random.default_rng(0), 4, length=2)
    array([[0, 1, 2],
           [0, 2, 1]])
    """
    kinds = _kinds_of_windows(stream, length)
    places = rng.permutation(len(kinds))
    _, first = np.unique(kinds[places], return_index=True)
    return _windows_at(stream, places[np.sort(first)[:count]], length)


def _kinds_of_windows(stream: NDArray[np.integer], length: int) -> NDArray[np.int64]:
    """Return a number for the window at each place, the same for windows of the same tokens.

    Numbers of windows of twice the length follow from pairs of numbers, so that time and memory
    grow with the text and not with the length of the windows.
    """
    kinds = np.unique(stream, return_inverse=True)[1].astype(np.int64)
    covered = 1
    while covered < length and kinds.size:
        step = min(covered, length - covered)
        pairs = kinds[: max(len(kinds) - step, 0)] * (int(kinds.max()) + 1) + kinds[step:]
        kinds = np.unique(pairs, return_inverse=True)[1].astype(np.int64)
        covered += step
    return kinds


def _windows_at(
    stream: NDArray[np.integer], places: NDArray[np.integer], length: int
) -> NDArray[np.int64]:
    found = stream[places[:, None] + np.arange(length)]
    return np.concatenate([np.zeros((len(places), 1), dtype=np.int64), found], axis=1)
