"""What each irrep explains: logit similarity, shares of matrices and of the hidden layer.

Symbols as in `ontogeny.studies.composition.irreps.analysis.means`; ``R`` real irreps.
"""

import numpy as np
from numpy.typing import NDArray

from ontogeny.studies.composition.irreps.analysis.frame import Frame
from ontogeny.studies.composition.irreps.analysis.means import LogitSums, Means

__all__ = [
    "entry_gini",
    "gini",
    "hidden_shares",
    "key_irreps",
    "logit_similarity",
    "logit_similarity_on_test_pairs",
    "matrix_shares",
]

Array = NDArray[np.float64]


def logit_similarity(means: Means, frame: Frame) -> Array:
    r"""Return the cosine between centred logits and each character over all pairs, (R,).

    ``sim_rho = <z - mean_c z, chi_rho(a b c^-1)> / (|| . || || . ||)`` over all ``n^3`` triples
    (arXiv 2302.03025, logit similarity). Since the character depends on ``a b c^-1`` alone, the
    sum over triples is ``sum_g S(g) chi_rho(g)`` with ``S(g)`` the sum of the centred logits over
    ``a b c^-1 = g``, and ``S(g) = n sum_h zbar[h, g^-1 h]`` from the means over products ``h``.
    """
    n = frame.order
    return _similarity(LogitSums(n * means.logits, means.centred_logit_norm, n**2), frame)


def logit_similarity_on_test_pairs(means: Means, frame: Frame) -> Array:
    """Return the cosine between centred logits and each character over test pairs, (R,).

    The same sums as for `logit_similarity`, over the triples of test pairs ``(a, b)`` and all
    ``c``. While training pairs are memorised, ``z`` is about a bump at the right answer on these
    pairs, ``delta(a b c^-1) = sum_rho d_rho chi_rho(a b c^-1) / n`` over complex irreps, so that
    over all pairs every irrep seems to be learned about as its degree. Test pairs have no part
    in that.

    Raises
    ------
    ValueError
        If there are no test pairs, or they are not known.
    """
    if means.test is None:
        msg = "`means` are of no test pairs: give a `train` to `group_means` that leaves some out"
        raise ValueError(msg)
    return _similarity(means.test, frame)


def _similarity(sums: LogitSums, frame: Frame) -> Array:
    """Return the cosine of logits with each character over some pairs."""
    n = frame.order
    if sums.centred_norm == 0:
        return np.zeros(len(frame.irreps))
    centred = sums.by_product - sums.by_product.mean(axis=1, keepdims=True)
    of_element = centred[np.arange(n), frame.division].sum(axis=1)
    norms = np.sqrt(sums.pairs) * np.linalg.norm(frame.character, axis=1)
    return frame.character @ of_element / (sums.centred_norm * norms)


def key_irreps(similarity: Array, frame: Frame, *, threshold: float) -> NDArray[np.bool_]:
    """Return which non-trivial irreps have a logit similarity above the threshold, (R,)."""
    key = similarity > threshold
    key[0] = False
    return key


def gini(values: Array) -> float:
    """Return the Gini coefficient of non-negative numbers (Hurley and Rickard 2009).

    ``sum_i (2 i - n - 1) x_(i) / (n sum x)`` for ``x`` ascending, ``i`` from 1: 0 for equal
    numbers, ``1 - 1/n`` for a single one that is not zero. All zeros count as equal.

    Examples
    --------
    >>> gini(np.array([1.0, 1.0, 1.0]))
    0.0
    >>> round(gini(np.array([0.0, 0.0, 0.0, 2.0])), 12)
    0.75
    """
    ordered = np.sort(values)
    n = len(ordered)
    total = ordered.sum()
    if total == 0:
        return 0.0
    return float((2 * np.arange(1, n + 1) - n - 1) @ ordered / (n * total))


def entry_gini(matrix: Array, frame: Frame) -> float:
    """Return the Gini coefficient of the norms of a matrix's non-constant components.

    The components are the rows of ``basis.T @ matrix``, one for each matrix entry of the
    non-trivial irreps; for a cyclic group the Fourier components of arXiv 2301.05217.
    """
    norms = np.linalg.norm(frame.basis.T @ matrix, axis=1)
    return gini(norms[frame.irrep_of_entry > 0])


def matrix_shares(matrix: Array, frame: Frame) -> Array:
    """Return the share of a matrix's squared norm in the span of each irrep, (R,)."""
    power = frame.power(frame.basis.T @ matrix)
    total = np.vdot(matrix, matrix)
    return power / total if total > 0 else np.zeros_like(power)


def hidden_shares(means: Means, frame: Frame) -> Array:
    """Return the share of the hidden variance in ``rho(a)``, ``rho(b)``, ``rho(ab)``, (3, R).

    With ``M`` the mean over all pairs with the same left factor (right factor, product) and
    ``Q_rho`` an orthonormal basis of the entries of ``rho``, the share is
    ``n ||Q_rho^T M||^2 / ||H - mean H||^2`` (arXiv 2302.03025, hidden representations).
    """
    total = frame.order**2 * means.variance.sum()
    parts = [mean - mean.mean(axis=0) for mean in (means.left, means.right, means.product)]
    power = np.stack([frame.power(frame.basis.T @ part) for part in parts])
    return frame.order * power / total if total > 0 else np.zeros_like(power)
