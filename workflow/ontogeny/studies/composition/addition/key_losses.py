"""Losses of what the key frequencies compute alone, and of what is left without it.

Formulas of arXiv 2301.05217, section 5.1. Symbols as in
`ontogeny.studies.composition.addition.waves`; ``L`` the logits on all pairs, ``N W_L^T`` what of
them passes through the hidden layer; ``K`` the key frequencies; ``P_K`` the projection of functions
of pairs, each candidate by itself.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ontogeny.studies.composition.addition.split_losses import SplitLosses, split_losses
from ontogeny.studies.composition.addition.waves import (
    WIDTHS,
    cube_coefficients,
    cyclic_frame,
    means,
    project,
    project_cubes,
    project_means,
)
from ontogeny.studies.composition.irreps.analysis import SPLITS, Ablation, Layers, ablated_losses

__all__ = ["EXCLUSIONS", "PLACES", "Excluded", "Restricted", "excluded", "restricted"]

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]
Answers = NDArray[np.integer]

PLACES = ("logits", "neurons")
EXCLUSIONS = ("logits", "neurons", "cubes")
"""What is taken from the logits: their own waves of ``a + b``; those of the neurons; cubes."""

_TRAIN = SPLITS.index("train")


@dataclass(frozen=True)
class Restricted:
    """Losses of what the key frequencies alone compute.

    Attributes
    ----------
    loss : (place, 3, split) ndarray [nat]
        By those of `PLACES` that are known, `ontogeny.studies.composition.addition.waves.WIDTHS`
        and split.
    accuracy : (place, 3, split) ndarray
    """

    loss: Array
    accuracy: Array


def restricted(
    logits: Array,
    through: Array | None,
    train: Mask | None,
    key: Mask,
    answer: Answers | None = None,
) -> Restricted:
    """Return the losses of what the key frequencies alone compute.

    ``P_K(X) + mean(L - P_K(X))``, with ``X = L`` or ``X = N W_L^T``: the mean over pairs of each
    candidate's logit is put back, as in the authors' code, and what passes around the hidden layer
    counts with its mean alone in the second case. The paper's number is that of the logits with
    waves of ``a + b``.

    Parameters
    ----------
    logits : (p, p, p) ndarray
    through : (p, p, p) ndarray or None
        None where it is not known; there is then no second case.
    train : (p, p) ndarray of bool or None
        None where it is not known; there is then one split, all pairs.
    key : (q,) ndarray of bool
    answer : (p, p) ndarray of int, optional
        As for `ontogeny.studies.composition.addition.measures.all_measures`.

    Returns
    -------
    Restricted
    """
    mean = logits.mean(axis=(0, 1))
    found: list[list[SplitLosses]] = [
        [
            split_losses(kept + (mean - kept.mean(axis=(0, 1))), train, answer)
            for kept in (project(part, key, width) for width in WIDTHS)
        ]
        for part in (logits, through)
        if part is not None
    ]
    return Restricted(
        np.array([[each.loss for each in row] for row in found]),
        np.array([[each.accuracy for each in row] for row in found]),
    )


@dataclass(frozen=True)
class Excluded:
    """Losses on training pairs without what the key frequencies compute.

    Attributes
    ----------
    loss : (exclusion,) ndarray [nat]
        Without those of all key frequencies, by those of `EXCLUSIONS` that are known.
    accuracy : (exclusion,) ndarray
    by_frequency : (q,) ndarray [nat]
        Of the logits without the waves of ``a + b`` of each single frequency. The largest of them
        is a measure that needs no key frequencies.
    accuracy_by_frequency : (q,) ndarray
        The same for accuracy, of key frequencies; NaN for the others.
    """

    loss: Array
    accuracy: Array
    by_frequency: Array
    accuracy_by_frequency: Array


def excluded(
    logits: Array, through: Array | None, train: Mask, key: Mask, answer: Answers | None = None
) -> Excluded:
    """Return the losses on training pairs without what the key frequencies compute.

    ``L - P_K(X)``, with ``P_K`` over waves of ``a + b`` of all pairs, no mean put back, and
    ``X = L`` or ``X = N W_L^T``; or ``L - sum_K <L, C_k> C_k``, which takes only what points at
    the right answer. The paper's number is the first.

    Parameters
    ----------
    logits : (p, p, p) ndarray
    through : (p, p, p) ndarray or None
        None where it is not known; there is then no second case.
    train : (p, p) ndarray of bool
    key : (q,) ndarray of bool
    answer : (p, p) ndarray of int, optional
        As for `ontogeny.studies.composition.addition.measures.all_measures`.

    Returns
    -------
    Excluded
    """
    p = len(logits)
    frame = cyclic_frame(p)
    tables = [project_means(part, key) for part in (logits, through) if part is not None]
    tables.append(project_cubes(cube_coefficients(logits), key))
    found = [split_losses(logits - table[frame.product], train, answer) for table in tables]
    layers = Layers(np.arange(p), None, logits)
    parts = frame.parts(means(logits))[1:]
    (by_split,) = ablated_losses(
        lambda: iter([layers]), [Ablation({"product": parts})], train, frame, answer=answer
    )
    return Excluded(
        loss=np.array([each.loss[_TRAIN] for each in found]),
        accuracy=np.array([each.accuracy[_TRAIN] for each in found]),
        by_frequency=by_split["product"][_TRAIN],
        accuracy_by_frequency=_accuracy_without(
            logits, parts, train, key, frame.product if answer is None else answer
        ),
    )


def _accuracy_without(
    logits: Array, parts: Array, train: Mask, key: Mask, answer: Answers
) -> Array:
    """Return the accuracy on training pairs without the part of each key frequency, (q,)."""
    a, b = np.nonzero(train)
    of_sum, right = (a + b) % len(logits), answer[a, b]
    seen = logits[a, b]
    found = np.full(len(key), np.nan)
    for index in np.flatnonzero(key):
        left = seen - parts[index, of_sum]
        of_right = left[np.arange(len(a)), right]
        left[np.arange(len(a)), right] = -np.inf
        found[index] = (of_right > left.max(axis=1)).mean() if len(a) else np.nan
    return found
