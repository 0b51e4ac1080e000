"""Words as tokens.

Symbols: ``N`` texts; ``L`` places in a text.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from ontogeny.studies.noisy_labels.corpora.comments import PADDING, UNKNOWN

__all__ = ["LEAST_USES", "tokenised", "vocabulary_of"]

LEAST_USES = 2
"""A word that occurs less often is not in a vocabulary."""


def vocabulary_of(texts: Iterable[str], *, most: int, length: int) -> dict[str, int]:
    """Return the tokens of the most frequent words of some texts.

    Parameters
    ----------
    texts : iterable of str
        Cleaned.
    most : int
        Number of words at most.
    length : int
        Number of words of each text that count, from its beginning.

    Returns
    -------
    dict of str to int
        By word its token, from 2 on, the most frequent word first; words that are equally frequent
        are in the order of the alphabet.

    Examples
    --------
    >>> vocabulary_of(["b a b", "a c"], most=8, length=40)
    {'a': 2, 'b': 3}
    """
    counts = Counter[str]()
    for text in texts:
        counts.update(text.split()[:length])
    often = sorted((-count, word) for word, count in counts.items() if count >= LEAST_USES)
    return {word: token for token, (_, word) in enumerate(often[:most], start=UNKNOWN + 1)}


def tokenised(
    texts: Sequence[str], vocabulary: Mapping[str, int], *, length: int
) -> NDArray[np.int32]:
    """Return texts as tokens, cut after `length` words.

    Parameters
    ----------
    texts : sequence of N str
        Cleaned.
    vocabulary : mapping of str to int
    length : int
        L.

    Returns
    -------
    (N, L) ndarray of int32

    Examples
    --------
    >>> tokenised(["b x", "a b a b"], {"a": 2, "b": 3}, length=3)
    array([[3, 1, 0],
           [2, 3, 2]], dtype=int32)
    """
    tokens = np.full((len(texts), length), PADDING, dtype=np.int32)
    for row, text in zip(tokens, texts, strict=True):
        words = text.split()[:length]
        row[: len(words)] = [vocabulary.get(word, UNKNOWN) for word in words]
    return tokens
