"""Networks that a user shows as functions or arrays, as analyses see them.

Symbols: ``n`` elements, ``e`` coordinates of an embedding, ``h`` neurons.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ontogeny.given_networks import as_array, require_different
from ontogeny.studies.composition.irreps.analysis import Layers, Matrices, Network

__all__ = ["Function", "GroupNetwork", "ShownNetwork", "shown_networks"]

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
        All parameters, for the sum of their squares; whole numbers and booleans are buffers and are
        left out.
    """

    function: Function
    embeddings: Any = None
    unembedding: Any = None
    parameters: Mapping[str, Any] | None = None


@dataclass(frozen=True, eq=False)
class ShownNetwork:
    """A network as analyses see it: its layers, and what else of it is known.

    Attributes
    ----------
    network : callable
        The layers over all pairs, block by block.
    matrices : Matrices
    parameters : dict of str to ndarray, or None
    width : int or None
        Neurons of the hidden layer; None where it is not shown.
    kept : int
        Bytes of layers that are kept rather than computed again.
    """

    network: Network
    matrices: Matrices
    parameters: dict[str, Array] | None
    width: int | None
    kept: int

    @property
    def parts(self) -> dict[str, bool]:
        """What it shows beside its logits."""
        return {
            "the hidden layer": self.width is not None,
            "embeddings": self.matrices.left_embedding is not None,
            "an unembedding": self.matrices.unembedding is not None,
            "parameters": self.parameters is not None,
        }


def shown_networks(
    networks: Mapping[int, GroupNetwork | Function | ArrayLike], n: int
) -> dict[int, ShownNetwork]:
    """Return networks as analyses see them, by step.

    Parameters
    ----------
    networks : mapping of int
        By step, ascending.
    n : int
        Elements of the group.

    Raises
    ------
    ValueError
        If a network does not fit the group, if two show different parts, or if all are the same.
    """
    found: dict[int, ShownNetwork] = {}
    memory = _IN_MEMORY
    for step, given in networks.items():
        found[step] = _shown(given, f"`networks[{step}]`", n, memory)
        memory -= found[step].kept
    _require_same_parts(found)
    require_different([next(each.network()).logits for each in found.values()], "logits")
    return found


def _require_same_parts(each: Mapping[int, ShownNetwork]) -> None:
    """Refuse networks that show different parts: measures along steps need the same of all."""
    (first, known), *others = each.items()
    for step, other in others:
        for part, is_known in known.parts.items():
            if other.parts[part] != is_known:
                has, lacks = (first, step) if is_known else (step, first)
                msg = (
                    f"`networks[{has}]` shows {part} and `networks[{lacks}]` does not; show the "
                    "same parts at all steps"
                )
                raise ValueError(msg)
        if set(other.parameters or ()) != set(known.parameters or ()):
            name = min(set(other.parameters or ()) ^ set(known.parameters or ()))
            has, lacks = (first, step) if name in (known.parameters or ()) else (step, first)
            msg = (
                f"`networks[{has}]`.parameters has {name!r} and `networks[{lacks}]`.parameters "
                "does not; give the same parameters at all steps"
            )
            raise ValueError(msg)


def _shown(
    given: GroupNetwork | Function | ArrayLike, name: str, n: int, memory: int
) -> ShownNetwork:
    """Return a network as analyses see it, its layers kept where they fit in memory [byte]."""
    if not isinstance(given, GroupNetwork) and not callable(given):
        logits = _float(given)
        if logits.ndim != 3 or logits.shape[:2] != (n, n) or logits.shape[2] < n:
            msg = f"{name} has logits of shape {logits.shape}, not ({n}, {n}, {n})"
            raise ValueError(msg)
        given = GroupNetwork(lambda left, right: logits[left, right])
    network = given if isinstance(given, GroupNetwork) else GroupNetwork(given)
    blocks, kept = _blocks(network.function, name, n, memory)
    first = next(blocks())
    width = None if first.hidden is None else first.hidden.shape[2]
    left, right = _embeddings(network.embeddings, name, n)
    unembedding = _unembedding(network.unembedding, name, n, width)
    parameters = network.parameters
    weights = None if parameters is None else _weights(parameters, name)
    matrices = Matrices(
        left_embedding=left,
        right_embedding=right,
        unembedding=unembedding,
        direct_path=_has_direct_path(blocks, unembedding),
        squared_weights=(
            None if weights is None else float(sum(np.square(w).sum() for w in weights.values()))
        ),
    )
    return ShownNetwork(blocks, matrices, weights, width, kept)


def _blocks(function: Function, name: str, n: int, memory: int) -> tuple[Network, int]:
    """Return the layers of a network over all pairs, and how many bytes are kept of them."""
    rows = max(1, _PAIRS // n)

    def computed() -> Iterator[Layers]:
        for first in range(0, n, rows):
            left = np.arange(first, min(first + rows, n))
            found = function(left.repeat(n), np.tile(np.arange(n), len(left)))
            yield _layers(found, left, name, n)

    first = next(computed())
    width = n if first.hidden is None else n + first.hidden.shape[2]
    size = np.dtype(np.float64).itemsize * n**2 * width
    if size > memory:
        return computed, 0
    kept = list(computed())
    if not np.allclose(kept[0].logits, first.logits, rtol=1e-3, atol=1e-5):
        msg = (
            f"{name} gives other logits when it is called again; functions must not be random: "
            "switch dropout off (`model.eval()`)"
        )
        raise ValueError(msg)
    return lambda: iter(kept), size


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
    _require_finite(activations, f"the hidden layer of {name}")
    return Layers(left, activations.reshape(len(left), n, -1), table)


def _embeddings(given: Any, name: str, n: int) -> tuple[Array, Array] | tuple[None, None]:
    if given is None:
        return None, None
    pair = given if isinstance(given, tuple | list) and len(given) == 2 else (given, given)
    left, right = (_float(each) for each in pair)
    for each in (left, right):
        if each.ndim != 2 or len(each) != n:
            msg = (
                f"{name}.embeddings has an array of shape {each.shape}; it must have one row for "
                f"each of the {n} elements, in their order, and no other"
            )
            raise ValueError(msg)
        _require_finite(each, f"{name}.embeddings")
    return left, right


def _weights(parameters: Mapping[str, Any], name: str) -> dict[str, Array]:
    """Return the parameters in float64, without buffers such as masks and counters."""
    found = {key: as_array(values) for key, values in parameters.items()}
    weights = {
        key: values.astype(np.float64) for key, values in found.items() if values.dtype.kind == "f"
    }
    for key, values in weights.items():
        _require_finite(values, f"{name}.parameters[{key!r}]")
    return weights


def _require_finite(values: Array, name: str) -> None:
    if not np.isfinite(values).all():
        msg = f"{name} has numbers that are not finite; leave it out, or this step"
        raise ValueError(msg)


def _unembedding(given: Any, name: str, n: int, width: int | None) -> Array | None:
    if given is None:
        return None
    if width is None:
        msg = (
            f"{name}.unembedding is the map from a hidden layer that the network does not show; "
            "let its function return the logits and the hidden layer, or leave it out"
        )
        raise ValueError(msg)
    found = _float(given)
    is_right = found.ndim == 2 and found.shape == (n, width)
    if not is_right:
        wanted = f"({n}, {width})"
        transposed = found.shape == (width, n)
        remedy = "; give its transpose" if transposed else ""
        msg = f"{name}.unembedding has the shape {found.shape}, not {wanted}{remedy}"
        raise ValueError(msg)
    _require_finite(found, f"{name}.unembedding")
    return found


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


def _float(values: Any) -> Array:
    return as_array(values).astype(np.float64)
