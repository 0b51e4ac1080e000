"""Modular addition as arXiv 2301.05217 defines it, from sines and cosines and nothing else.

Frequencies k are 1 to (p - 1)/2. Functions of pairs are (p, p, ...), by a and b.
"""

import numpy as np
from scipy.special import logsumexp


def frequencies(p):
    return range(1, (p - 1) // 2 + 1)


def mask(p, keys):
    return np.isin(frequencies(p), list(keys))


def fourier(p):
    """F, one wave a row."""
    x = np.arange(p)
    rows = [np.full(p, p**-0.5)]
    for k in frequencies(p):
        rows += [np.sqrt(2 / p) * f(2 * np.pi * k * x / p) for f in (np.cos, np.sin)]
    return np.stack(rows)


def directions(p, k, sign=1):
    """c_k and s_k of a + b, or of a - b, (2, p, p)."""
    a, b = np.indices((p, p))
    angle = 2 * np.pi * k * (a + sign * b) / p
    return np.sqrt(2) / p * np.stack([np.cos(angle), np.sin(angle)])


def cube(p, k):
    a, b, c = np.indices((p, p, p))
    return np.sqrt(2) * p**-1.5 * np.cos(2 * np.pi * k * (a + b - c) / p)


def span(p, k, width):
    """Orthonormal functions of pairs that a frequency spans, (2 or 4 or 8, p, p)."""
    if width == "sum":
        return directions(p, k)
    one, cos, sin = fourier(p)[[0, 2 * k - 1, 2 * k]]
    factors = [(u, v) for u in (cos, sin) for v in (cos, sin)]
    if width == "block":
        factors += [(one, v) for v in (cos, sin)] + [(u, one) for u in (cos, sin)]
    return np.stack([np.outer(u, v) for u, v in factors])


def projected(values, keys, width="sum"):
    out = np.zeros_like(values)
    for k in keys:
        for direction in span(len(values), k, width):
            out += np.multiply.outer(direction, np.tensordot(direction, values, axes=2))
    return out


def cross_entropy(logits):
    """Of each pair, (p, p)."""
    p = len(logits)
    a, b = np.indices((p, p))
    return logsumexp(logits, axis=2) - logits[a, b, (a + b) % p]
