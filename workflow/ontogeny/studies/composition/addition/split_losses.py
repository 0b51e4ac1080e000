"""Losses of logits on all pairs of residues, by split.

Symbols as in `ontogeny.studies.composition.addition.waves`.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ontogeny.studies.composition.addition.waves import cyclic_frame
from ontogeny.studies.composition.irreps.analysis import SPLITS, Layers
from ontogeny.studies.composition.irreps.analysis import losses as group_losses

__all__ = ["SplitLosses", "softmax_collapse", "split_losses"]

Array = NDArray[np.float64]


@dataclass(frozen=True)
class SplitLosses:
    """Cross-entropy and accuracy of one set of logits.

    Attributes
    ----------
    loss : (3,) ndarray [nat]
        On ``train``, ``test``, ``all`` pairs; NaN for an empty split.
    accuracy : (3,) ndarray
        A pair is right when the logit of its answer is larger than every other.
    """

    loss: Array
    accuracy: Array


def split_losses(
    logits: Array, train: NDArray[np.bool_], answer: NDArray[np.integer] | None = None
) -> SplitLosses:
    """Return loss and accuracy of logits, by split.

    Parameters
    ----------
    logits : (p, p, p) ndarray [nat]
        Of the candidates, without a column for any other output.
    train : (p, p) ndarray of bool
        Which pairs are in the training set.
    answer : (p, p) ndarray of int, optional
        The right answer to each pair; ``a + b`` where none is given.

    Returns
    -------
    SplitLosses
    """
    p = len(logits)
    layers = Layers(np.arange(p), np.empty((p, p, 0)), logits)
    loss, accuracy = group_losses(lambda: iter([layers]), train, cyclic_frame(p), answer=answer)
    return SplitLosses(
        np.array([loss[split] for split in SPLITS]),
        np.array([accuracy[split] for split in SPLITS]),
    )


def softmax_collapse(
    logits: Array,
    train: NDArray[np.bool_],
    precision: type[np.floating] = np.float32,
    answer: NDArray[np.integer] | None = None,
) -> float:
    """Return the share of training pairs whose loss is exactly 0 when it is computed plainly.

    ``log sum_c exp(z_c - max z) + max z - z_right`` in the given precision: 0 once the sum rounds
    to the term of the right answer, so that the pair has no gradient any more [1]_.

    Parameters
    ----------
    logits : (p, p, p) ndarray [nat]
    train : (p, p) ndarray of bool
    precision : type
        In which exponentials, sum and logarithm are rounded.
    answer : (p, p) ndarray of int, optional
        As for `split_losses`.

    Returns
    -------
    float
        NaN without a training pair.

    References
    ----------
    .. [1] L. Prieto et al., "Grokking at the edge of numerical stability", arXiv 2501.04697.
    """
    a, b = np.nonzero(train)
    if not len(a):
        return float("nan")
    z = logits[a, b].astype(precision)
    answers = cyclic_frame(len(logits)).product if answer is None else answer
    right = z[np.arange(len(a)), answers[a, b]]
    largest = z.max(axis=1)
    total = np.exp(z - largest[:, None]).sum(axis=1, dtype=precision)
    return float(np.mean(np.log(total) + (largest - right) == 0))
