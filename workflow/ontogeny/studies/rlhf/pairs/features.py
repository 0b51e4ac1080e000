r"""Responses as counts of hashed words, which no text can be read from.

A word is a run of letters and digits, with apostrophes inside it; every other character that is no
blank is a word of its own. Words are in lower case, and a typographic apostrophe is a plain one. A
bigram is two words in a row; the start and the end of a response count as words in it. A feature is
numbered by the CRC-32 of its UTF-8 bytes, modulo the number of columns for its kind, so the number
does not depend on the process.

Symbols: ``N`` comparisons; ``C`` columns.
"""

import re
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

__all__ = ["COLUMNS", "Counts", "Features", "Kind", "Scaling", "counts_of", "differences", "words"]

UNIGRAMS = 2**13
"""Columns for single words, the first ones."""
BIGRAMS = 2**14
"""Columns for bigrams, after them."""
COLUMNS = UNIGRAMS + BIGRAMS

Kind = Literal["unigrams", "unigrams and bigrams"]
Scaling = Literal["present", "normalised"]

_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*|[^\s]")


@dataclass(frozen=True)
class Counts:
    """How often each feature occurs in each response, as rows of a sparse matrix.

    Rows are the responses on the chosen side, in the order of the comparisons, and then those on
    the rejected side.

    Attributes
    ----------
    column : (E,) ndarray of int32
        Columns of the entries, ascending in each row.
    count : (E,) ndarray of int32
    entries : (2, N) ndarray of int32
        Number of entries of each row.
    words : (2, N) ndarray of int32
        Number of words of each response.
    """

    column: NDArray[np.int32]
    count: NDArray[np.int32]
    entries: NDArray[np.int32]
    words: NDArray[np.int32]

    @property
    def log_length(self) -> NDArray[np.float64]:
        """Length of each response, of shape (2, N): the logarithm of 1 + its number of words."""
        return np.log1p(self.words)


@dataclass(frozen=True)
class Features:
    """What a model sees of a response.

    Attributes
    ----------
    kind : {'unigrams', 'unigrams and bigrams'}
    scaling : {'present', 'normalised'}
        ``present``: 1 for every feature that occurs; ``normalised``: 1 + log(count), divided by the
        Euclidean length of the row.
    length : bool
        Whether the model also sees the log length.
    """

    kind: Kind
    scaling: Scaling
    length: bool


def words(text: str) -> list[str]:
    """Return the words of a text.

    Examples
    --------
    >>> words("It’s 5 o'clock, isn't it?")
    ["it's", '5', "o'clock", ',', "isn't", 'it', '?']
    """
    return _WORD.findall(text.lower().replace("’", "'"))


def counts_of(chosen: Sequence[str], rejected: Sequence[str]) -> Counts:
    """Return the counts of all features of the responses.

    Parameters
    ----------
    chosen, rejected : sequence of N str
    """
    columns: list[int] = []
    counts: list[int] = []
    entries, lengths = [], []
    for text in (*chosen, *rejected):
        found = words(text)
        row = sorted(Counter(_columns(found)).items())
        columns += [column for column, _ in row]
        counts += [count for _, count in row]
        entries.append(len(row))
        lengths.append(len(found))
    return Counts(
        column=np.array(columns, dtype=np.int32),
        count=np.array(counts, dtype=np.int32),
        entries=np.array(entries, dtype=np.int32).reshape(2, -1),
        words=np.array(lengths, dtype=np.int32).reshape(2, -1),
    )


def _columns(found: list[str]) -> Iterator[int]:
    for word in found:
        yield _hash(word) % UNIGRAMS
    for first, second in zip(["", *found], [*found, ""], strict=True):
        yield UNIGRAMS + _hash(f"{first} {second}") % BIGRAMS


def _hash(feature: str) -> int:
    return zlib.crc32(feature.encode("utf-8", "surrogatepass"))


def differences(counts: Counts, features: Features) -> Any:
    """Return what a model sees of each comparison: the chosen response minus the rejected one.

    Parameters
    ----------
    counts : Counts
    features : Features

    Returns
    -------
    (N, C + 1) scipy.sparse.csr_array of float64
        The last column is the difference of log lengths; all 0 where the model does not see it.
    """
    starts = np.concatenate([[0], np.cumsum(counts.entries.ravel())])
    shape = (counts.entries.size, COLUMNS)
    rows = sparse.csr_array((counts.count.astype(np.float64), counts.column, starts), shape=shape)
    if features.kind == "unigrams":
        rows = rows[:, :UNIGRAMS]
        rows.resize(shape)
    if features.scaling == "present":
        rows.data[:] = 1
    else:
        rows.data = 1 + np.log(rows.data)
        norms = np.sqrt((rows**2).sum(axis=1))
        rows = sparse.diags_array(1 / np.where(norms > 0, norms, 1)) @ rows
    half = counts.entries.shape[1]
    length = features.length * (counts.log_length[0] - counts.log_length[1])
    seen = [rows[:half] - rows[half:], sparse.csr_array(length[:, None])]
    return sparse.hstack(seen, format="csr")
