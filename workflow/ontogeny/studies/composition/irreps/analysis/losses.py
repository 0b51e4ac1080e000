"""Cross-entropies of a network, with and without the parts that irreps explain.

Symbols as in `ontogeny.studies.composition.irreps.analysis.means`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from ontogeny.studies.composition.irreps.analysis.frame import Frame
from ontogeny.studies.composition.irreps.analysis.means import Layers, Network

__all__ = [
    "SPLITS",
    "Ablation",
    "ablated_losses",
    "losses",
    "restricted_losses",
    "splits_of",
]

Array = NDArray[np.float64]

SPLITS = ("train", "test", "all")


def splits_of(train: NDArray[np.bool_] | None) -> tuple[str, ...]:
    """Return the splits that have losses.

    All pairs alone without a training set; no test pairs where all are trained on.
    """
    if train is None:
        return SPLITS[-1:]
    return ("train", "all") if train.all() else SPLITS


_LARGEST_EXPONENT = 600.0


def restricted_losses(logits: Array) -> Array:
    """Return the mean cross-entropy of logits that depend on the product alone [nat].

    Parameters
    ----------
    logits : (..., n, n) ndarray
        ``logits[..., g, c]``; the right answer in row ``g`` is ``c = g``.

    Returns
    -------
    (...) ndarray
    """
    n = logits.shape[-1]
    tables = logits.reshape(-1, n, n)
    loss = _loss(*_exponentials(tables, np.broadcast_to(np.arange(n), tables.shape[:2])))
    return loss.mean(axis=1).reshape(logits.shape[:-2])


def _without(
    logits: Array, wrong: Array, excess: Array, tables: Array, answer: NDArray[np.integer]
) -> Array:
    r"""Return the loss of logits minus each table, for pairs gathered by what the table sees.

    With ``E = exp(z - max z)`` over wrong answers and ``F_t = exp(min t - t)`` for table ``t``,
    ``sum over wrong c of exp(z_c - t_c)`` is a product of matrices, ``E F_t``, up to known factors:
    one exponential for each logit and one for each entry of a table, not one for each of both.

    Parameters
    ----------
    logits : (I, J, n) ndarray
        ``logits[i, j, c]``: of the j-th pair that sees row ``i`` of the tables.
    wrong, excess : (I, J, n), (I, J) ndarray
        From `_exponentials`, gathered likewise.
    tables : (T, I, n) ndarray
        ``tables[t, i, c]``.
    answer : (I, J) ndarray of int
        The product of each pair.

    Returns
    -------
    (T, I, J) ndarray
    """
    rows = np.arange(len(logits))[:, None]
    least = tables.min(axis=2)  # (T, I)
    if (tables.max(axis=2) - least).max(initial=0.0) > _LARGEST_EXPONENT:
        each = [_exponentials(logits - table[:, None], answer) for table in tables]
        return np.stack([_loss(*found) for found in each])
    factors = np.exp(least[..., None] - tables)  # (T, I, c)
    sums = wrong @ factors.transpose(1, 2, 0)  # (I, J, T)
    shift = tables[:, rows, answer] - least[..., None]  # (T, I, J)
    return np.logaddexp(0.0, np.log(sums.transpose(2, 0, 1)) + excess + shift)


def _exponentials(logits: Array, answer: NDArray[np.integer]) -> tuple[Array, Array]:
    """Return ``exp(z - max z)`` over wrong answers, 0 at the right one, and ``max z - z_right``.

    Parameters
    ----------
    logits : (I, J, n) ndarray
    answer : (I, J) ndarray of int

    Returns
    -------
    (I, J, n), (I, J) ndarray
    """
    at = np.arange(len(logits))[:, None], np.arange(logits.shape[1]), answer
    correct = logits[at]
    wrong = logits.copy()
    wrong[at] = -np.inf
    largest = wrong.max(axis=2)
    wrong -= largest[..., None]
    return np.exp(wrong, out=wrong), largest - correct


def _loss(wrong: Array, excess: Array) -> Array:
    """Return the loss, (I, J), from what `_exponentials` returns.

    ``log(1 + sum over wrong c of exp(z_c - z_right))`` keeps its relative precision however
    confident the logits are.
    """
    return np.logaddexp(0.0, excess + np.log(wrong.sum(axis=2)))


def losses(
    network: Network,
    train: NDArray[np.bool_] | None,
    frame: Frame,
    *,
    answer: NDArray[np.integer] | None = None,
) -> tuple[dict[str, float], dict[str, float]]:
    """Return loss [nat] and accuracy of a network by split.

    Parameters
    ----------
    network : callable
    train : (n, n) ndarray of bool or None
        Which pairs ``(a, b)`` are in the training set; None where it is not known.
    frame : Frame
    answer : (n, n) ndarray of int, optional
        The right answer to each pair; the product where none is given.

    Returns
    -------
    loss, accuracy : dict of str to float
        By `splits_of`; a pair counts as right when the logit of its answer is
        larger than every other. NaN for an empty training set.
    """
    answers = frame.product if answer is None else answer
    by_pair = [_exponentials(layers.logits, answers[layers.left]) for layers in network()]
    pair_loss = np.concatenate([_loss(wrong, excess) for wrong, excess in by_pair])
    right = np.concatenate([excess < 0 for _, excess in by_pair])
    everything = np.ones(pair_loss.shape, dtype=bool)
    member = everything if train is None else train
    masks = {"train": member, "test": ~member, "all": everything}
    splits = {name: masks[name] for name in splits_of(train)}
    return (
        {name: _mean(pair_loss[chosen]) for name, chosen in splits.items()},
        {name: _mean(right[chosen]) for name, chosen in splits.items()},
    )


Part = Literal["left", "right", "product"]


@dataclass(frozen=True)
class Ablation:
    """Logits without some part of them, and tables that are taken from these, one at a time.

    Attributes
    ----------
    tables : dict of str to (T, n, n) ndarray
        ``tables[part][t, x, c]`` is subtracted from the logits of every pair whose product (left
        factor, right factor) is ``x``, for the part ``product`` (``left``, ``right``).
    through : {"all", "hidden", "span", "rest"}
        The logits: of the whole network; of its hidden layer without any other path; of these the
        part in a span of functions on the candidates, or what is left of them without that.
    """

    tables: dict[Part, Array]
    through: Literal["all", "hidden", "span", "rest"] = "all"


def ablated_losses(
    network: Network,
    ablations: Sequence[Ablation],
    train: NDArray[np.bool_] | None,
    frame: Frame,
    *,
    unembedding: Array | None = None,
    span: Array | None = None,
    answer: NDArray[np.integer] | None = None,
) -> list[dict[Part, Array]]:
    """Return the loss, by split, of a network whose logits lack each table [nat].

    Parameters
    ----------
    network : callable
    ablations : sequence of Ablation
    train : (n, n) ndarray of bool or None
        Which pairs ``(a, b)`` are in the training set; None where it is not known.
    frame : Frame
    unembedding : (n, h) ndarray, optional
        The neuron-to-logit map, for ablations that go through the hidden layer alone.
    span : (n, r) ndarray, optional
        Orthonormal functions on the candidates, for ablations that keep or take their span.
    answer : (n, n) ndarray of int, optional
        The right answer to each pair; the product where none is given.

    Returns
    -------
    list of dict of str to (split, T) ndarray
        One for each ablation; by `splits_of`, NaN for an empty training set.

    Raises
    ------
    ValueError
        If an ablation goes through the hidden layer without it or `unembedding`, or keeps or
        takes a span without `span`.
    """
    totals: list[dict[Part, Array]] = [
        {part: np.zeros((2, len(tables))) for part, tables in ablation.tables.items()}
        for ablation in ablations
    ]
    right = frame.product if answer is None else answer
    member = np.zeros(frame.product.shape, dtype=bool) if train is None else train
    for layers in network():
        logits = _logits(layers, {a.through for a in ablations}, unembedding, span)
        for ablation, total in zip(ablations, totals, strict=True):
            values = logits[ablation.through]
            for part, sums in _block_totals(
                layers.left, values, ablation.tables, member, frame, right
            ):
                total[part] += sums
    known = slice(len(splits_of(train)) - 1)
    count = np.array([[member.sum()], [member.size - member.sum()]])[known]
    with np.errstate(invalid="ignore"):
        return [
            {
                part: np.concatenate([sums[known] / count, [sums.sum(axis=0) / member.size]])
                for part, sums in total.items()
            }
            for total in totals
        ]


def _logits(
    layers: Layers, wanted: set[str], unembedding: Array | None, span: Array | None
) -> dict[str, Array]:
    """Return the logits of a block through each of the wanted ways."""
    found: dict[str, Array] = {}
    if "all" in wanted:
        found["all"] = layers.logits
    if wanted - {"all"}:
        if unembedding is None:
            msg = f"`unembedding` is None: ablations through {sorted(wanted)} need it"
            raise ValueError(msg)
        if layers.hidden is None:
            msg = f"the network has no hidden layer: ablations through {sorted(wanted)} need it"
            raise ValueError(msg)
        found["hidden"] = layers.hidden @ unembedding.T
    if wanted & {"span", "rest"}:
        if span is None:
            msg = f"`span` is None: ablations through {sorted(wanted)} need it"
            raise ValueError(msg)
        found["span"] = (found["hidden"] @ span) @ span.T
        found["rest"] = found["hidden"] - found["span"]
    return found


def _block_totals(
    left: NDArray[np.integer],
    logits: Array,
    tables: dict[Part, Array],
    train: NDArray[np.bool_],
    frame: Frame,
    answers: NDArray[np.integer],
) -> Iterator[tuple[Part, Array]]:
    """Yield the summed loss of a block's training pairs and of its other pairs, (2, T), by part."""
    answer = answers[left]
    wrong, excess = _exponentials(logits, answer)
    by_pair: tuple[NDArray[Any], ...] = (logits, wrong, excess, answer, train[left])
    by_product = frame.division[left].T  # (g, A): the right factor
    for part, of_part in tables.items():
        if part == "left":
            gathered, seen = by_pair, of_part[:, left]
        elif part == "right":
            gathered, seen = tuple(values.swapaxes(0, 1) for values in by_pair), of_part
        else:
            gathered = tuple(values[np.arange(len(left)), by_product] for values in by_pair)
            seen = of_part
        values, exponentials, largest, right, member = gathered
        loss = _without(values, exponentials, largest, seen, right)
        yield part, np.stack([loss[:, chosen].sum(axis=1) for chosen in (member, ~member)])


def _mean(values: NDArray[np.generic]) -> float:
    return float(values.mean()) if values.size else float("nan")
