"""What a run shows: its window, its heads, and its final checkpoint without some of them."""

from collections.abc import Iterator

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
from ontogeny.studies.induction.config import Analysis
from ontogeny.studies.induction.datasets import names
from ontogeny.studies.induction.head_kinds import HEAD_KINDS
from ontogeny.studies.induction.labels import dataset, variable

__all__ = ["analysis_dataset", "head_kinds"]

HEAD_SETS = ("induction", "as many others", "all others", "previous-token")
REMOVALS = ("full", "pattern-preserving", "mean")
"""Removed; removed with all patterns preserved; the same with their mean result in their place."""

_DRAWS = 10

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


def analysis_dataset(
    evaluated: xr.Dataset,
    network: Transformer,
    last: dict[str, Tensor],
    given: EvaluationSet,
    analysis: Analysis,
    *,
    warm_up: int,
) -> xr.Dataset:
    """Return what a run shows beside the measures of its single checkpoints.

    Parameters
    ----------
    evaluated : Dataset
        From `evaluation_dataset`.
    network : Transformer
    last : dict of str to Tensor
        The final checkpoint.
    given : EvaluationSet
    analysis : Analysis
    warm_up : int

    Returns
    -------
    Dataset
    """
    final = evaluated.isel(step=-1)
    kinds = head_kinds(
        final["matching"].sel(offset=1).values,
        final["ov_eigenvalue"].values,
        final["previous_token"].values,
        analysis,
    )
    step = evaluated["step"].values
    window = phase_window(
        step, evaluated["score"].values, warm_up=warm_up, least_fall=analysis.least_fall
    )
    slopes = context_slopes(evaluated["index_loss"].values)
    variables = {
        **_timing(evaluated, window, warm_up),
        "head_kind": variable(
            ("layer", "head"), kinds, f"kind of the head: {', '.join(HEAD_KINDS)}, from 0"
        ),
        **_removals(network, last, given, kinds),
        **_slopes(evaluated, slopes, window),
        "evaluator_correlation": variable(
            "evaluator_pair", _correlations(evaluated), "correlation over heads and checkpoints"
        ),
        "composition_excess": variable(
            (), _composition(final, kinds), "K-composition of previous-token with induction heads"
        ),
        **_shown(network, last, given, final, kinds),
    }
    coordinates = {
        "step": step,
        "context_bin": slopes.index,
        "removal": names(REMOVALS),
        "head_set": names(HEAD_SETS),
        "evaluator_pair": names(["copying, OV eigenvalues", "prefix matching, QK trace"]),
        "shown_head": names(["previous token", "induction"]),
    }
    return dataset(variables, coordinates, title="Phase change, heads and knock-outs of a run")


def _slopes(evaluated: xr.Dataset, slopes: ContextSlopes, window: Window) -> dict[str, xr.Variable]:
    """Return how losses change along the context, along training, along the phase change."""
    learning = learning_slopes(evaluated["step"].values, evaluated["loss"].values)
    return {
        "projection": variable(
            ("step", "layer", "head"),
            _projection(evaluated, window),
            "change of losses without a head, along that of the phase change",
            "nat",
        ),
        "context_slope": variable(
            ("step", "context_bin"), slopes.slope, "d loss / d ln context index", "nat"
        ),
        "learning_slope": variable("step", learning, "d loss / d ln step", "nat"),
    }


def _timing(evaluated: xr.Dataset, window: Window, warm_up: int) -> dict[str, xr.Variable]:
    step = evaluated["step"].values
    best = evaluated["matching"].sel(offset=1).max(("layer", "head")).values
    previous = evaluated["previous_token"].max(("layer", "head")).values
    found = bump(step, evaluated["loss"].values, warm_up=warm_up)
    return {
        "window_start": variable((), window.start, "start of the phase change [step]"),
        "window_end": variable((), window.end, "end of the phase change [step]"),
        "window_fall": variable((), window.fall, "fall of the score inside the window", "nat"),
        "warm_up": variable((), warm_up, "updates of the warm-up"),
        "prefix_middle": variable(
            (), half_way(step, best), "step at which the best prefix matching is half-way"
        ),
        "best_prefix": variable("step", best, "prefix matching of the best head"),
        "best_previous": variable("step", previous, "attention on the token before, best head"),
        "bump_height": variable((), found.height, "excess of ln loss over its convex envelope"),
        "bump_step": variable((), found.step, "step of the largest excess"),
    }


def _projection(evaluated: xr.Dataset, window: Window) -> NDArray[np.floating]:
    ablated = evaluated["ablated_chosen_loss"].sel(ablation="pattern-preserving").values
    if np.isnan(window.start):
        return np.full(ablated.shape[:3], np.nan)
    start, end = np.searchsorted(evaluated["step"].values, [window.start, window.end])
    return before_and_after(
        evaluated["chosen_loss"].values, ablated, start=int(start), end=int(end)
    )


def _sets(kinds: NDArray[np.int8]) -> Iterator[tuple[int, list[Flags]]]:
    """Yield the number of each of `HEAD_SETS` with the sets of heads that it is averaged over."""
    induction, previous = kinds == 2, kinds == 1
    others = np.flatnonzero(~induction.ravel())
    count = min(int(induction.sum()), len(others))
    rng = np.random.default_rng(0)
    drawn = []
    for _ in range(1 if count == len(others) else _DRAWS):
        chosen = np.zeros(kinds.size, dtype=np.bool_)
        chosen[rng.permutation(others)[:count]] = True
        drawn.append(chosen.reshape(kinds.shape))
    yield from enumerate([[induction], drawn, [~induction], [previous]])


def _removals(
    network: Transformer, last: dict[str, Tensor], given: EvaluationSet, kinds: NDArray[np.int8]
) -> dict[str, xr.Variable]:
    shape = (len(REMOVALS), len(HEAD_SETS))
    score, loss = np.full(shape, np.nan), np.full(shape, np.nan)
    for column, sets in _sets(kinds):
        if not any(chosen.any() for chosen in sets):
            continue
        for row, removal in enumerate(REMOVALS):
            each = [
                without_heads(
                    network,
                    last,
                    given.sequences,
                    torch.from_numpy(chosen),
                    preserve=removal != "full",
                    mean=removal == "mean",
                ).numpy()
                for chosen in sets
            ]
            score[row, column] = np.mean([score_by_sequence(found).mean() for found in each])
            loss[row, column] = np.mean([found.mean() for found in each])
    dims = ("removal", "head_set")
    ideal = float("nan")
    if (kinds == 1).any():
        chosen = torch.from_numpy(kinds == 1)
        ideal = float(idealised_previous_token(network, last, given.sequences, chosen).mean())
    return {
        "removed_score": variable(dims, score, "in-context learning score without heads", "nat"),
        "removed_loss": variable(dims, loss, "cross-entropy without heads", "nat"),
        "idealised_loss": variable(
            (), ideal, "cross-entropy with exact attention of previous-token heads", "nat"
        ),
    }


def _correlations(evaluated: xr.Dataset) -> list[float]:
    """Return Pearson's correlation of two pairs of scores over heads and checkpoints.

    NaN where a score is the same everywhere.
    """
    pairs = (
        (evaluated["copying"].values, evaluated["ov_eigenvalue"].values),
        (evaluated["matching"].sel(offset=1).values, evaluated["qk_trace"].values),
    )
    found = []
    for x, y in pairs:
        known = np.isfinite(x) & np.isfinite(y)
        varies = known.any() and np.ptp(x[known]) > 0 and np.ptp(y[known]) > 0
        found.append(float(np.corrcoef(x[known], y[known])[0, 1]) if varies else np.nan)
    return found


def _composition(final: xr.Dataset, kinds: NDArray[np.int8]) -> float:
    """Return the mean K-composition of pairs, in deviations above that of random heads."""
    flat = kinds.ravel()
    scores = final["composition_score"].sel(composition="key").values[flat == 1][:, flat == 2]
    scores = scores[np.isfinite(scores)]
    if not scores.size:
        return float("nan")
    excess = scores.mean() - float(final["composition_baseline"])
    return float(excess / float(final["composition_deviation"]))


@torch.no_grad()
def _shown(
    network: Transformer,
    last: dict[str, Tensor],
    given: EvaluationSet,
    final: xr.Dataset,
    kinds: NDArray[np.int8],
) -> dict[str, xr.Variable]:
    """Return the attention of the strongest heads, and what heads add to single logits."""
    patterns = network.forward(last, given.repeated[:1]).patterns
    strongest = [
        np.unravel_index(int(scores.argmax()), kinds.shape)
        for scores in (final["previous_token"].values, final["matching"].sel(offset=1).values)
    ]
    attention = torch.stack([patterns[layer][0, head] for layer, head in strongest]).numpy()
    one = given.sequences[:1]
    added = logit_attribution(network, last, network.forward(last, one[:, :-1]), one[:, 1:])
    return {
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
        "attribution": variable(
            ("layer", "head", "index"), added[0].numpy(), "added to the logit of the coming token"
        ),
        "example": variable("index", one[0, 1:].numpy().astype(np.int32), "the coming tokens"),
    }
