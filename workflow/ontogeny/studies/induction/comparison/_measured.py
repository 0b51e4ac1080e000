"""Single numbers of each run, by itself and relative to a network of one layer.

A function here returns NaN where a run does not have the quantity. "At the window" means at the
checkpoint where the phase change of the run starts or ends.
"""

from collections.abc import Callable

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from ontogeny.joins import Run
from ontogeny.studies.induction.analysis.phase import departure
from ontogeny.studies.induction.comparison._runs import analysis, checkpoint, evaluation, window
from ontogeny.studies.induction.head_kinds import HEAD_KINDS
from ontogeny.studies.induction.labels import variable

__all__ = ["measured", "relative"]

Row = dict[str, xr.Variable]
NAN = float("nan")


def measured(run: Run, corpus: xr.Dataset) -> Row:
    """Return the single numbers of a run."""
    return {
        "repeat_share": variable((), _repeats(corpus), "share of tokens that repeat a phrase"),
        **_of_window(run),
        **_of_heads(run),
        **_of_tokens(run),
    }


def relative(run: Run, reference: Run | None) -> Row:
    """Return the numbers of a run relative to a plain one of one layer on its corpus."""
    numbers = {
        "departure": (_departure, "first step with less loss than one layer [step]", "1"),
        "relative_score": (_relative_score, "score at the end minus that of one layer", "nat"),
    } | {
        name: (_lost(heads, removal), about, "1") for name, (heads, removal, about) in LOST.items()
    }
    return {
        name: variable((), NAN if reference is None else measure(run, reference), about, units)
        for name, (measure, about, units) in numbers.items()
    }


LOST = {
    "induction_lost": (
        "induction",
        "pattern-preserving",
        "share of the score lost without induction heads",
    ),
    "others_lost": (
        "all others",
        "pattern-preserving",
        "share of the score lost without all other heads",
    ),
    "as_many_lost": (
        "as many others",
        "pattern-preserving",
        "share of the score lost without as many other heads",
    ),
    "induction_mean_lost": (
        "induction",
        "mean",
        "share of the score lost with induction heads at their mean",
    ),
    "previous_full_lost": (
        "previous-token",
        "full",
        "share of the score lost without previous-token heads",
    ),
    "previous_preserved_lost": (
        "previous-token",
        "pattern-preserving",
        "share of the score lost without previous-token heads, patterns preserved",
    ),
}
"""Sets of heads, how they are removed, and what is lost thereby."""


def _of_window(run: Run) -> Row:
    """Return when and how the score changes."""
    last, found = evaluation(run).isel(step=-1), analysis(run)
    start, end = window(run)
    middle = (start + end) / 2
    apart = abs(middle - float(found["prefix_middle"])) / run.about["steps"]
    after_warm_up = checkpoint(run, 2 * float(found["warm_up"]))["score"]
    best = found["best_prefix"]
    return {
        "window_start": variable((), start, "start of the phase change [step]"),
        "window_end": variable((), end, "end of the phase change [step]"),
        "window_middle": variable((), middle, "middle of the phase change [step]"),
        "window_fall": variable(
            (), found["window_fall"], "fall of the score inside the window, NaN without one", "nat"
        ),
        "final_score": variable(
            (), last["score"], "in-context learning score at the final checkpoint", "nat"
        ),
        "score_change": variable(
            (),
            float(after_warm_up) - float(last["score"]),
            "fall of the score after twice the warm-up",
            "nat",
        ),
        "final_loss": variable((), last["loss"], "cross-entropy at the final checkpoint", "nat"),
        "prefix_before": variable(
            (),
            NAN if np.isnan(start) else best.sel(step=start, method="ffill"),
            "best prefix matching at the window's start",
        ),
        "prefix_after": variable(
            (), best.isel(step=-1), "best prefix matching of the final checkpoint"
        ),
        "prefix_middle": variable(
            (), found["prefix_middle"], "best prefix matching half-way [step]"
        ),
        "middles_apart": variable((), apart, "distance of the two middles, share of the training"),
        "bump_height": variable(
            (), found["bump_height"], "excess of ln loss over its convex envelope"
        ),
        "bump_step": variable((), found["bump_step"], "step of the largest excess [step]"),
    }


def _of_heads(run: Run) -> Row:
    """Return how many heads of each kind there are, what they do, and how their scores agree."""
    found = analysis(run)
    correlation = found["evaluator_correlation"]
    return {
        "induction_heads": variable(
            (), _is_kind(run, "induction").sum(), "number of induction heads"
        ),
        "previous_heads": variable(
            (), _is_kind(run, "previous-token").sum(), "number of previous-token heads"
        ),
        "ov_eigenvalue": variable(
            (), _of_induction_heads(run, "ov_eigenvalue"), "OV eigenvalues of induction heads"
        ),
        "qk_trace": variable(
            (), _of_induction_heads(run, "qk_trace"), "QK trace of induction heads that have one"
        ),
        "copying": variable(
            (), _of_induction_heads(run, "copying"), "copying score of induction heads"
        ),
        "projection": variable(
            (), _projection(run), "largest projection of an induction head", "nat"
        ),
        "least_single": variable(
            (), _least_single(run), "least change of score without one induction head", "nat"
        ),
        "largest_other": variable(
            (), _largest_other(run), "largest absolute change of score without another head", "nat"
        ),
        "copying_correlation": variable(
            (),
            correlation.sel(evaluator_pair="copying, OV eigenvalues"),
            "correlation of copying and OV eigenvalues",
        ),
        "matching_correlation": variable(
            (),
            correlation.sel(evaluator_pair="prefix matching, QK trace"),
            "correlation of prefix matching and QK trace",
        ),
        "composition_excess": variable(
            (),
            found["composition_excess"],
            "K-composition beyond random heads, in their deviations",
        ),
        "idealised_share": variable(
            (), _idealised(run), "loss saved by exact previous-token attention"
        ),
    }


def _of_tokens(run: Run) -> Row:
    """Return which tokens get easier or harder."""
    start = window(run)[0]
    before = 2 * float(analysis(run)["warm_up"]) if np.isnan(start) else start
    classes = evaluation(run)["token_kind"].values
    broken = "first use" if "first use" in classes else "break"
    return {
        "gain_before": variable(
            (), _repeat_gain(checkpoint(run, before)), "gain on repeated tokens before", "nat"
        ),
        "gain_after": variable(
            (),
            _repeat_gain(evaluation(run).isel(step=-1)),
            "gain on repeated tokens at the end",
            "nat",
        ),
        "continuation_change": variable(
            (), _class_change(run, "continuation"), "change of loss, repeats", "nat"
        ),
        "break_change": variable(
            (), _class_change(run, broken), "change of loss, first uses or broken patterns", "nat"
        ),
    }


def _repeats(corpus: xr.Dataset) -> float:
    """Return the share of tokens inside a repeated phrase; NaN where there are no phrases."""
    if "repeat" not in corpus["token_kind"].values:
        return NAN
    return float(corpus["member"].sel(token_kind="repeat").mean())


def _is_kind(run: Run, kind: str) -> NDArray[np.bool_]:
    """Return which heads of the final checkpoint are of a kind, by layer and head."""
    return np.asarray(analysis(run)["head_kind"].values == HEAD_KINDS.index(kind))


def _of_induction_heads(run: Run, score: str) -> float:
    """Return the mean of a score of the final checkpoint over the induction heads that have it."""
    chosen = evaluation(run)[score].isel(step=-1).values[_is_kind(run, "induction")]
    known = chosen[~np.isnan(chosen)]
    return float(known.mean()) if known.size else NAN


def _projection(run: Run) -> float:
    """Return the largest projection of an induction head, mean over checkpoints past the window."""
    heads, (_, end) = _is_kind(run, "induction"), window(run)
    if not heads.any() or np.isnan(end):
        return NAN
    past = slice(int(checkpoint(run, end)["step"]), None)
    later = analysis(run)["projection"].sel(step=past).values
    return float(later.mean(axis=0)[heads].max())


def _preserved_changes(run: Run) -> NDArray[np.floating]:
    """Return the change of the last score without each head, by layer and head."""
    last = evaluation(run).isel(step=-1)
    without: NDArray[np.floating] = last["ablated_score"].sel(ablation="pattern-preserving").values
    return without - float(last["score"])


def _least_single(run: Run) -> float:
    changes = _preserved_changes(run)[_is_kind(run, "induction")]
    return float(changes.min()) if changes.size else NAN


def _largest_other(run: Run) -> float:
    others = np.abs(_preserved_changes(run)[~_is_kind(run, "induction")])
    return float(others.max()) if others.size else NAN


def _idealised(run: Run) -> float:
    """Return which share of the loss of a full knock-out exact previous-token attention saves."""
    found = analysis(run)
    removed = float(found["removed_loss"].sel(removal="full", head_set="previous-token"))
    clean, ideal = float(evaluation(run)["loss"][-1]), float(found["idealised_loss"])
    return (removed - ideal) / (removed - clean)


def _repeat_gain(at_step: xr.Dataset) -> float:
    """Return by how much the second half of repeated random tokens is easier at a checkpoint."""
    halves = at_step["half_loss"]
    return float(halves.sel(half="first") - halves.sel(half="second"))


def _class_change(run: Run, token_kind: str) -> float:
    """Return by how much the loss of a class of tokens rises from the window's start to the end."""
    start = window(run)[0]
    if np.isnan(start):
        return NAN
    loss = evaluation(run)["class_loss"].sel(token_kind=token_kind)
    return float(loss[-1] - loss.sel(step=start, method="ffill"))


def _lost(head_set: str, removal: str) -> Callable[[Run, Run], float]:
    """Return which share of the score beyond that of one layer is lost without a set of heads.

    NaN for a run without induction heads: its sets have no meaning.
    """

    def share(run: Run, reference: Run) -> float:
        if not _is_kind(run, "induction").any():
            return NAN
        removed = float(analysis(run)["removed_score"].sel(head_set=head_set, removal=removal))
        clean, one = (float(evaluation(each)["score"][-1]) for each in (run, reference))
        return (removed - clean) / (one - clean) if clean < one else NAN

    return share


def _relative_score(run: Run, reference: Run) -> float:
    own, other = (float(evaluation(each)["score"][-1]) for each in (run, reference))
    return own - other


def _departure(run: Run, reference: Run) -> float:
    step, other = (evaluation(each)["step"].values for each in (run, reference))
    if not np.array_equal(step, other) or run is reference:
        return NAN
    losses = (evaluation(each)["sequence_loss"].values for each in (reference, run))
    return departure(step, *losses, warm_up=int(analysis(run)["warm_up"]))
