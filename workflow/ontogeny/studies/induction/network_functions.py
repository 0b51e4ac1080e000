"""Any causal transformer as functions: what its losses and attention patterns tell.

Symbols: ``B`` sequences of a call; ``T`` tokens of a sequence; ``V`` tokens; ``L`` layers; ``H``
heads of a layer.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.special import logsumexp

from ontogeny.given_networks import as_array
from ontogeny.studies.induction.analysis.circuits import circuits, composition_baseline
from ontogeny.studies.induction.analysis.evaluation import (
    PROBES,
    Attention,
    EvaluationSet,
    ablated_of,
    losses_of,
    matchings,
    weight_scores,
)
from ontogeny.studies.induction.analysis.heads import previous_token
from ontogeny.studies.induction.findings import LONGEST_EXAMPLE, FinalCheckpoint

__all__ = [
    "NO_LOGITS",
    "Heads",
    "absent_of_analysis",
    "absent_of_evaluation",
    "baseline_of",
    "evaluate",
    "final_checkpoint",
    "measures",
]

Array = NDArray[np.float64]
Tokens = NDArray[np.int64]

_BLOCK = 16
"""Sequences of a call."""

_TOLERANCE = 1e-3
"""By how much the attention of a query may differ from 1 in sum, and from 0 on later tokens."""


NO_LOGITS = "accuracy is absent: it needs logits, and the network gives losses."
_WRITTEN = "they need what each head writes, which losses and patterns do not tell."
_WEIGHTS = "they need `weights`, and none are given."
_WITHOUT = "they need `without`, that is a network that can be run without some heads."


@dataclass(frozen=True)
class Heads:
    """A causal transformer, whatever it is inside.

    Outputs are arrays or tensors: logits (B, T, V) at every token, or losses (B, T - 1) of every
    token but the first [nat].

    Attributes
    ----------
    run : callable
        From tokens, (B, T) of int64, to outputs and attention patterns, (B, H, T, T) for each
        layer, by query, then key. At most 16 sequences are given at once.
    without : callable, optional
        From tokens and the heads to be removed, (L, H) of bool, to the outputs of the network in
        which the results of these heads are 0.
    weights : mapping, optional
        A state dict, arrays or tensors by name, with embeddings, heads and gains of normalisations:
        see `ontogeny.studies.induction.foreign.circuit_weights`.
    """

    run: Callable[[Tokens], tuple[Any, Any]]
    without: Callable[[Tokens, NDArray[np.bool_]], Any] | None = None
    weights: Mapping[str, Any] | None = None


def evaluate(network: Heads, given: EvaluationSet) -> list[Any]:
    """Return what can be told of a network: parts of `Evaluated`.

    Parameters
    ----------
    network : Heads
        Its weights, if there are any, are those that `circuits` takes.
    given : EvaluationSet

    Raises
    ------
    ValueError
        If a function returns arrays of other shapes than `Heads` says, numbers that are not finite,
        or attention that is not causal or does not sum to 1.
    """
    sequences = given.sequences.numpy()
    clean = np.concatenate([_losses(network, block) for block in _blocks(sequences)])
    (halves,) = (_losses(network, block) for block in _blocks(given.halves.numpy()))
    patterns = _patterns(network, given.repeated.numpy())
    corpus = _patterns(network, sequences[:PROBES])[..., :-1, :-1]
    attention = Attention(
        matching=matchings(list(torch.from_numpy(patterns)), given.repeated).numpy(),
        previous_token=torch.stack([*map(previous_token, torch.from_numpy(corpus))]).numpy(),
    )
    found = [losses_of(clean, halves, given), attention]
    if network.weights is not None:
        folded = circuits(network.weights)
        _require_the_same_heads(folded.value.shape[:2], attention.previous_token.shape)
        found.append(weight_scores(folded, attention.previous_token))
    if network.without is not None:
        each = _single_removals(network, sequences, attention.previous_token.shape)
        found.append(ablated_of(each[None], given))
    return found


def baseline_of(network: Heads) -> tuple[float, float] | None:
    """Return mean and deviation of composition scores of random heads; None without weights."""
    if network.weights is None:
        return None
    *_, width, inner = network.weights["W_V"].shape
    return composition_baseline(width, inner, np.random.default_rng(0))


def final_checkpoint(network: Heads, given: EvaluationSet) -> FinalCheckpoint:
    """Return what can be done with a network: to remove heads, if it can be run without them."""
    sequences = given.sequences.numpy()
    remove = {"full": lambda removed: _removed(network, sequences, removed)}
    length = min(len(sequences[0]) - 1, LONGEST_EXAMPLE)
    return FinalCheckpoint(
        patterns=_patterns(network, given.repeated.numpy()[:1])[:, 0],
        example=sequences[0],
        example_patterns=_patterns(network, sequences[:1])[:, 0, :, :length, :length],
        without=remove if network.without is not None else {},
    )


def measures(network: Heads, sequences: Tokens) -> dict[str, Array]:
    """Return loss [nat] and accuracy, (split,), of the test set; NaN where losses are given.

    Parameters
    ----------
    network : Heads
    sequences : (B, T) ndarray of int64
    """
    losses, hits = [], []
    for block in _blocks(sequences):
        found = _array(_run(network, block)[0])
        losses.append(_next_losses(found, block).mean(axis=1))
        is_logits = found.ndim == 3
        hit = found[:, :-1].argmax(axis=2) == block[:, 1:] if is_logits else found * np.nan
        hits.append(hit.mean(axis=1))
    each = {"loss": losses, "accuracy": hits}
    return {name: np.array([np.concatenate(values).mean()]) for name, values in each.items()}


def absent_of_evaluation(network: Heads) -> list[str]:
    """Say which measures of its checkpoints cannot be told of a network, a sentence a reason."""
    said = [
        f"copying, copying_strongest and ablations with patterns preserved are absent: {_WRITTEN}"
    ]
    if network.weights is None:
        said.append(f"ov_eigenvalue, qk_trace and composition_score are absent: {_WEIGHTS}")
    if network.without is None:
        said.append(f"ablated_score, ablated_loss and ablated_chosen_loss are absent: {_WITHOUT}")
    return said


def absent_of_analysis(network: Heads) -> list[str]:
    """Say what else cannot be told of a network, a sentence a reason."""
    said = [
        "evaluator_correlation, projection, attribution, idealised_loss and removals with patterns "
        f"preserved or by the mean result are absent: {_WRITTEN}"
    ]
    if network.weights is None:
        said.append(
            "head_kind, composition_excess, removed_score and removed_loss are absent: " + _WEIGHTS
        )
    elif network.without is None:
        said.append(f"removed_score and removed_loss are absent: {_WITHOUT}")
    return said


def _blocks(sequences: Tokens) -> list[Tokens]:
    return [sequences[first : first + _BLOCK] for first in range(0, len(sequences), _BLOCK)]


def _array(values: Any) -> Array:
    return as_array(values).astype(np.float64)


def _losses(network: Heads, block: Tokens) -> Array:
    return _next_losses(_array(_run(network, block)[0]), block)


def _run(network: Heads, tokens: Tokens) -> tuple[Any, Any]:
    """Return outputs and patterns, or say what a function is to return."""
    returned = network.run(tokens)
    if not isinstance(returned, tuple | list) or len(returned) != 2:
        msg = (
            f"the network returns {type(returned).__name__}; return a pair: logits or losses, and "
            "the attention patterns of each layer"
        )
        raise ValueError(msg)
    return returned[0], returned[1]


def _next_losses(outputs: Array, block: Tokens) -> Array:
    """Return the loss of every token but the first, (B, T - 1) [nat]."""
    batch, length = block.shape
    if outputs.shape == (batch, length - 1):
        losses = outputs
    elif outputs.ndim == 3 and outputs.shape[:2] == (batch, length):
        logits, target = outputs[:, :-1], block[:, 1:, None]
        if block.max() >= logits.shape[2]:
            msg = f"logits are of {logits.shape[2]} tokens, and there is a token {block.max()}"
            raise ValueError(msg)
        losses = logsumexp(logits, axis=2) - np.take_along_axis(logits, target, axis=2)[..., 0]
    else:
        msg = (
            f"the network returns outputs of the shape {outputs.shape} for tokens of the shape "
            f"{block.shape}; return logits ({batch}, {length}, V), or losses ({batch}, "
            f"{length - 1}) of all tokens but the first"
        )
        raise ValueError(msg)
    if not np.isfinite(losses).all():
        msg = "the network returns losses that are not finite"
        raise ValueError(msg)
    return losses


def _patterns(network: Heads, sequences: Tokens) -> Array:
    """Return attention patterns of all layers, (L, B, H, T, T)."""
    found = [_array(each) for each in _run(network, sequences)[1]]
    batch, length = sequences.shape
    for each in found:
        if each.ndim != 4 or (len(each), *each.shape[2:]) != (batch, length, length):
            msg = (
                f"the network returns attention of the shape {each.shape} for tokens of the shape "
                f"{sequences.shape}; return ({batch}, H, {length}, {length}) for each layer, by "
                "sequence, head, query and key"
            )
            raise ValueError(msg)
    if len({each.shape[1] for each in found}) != 1:
        msg = f"layers have {[each.shape[1] for each in found]} heads; all must have as many"
        raise ValueError(msg)
    stacked = np.stack(found)
    later = np.triu(np.ones((length, length), dtype=bool), 1)
    if (
        np.abs(stacked.sum(axis=-1) - 1).max() > _TOLERANCE
        or np.abs(stacked[..., later]).max(initial=0) > _TOLERANCE
    ):
        msg = (
            "attention must sum to 1 over the keys of each query and be 0 on later tokens; return "
            "patterns after the softmax, by query, then key"
        )
        raise ValueError(msg)
    return stacked


def _removed(network: Heads, sequences: Tokens, removed: NDArray[np.bool_]) -> Array:
    without = network.without
    if without is None:
        msg = "`network.without` is None: give the function without some heads to remove heads"
        raise ValueError(msg)
    each = [_next_losses(_array(without(block, removed)), block) for block in _blocks(sequences)]
    return np.concatenate(each)


def _single_removals(network: Heads, sequences: Tokens, shape: tuple[int, ...]) -> Array:
    """Return the losses without each head, (L, H, N, T - 1) [nat]."""
    found = []
    for place in range(int(np.prod(shape))):
        removed = np.zeros(shape, dtype=bool)
        removed.flat[place] = True
        found.append(_removed(network, sequences, removed))
    return np.stack(found).reshape(*shape, *found[0].shape)


def _require_the_same_heads(weights: tuple[int, ...], patterns: tuple[int, ...]) -> None:
    if weights != patterns:
        msg = (
            f"weights are of {weights[0]} layers of {weights[1]} heads, attention of "
            f"{patterns[0]} layers of {patterns[1]} heads"
        )
        raise ValueError(msg)
