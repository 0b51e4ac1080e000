"""Networks of one's own, given as functions or arrays, through every measure.

What a network must show is its logits on all pairs. Whatever else it shows, the hidden layer, the
embeddings, the unembedding, the parameters, adds the measures of that; what is absent from the
results, and why, is in their attribute ``absent``.

Symbols: ``n`` elements, ``e`` coordinates of an embedding, ``h`` neurons.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import ArrayLike, NDArray

from ontogeny.caveats import of_all
from ontogeny.given_networks import steps_of
from ontogeny.groups import Group, broken_law
from ontogeny.groups import group as group_by_name
from ontogeny.representations import irreps, real_irreps
from ontogeny.studies.composition.catalogue.irreps import irreps_dataset, require_laws
from ontogeny.studies.composition.catalogue.tables import table_dataset
from ontogeny.studies.composition.config import Analysis
from ontogeny.studies.composition.irreps.analysis import Layers, Matrices, Network
from ontogeny.studies.composition.irreps.datasets import frame_of
from ontogeny.studies.composition.irreps.stages import analysis_of, evaluation_of
from ontogeny.studies.composition.opened import words

__all__ = ["GroupNetwork", "follow_group"]

Array = NDArray[np.float64]
Function = Callable[[NDArray[np.int64], NDArray[np.int64]], Any]

_IN_MEMORY = 2**30
"""Bytes of layers of all networks that are kept rather than computed again."""

_PAIRS = 2**14
"""About how many pairs a function is asked for at once."""

_ROUNDING = 1e-5
"""Logits that are the hidden layer times the unembedding up to this share have no other path."""


@dataclass(frozen=True)
class GroupNetwork:
    """A network on pairs of group elements, as far as it is to be analysed.

    Arrays may be NumPy arrays or tensors of PyTorch.

    Attributes
    ----------
    function : callable
        From left and right factors, two (pair,) arrays of int64, to the logits, (pair, n); or to
        the pair of these and the hidden layer, (pair, h), after its nonlinearity. Columns of the
        logits past the n-th belong to no element and are left out.
    embeddings : (n, e) array, or pair of such, optional
        What the network reads of the left and of the right factor; one array for both.
    unembedding : (n, h) array, optional
        The linear map from the hidden layer to the logits, one row for each element, as the weight
        of ``torch.nn.Linear`` has it.
    parameters : mapping of str to array, optional
        All parameters, for the sum of their squares.
    """

    function: Function
    embeddings: Any = None
    unembedding: Any = None
    parameters: Mapping[str, Any] | None = None


@dataclass(frozen=True, eq=False)
class _Shown:
    """A network as analyses see it: its layers, and what else of it is known."""

    network: Network
    matrices: Matrices
    parameters: dict[str, Array] | None


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
        test pairs, and nothing that rests on them.
    key_similarity : float
        An irrep is key when its logit similarity at the last step exceeds this.

    Returns
    -------
    DataTree
        What the workflow stores of a run: ``table`` and ``irreps`` of the group, ``history``,
        ``analysis`` of the last network, ``evaluation`` along steps; of addition modulo an odd
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
    found = irreps_dataset(known, irreps(known), real_irreps(known))
    require_laws(found)
    frame = frame_of(table, found)
    train = None if train_pairs is None else _mask(train_pairs, known.order)
    steps = steps_of(networks)
    each = {step: _shown(networks[step], step, known.order) for step in steps}
    _require_different(each)
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
        "network": f"networks at {len(steps)} steps",
        "data": f"pairs of {known.name}",
        **words(results),
        **of_all(results.values()),
    }
    return tree


def _is_addition(table: NDArray[np.integer]) -> bool:
    """Return whether a table is that of addition modulo an odd number, 0 first."""
    p = len(table)
    return p > 1 and p % 2 == 1 and np.array_equal(table, np.add.outer(range(p), range(p)) % p)


def _addition(each: Mapping[int, _Shown], train: NDArray[np.bool_] | None) -> dict[str, Any]:
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
    return Group("given by its table", tuple(map(str, range(len(table)))), table.astype(np.int64))


def _mask(pairs: ArrayLike, n: int) -> NDArray[np.bool_]:
    """Return which pairs are trained on, (n, n), from that or from a list of them."""
    given = _array(pairs)
    if given.dtype == bool and given.shape == (n, n):
        return given
    if given.dtype.kind in "iu" and given.ndim == 2 and given.shape[1] == 2:
        outside = given[((given < 0) | (given >= n)).any(axis=1)]
        if len(outside):
            msg = f"`train_pairs` holds {tuple(outside[0].tolist())}; indices are 0 to {n - 1}"
            raise ValueError(msg)
        mask = np.zeros((n, n), dtype=bool)
        mask[tuple(given.T)] = True
        return mask
    msg = (
        f"`train_pairs` is an array of shape {given.shape} and type {given.dtype}; give an "
        f"({n}, {n}) array of bool, true for a pair that is trained on, or a (pair, 2) array of "
        "the indices of these pairs"
    )
    raise ValueError(msg)


def _shown(given: GroupNetwork | Function | ArrayLike, step: int, n: int) -> _Shown:
    """Return a network as analyses see it."""
    name = f"`networks[{step}]`"
    if not isinstance(given, GroupNetwork) and not callable(given):
        logits = _float(given)
        if logits.ndim != 3 or logits.shape[:2] != (n, n) or logits.shape[2] < n:
            msg = f"{name} holds logits of shape {logits.shape}, not ({n}, {n}, {n})"
            raise ValueError(msg)
        given = GroupNetwork(lambda left, right: logits[left, right])
    network = given if isinstance(given, GroupNetwork) else GroupNetwork(given)
    blocks = _blocks(network.function, name, n)
    first = next(blocks())
    width = None if first.hidden is None else first.hidden.shape[2]
    left, right = _embeddings(network.embeddings, name, n)
    unembedding = _unembedding(network.unembedding, name, n, width)
    parameters = network.parameters
    weights = None if parameters is None else {k: _float(v) for k, v in parameters.items()}
    matrices = Matrices(
        left_embedding=left,
        right_embedding=right,
        unembedding=unembedding,
        direct_path=_has_direct_path(blocks, unembedding),
        squared_weights=(
            None if weights is None else float(sum(np.square(w).sum() for w in weights.values()))
        ),
    )
    return _Shown(blocks, matrices, weights)


def _blocks(function: Function, name: str, n: int) -> Network:
    """Return the layers of a network over all pairs, kept where they fit in memory."""
    rows = max(1, _PAIRS // n)

    def computed() -> Iterator[Layers]:
        for first in range(0, n, rows):
            left = np.arange(first, min(first + rows, n))
            found = function(left.repeat(n), np.tile(np.arange(n), len(left)))
            yield _layers(found, left, name, n)

    first = next(computed())
    width = n if first.hidden is None else n + first.hidden.shape[2]
    if 8 * n**2 * width > _IN_MEMORY:
        return computed
    kept = list(computed())
    return lambda: iter(kept)


def _layers(found: Any, left: NDArray[np.int64], name: str, n: int) -> Layers:
    is_pair = isinstance(found, tuple | list) and len(found) == 2
    logits, hidden = found if is_pair else (found, None)
    pairs = len(left) * n
    values = _float(logits)
    if values.ndim != 2 or values.shape[0] != pairs or values.shape[1] < n:
        msg = (
            f"{name} gives logits of shape {values.shape} for {pairs} pairs; they must have the "
            f"shape ({pairs}, {n}), one column for each element"
        )
        raise ValueError(msg)
    if not np.isfinite(values).all():
        msg = f"{name} gives logits that are not finite; leave this step out"
        raise ValueError(msg)
    table = values[:, :n].reshape(len(left), n, n)
    if hidden is None:
        return Layers(left, None, table)
    activations = _float(hidden)
    if activations.ndim != 2 or activations.shape[0] != pairs:
        msg = (
            f"{name} gives a hidden layer of shape {activations.shape} for {pairs} pairs; it must "
            f"have the shape ({pairs}, number of neurons)"
        )
        raise ValueError(msg)
    return Layers(left, activations.reshape(len(left), n, -1), table)


def _embeddings(given: Any, name: str, n: int) -> tuple[Array, Array] | tuple[None, None]:
    if given is None:
        return None, None
    pair = given if isinstance(given, tuple | list) and len(given) == 2 else (given, given)
    left, right = (_float(each) for each in pair)
    for each in (left, right):
        if each.ndim != 2 or len(each) < n:
            msg = (
                f"{name}.embeddings has an array of shape {each.shape}; it must have one row for "
                f"each of the {n} elements, in their order"
            )
            raise ValueError(msg)
    return left[:n], right[:n]


def _unembedding(given: Any, name: str, n: int, width: int | None) -> Array | None:
    if given is None:
        return None
    found = _float(given)
    is_right = found.ndim == 2 and len(found) >= n and width in (None, found.shape[1])
    if not is_right:
        wanted = f"({n}, {'number of neurons' if width is None else width})"
        transposed = found.ndim == 2 and found.shape[1] >= n and width in (None, len(found))
        remedy = "; give its transpose" if transposed else ""
        msg = f"{name}.unembedding has the shape {found.shape}, not {wanted}{remedy}"
        raise ValueError(msg)
    return found[:n]


def _has_direct_path(network: Network, unembedding: Array | None) -> bool:
    """Return whether logits are more than the hidden layer times the unembedding."""
    if unembedding is None:
        return True
    for layers in network():
        if layers.hidden is None:
            return True
        through = layers.hidden @ unembedding.T
        size = np.abs(layers.logits).max(initial=0.0)
        if np.abs(through - layers.logits).max(initial=0.0) > _ROUNDING * size:
            return True
    return False


def _require_different(each: Mapping[int, _Shown]) -> None:
    """Refuse networks that are all the same, as functions of one module are that changes."""
    tables = [next(one.network()).logits for one in each.values()]
    if len(tables) > 1 and all(np.array_equal(tables[0], other) for other in tables[1:]):
        msg = (
            "`networks` gives the same logits at all steps; functions that share one module must "
            "load the parameters of their step each time that they are called"
        )
        raise ValueError(msg)


def _history(evaluation: xr.Dataset, train: NDArray[np.bool_] | None, group: str) -> xr.Dataset:
    """Return losses and accuracies as the history of a run has them, and the training pairs."""
    splits = ["all"] if train is None else ["train", "test"]
    chosen = evaluation[["loss", "accuracy"]].sel(split=splits)
    chosen.attrs = {"title": "Losses and accuracies along training", "group": group}
    if train is None:
        return chosen
    rows = np.flatnonzero(train.reshape(-1)).astype(np.int32)
    about = {"long_name": "row a n + b of a training pair", "units": "1"}
    return chosen.assign(train_index=("train_pair", rows, about))


def _array(values: Any) -> NDArray[Any]:
    """Return an array of NumPy, from one or from a tensor."""
    return np.asarray(values.detach().cpu() if hasattr(values, "detach") else values)


def _float(values: Any) -> Array:
    return _array(values).astype(np.float64)
