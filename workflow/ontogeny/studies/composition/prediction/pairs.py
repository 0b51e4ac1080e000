"""Pairs of runs of one setting: in how many neurons the same irrep wins.

Neurons with the same initial weights are the same neurons. If these weights decided everything,
such neurons would have the same winner whatever the split; in how many they do bounds what can be
predicted from initial weights alone. With other initial weights the number of a neuron means
nothing, and only what all networks have in common is left.
"""

from itertools import combinations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ontogeny.joins.pairs import chosen_disjoint

__all__ = ["PAIR_KINDS", "SHARED_SPLIT", "one_of_each_network", "pairs_of_runs", "same_winner"]

SHARED_SPLIT = -1
"""In place of the seed of a split that does not depend on one: all pairs, or those of a file."""

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


def one_of_each_network(
    setting: ArrayLike, seed: ArrayLike, data_seed: ArrayLike, counted: ArrayLike
) -> NDArray[np.bool_]:
    """Return which of the runs that count represent the initial network that they share.

    Of the runs of a setting with the same initial weights that count, it is the one with the least
    seed of its split; the order of runs does not matter.

    Parameters
    ----------
    setting : (N,) array_like of str
    seed, data_seed : (N,) array_like of int
        Of the initial weights, and of the split.
    counted : (N,) array_like of bool

    Returns
    -------
    (N,) ndarray of bool

    Examples
    --------
    >>> one_of_each_network(["a"] * 4, [5, 5, 5, 6], [3, 2, 1, 0], [True, True, False, True])
    array([False,  True, False,  True])
    """
    settings, weights, splits = (np.asarray(each) for each in (setting, seed, data_seed))
    judged = np.asarray(counted, dtype=np.bool_)
    found = np.zeros(len(settings), dtype=np.bool_)
    seen = set()
    for run in np.argsort(splits, kind="stable").tolist():
        network = (settings[run], weights[run])
        if judged[run] and network not in seen:
            seen.add(network)
            found[run] = True
    return found


def pairs_of_runs(
    setting: ArrayLike, seed: ArrayLike, data_seed: ArrayLike, counted: ArrayLike
) -> dict[str, NDArray[np.generic]]:
    """Return all pairs of runs that differ in their seeds alone.

    Two runs that agree in both seeds are the same run, and no pair.

    Parameters
    ----------
    setting : (N,) array_like of str
        Equal for runs that differ in their seeds alone.
    seed, data_seed : (N,) array_like of int
        Of the initial weights, and of the split; `SHARED_SPLIT` for runs on all pairs of elements
        or on those of a file, whose training pairs are the same.
    counted : (N,) array_like of bool
        Whether claims count a run.

    Returns
    -------
    dict of str to (P,) ndarray
        ``first`` and ``second``: numbers of the runs; ``kind``: number in `PAIR_KINDS`;
        ``disjoint``: whether it is one of the pairs that claims count, which are of the first two
        kinds. No run is in two of these, so that they are independent; both kinds take turns, and
        initial weights and splits occur in them as evenly as can be.
    """
    settings, weights, splits = (np.asarray(each) for each in (setting, seed, data_seed))
    kind_of = {(True, False): 0, (False, True): 1, (False, False): 2}
    found = []
    for one, other in combinations(range(len(settings)), 2):
        alike = bool(weights[one] == weights[other]), bool(splits[one] == splits[other])
        if settings[one] == settings[other] and alike in kind_of:
            found.append((one, other, kind_of[alike]))
    table = np.array(found, dtype=np.int64).reshape(-1, 3)
    members, kind = table[:, :2], table[:, 2]
    judged = np.asarray(counted, dtype=np.bool_)[members].all(axis=1) & (kind < 2)
    conditions = _conditions(members, weights, splits)
    disjoint = np.zeros(len(table), dtype=np.bool_)
    for name in dict.fromkeys(settings.tolist()):
        those = np.flatnonzero(judged & (settings[members[:, 0]] == name))
        disjoint[those] = chosen_disjoint(members[those], kind[those], conditions[those])
    return {"first": members[:, 0], "second": members[:, 1], "kind": kind, "disjoint": disjoint}


def _conditions(members: Indices, weights: Indices, splits: Indices) -> Indices:
    """Return numbers of the initial weights and the splits of both runs of each pair, (P, 4)."""
    _, weight = np.unique(weights, return_inverse=True)
    _, split = np.unique(splits, return_inverse=True)
    return np.concatenate([weight[members], split[members] + len(weights)], axis=1)
