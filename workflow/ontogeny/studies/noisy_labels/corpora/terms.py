"""Which groups a comment names: those with a term that is in it as a whole word.

Symbols: ``N`` comments; ``G`` groups.
"""

import re
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from ontogeny.studies.noisy_labels.corpora.cleaning import cleaned

__all__ = ["members", "without_terms"]


def members(texts: Sequence[str], groups: Mapping[str, Sequence[str]]) -> NDArray[np.bool_]:
    """Return which comments name which group.

    Parameters
    ----------
    texts : sequence of N str
        Cleaned.
    groups : mapping of str to sequence of str
        The terms of each of G groups, of one or several words each.

    Returns
    -------
    (G, N) ndarray of bool

    Examples
    --------
    >>> members(["an old man", "manly"], {"men": ["Man"], "old": ["old"]})
    array([[ True, False],
           [ True, False]])
    """
    member = np.zeros((len(groups), len(texts)), dtype=bool)
    for group, terms in enumerate(groups.values()):
        has = _pattern(terms).search
        member[group] = [has(text) is not None for text in texts]
    return member


def without_terms(texts: Sequence[str], groups: Mapping[str, Sequence[str]]) -> list[str]:
    """Return texts without the terms of all groups, and without ``a`` and ``an``.

    Texts that differ in the term of a group alone become equal, since the article before a term
    depends on it.

    Parameters
    ----------
    texts : sequence of str
        Cleaned.
    groups : mapping of str to sequence of str
        The terms of each group.

    Examples
    --------
    >>> groups = {"young": ["young"], "old": ["old"]}
    >>> without_terms(["she is a young person", "she is an old person"], groups)
    ['she is person', 'she is person']
    """
    terms = [term for each in groups.values() for term in each]
    remove = _pattern([*terms, "a", "an"]).sub
    return [" ".join(remove(" ", text).split()) for text in texts]


def _pattern(terms: Sequence[str]) -> re.Pattern[str]:
    """Return what finds each term as whole words of a cleaned text, the longest one first."""
    words = sorted((cleaned(term) for term in terms), key=lambda term: (-len(term), term))
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, words))})\b")
