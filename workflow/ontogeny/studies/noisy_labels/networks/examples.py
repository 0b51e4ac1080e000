"""Which comments a strategy learns from, with which labels.

Symbols: ``M`` comments of the part `study`; ``I`` items, each a comment with a label.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ontogeny.studies.noisy_labels.networks.labellers import CLEAN, NOISY

__all__ = ["Examples", "clean_comments", "examples_of"]

_CLEAN = 1
"""Stream of random numbers of a run that draws which comments are clean."""


@dataclass(frozen=True)
class Examples:
    """What a network learns from.

    Attributes
    ----------
    comment : (I,) ndarray of int64
        Place among the comments of the part `study`.
    target : (I,) ndarray of float32
        The label: 1 toxic, 0 not.
    labeller : (I,) ndarray of int64
        Who gave it: 0 someone who is right, 1 the rater.
    weight : (I,) ndarray of float32
    transition : (I, 2) ndarray of float64, optional
        For loss correction: the probability that the labeller calls it toxic if it is harmless,
        and if it is toxic.
    """

    comment: NDArray[np.int64]
    target: NDArray[np.float32]
    labeller: NDArray[np.int64]
    weight: NDArray[np.float32]
    transition: NDArray[np.float64] | None = None


def clean_comments(count: int, share: float, seed: int) -> NDArray[np.int64]:
    """Return the places of the comments whose true label is known.

    Those of a smaller share are among those of a larger one, and all strategies of one seed have
    the same.

    Parameters
    ----------
    count : int
        Comments of the part `study`, M.
    share : float
    seed : int
        Of the run.

    Returns
    -------
    (round(share M),) ndarray of int64, ascending

    Examples
    --------
    >>> set(clean_comments(100, 0.05, seed=0)) <= set(clean_comments(100, 0.2, seed=0))
    True
    """
    order = np.random.default_rng([seed, 0, _CLEAN]).permutation(count)
    return np.sort(order[: round(share * count)])


def examples_of(
    strategy: str,
    label: NDArray[np.bool_],
    noisy: NDArray[np.bool_] | None,
    clean: NDArray[np.int64],
    *,
    tuned: bool = False,
    noisy_weight: float = 1.0,
    transition: NDArray[np.float64] | None = None,
) -> Examples:
    """Return what a strategy learns from.

    Parameters
    ----------
    strategy : str
        As in the configuration.
    label : (M,) ndarray of bool
        True labels.
    noisy : (M,) ndarray of bool or None
        Labels of the rater, or, for `relabelled`, of another network; None where the strategy reads
        true labels alone.
    clean : (n,) ndarray of int64
        Places of the clean comments.
    tuned : bool
        Whether the network goes on with the clean comments alone.
    noisy_weight : float
        Weight of a noisy comment, for `weighted`.
    transition : (M, 2) ndarray, optional
        For `loss-correction`: probabilities that the rater calls a comment toxic if it is harmless,
        and if it is toxic.

    Raises
    ------
    ValueError
        If all labels that the network learns from are the same.
    """
    is_clean = np.zeros(len(label), dtype=np.bool_)
    is_clean[clean] = True
    is_noisy = np.zeros_like(is_clean) if strategy == "oracle" else ~is_clean
    if tuned or strategy in {"clean", "few-noisy"}:
        chosen = clean
    elif strategy == "noisy":
        chosen = np.flatnonzero(is_noisy)
    else:
        chosen = np.arange(len(label))
    given = label
    if noisy is not None:
        given = noisy if strategy == "few-noisy" else np.where(is_noisy, noisy, label)
    target = given[chosen]
    if target.all() or not target.any():
        which = "toxic" if target.any() else "harmless"
        msg = (
            f"all {len(chosen)} comments to learn from are labelled {which}; raise `clean_share`, "
            "give more comments, or take another seed"
        )
        raise ValueError(msg)
    weight = np.where(is_noisy, noisy_weight if strategy == "weighted" else 1.0, 1.0)
    return Examples(
        comment=chosen,
        target=target.astype(np.float32),
        labeller=np.where(is_noisy, NOISY, CLEAN)[chosen],
        weight=weight[chosen].astype(np.float32),
        transition=None
        if transition is None or tuned
        else _as_labelled(transition, is_noisy)[chosen],
    )


def _as_labelled(
    transition: NDArray[np.float64], is_noisy: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """Return the transition of each comment: none where the label is true."""
    return np.where(is_noisy[:, None], transition, [0.0, 1.0])
