"""Networks of one's own, given as functions or arrays, through every measure.

What a network must show is its logits on all pairs. Whatever else it shows, the hidden layer, the
embeddings, the unembedding, the parameters, adds the measures of that; what is absent from the
results, and why, is in their attribute ``absent``.

Symbols: ``n`` elements, ``e`` coordinates of an embedding, ``h`` neurons.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import ArrayLike, NDArray

from ontogeny.caveats import of_all
from ontogeny.given_networks import as_array, steps_of
from ontogeny.groups import Group, broken_law
from ontogeny.groups import group as group_by_name
from ontogeny.representations import irreps, real_irreps
from ontogeny.studies.composition.catalogue.irreps import irreps_dataset, require_laws
from ontogeny.studies.composition.catalogue.tables import table_dataset
from ontogeny.studies.composition.config import Analysis
from ontogeny.studies.composition.irreps.analysis import splits_of
from ontogeny.studies.composition.irreps.datasets import frame_of
from ontogeny.studies.composition.irreps.stages import analysis_of, evaluation_of
from ontogeny.studies.composition.networks.pair_files import problem_of_pairs
from ontogeny.studies.composition.opened import words
from ontogeny.studies.composition.shown_networks import (
    Function,
    GroupNetwork,
    ShownNetwork,
    shown_networks,
)

__all__ = ["GroupNetwork", "follow_group"]


def follow_group(
    group: str | Group | ArrayLike,
    networks: Mapping[int, GroupNetwork | Function | ArrayLike],
    train_pairs: ArrayLike | None = None,
    *,
    key_similarity: float = Analysis().key_similarity,
) -> xr.DataTree:
    """Return every measure of networks of one's own along training, and of the final one.

    Parameters
    ----------
    group : str, Group or (n, n) array of int
        A name such as ``"S5"``, a group of `ontogeny.groups` (``from_permutations`` and
        ``from_matrices`` make one of generators), or a table whose entry ``[a, b]`` is ``a b``.
    networks : mapping of int
        By step: a `GroupNetwork`; a function as its `function`; or the logits on all pairs,
        (n, n, n) by left factor, right factor and output. Functions are called more than once.
    train_pairs : (n, n) array of bool or (pair, 2) array of int, optional
        Which pairs were trained on, or these pairs. Without it there are no losses of training and
        test pairs, and nothing that rests on them; where it has all pairs, none of test pairs.
    key_similarity : float
        An irrep is key when its logit similarity at the last step exceeds this.

    Returns
    -------
    DataTree
        What the workflow stores of a run: ``table`` and ``irreps`` of the group, ``history``,
        ``analysis`` of the final checkpoint, ``evaluation`` along steps; of addition modulo an odd
        number ``addition_analysis`` and ``addition_evaluation`` too. Their attribute ``absent``
        says what they lack and why.

    Raises
    ------
    ValueError
        If an argument does not fit the group, or all networks are the same. One line, with the
        argument, what was found, and what to do.

    Examples
    --------
    >>> table = np.add.outer(np.arange(5), np.arange(5)) % 5
    >>> run = follow_group("C5", {0: np.zeros((5, 5, 5)), 10: 3 * np.eye(5)[table]})
    >>> run["evaluation"]["accuracy"].sel(split="all").values
    array([0., 1.])
    >>> run["analysis"]["key"].values
    array([False,  True,  True])
    """
    known = _group(group)
    table = table_dataset(known)
    if not isinstance(group, str | Group):
        table = table.assign_attrs(title=f"The table of {known.name}")
    found = irreps_dataset(known, irreps(known), real_irreps(known))
    require_laws(found)
    frame = frame_of(table, found)
    train = None if train_pairs is None else _mask(train_pairs, known.order)
    steps = steps_of(networks)
    each = shown_networks({step: networks[step] for step in steps}, known.order)
    analysis = analysis_of(
        each[steps[-1]].network,
        each[steps[-1]].matrices,
        train,
        frame,
        entries=[str(label) for label in found["entry"].values],
        key_similarity=key_similarity,
    )
    evaluation = evaluation_of(
        np.array(steps),
        ((one.network, one.matrices) for one in each.values()),
        train,
        frame,
        key=analysis["key"].values,
    )
    results = {"history": _history(evaluation, train, known.name)}
    results |= {"analysis": analysis, "evaluation": evaluation}
    if _is_addition(known.table):
        results |= _addition(each, train)
    tree = xr.DataTree.from_dict(results | {"table": table, "irreps": found})
    tree.attrs = {
        "study": "composition",
        "experiment": "networks of one's own",
        "network": _checkpoints(steps),
        "data": f"pairs of {known.name}",
        **words(results),
        **of_all(results.values()),
    }
    return tree


def _checkpoints(steps: Sequence[int]) -> str:
    """Return in words how many checkpoints there are, and their steps."""
    if len(steps) == 1:
        return f"1 checkpoint (step {steps[0]:,})"
    return f"{len(steps)} checkpoints (steps {steps[0]:,} to {steps[-1]:,})"


def _is_addition(table: NDArray[np.integer]) -> bool:
    """Return whether a table is that of addition modulo an odd number, 0 first."""
    p = len(table)
    return p > 1 and p % 2 == 1 and np.array_equal(table, np.add.outer(range(p), range(p)) % p)


def _addition(each: Mapping[int, ShownNetwork], train: NDArray[np.bool_] | None) -> dict[str, Any]:
    """Return the analyses of networks that add, by frequency."""
    from ontogeny.studies.composition.addition.measures import Snapshot  # imports torch
    from ontogeny.studies.composition.addition.reading import ResidueRun
    from ontogeny.studies.composition.addition.stages import analysis_of, evaluation_of

    shown = list(each.values())

    def snapshot(index: int) -> Snapshot:
        one = shown[index]
        layers = list(one.network())
        hidden = [block.hidden for block in layers if block.hidden is not None]
        left, right = one.matrices.left_embedding, one.matrices.right_embedding
        return Snapshot(
            logits=np.concatenate([block.logits for block in layers]),
            hidden=(lambda: np.concatenate(hidden)) if hidden else None,
            embeddings=None if left is None or right is None else (left, right),
            unembedding=one.matrices.unembedding,
            parameters=one.parameters,
        )

    p = next(shown[0].network()).logits.shape[2]
    run = ResidueRun(
        order=p,
        train=train,
        answer=np.add.outer(np.arange(p), np.arange(p)) % p,
        step=np.array(list(each)),
        snapshot=snapshot,
    )
    final = analysis_of(run)
    along = evaluation_of(run, final["key_frequency"].values)
    return {"addition_analysis": final, "addition_evaluation": along}


def _group(given: str | Group | ArrayLike) -> Group:
    if isinstance(given, str):
        return group_by_name(given)
    if isinstance(given, Group):
        return given
    table = np.asarray(given)
    if table.ndim != 2 or table.shape[0] != table.shape[1] or table.dtype.kind not in "iu":
        msg = (
            f"`group` is an array of shape {table.shape} and type {table.dtype}; give an (n, n) "
            "table of whole numbers whose entry [a, b] is the product a b"
        )
        raise ValueError(msg)
    violation = broken_law(table, str)
    if violation is not None:
        msg = f"`group` is not the table of a group: {violation}"
        raise ValueError(msg)
    return Group(
        f"a group of order {len(table)}, given by its table",
        tuple(map(str, range(len(table)))),
        table.astype(np.int64),
    )


def _mask(pairs: ArrayLike, n: int) -> NDArray[np.bool_]:
    """Return which pairs are trained on, (n, n), from that or from a list of them."""
    given = as_array(pairs)
    if given.dtype == bool and given.shape == (n, n):
        rows = np.flatnonzero(given)
    elif given.dtype.kind in "iu" and given.ndim == 2 and given.shape[1] == 2:
        outside = given[((given < 0) | (given >= n)).any(axis=1)]
        if len(outside):
            pair = tuple(outside[0].tolist())
            msg = f"`train_pairs` has the pair {pair}; indices are 0 to {n - 1}"
            raise ValueError(msg)
        rows = given[:, 0].astype(np.int64) * n + given[:, 1]
    else:
        msg = (
            f"`train_pairs` is an array of shape {given.shape} and type {given.dtype}; give an "
            f"({n}, {n}) array of bool, true for a pair that is trained on, or a (pair, 2) array "
            "of the indices of these pairs"
        )
        raise ValueError(msg)
    problem = problem_of_pairs(rows)
    if problem is not None:
        msg = f"`train_pairs` {problem.text(lambda row: f'row {row}')}"
        raise ValueError(msg)
    mask = np.zeros(n * n, dtype=bool)
    mask[rows] = True
    return mask.reshape(n, n)


def _history(evaluation: xr.Dataset, train: NDArray[np.bool_] | None, group: str) -> xr.Dataset:
    """Return losses and accuracies as the history of a run has them, and the training pairs."""
    splits = [split for split in splits_of(train) if train is None or split != "all"]
    chosen = evaluation[["loss", "accuracy"]].sel(split=splits)
    chosen.attrs = {"title": "Losses and accuracies along training", "group": group}
    if train is None:
        return chosen
    rows = np.flatnonzero(train.reshape(-1)).astype(np.int32)
    about = {"long_name": "row a n + b of a training pair", "units": "1"}
    return chosen.assign(train_index=("train_pair", rows, about))
