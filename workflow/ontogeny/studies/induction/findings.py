"""What a run shows: its window, its heads, and its final checkpoint without some of them."""

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import combinations

import numpy as np
import torch
import xarray as xr
from numpy.typing import NDArray
from torch import Tensor

from ontogeny.networks.decoder import Transformer
from ontogeny.studies.induction.analysis.attribution import before_and_after, logit_attribution
from ontogeny.studies.induction.analysis.evaluation import EvaluationSet
from ontogeny.studies.induction.analysis.knock_outs import idealised_previous_token, without_heads
from ontogeny.studies.induction.analysis.losses import (
    ContextSlopes,
    context_slopes,
    learning_slopes,
    score_by_sequence,
)
from ontogeny.studies.induction.analysis.phase import Window, bump, half_way, phase_window
from ontogeny.studies.induction.analysis.traces import followers, trace
from ontogeny.studies.induction.config import Analysis
from ontogeny.studies.induction.datasets import names
from ontogeny.studies.induction.head_kinds import HEAD_KINDS
from ontogeny.studies.induction.labels import MOMENTS, dataset, variable
from ontogeny.studies.induction.ranges import range_losses, ranges

__all__ = [
    "LONGEST_EXAMPLE",
    "FinalCheckpoint",
    "analysis_dataset",
    "final_checkpoint",
    "head_kinds",
    "head_sets",
]

LONGEST_EXAMPLE = 96
"""Tokens of the example, from its beginning, whose attention is kept."""

HEAD_SETS = ("induction", "as many others", "all others", "previous-token")
REMOVALS = ("full", "pattern-preserving", "mean")
"""Removed; removed with all patterns preserved; the same with their mean result in their place."""

_DRAWS = 10

Array = NDArray[np.floating]
Flags = NDArray[np.bool_]


def head_kinds(
    prefix_matching: NDArray[np.floating],
    ov_eigenvalue: NDArray[np.floating],
    previous_token: NDArray[np.floating],
    analysis: Analysis,
) -> NDArray[np.int8]:
    """Return what heads are, as indices of `HEAD_KINDS`.

    Induction: prefix matching above its threshold and more positive than negative OV eigenvalues.
    The copying score of attention is not a criterion, since heads that are not triggered attend to
    many tokens at once. Previous-token: any other head above that threshold.
    """
    induction = (prefix_matching > analysis.prefix_matching) & (ov_eigenvalue > 0)
    previous = ~induction & (previous_token > analysis.previous_token)
    return np.where(induction, 2, np.where(previous, 1, 0)).astype(np.int8)


@dataclass(frozen=True)
class FinalCheckpoint:
    """What can be done with the final checkpoint of a run.

    Attributes
    ----------
    patterns : (L, H, M, M) ndarray
        Attention on a repeated sequence of random tokens.
    example : (T + 1,) ndarray of int
        Tokens of the first sequence of the evaluation set.
    example_patterns : (L, H, m, m) ndarray
        Attention on the first tokens of that sequence, `LONGEST_EXAMPLE` at most.
    without : mapping of str to callable
        By removal: from the heads to be removed, (L, H) of bool, to the losses of the network
        without them, (N, T) [nat]. Empty for a network that cannot be run without heads.
    idealised : callable, optional
        From previous-token heads, (L, H) of bool, to the loss when they attend to exactly the token
        before [nat].
    attribution : (L, H, T) ndarray, optional
        What heads add to the logits of `example`.
    """

    patterns: Array
    example: NDArray[np.integer]
    example_patterns: Array
    without: Mapping[str, Callable[[Flags], Array]] = field(default_factory=dict)
    idealised: Callable[[Flags], float] | None = None
    attribution: Array | None = None


@torch.no_grad()
def final_checkpoint(
    network: Transformer, parameters: dict[str, Tensor], given: EvaluationSet
) -> FinalCheckpoint:
    """Return what can be done with a decoder whose parameters are given: everything."""
    patterns = network.forward(parameters, given.repeated[:1]).patterns
    one = given.sequences[:1]
    activations = network.forward(parameters, one[:, :-1])
    added = logit_attribution(network, parameters, activations, one[:, 1:])

    def without(removal: str) -> Callable[[Flags], Array]:
        return lambda removed: without_heads(
            network,
            parameters,
            given.sequences,
            torch.from_numpy(removed),
            preserve=removal != "full",
            mean=removal == "mean",
        ).numpy()

    def idealised(chosen: Flags) -> float:
        heads = torch.from_numpy(chosen)
        return float(idealised_previous_token(network, parameters, given.sequences, heads).mean())

    return FinalCheckpoint(
        patterns=torch.cat(patterns).numpy(),
        example=one[0].numpy(),
        example_patterns=torch.cat(activations.patterns).numpy()[
            ..., :LONGEST_EXAMPLE, :LONGEST_EXAMPLE
        ],
        without={removal: without(removal) for removal in REMOVALS},
        idealised=idealised,
        attribution=added[0].numpy(),
    )


def analysis_dataset(
    evaluated: xr.Dataset, last: FinalCheckpoint, analysis: Analysis, *, warm_up: int
) -> xr.Dataset:
    """Return what a run shows beside the measures of its single checkpoints.

    Parameters
    ----------
    evaluated : Dataset
        From `evaluation_dataset`. What rests on measures that it lacks is absent.
    last : FinalCheckpoint
    analysis : Analysis
    warm_up : int

    Returns
    -------
    Dataset
    """
    final = evaluated.isel(step=-1)
    step = evaluated["step"].values
    window = phase_window(
        step, evaluated["score"].values, warm_up=warm_up, least_fall=analysis.least_fall
    )
    slopes = context_slopes(evaluated["index_loss"].values)
    variables = {
        **_timing(evaluated, window, warm_up),
        **_slopes(evaluated, slopes, window),
        **_correlations(evaluated),
        **(_of_kinds(final, last, analysis) if "ov_eigenvalue" in evaluated else {}),
        **_shown(last, final),
    }
    variables |= _example(evaluated, last, variables)
    coordinates = {
        "step": step,
        "moment": names(MOMENTS),
        "context_bin": slopes.index,
        "index_range": ranges(evaluated.sizes["index"]),
        "removal": names(list(last.without)),
        "head_set": names(HEAD_SETS),
        "evaluator_pair": names(["copying, OV eigenvalues", "prefix matching, QK trace"]),
        "shown_head": names(["previous token", "induction"]),
    }
    used = {dim for each in variables.values() for dim in each.dims}
    return dataset(
        variables,
        {dim: values for dim, values in coordinates.items() if dim in used},
        title="Phase change, heads and knock-outs of a run",
    )


def _of_kinds(
    final: xr.Dataset, last: FinalCheckpoint, analysis: Analysis
) -> dict[str, xr.Variable]:
    """Return the kinds of heads, and what is measured of the heads of a kind."""
    kinds = head_kinds(
        final["matching"].sel(offset=1).values,
        final["ov_eigenvalue"].values,
        final["previous_token"].values,
        analysis,
    )
    found = {
        "head_kind": variable(
            ("layer", "head"), kinds, f"kind of the head: {', '.join(HEAD_KINDS)}, from 0"
        ),
        "composition_excess": variable(
            (), _composition(final, kinds), "K-composition of previous-token with induction heads"
        ),
    }
    if last.without:
        found |= _removals(last, kinds)
    if last.idealised is not None:
        ideal = last.idealised(kinds == 1) if (kinds == 1).any() else float("nan")
        found["idealised_loss"] = variable(
            (), ideal, "cross-entropy with exact attention of previous-token heads", "nat"
        )
    return found


def _slopes(evaluated: xr.Dataset, slopes: ContextSlopes, window: Window) -> dict[str, xr.Variable]:
    """Return how losses change along the context, along training, along the phase change."""
    learning = learning_slopes(evaluated["step"].values, evaluated["loss"].values)
    found = {
        "context_slope": variable(
            ("step", "context_bin"), slopes.slope, "d loss / d ln context index", "nat"
        ),
        "learning_slope": variable("step", learning, "d loss / d ln step", "nat"),
        "range_loss": variable(
            ("step", "index_range"),
            range_losses(evaluated["index_loss"].values),
            "cross-entropy, mean over a range of the context index",
            "nat",
        ),
    }
    if "ablation" in evaluated and "pattern-preserving" in evaluated["ablation"]:
        found["projection"] = variable(
            ("step", "layer", "head"),
            _projection(evaluated, window),
            "change of losses without a head, along that of the phase change",
            "nat",
        )
    return found


def _timing(evaluated: xr.Dataset, window: Window, warm_up: int) -> dict[str, xr.Variable]:
    step = evaluated["step"].values
    best = evaluated["matching"].sel(offset=1).max(("layer", "head")).values
    previous = evaluated["previous_token"].max(("layer", "head")).values
    found = bump(step, evaluated["loss"].values, warm_up=warm_up)
    moments = [_checkpoint_before(step, window, warm_up), step[-1]]
    return {
        "moment_step": variable("moment", moments, "checkpoint before and after the change [step]"),
        "window_start": variable((), window.start, "start of the phase change [step]"),
        "window_end": variable((), window.end, "end of the phase change [step]"),
        "window_fall": variable(
            (), window.fall, "fall of the score inside the window, NaN without one", "nat"
        ),
        "warm_up": variable((), warm_up, "updates of the warm-up"),
        "prefix_middle": variable(
            (), half_way(step, best), "step at which the best prefix matching is half-way"
        ),
        "best_prefix": variable("step", best, "prefix matching of the best head"),
        "best_previous": variable("step", previous, "attention on the token before, best head"),
        "bump_height": variable((), found.height, "excess of ln loss over its convex envelope"),
        "bump_step": variable((), found.step, "step of the largest excess"),
    }


def _checkpoint_before(step: NDArray[np.integer], window: Window, warm_up: int) -> int:
    """Return the last checkpoint up to the phase change, or up to the end of the warm-up."""
    until = warm_up if np.isnan(window.start) else window.start
    return int(step[max(int(np.searchsorted(step, until, side="right")) - 1, 0)])


def _projection(evaluated: xr.Dataset, window: Window) -> NDArray[np.floating]:
    ablated = evaluated["ablated_chosen_loss"].sel(ablation="pattern-preserving").values
    if np.isnan(window.start):
        return np.full(ablated.shape[:3], np.nan)
    start, end = np.searchsorted(evaluated["step"].values, [window.start, window.end])
    return before_and_after(
        evaluated["chosen_loss"].values, ablated, start=int(start), end=int(end)
    )


def head_sets(kinds: NDArray[np.int8]) -> dict[str, list[Flags]]:
    """Return for each of `HEAD_SETS` the heads to remove; several sets are averaged over.

    Parameters
    ----------
    kinds : (L, H) ndarray of int8
        Indices of `HEAD_KINDS`.

    Returns
    -------
    dict of str to list of (L, H) ndarray of bool
    """
    induction, previous = (
        kinds == HEAD_KINDS.index(kind) for kind in ("induction", "previous-token")
    )
    as_many = list(_as_many_others(induction))
    return dict(zip(HEAD_SETS, ([induction], as_many, [~induction], [previous]), strict=True))


def _as_many_others(induction: Flags) -> Iterator[Flags]:
    """Yield all sets of as many other heads, or `_DRAWS` different ones where there are more.

    All other heads where these are fewer than the induction heads.
    """
    others = np.flatnonzero(~induction.ravel())
    count = min(int(induction.sum()), len(others))
    if math.comb(len(others), count) <= _DRAWS:
        sets = set(combinations(others.tolist(), count))
    else:
        sets, rng = set(), np.random.default_rng(0)
        while len(sets) < _DRAWS:
            sets.add(tuple(sorted(rng.permutation(others)[:count].tolist())))
    for heads in sorted(sets):
        found = np.zeros(induction.size, dtype=np.bool_)
        found[list(heads)] = True
        yield found.reshape(induction.shape)


def _removals(last: FinalCheckpoint, kinds: NDArray[np.int8]) -> dict[str, xr.Variable]:
    shape = (len(last.without), len(HEAD_SETS))
    score, loss = np.full(shape, np.nan), np.full(shape, np.nan)
    for column, sets in enumerate(head_sets(kinds).values()):
        if not any(chosen.any() for chosen in sets):
            continue
        for row, without in enumerate(last.without.values()):
            each = [without(chosen) for chosen in sets]
            score[row, column] = np.mean([score_by_sequence(found).mean() for found in each])
            loss[row, column] = np.mean([found.mean() for found in each])
    dims = ("removal", "head_set")
    return {
        "removed_score": variable(dims, score, "in-context learning score without heads", "nat"),
        "removed_loss": variable(dims, loss, "cross-entropy without heads", "nat"),
    }


def _correlations(evaluated: xr.Dataset) -> dict[str, xr.Variable]:
    """Return Pearson's correlation of two pairs of scores over heads and checkpoints.

    NaN where a score is the same everywhere; nothing where one is absent.
    """
    if not {"copying", "ov_eigenvalue"} <= set(evaluated):
        return {}
    pairs = (
        (evaluated["copying"].values, evaluated["ov_eigenvalue"].values),
        (evaluated["matching"].sel(offset=1).values, evaluated["qk_trace"].values),
    )
    found = []
    for x, y in pairs:
        known = np.isfinite(x) & np.isfinite(y)
        varies = known.any() and np.ptp(x[known]) > 0 and np.ptp(y[known]) > 0
        found.append(float(np.corrcoef(x[known], y[known])[0, 1]) if varies else np.nan)
    about = "correlation over heads and checkpoints"
    return {"evaluator_correlation": variable("evaluator_pair", found, about)}


def _composition(final: xr.Dataset, kinds: NDArray[np.int8]) -> float:
    """Return the mean K-composition of pairs, in deviations above that of random heads."""
    flat = kinds.ravel()
    scores = final["composition_score"].sel(composition="key").values[flat == 1][:, flat == 2]
    scores = scores[np.isfinite(scores)]
    if not scores.size:
        return float("nan")
    excess = scores.mean() - float(final["composition_baseline"])
    return float(excess / float(final["composition_deviation"]))


def _shown(last: FinalCheckpoint, final: xr.Dataset) -> dict[str, xr.Variable]:
    """Return the attention of the strongest heads, and what heads add to single logits."""
    strongest = [
        np.unravel_index(int(scores.argmax()), scores.shape)
        for scores in (final["previous_token"].values, final["matching"].sel(offset=1).values)
    ]
    attention = np.stack([last.patterns[layer, head] for layer, head in strongest])
    found = {
        "attention": variable(
            ("shown_head", "token_index", "source_index"),
            attention,
            "attention on a repeated sequence of random tokens",
        ),
        "shown": variable(
            ("shown_head", "layer_and_head"),
            np.array(strongest, dtype=np.int32),
            "layer and head shown",
        ),
        "example": variable("index", last.example[1:].astype(np.int32), "the coming tokens"),
    }
    if last.attribution is not None:
        found["attribution"] = variable(
            ("layer", "head", "index"), last.attribution, "added to the logit of the coming token"
        )
    return found


def _example(
    evaluated: xr.Dataset, last: FinalCheckpoint, found: Mapping[str, xr.Variable]
) -> dict[str, xr.Variable]:
    """Return the attention of the strongest heads on the example, and where it is traced."""
    previous, induction = (
        last.example_patterns[layer, head] for layer, head in found["shown"].values
    )
    before, after = evaluated["example_loss"].sel(step=found["moment_step"].values).values
    traced = trace(induction, (before - after)[: len(induction)])
    return {
        "example_change": variable(
            "index", after - before, "loss of a token of the example after minus before", "nat"
        ),
        "followed": variable(
            ("example_index", "attended_index"),
            followers(last.example[: len(induction)]),
            "whether a token of the example followed an earlier copy of the token at hand",
        ),
        "example_attention": variable(
            ("shown_head", "example_index", "attended_index"),
            np.stack([previous, induction]),
            "attention on the first tokens of the example",
        ),
        "traced": variable(
            "shown_head",
            np.array([traced.attended, traced.query], dtype=np.int32),
            "index of the token of the example whose attention is traced",
        ),
    }
