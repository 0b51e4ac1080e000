"""The measures of group composition as the papers define them, without any shortcut.

Whole cubes of logits, projections of all pairs on design matrices, double sums: slow, and plain
enough to be compared with arXiv 2302.03025 and arXiv 2301.05217 line by line.

Symbols: ``n`` elements; ``a``, ``b`` the factors, ``c`` a candidate for their product; ``product``
the table; ``rho`` the (n, d, d) matrices of one real irrep, ``rhos`` those of several. ``hidden``
is (n, n, h) and ``logits`` (n, n, n), by ``a`` and ``b``. Pairs are in row-major order.
"""

import numpy as np
from scipy.special import logsumexp

__all__ = [
    "PARTS",
    "block_share",
    "cross_entropy",
    "excluded_logit_loss",
    "excluded_loss",
    "gini",
    "hidden_share",
    "inverse",
    "logit_similarity",
    "matrix_share",
    "neuron_share",
    "restricted_logit_loss",
    "restricted_loss",
    "template",
]

PARTS = ("left", "right", "product")


def inverse(product):
    """Inverse of each element, by search."""
    n = len(product)
    (identity,) = (e for e in range(n) if np.array_equal(product[e], np.arange(n)))
    return np.array([int(np.flatnonzero(product[a] == identity)[0]) for a in range(n)])


def template(rho, product):
    """The cube ``chi(a b c^-1)``."""
    chi = np.trace(rho, axis1=1, axis2=2)
    inverses = inverse(product)
    return chi[product[product[:, :, None], inverses[None, None, :]]]


def logit_similarity(logits, rho, product, pairs=...):
    """Cosine of the logits, minus their mean over ``c``, with the cube, on some pairs or all."""
    centred = (logits - logits.mean(axis=2, keepdims=True))[pairs]
    cube = template(rho, product)[pairs]
    return np.sum(centred * cube) / (np.linalg.norm(centred) * np.linalg.norm(cube))


def span(columns):
    """Orthonormal columns with the same span, however dependent the given ones are."""
    u, s, _ = np.linalg.svd(columns, full_matrices=False)
    return u[:, s > 1e-8 * s.max()]


def projection(values, columns):
    """The part of each column of values in the span of the other columns."""
    q = span(columns)
    return q @ (q.T @ values)


def entries(rho):
    """The matrix entries as functions on the group, (n, d^2)."""
    return rho.reshape(len(rho), -1)


def pair_entries(rho, product, part):
    """The entries of rho(a), rho(b) or rho(ab) as functions on all pairs, (n^2, d^2)."""
    a, b = np.indices(product.shape)
    return entries(rho)[{"left": a, "right": b, "product": product}[part].ravel()]


def matrix_share(matrix, rho):
    """Share of a matrix's squared norm in the entries of rho."""
    return np.sum(projection(matrix, entries(rho)) ** 2) / np.sum(matrix**2)


def flat(values):
    """One row for each pair."""
    return values.reshape(-1, values.shape[2])


def share_of_each(explained, whole):
    """Share of the squared norm of each column; 0 of a column of zeros."""
    total = np.sum(whole**2, axis=0)
    return np.sum(explained**2, axis=0) / np.where(total > 0, total, 1)


def neuron_share(hidden, rho, product, part):
    """Share of each neuron's variance in the entries of rho(a), rho(b) or rho(ab), (h,)."""
    centred = flat(hidden) - flat(hidden).mean(axis=0)
    return share_of_each(projection(centred, pair_entries(rho, product, part)), centred)


def hidden_share(hidden, rho, product, part):
    """Share of the variance of the whole hidden layer."""
    centred = flat(hidden) - flat(hidden).mean(axis=0)
    explained = projection(centred, pair_entries(rho, product, part))
    return np.sum(explained**2) / np.sum(centred**2)


def block_share(hidden, rho):
    """Share of each neuron's variance in all ``u(a) v(b)``, u and v constant or an entry, (h,)."""
    centred = flat(hidden) - flat(hidden).mean(axis=0)
    one_side = span(np.column_stack([np.ones(len(rho)), entries(rho)]))
    return share_of_each(projection(centred, np.kron(one_side, one_side)), centred)


def cross_entropy(logits, product):
    """Of each pair, for logits with one row a pair, (n^2,)."""
    return logsumexp(logits, axis=1) - logits[np.arange(len(logits)), product.ravel()]


def product_part(values, rhos, product):
    """The part of functions on pairs in the entries of rho(ab) of several irreps."""
    parts = [projection(values, pair_entries(rho, product, "product")) for rho in rhos]
    return np.sum([np.zeros_like(values), *parts], axis=0)


def restricted_loss(hidden, unembedding, rhos, product):
    """Loss of the hidden layer's part alone, over all pairs; no mean is kept."""
    kept = product_part(flat(hidden), rhos, product)
    return cross_entropy(kept @ unembedding.T, product).mean()


def excluded_loss(hidden, unembedding, rhos, product, train):
    """Loss of the hidden layer without that part, over the training pairs."""
    rest = flat(hidden) - product_part(flat(hidden), rhos, product)
    return cross_entropy(rest @ unembedding.T, product)[train.ravel()].mean()


def restricted_logit_loss(logits, rhos, product):
    """Loss of the logits' part and the mean over pairs of the rest, over all pairs."""
    kept = product_part(flat(logits), rhos, product)
    return cross_entropy(kept + (flat(logits) - kept).mean(axis=0), product).mean()


def excluded_logit_loss(logits, rhos, product, train):
    """Loss of the logits without that part, over the training pairs."""
    rest = flat(logits) - product_part(flat(logits), rhos, product)
    return cross_entropy(rest, product)[train.ravel()].mean()


def gini(values):
    """Mean absolute difference of two members over twice the mean."""
    n = len(values)
    differences = sum(abs(x - y) for x in values for y in values)
    return differences / (2 * n * sum(values))
