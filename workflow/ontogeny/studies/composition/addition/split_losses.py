"""Losses of logits on all pairs of residues, by split.

Symbols as in `ontogeny.studies.composition.addition.waves`.
"""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from ontogeny.studies.composition.addition.waves import cyclic_frame
from ontogeny.studies.composition.irreps.analysis import Layers, splits_of
from ontogeny.studies.composition.irreps.analysis import losses as group_losses

__all__ = ["SplitLosses", "softmax_collapse", "split_losses"]

Array = NDArray[np.float64]


@dataclass(frozen=True)
class SplitLosses:
    """Cross-entropy and accuracy of one set of logits.

    Attributes
    ----------
    loss : (split,) ndarray [nat]
        By `ontogeny.studies.composition.irreps.analysis.splits_of` the training set; NaN for an
        empty split.
    accuracy : (split,) ndarray
        A pair is right when the logit of its answer is larger than every other.
    """

    loss: Array
    accuracy: Array


def split_losses(
    logits: Array, train: NDArray[np.bool_] | None, answer: NDArray[np.integer] | None = None
) -> SplitLosses:
    """Return loss and accuracy of logits, by split.

    Parameters
    ----------
    logits : (p, p, p) ndarray [nat]
        Of the candidates, without a column for any other output.
    train : (p, p) ndarray of bool or None
        Which pairs are in the training set; None where it is not known.
    answer : (p, p) ndarray of int, optional
        The right answer to each pair; ``a + b`` where none is given.

    Returns
    -------
    SplitLosses
    """
    p = len(logits)
    layers = Layers(np.arange(p), None, logits)
    loss, accuracy = group_losses(lambda: iter([layers]), train, cyclic_frame(p), answer=answer)
    return SplitLosses(
        np.array([loss[split] for split in splits_of(train)]),
        np.array([accuracy[split] for split in splits_of(train)]),
    )


def softmax_collapse(
    logits: Array,
    train: NDArray[np.bool_],
    precision: torch.dtype = torch.float32,
    answer: NDArray[np.integer] | None = None,
) -> float:
    """Return the share of training pairs whose loss is exactly 0 in a floating-point type.

    The loss is minus ``torch.log_softmax`` of the logits, rounded to that type, at the right
    answer: 0 once the sum of exponentials rounds to the term of the right answer, so that the pair
    has no gradient any more [1]_.

    Parameters
    ----------
    logits : (p, p, p) ndarray [nat]
    train : (p, p) ndarray of bool
    precision : torch.dtype
        Of the logits and of their softmax.
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
    answers = cyclic_frame(len(logits)).product if answer is None else answer
    found = torch.log_softmax(torch.as_tensor(logits[a, b]).to(precision), dim=1)
    right = found[torch.arange(len(a)), torch.as_tensor(answers[a, b].astype(np.int64))]
    return float((right == 0).double().mean())
