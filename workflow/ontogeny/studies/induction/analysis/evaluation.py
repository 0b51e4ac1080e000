"""Everything that is measured of one network.

Forward passes are in the network's own precision, weights are read in float64.

Symbols: ``N`` sequences; ``T`` context length; ``L`` layers; ``H`` heads; ``C`` classes of tokens.
"""

from dataclasses import dataclass
from typing import Annotated

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ontogeny.labels import Measure
from ontogeny.networks.decoder import Transformer, next_token_loss
from ontogeny.studies.induction.analysis.circuits import (
    circuits,
    composition_scores,
    ov_eigenvalue_scores,
    qk_traces,
)
from ontogeny.studies.induction.analysis.heads import copying, matching, previous_token
from ontogeny.studies.induction.analysis.knock_outs import ABLATIONS, single_knock_outs
from ontogeny.studies.induction.analysis.losses import score_by_sequence
from ontogeny.studies.induction.analysis.probes import candidates, repeated_tokens

__all__ = ["OFFSETS", "Evaluated", "EvaluationSet", "evaluate", "evaluation_set"]

Array = NDArray[np.floating]

OFFSETS = (1, 0, -1)
"""Where heads may look, relative to an earlier copy: 1 is prefix matching, the others controls."""

_PROBES = 10
_BLOCK = 16


@dataclass(frozen=True)
class EvaluationSet:
    """What every network of a corpus is measured on.

    Attributes
    ----------
    sequences : (N, T + 1) Tensor of int64
    member : (C, N, T) ndarray of bool
        Classes of coming tokens.
    chosen : (N,) ndarray of int64
        The one index of each sequence whose loss is kept.
    repeated : (10, 1 + 4 R) Tensor of int64
        Random tokens, four times over.
    single : (10, R) Tensor of int64
        Random tokens, once, with nothing before them.
    halves : (10, 1 + 2 M) Tensor of int64
        As many random tokens as fit twice into the context.
    """

    sequences: Tensor
    member: NDArray[np.bool_]
    chosen: NDArray[np.int64]
    repeated: Tensor
    single: Tensor
    halves: Tensor


@dataclass(frozen=True)
class Evaluated:
    """Measures of one network: a variable for each field.

    Attributes
    ----------
    index_loss : (T,) ndarray [nat]
        Mean over sequences.
    sequence_loss, sequence_score, chosen_loss : (N,) ndarray [nat]
        Mean over indices; in-context learning score; loss at the chosen index.
    class_loss : (C,) ndarray [nat]
    half_loss : (2,) ndarray [nat]
        On the two halves of a sequence of random tokens, twice over.
    matching : (3, L, H) ndarray
        By `OFFSETS`.
    copying, copying_strongest, previous_token, ov_eigenvalue, qk_trace : (L, H) ndarray
    composition_score : (3, L H, L H) ndarray
    ablated_score, ablated_loss : (2, L, H) ndarray [nat]
        By `ABLATIONS`.
    ablated_chosen_loss : (2, L, H, N) ndarray [nat]
    """

    index_loss: Annotated[Array, Measure("index", "cross-entropy, mean over sequences", "nat")]
    sequence_loss: Annotated[Array, Measure("sequence", "cross-entropy, mean over indices", "nat")]
    sequence_score: Annotated[
        Array, Measure("sequence", "in-context learning score: late less early loss", "nat")
    ]
    chosen_loss: Annotated[
        Array, Measure("sequence", "cross-entropy at one fixed index of each sequence", "nat")
    ]
    class_loss: Annotated[
        Array, Measure("token_kind", "cross-entropy, mean over tokens of a class", "nat")
    ]
    half_loss: Annotated[
        Array, Measure("half", "cross-entropy on random tokens, twice over", "nat")
    ]
    matching: Annotated[
        Array, Measure(("offset", "layer", "head"), "attention relative to earlier copies")
    ]
    copying: Annotated[Array, Measure(("layer", "head"), "copying score")]
    copying_strongest: Annotated[
        Array, Measure(("layer", "head"), "copying score, of the token attended to most")
    ]
    previous_token: Annotated[Array, Measure(("layer", "head"), "attention on the token before")]
    ov_eigenvalue: Annotated[
        Array, Measure(("layer", "head"), "sum of OV eigenvalues over that of their moduli")
    ]
    qk_trace: Annotated[
        Array, Measure(("layer", "head"), "trace of QK matching of previous tokens")
    ]
    composition_score: Annotated[
        Array, Measure(("composition", "earlier_head", "later_head"), "composition score")
    ]
    ablated_score: Annotated[
        Array,
        Measure(("ablation", "layer", "head"), "in-context learning score without a head", "nat"),
    ]
    ablated_loss: Annotated[
        Array, Measure(("ablation", "layer", "head"), "cross-entropy without a head", "nat")
    ]
    ablated_chosen_loss: Annotated[
        Array,
        Measure(
            ("ablation", "layer", "head", "sequence"),
            "cross-entropy at the fixed indices without a head",
            "nat",
        ),
    ]


def evaluation_set(
    sequences: NDArray[np.integer], member: NDArray[np.bool_], vocabulary: int
) -> EvaluationSet:
    """Return sequences, classes and probes, the same for every network of a corpus."""
    rng = np.random.default_rng(0)
    length = sequences.shape[1] - 1
    tokens = candidates(vocabulary)
    repeated = repeated_tokens(tokens, rng, _PROBES)
    single = repeated_tokens(tokens, rng, _PROBES, copies=1)[:, 1:]
    halves = repeated_tokens(tokens, rng, _PROBES, length=length // 2, copies=2)
    return EvaluationSet(
        torch.from_numpy(sequences.astype(np.int64)),
        member,
        rng.integers(length, size=len(sequences)),
        *(torch.from_numpy(probe) for probe in (repeated, single, halves)),
    )


@torch.no_grad()
def evaluate(
    network: Transformer, parameters: dict[str, Tensor], given: EvaluationSet
) -> Evaluated:
    """Return every measure of a network."""
    clean, ablated = _losses(network, parameters, given)
    rows = np.arange(len(clean))
    heads = _heads(network, parameters, given)
    folded = circuits({name: value.numpy() for name, value in parameters.items()})
    ablated_score = score_by_sequence(ablated).mean(axis=-1)
    return Evaluated(
        index_loss=clean.mean(axis=0),
        sequence_loss=clean.mean(axis=1),
        sequence_score=score_by_sequence(clean),
        chosen_loss=clean[rows, given.chosen],
        class_loss=np.array([_mean(clean, chosen) for chosen in given.member]),
        half_loss=_half_losses(network, parameters, given.halves),
        **heads,
        ov_eigenvalue=ov_eigenvalue_scores(folded),
        qk_trace=qk_traces(folded, heads["previous_token"].astype(np.float64)),
        composition_score=composition_scores(folded),
        ablated_score=ablated_score,
        ablated_loss=ablated.mean(axis=(-2, -1)),
        ablated_chosen_loss=ablated[..., rows, given.chosen],
    )


def _mean(losses: Array, chosen: NDArray[np.bool_]) -> float:
    return float(losses[chosen].mean(dtype=np.float64)) if chosen.any() else float("nan")


def _losses(
    network: Transformer, parameters: dict[str, Tensor], given: EvaluationSet
) -> tuple[Array, Array]:
    """Return the losses of the whole network, (N, T), and without each head, (2, L, H, N, T)."""
    count, length = given.sequences.shape[0], given.sequences.shape[1] - 1
    precision = parameters["W_E"].numpy().dtype
    clean = np.empty((count, length), dtype=precision)
    shape = (len(ABLATIONS), network.layers, network.heads, count, length)
    ablated = np.empty(shape, dtype=precision)
    block = min(_BLOCK, network.sequences_at_once(length))
    for first in range(0, count, block):
        part = slice(first, first + block)
        tokens = given.sequences[part, :-1]
        target = given.sequences[part, 1:]
        activations = network.forward(parameters, tokens)
        clean[part] = next_token_loss(activations.logits, target).numpy()
        for layer, head, full, kept in single_knock_outs(network, parameters, activations):
            ablated[0, layer, head, part] = next_token_loss(full, target).numpy()
            ablated[1, layer, head, part] = (
                ablated[0, layer, head, part]
                if kept is full
                else next_token_loss(kept, target).numpy()
            )
    return clean, ablated


def _heads(
    network: Transformer, parameters: dict[str, Tensor], given: EvaluationSet
) -> dict[str, Array]:
    repeated = network.forward(parameters, given.repeated).patterns
    single = network.forward(parameters, given.single)
    unembedding = parameters["gain_final"][:, None] * parameters["W_U"]
    copied = [
        copying(mixed, pattern, given.single, parameters["W_O"][layer], unembedding)
        for layer, (mixed, pattern) in enumerate(zip(single.mixed, single.patterns, strict=True))
    ]
    found = {
        "matching": torch.stack(
            [
                torch.stack([matching(p, given.repeated, offset=offset) for p in repeated])
                for offset in OFFSETS
            ]
        ),
        "copying": torch.stack([each.attended for each in copied]),
        "copying_strongest": torch.stack([each.strongest for each in copied]),
        "previous_token": _previous_token(network, parameters, given.sequences[:_PROBES, :-1]),
    }
    return {name: value.numpy() for name, value in found.items()}


def _previous_token(network: Transformer, parameters: dict[str, Tensor], tokens: Tensor) -> Tensor:
    """Return the attention of each head on the token before, (L, H)."""
    parts = []
    for block in torch.split(tokens, network.sequences_at_once(tokens.shape[1])):
        patterns = network.forward(parameters, block).patterns
        means = torch.stack([previous_token(pattern) for pattern in patterns])
        parts.append(means * (len(block) / len(tokens)))
    return torch.stack(parts).sum(dim=0)


def _half_losses(network: Transformer, parameters: dict[str, Tensor], halves: Tensor) -> Array:
    logits = network.logits(parameters, halves[:, :-1])
    losses = next_token_loss(logits, halves[:, 1:]).numpy()
    middle = losses.shape[1] // 2
    return np.array([losses[:, :middle].mean(), losses[:, middle:].mean()])
