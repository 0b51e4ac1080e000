"""Real text as tokens: byte-pair encoding of its bytes.

Symbols: ``V`` tokens, of which 0 begins a sequence; ``S`` tokens of a whole text; ``N`` windows;
``T`` context length.
"""

import re
import sysconfig
import tokenize
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer, decoders
from tokenizers.models import BPE
from tokenizers.pre_tokenizers import ByteLevel
from tokenizers.trainers import BpeTrainer

__all__ = [
    "BEGINNING",
    "different_windows",
    "encode",
    "source_texts",
    "standard_library",
    "tokenizer",
    "windows",
    "words",
]

BEGINNING = "<begin>"
"""The name of token 0. The same characters in a text are text, like any others."""

_PART = 2**18
_BETWEEN_WORDS = re.compile(r"[ \n](?=\w)")
"""Where a text may be cut: a word takes the space before it, so no cut here changes its tokens."""

_LEFT_OUT = {"test", "tests", "idlelib", "encodings", "site-packages", "lib2to3", "turtledemo"}


def standard_library() -> list[Path]:
    """Return the source files of the Python standard library but its tests and tables, sorted."""
    root = Path(sysconfig.get_paths()["stdlib"])
    files = (path.relative_to(root) for path in root.rglob("*.py"))
    return [root / path for path in sorted(files) if not _LEFT_OUT & set(path.parts)]


def source_texts() -> list[str]:
    """Return the texts of `standard_library`, each in the encoding that it declares."""
    texts = []
    for path in standard_library():
        with tokenize.open(path) as file:
            texts.append(file.read())
    return texts


def tokenizer(texts: Sequence[str], *, size: int) -> Tokenizer:
    """Return the byte-pair encoding of texts: the beginning, 256 bytes, then merges in their order.

    No text encodes to the beginning, not even its name, and every text is decoded as it was.

    Parameters
    ----------
    texts : sequence of str
    size : int
        V; fewer when the texts have fewer pairs.

    Returns
    -------
    Tokenizer

    Examples
    --------
    >>> model = tokenizer(["<begin>"], size=257)
    >>> model.encode("<begin>").ids
    [28, 66, 69, 71, 73, 78, 30]
    """
    model = Tokenizer(BPE())
    model.pre_tokenizer = ByteLevel(add_prefix_space=False)
    model.decoder = decoders.ByteLevel()
    trainer = BpeTrainer(
        vocab_size=size,
        special_tokens=[BEGINNING],
        initial_alphabet=sorted(ByteLevel.alphabet()),
        show_progress=False,
    )
    model.train_from_iterator((part for text in texts for part in _parts(text)), trainer)
    model.encode_special_tokens = True
    return model


def _parts(text: str) -> Iterator[str]:
    """Yield a text piece by piece, since the encoder takes 170 bytes for each of its own."""
    start = 0
    while cut := _BETWEEN_WORDS.search(text, start + _PART):
        yield text[start : cut.start()]
        start = cut.start()
    yield text[start:]


def words(model: Tokenizer) -> tuple[str, ...]:
    r"""Return the names of tokens; a sign stands for each byte that is not printable ASCII.

    Examples
    --------
    >>> words(tokenizer(["if x: if y:"], size=258))[-1]
    'if'
    """
    by_number = sorted(model.get_vocab().items(), key=lambda pair: pair[1])
    return tuple(name.replace("Ġ", " ").replace("Ċ", "\n") for name, _ in by_number)


def encode(texts: Sequence[str], model: Tokenizer) -> NDArray[np.int64]:
    """Return texts as one stream of tokens, with a line feed between two.

    Parameters
    ----------
    texts : sequence of str
    model : Tokenizer

    Returns
    -------
    (S,) ndarray of int64
    """
    between = model.encode("\n").ids
    found = []
    for number, text in enumerate(texts):
        found.append(np.array(between if number else [], dtype=np.int64))
        found += [np.array(model.encode(part).ids, dtype=np.int64) for part in _parts(text)]
    return np.concatenate([np.empty(0, dtype=np.int64), *found])


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
    return _windows_at(stream, rng.integers(len(stream) - length + 1, size=count), length)


def different_windows(
    stream: NDArray[np.integer], rng: np.random.Generator, count: int, *, length: int
) -> NDArray[np.int64]:
    """Return windows at random places of a text, no two of the same tokens, each behind token 0.

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
