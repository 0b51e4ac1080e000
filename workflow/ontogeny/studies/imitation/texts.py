"""Policies that write: models of order k of the characters of different texts."""

import re
import sysconfig
import tokenize
import unicodedata
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ontogeny.studies.imitation.analysis.model_class import ModelClass

__all__ = ["ALPHABET", "MODULES", "character_class", "character_model", "letters", "standard_texts"]

ALPHABET = " abcdefghijklmnopqrstuvwxyz"

MODULES = (
    "argparse", "ast", "bdb", "calendar", "codecs", "configparser", "csv", "datetime", "difflib",
    "doctest", "enum", "fractions", "ftplib", "functools", "gettext", "heapq", "inspect",
    "ipaddress", "locale", "mailbox", "optparse", "pickletools", "random", "shutil", "smtplib",
    "socket", "statistics", "subprocess", "tarfile", "tempfile", "turtle", "zipapp",
)  # fmt: skip
"""Modules of the Python standard library whose sources are the texts unless files are given."""

STRENGTH = 5.0
"""How many characters the prediction of the next shorter context counts for."""


def standard_texts() -> list[str]:
    """Return the sources of `MODULES`."""
    root = Path(sysconfig.get_paths()["stdlib"])
    texts = []
    for name in MODULES:
        path = root / f"{name}.py"
        with tokenize.open(path if path.exists() else root / name / "__init__.py") as file:
            texts.append(file.read())
    return texts


def letters(text: str) -> NDArray[np.int64]:
    """Return the characters of a text by their place in `ALPHABET`.

    Accents and capitals are dropped; whatever else is between letters is one blank.

    Examples
    --------
    >>> letters("Até, à B!")
    array([ 1, 20,  5,  0,  1,  0,  2,  0])
    """
    plain = unicodedata.normalize("NFKD", text).lower()
    kept = "".join(each for each in plain if not unicodedata.combining(each))
    return np.array(
        [ALPHABET.index(each) for each in re.sub(r"[^a-z]+", " ", kept)], dtype=np.int64
    )


def character_model(text: str, order: int) -> NDArray[np.float64]:
    """Return how likely each character is after each context, as a text has them.

    p_k(c | context) = (count(context c) + s p_{k-1}(c | shorter context)) / (count(context) + s),
    with s = `STRENGTH`, down to the uniform distribution: the mean of the posterior whose prior is
    a Dirichlet distribution around the shorter context.

    Parameters
    ----------
    text : str
    order : int
        k, the number of characters that a context has.

    Returns
    -------
    (27 ** order, 27) ndarray
        A context is a number in base 27, the oldest character first.
    """
    size = len(ALPHABET)
    read = letters(text)
    probability = np.full((1, size), 1 / size)
    for length in range(order + 1):
        places = size ** np.arange(length, -1, -1)
        windows = np.lib.stride_tricks.sliding_window_view(read, length + 1) @ places
        counts = np.bincount(windows, minlength=size ** (length + 1)).reshape(-1, size)
        shorter = probability[np.arange(len(counts)) % len(probability)]
        total = counts.sum(axis=1, keepdims=True)
        probability = (counts + STRENGTH * shorter) / (total + STRENGTH)
    return np.asarray(probability)


def character_class(texts: Sequence[str], *, order: int, rng: np.random.Generator) -> ModelClass:
    """Return policies each of which writes like a text; the demonstrator's text is drawn.

    The state is the last `order` characters, at first blanks. There is nothing to observe.

    Parameters
    ----------
    texts : sequence of str
        Each with more than `order` letters.
    order : int
    rng : Generator
    """
    models = np.stack([character_model(text, order) for text in texts], axis=1)
    chosen = int(rng.integers(len(texts)))
    models = models[:, [chosen, *(place for place in range(len(texts)) if place != chosen)]]
    states, size = len(models), len(ALPHABET)
    following = (np.arange(states)[:, None] * size + np.arange(size)) % states
    return ModelClass(
        models[None],
        np.zeros(1, dtype=np.int64),
        np.ones((states, size, 1)),
        following[:, :, None],
    )
