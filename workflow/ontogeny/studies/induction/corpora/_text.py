"""Real text as tokens: frequent pieces, and single characters for all else.

Symbols: ``V`` tokens, of which 0 begins a sequence; ``S`` tokens of a whole text; ``N`` windows;
``T`` context length.
"""

import re
import sysconfig
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

__all__ = ["BEGINNING", "encode", "standard_library", "vocabulary", "windows"]

BEGINNING = "<begin>"

_PIECE = re.compile(r" ?[A-Za-z_]+| ?[0-9]| ?[^\w\s]+|\n *|\s|[^\x00-\x7f]")
_CHARACTERS = ["\n", *map(chr, range(32, 127))]
_OTHER = "?"
_LEFT_OUT = {"test", "tests", "idlelib", "encodings", "site-packages", "lib2to3", "turtledemo"}


def standard_library() -> list[Path]:
    """Return the source files of the Python standard library but its tests and tables, sorted."""
    root = Path(sysconfig.get_paths()["stdlib"])
    files = (path.relative_to(root) for path in root.rglob("*.py"))
    return [root / path for path in sorted(files) if not _LEFT_OUT & set(path.parts)]


def vocabulary(text: str, *, size: int) -> tuple[str, ...]:
    r"""Return the tokens of a text: the beginning, line feed and printable ASCII, frequent pieces.

    A piece is a word, a digit, a run of other signs (each with a space before it, if there is
    one), a line feed with the indentation after it, or a single space.

    Parameters
    ----------
    text : str
    size : int
        V; fewer when the text has fewer pieces.

    Returns
    -------
    tuple of str
        Pieces by falling frequency, of equal ones by their characters.

    Examples
    --------
    >>> vocabulary("if x: if y:", size=99)[-2:]
    (':', ' if')
    """
    counts = Counter(_PIECE.findall(text))
    for single in _CHARACTERS:
        counts.pop(single, None)
    frequent = sorted(counts, key=lambda piece: (-counts[piece], piece))
    return (BEGINNING, *_CHARACTERS, *frequent)[:size]


def encode(text: str, tokens: Sequence[str]) -> NDArray[np.int64]:
    """Return a text as indices of tokens; a piece that is none is written in characters.

    Characters outside the vocabulary become ``?``.

    Parameters
    ----------
    text : str
    tokens : sequence of str
        From `vocabulary`.

    Returns
    -------
    (S,) ndarray of int64
    """
    index = {token: number for number, token in enumerate(tokens)}
    spelled: dict[str, list[int]] = {}
    found: list[int] = []
    for piece in _PIECE.findall(text):
        if piece not in spelled:
            spelled[piece] = _spelled(piece, index)
        found += spelled[piece]
    return np.array(found, dtype=np.int64)


def _spelled(piece: str, index: Mapping[str, int]) -> list[int]:
    if piece in index:
        return [index[piece]]
    return [index.get(character, index[_OTHER]) for character in piece]


def windows(
    stream: NDArray[np.integer], rng: np.random.Generator, count: int, *, length: int
) -> NDArray[np.int64]:
    """Return windows at uniform random places of a text, each behind the token 0.

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
    starts = rng.integers(len(stream) - length + 1, size=count)
    found = stream[starts[:, None] + np.arange(length)]
    return np.concatenate([np.zeros((count, 1), dtype=np.int64), found], axis=1)
