"""Everything that is measured of one network.

Forward passes are in the network's own precision, weights are read in float64.

Symbols: ``N`` sequences; ``T`` context length; ``L`` layers; ``H`` heads; ``C`` classes of tokens.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ontogeny.labels import Measure
from ontogeny.networks.decoder import Transformer, next_token_loss
from ontogeny.studies.induction.analysis.circuits import (
    Circuits,
    circuits,
    composition_scores,
    ov_eigenvalue_scores,
    qk_traces,
)
from ontogeny.studies.induction.analysis.heads import (
    copying,
    direct_path,
    matching,
    previous_token,
)
from ontogeny.studies.induction.analysis.knock_outs import ABLATIONS, single_knock_outs
from ontogeny.studies.induction.analysis.losses import score_by_sequence
from ontogeny.studies.induction.analysis.probes import candidates, repeated_tokens

__all__ = [
    "OFFSETS",
    "PROBES",
    "Ablated",
    "Attention",
    "CopyingScores",
    "Evaluated",
    "EvaluationSet",
    "Losses",
    "WeightScores",
    "ablated_of",
    "evaluate",
    "evaluation_set",
    "losses_of",
    "matchings",
    "weight_scores",
]

Array = NDArray[np.floating]

OFFSETS = (1, 0, -1)
"""Where heads may look, relative to an earlier copy: 1 is prefix matching, the others controls."""

PROBES = 10
"""Sequences of a probe, and those of the corpus whose patterns are measured."""

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
class Losses:
    """What the losses of a network tell: a variable for each field.

    Attributes
    ----------
    index_loss : (T,) ndarray [nat]
        Mean over sequences.
    sequence_loss, sequence_score, chosen_loss : (N,) ndarray [nat]
        Mean over indices; in-context learning score; loss at the chosen index.
    class_loss : (C,) ndarray [nat]
    half_loss : (2,) ndarray [nat]
        On the two halves of a sequence of random tokens, twice over.
    example_loss : (T,) ndarray [nat]
        Of the first sequence.
    """

    index_loss: Annotated[Array, Measure("index", "cross-entropy, mean over sequences", "nat")]
    sequence_loss: Annotated[Array, Measure("sequence", "cross-entropy, mean over indices", "nat")]
    sequence_score: Annotated[
        Array, Measure("sequence", "in-context learning score: late minus early loss", "nat")
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
    example_loss: Annotated[
        Array, Measure("index", "cross-entropy of each token of the example", "nat")
    ]


@dataclass(frozen=True)
class Attention:
    """What attention patterns tell.

    Attributes
    ----------
    matching : (3, L, H) ndarray
        By `OFFSETS`.
    previous_token : (L, H) ndarray
    """

    matching: Annotated[
        Array, Measure(("offset", "layer", "head"), "attention relative to earlier copies")
    ]
    previous_token: Annotated[Array, Measure(("layer", "head"), "attention on the token before")]


@dataclass(frozen=True)
class CopyingScores:
    """What the results of heads tell.

    Attributes
    ----------
    copying, copying_strongest : (L, H) ndarray
    """

    copying: Annotated[Array, Measure(("layer", "head"), "copying score")]
    copying_strongest: Annotated[
        Array, Measure(("layer", "head"), "copying score, of the token attended to most")
    ]


@dataclass(frozen=True)
class WeightScores:
    """What weights tell.

    Attributes
    ----------
    ov_eigenvalue, qk_trace : (L, H) ndarray
    composition_score : (3, L H, L H) ndarray
    """

    ov_eigenvalue: Annotated[
        Array, Measure(("layer", "head"), "sum of OV eigenvalues divided by sum of their moduli")
    ]
    qk_trace: Annotated[
        Array, Measure(("layer", "head"), "trace of QK matching of previous tokens")
    ]
    composition_score: Annotated[
        Array, Measure(("composition", "earlier_head", "later_head"), "composition score")
    ]


@dataclass(frozen=True)
class Ablated:
    """What losses without single heads tell.

    Attributes
    ----------
    ablated_score, ablated_loss : (2, L, H) ndarray [nat]
        By `ABLATIONS`, or by the first of them alone, (1, L, H).
    ablated_chosen_loss : (2, L, H, N) ndarray [nat]
    """

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


@dataclass(frozen=True)
class Evaluated(Ablated, WeightScores, CopyingScores, Attention, Losses):
    """Every measure of a network: a variable for each field."""


def evaluation_set(
    sequences: NDArray[np.integer], member: NDArray[np.bool_], vocabulary: int
) -> EvaluationSet:
    """Return sequences, classes and probes, the same for every network of a corpus."""
    rng = np.random.default_rng(0)
    length = sequences.shape[1] - 1
    tokens = candidates(vocabulary)
    repeated = repeated_tokens(tokens, rng, PROBES)
    single = repeated_tokens(tokens, rng, PROBES, copies=1)[:, 1:]
    halves = repeated_tokens(tokens, rng, PROBES, length=length // 2, copies=2)
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
    folded = circuits({name: value.numpy() for name, value in parameters.items()})
    results = torch.from_numpy(folded.result).to(parameters["W_O"])
    heads = _heads(network, parameters, results, given)
    logits = network.logits(parameters, given.halves[:, :-1])
    halves = next_token_loss(logits, given.halves[:, 1:]).numpy()
    return Evaluated(
        **heads,
        **vars(losses_of(clean, halves, given)),
        **vars(weight_scores(folded, heads["previous_token"])),
        **vars(ablated_of(ablated, given)),
    )


def losses_of(clean: Array, halves: Array, given: EvaluationSet) -> Losses:
    """Return what the losses of a network tell.

    Parameters
    ----------
    clean : (N, T) ndarray [nat]
        Of the sequences.
    halves : (10, 2 M) ndarray [nat]
        Of the random tokens that come twice.
    given : EvaluationSet
    """
    middle = halves.shape[1] // 2
    return Losses(
        index_loss=clean.mean(axis=0),
        sequence_loss=clean.mean(axis=1),
        sequence_score=score_by_sequence(clean),
        chosen_loss=clean[np.arange(len(clean)), given.chosen],
        class_loss=np.array([_mean(clean, chosen) for chosen in given.member]),
        half_loss=np.array([halves[:, :middle].mean(), halves[:, middle:].mean()]),
        example_loss=clean[0],
    )


def ablated_of(losses: Array, given: EvaluationSet) -> Ablated:
    """Return what losses without single heads tell, (ablations, L, H, N, T) [nat]."""
    return Ablated(
        ablated_score=score_by_sequence(losses).mean(axis=-1),
        ablated_loss=losses.mean(axis=(-2, -1)),
        ablated_chosen_loss=losses[..., np.arange(losses.shape[-2]), given.chosen],
    )


def weight_scores(folded: Circuits, previous_token: Array) -> WeightScores:
    """Return what weights tell, with the attention of each head on the token before, (L, H)."""
    return WeightScores(
        ov_eigenvalue=ov_eigenvalue_scores(folded),
        qk_trace=qk_traces(folded, previous_token.astype(np.float64)),
        composition_score=composition_scores(folded),
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
    network: Transformer, parameters: dict[str, Tensor], results: Tensor, given: EvaluationSet
) -> dict[str, Array]:
    """Return what heads do, given ``W_O`` minus the mean over the stream."""
    repeated = network.forward(parameters, given.repeated).patterns
    single = network.forward(parameters, given.single)
    reading = direct_path(parameters["gain_final"], parameters["W_U"])
    copied = [
        copying(mixed, pattern, given.single, results[layer], reading)
        for layer, (mixed, pattern) in enumerate(zip(single.mixed, single.patterns, strict=True))
    ]
    found = {
        "matching": matchings(repeated, given.repeated),
        "copying": torch.stack([each.attended for each in copied]),
        "copying_strongest": torch.stack([each.strongest for each in copied]),
        "previous_token": _previous_token(network, parameters, given.sequences[:PROBES, :-1]),
    }
    return {name: value.numpy() for name, value in found.items()}


def matchings(patterns: Sequence[Tensor], tokens: Tensor) -> Tensor:
    """Return the attention of each head relative to earlier copies, by `OFFSETS`, (3, L, H).

    Parameters
    ----------
    patterns : sequence of (B, H, T, T) Tensor
        Of each layer.
    tokens : (B, T) Tensor
    """
    return torch.stack(
        [
            torch.stack([matching(each, tokens, offset=offset) for each in patterns])
            for offset in OFFSETS
        ]
    )


def _previous_token(network: Transformer, parameters: dict[str, Tensor], tokens: Tensor) -> Tensor:
    """Return the attention of each head on the token before, (L, H)."""
    parts = []
    for block in torch.split(tokens, network.sequences_at_once(tokens.shape[1])):
        patterns = network.forward(parameters, block).patterns
        means = torch.stack([previous_token(pattern) for pattern in patterns])
        parts.append(means * (len(block) / len(tokens)))
    return torch.stack(parts).sum(dim=0)
