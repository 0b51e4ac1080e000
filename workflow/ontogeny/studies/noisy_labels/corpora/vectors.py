"""Vectors of words from the words beside them.

Symbols: ``V`` tokens, with padding and the unknown word; ``N`` texts; ``L`` places.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array, csr_array
from scipy.sparse.linalg import svds

from ontogeny.studies.noisy_labels.corpora.comments import UNKNOWN

__all__ = ["vectors"]


def vectors(
    tokens: NDArray[np.integer],
    words: int,
    *,
    features: int = 48,
    window: int = 2,
    spread: float = 0.3,
) -> NDArray[np.float32]:
    """Return vectors of words, by positive pointwise mutual information and its singular values.

    Two words are together when they are at most `window` places apart in a text. Padding and
    unknown words take up a place but are together with nothing. Of the truncated decomposition
    U S Vᵀ, the vectors are the rows of U √S, all scaled to one length: rare words would otherwise
    have vectors many times as long as others. The entry of largest size in each column of U is
    positive.

    Parameters
    ----------
    tokens : (N, L) ndarray of int
    words : int
        V.
    features : int
        Entries of a vector. Those beyond the rank are zero; so are those from the number of known
        words on, less 1, as many as the decomposition can have.
    window : int
    spread : float
        Root mean square of the entries of a vector.

    Returns
    -------
    (V, features) ndarray of float32
        The first two rows, padding and the unknown word, are zero, and so is a word that is
        together with no other. The same input gives the same bytes.

    Notes
    -----
    With n(a, b) ordered pairs of words together, n(a) their sum over b and n the sum of all, the
    information is max(0, log(n(a, b) n / (n(a) n(b)))), without smoothing.
    """
    information = _information(_together(tokens, words, window))
    found = np.zeros((words, features))
    known = information.shape[0]
    rank = min(features, known - 1)
    if information.nnz and rank > 0:
        start = np.random.default_rng(0).standard_normal(known)
        left, values, _ = svds(information, k=rank, v0=start)
        order = np.argsort(-values, kind="stable")
        left, values = left[:, order], values[order]
        peak = left[np.abs(left).argmax(axis=0), np.arange(rank)]
        rows = left * np.sign(peak) * np.sqrt(values)
        length = np.linalg.norm(rows, axis=1, keepdims=True)
        has_any = np.diff(information.indptr) > 0
        found[UNKNOWN + 1 :, :rank][has_any] = rows[has_any] / length[has_any]
        found *= spread * features**0.5
    return found.astype(np.float32)


def _together(tokens: NDArray[np.integer], words: int, window: int) -> csr_array:
    """Return how often each two known words are together, in either order."""
    known = words - UNKNOWN - 1
    total = csr_array((known, known))
    for apart in range(1, window + 1):
        left, right = tokens[:, :-apart].ravel(), tokens[:, apart:].ravel()
        both = (left > UNKNOWN) & (right > UNKNOWN)
        places = (left[both] - UNKNOWN - 1, right[both] - UNKNOWN - 1)
        total += coo_array((np.ones(len(places[0])), places), shape=(known, known)).tocsr()
    return total + total.T


def _information(together: csr_array) -> csr_array:
    """Return the positive pointwise mutual information of counts."""
    pairs = together.tocoo()
    of_word = together.sum(axis=1)
    row, column = pairs.coords
    value = np.log(pairs.data * of_word.sum() / (of_word[row] * of_word[column]))
    kept = value > 0
    return csr_array((value[kept], (row[kept], column[kept])), shape=together.shape)
