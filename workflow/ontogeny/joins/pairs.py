"""Runs that are compared with one another: partners, and disjoint pairs of replicates."""

from collections.abc import Iterator, Sequence

import numpy as np
import xarray as xr
from numpy.typing import ArrayLike, NDArray

__all__ = ["chosen_disjoint", "differences", "disjoint_pairs", "partners"]


def partners(runs: xr.Dataset, others: xr.Dataset, by: Sequence[str]) -> NDArray[np.int64]:
    """Return for each run the place of its partner: the first other run that agrees with it.

    Parameters
    ----------
    runs, others : Dataset
        Of ``N`` and of ``M`` runs, along ``run``.
    by : sequence of str
        Variables in which partners agree, such as ``("corpus_of_run", "seed_of_run")``.

    Returns
    -------
    (N,) ndarray of int64
        -1 for a run without a partner.
    """
    agree = np.ones((runs.sizes["run"], others.sizes["run"]), dtype=np.bool_)
    for name in by:
        agree &= runs[name].values[:, None] == others[name].values
    if not others.sizes["run"]:
        return np.full(runs.sizes["run"], -1)
    return np.where(agree.any(axis=1), agree.argmax(axis=1), -1)


def differences(
    runs: xr.Dataset, others: xr.Dataset, quantity: str, by: Sequence[str]
) -> NDArray[np.float64]:
    """Return by how much a quantity of each run exceeds that of its partner.

    The mean of these paired differences has a narrower interval than the difference of two means
    where partners share what makes runs differ, such as the seed of their data.

    Parameters
    ----------
    runs, others : Dataset
        Of ``N`` and of ``M`` runs, along ``run``.
    quantity : str
        A variable along ``run``.
    by : sequence of str
        Variables in which partners agree; the replicate is among them.

    Returns
    -------
    (N,) ndarray
        In units of the quantity; NaN for a run without a partner.
    """
    place = partners(runs, others, by)
    found = np.full(len(place), np.nan)
    paired = place >= 0
    own, theirs = runs[quantity].values, others[quantity].values
    found[paired] = own[paired] - theirs[place[paired]]
    return found


def disjoint_pairs(
    runs: xr.Dataset, *, replicate: str = "seed"
) -> Iterator[tuple[xr.Dataset, xr.Dataset]]:
    """Yield pairs of runs of one experiment with neighbouring replicates; no run is in two pairs.

    Parameters
    ----------
    runs : Dataset
        Along ``run``, with ``experiment_of_run`` and ``REPLICATE_of_run``.
    replicate : str

    Yields
    ------
    first, second : Dataset
        Each of one run.
    """
    experiment = runs["experiment_of_run"].values
    order = np.argsort(runs[f"{replicate}_of_run"].values, kind="stable")
    for name in dict.fromkeys(experiment):
        those = order[experiment[order] == name]
        for first, second in zip(those[::2], those[1::2], strict=False):
            yield runs.isel(run=int(first)), runs.isel(run=int(second))


def chosen_disjoint(members: ArrayLike, kind: ArrayLike, labels: ArrayLike) -> NDArray[np.bool_]:
    """Return which pairs are chosen so that nothing is in two of them, whatever their kinds.

    Kinds take turns, from the smallest one on. Each chooses, among its pairs that have no member in
    a pair chosen before, the one whose labels are in chosen pairs least often, summed over labels;
    of several the first. No further pair could be added at the end.

    Parameters
    ----------
    members : (P, 2) array_like of int
    kind : (P,) array_like of int
    labels : (P, L) array_like of int
        What pairs have in common with others, such as the conditions of their members, from 0.

    Returns
    -------
    (P,) ndarray of bool

    Examples
    --------
    >>> chosen_disjoint([[0, 1], [0, 2], [1, 2], [2, 3]], [0, 0, 0, 1], [[0], [0], [0], [0]])
    array([ True, False, False,  True])
    """
    pairs = np.asarray(members, dtype=np.int64).reshape(-1, 2)
    kinds = np.asarray(kind, dtype=np.int64)
    marks = np.asarray(labels, dtype=np.int64)
    used = np.zeros(marks.max(initial=-1) + 1, dtype=np.int64)
    chosen, free = np.zeros((2, len(pairs)), dtype=np.bool_)
    free[:] = True
    while free.any():
        for each in np.unique(kinds):
            candidates = np.flatnonzero(free & (kinds == each))
            if not len(candidates):
                continue
            best = candidates[used[marks[candidates]].sum(axis=1).argmin()]
            chosen[best] = True
            free &= ~np.isin(pairs, pairs[best]).any(axis=1)
            np.add.at(used, marks[best], 1)
    return chosen
