"""Transition matrices of noisy labels: how often a rater calls harmless and toxic comments toxic.

Symbols: ``n`` clean comments; ``G`` groups; ``M`` comments.
"""

import numpy as np
from numpy.typing import NDArray

__all__ = ["by_group", "mean_by_class"]

Array = NDArray[np.float64]
Bools = NDArray[np.bool_]


def mean_by_class(label: Bools, says_toxic: NDArray[np.generic]) -> Array:
    """Return T_01 and T_11: the mean of what is said of harmless and of toxic clean comments.

    ``T_i1 = (sum of what is said of class i + 1/2) / (n_i + 1)``. Half a comment is added to each
    side, since an estimate of 0 would make the loss of one label to the contrary infinite. With
    labels of the rater it is the share of its label among the clean comments of each class; with
    probabilities of a network that learned from noisy labels alone it is the estimator of gold loss
    correction (arXiv 1802.05300).

    Parameters
    ----------
    label : (n,) ndarray of bool
        True labels of the clean comments, of both classes.
    says_toxic : (n,) ndarray of bool or float

    Returns
    -------
    (2,) ndarray

    Examples
    --------
    >>> mean_by_class(np.array([False, False, True]), np.array([True, False, True]))
    array([0.5 , 0.75])
    """
    said = says_toxic.astype(np.float64)
    return np.array([(said[each].sum() + 0.5) / (each.sum() + 1) for each in (~label, label)])


def by_group(
    label: Bools, says_toxic: NDArray[np.generic], member: Bools, *, pseudo_counts: float = 20.0
) -> Array:
    """Return T_01 and T_11 of each group, drawn towards those of all comments.

    ``T_g = (sum of what is said of the group's comments of the class + k T) / (their number + k)``.

    Parameters
    ----------
    label : (n,) ndarray of bool
    says_toxic : (n,) ndarray of bool or float
    member : (G, n) ndarray of bool
    pseudo_counts : float
        k, how many comments the matrix of all counts for.

    Returns
    -------
    (G, 2) ndarray
    """
    overall = mean_by_class(label, says_toxic)
    of_class = np.stack([~label, label]).astype(np.float64)
    said = np.einsum(
        "gn,cn,n->gc", member.astype(np.float64), of_class, says_toxic.astype(np.float64)
    )
    number = np.einsum("gn,cn->gc", member.astype(np.float64), of_class)
    return (said + pseudo_counts * overall) / (number + pseudo_counts)
