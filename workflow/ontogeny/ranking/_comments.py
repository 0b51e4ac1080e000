"""Scores, labels and groups of comments, checked."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]


def scores_of(score: ArrayLike) -> Array:
    """Return scores as float64.

    Raises
    ------
    ValueError
        When they are not one list, or one is NaN.
    """
    scores = np.asarray(score, dtype=np.float64)
    if scores.ndim != 1:
        msg = f"scores {scores.shape}: one score for each comment"
        raise ValueError(msg)
    if np.isnan(scores).any():
        msg = "a score is NaN: leave its comment out"
        raise ValueError(msg)
    return scores


def mask_of(name: str, values: ArrayLike, shape: tuple[int, ...]) -> Mask:
    """Return yes and no, or 1 and 0, as booleans.

    Raises
    ------
    ValueError
        When the shape is another, or a value neither 1 nor 0.
    """
    given = np.asarray(values)
    if given.shape != shape:
        msg = f"{name} {given.shape}, expected {shape}: one value for each comment"
        raise ValueError(msg)
    mask = given.astype(np.bool_)
    if (mask != given).any():
        msg = f"{name}: a value is neither 1 nor 0"
        raise ValueError(msg)
    return mask


def labelled(score: ArrayLike, label: ArrayLike) -> tuple[Array, Mask]:
    """Return scores and labels, checked by `scores_of` and `mask_of`."""
    scores = scores_of(score)
    return scores, mask_of("label", label, scores.shape)


@dataclass(frozen=True)
class Comments:
    """Scores (N,), labels (N,), groups (G, N) and the background (N,)."""

    score: Array
    label: Mask
    member: Mask
    background: Mask


def comments(
    score: ArrayLike, label: ArrayLike, member: ArrayLike, background: ArrayLike
) -> Comments:
    """Return comments, checked.

    Raises
    ------
    ValueError
        When shapes do not match, a score is NaN, another value neither 1 nor 0, or a comment of the
        background names a group.
    """
    scores, labels = labelled(score, label)
    groups = mask_of("member", member, (np.shape(member)[0], scores.size))
    outside = mask_of("background", background, scores.shape)
    if (groups & outside).any():
        msg = "a comment of the background names a group"
        raise ValueError(msg)
    return Comments(scores, labels, groups, outside)
