"""Pairs of runs of one setting: in how many neurons the same irrep wins.

Neurons whose initial weights are the same are the same neurons. How often they have the same winner
with another split is what the initial weights decide; with other initial weights the number of
a neuron means nothing, and only what all networks have in common is left.
"""

from itertools import combinations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ontogeny.joins.pairs import chosen_disjoint

__all__ = ["PAIR_KINDS", "pairs_of_runs", "same_winner"]

PAIR_KINDS = ("same weights, other split", "other weights, same split", "neither")
"""What two runs of one setting have in common."""

Indices = NDArray[np.int64]


def same_winner(first: ArrayLike, second: ArrayLike) -> tuple[float, float]:
    """Return in how many neurons two networks have the same winner.

    Parameters
    ----------
    first, second : (h,) array_like of int
        Irrep that wins each neuron; -1 without a winner.

    Returns
    -------
    share : float
        Among the neurons with a winner in both; NaN where there are none.
    exchanged : float
        Its mean over all permutations of these neurons in one network: the sum over irreps of the
        product of both frequencies.

    Examples
    --------
    >>> same_winner([1, 1, 2, -1], [1, 2, 2, 2])
    (0.6666666666666666, 0.4444444444444444)
    """
    one, other = np.asarray(first), np.asarray(second)
    both = (one > 0) & (other > 0)
    if not both.any():
        return np.nan, np.nan
    one, other = one[both], other[both]
    length = int(max(one.max(), other.max())) + 1
    counts = [np.bincount(each, minlength=length) for each in (one, other)]
    return float((one == other).mean()), float(counts[0] @ counts[1]) / one.size**2


def pairs_of_runs(
    setting: ArrayLike, seed: ArrayLike, data_seed: ArrayLike, counted: ArrayLike
) -> dict[str, NDArray[np.generic]]:
    """Return all pairs of runs that differ in their seeds alone.

    Parameters
    ----------
    setting : (N,) array_like of str
        Equal for runs that differ in their seeds alone.
    seed, data_seed : (N,) array_like of int
        Of the initial weights, and of the split.
    counted : (N,) array_like of bool
        Whether claims count a run.

    Returns
    -------
    dict of str to (P,) ndarray
        ``first`` and ``second``: numbers of the runs; ``kind``: number in `PAIR_KINDS`;
        ``disjoint``: whether it is one of the pairs of its kind that claims count, of which no run
        is in two.
    """
    settings, weights, splits = (np.asarray(each) for each in (setting, seed, data_seed))
    kind_of = {(True, False): 0, (False, True): 1, (False, False): 2}
    found = []
    for one, other in combinations(range(len(settings)), 2):
        alike = bool(weights[one] == weights[other]), bool(splits[one] == splits[other])
        if settings[one] == settings[other] and alike in kind_of:
            found.append((one, other, kind_of[alike]))
    first, second, kind = np.array(found, dtype=np.int64).reshape(-1, 3).T
    judged = np.asarray(counted, dtype=np.bool_)
    disjoint = judged[first] & judged[second]
    for each in range(len(PAIR_KINDS)):
        candidates = np.flatnonzero(disjoint & (kind == each))
        disjoint[candidates] = chosen_disjoint(first[candidates], second[candidates])
    return {"first": first, "second": second, "kind": kind, "disjoint": disjoint}
