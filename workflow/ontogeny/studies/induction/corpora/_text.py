"""Real text as tokens: byte-pair encoding of its bytes.

Symbols: ``V`` tokens, of which 0 begins a sequence; ``S`` tokens of a whole text; ``N`` windows;
``T`` context length.
"""

import sysconfig
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer
from tokenizers.models import BPE
from tokenizers.pre_tokenizers import ByteLevel
from tokenizers.trainers import BpeTrainer

__all__ = ["BEGINNING", "encode", "standard_library", "tokenizer", "windows", "words"]

BEGINNING = "<begin>"

_LEFT_OUT = {"test", "tests", "idlelib", "encodings", "site-packages", "lib2to3", "turtledemo"}


def standard_library() -> list[Path]:
    """Return the source files of the Python standard library but its tests and tables, sorted."""
    root = Path(sysconfig.get_paths()["stdlib"])
    files = (path.relative_to(root) for path in root.rglob("*.py"))
    return [root / path for path in sorted(files) if not _LEFT_OUT & set(path.parts)]


def tokenizer(texts: Sequence[str], *, size: int) -> Tokenizer:
    """Return the byte-pair encoding of texts: the beginning, 256 bytes, then merges in their order.

    Parameters
    ----------
    texts : sequence of str
    size : int
        V; fewer when the texts have fewer pairs.

    Returns
    -------
    Tokenizer
    """
    model = Tokenizer(BPE())
    model.pre_tokenizer = ByteLevel(add_prefix_space=False)
    trainer = BpeTrainer(
        vocab_size=size,
        special_tokens=[BEGINNING],
        initial_alphabet=sorted(ByteLevel.alphabet()),
        show_progress=False,
    )
    model.train_from_iterator(texts, trainer)
    return model


def words(model: Tokenizer) -> tuple[str, ...]:
    r"""Return the names of tokens; a sign stands for each byte that is no printable ASCII.

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
    found: list[int] = []
    for number, text in enumerate(texts):
        found += (between if number else []) + model.encode(text).ids
    return np.array(found, dtype=np.int64)


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
