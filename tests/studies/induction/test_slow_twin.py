"""Every stored measure of induction heads is what a slow computation from docs/induction.md finds.

Networks that have learned induction are measured twice, by the project and by `slow_induction`.
Measures of weights agree to rounding in float64. Measures of forward passes agree as far as these
do: positions are float32 even in a float64 network.
"""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from slow_induction.checkpoints import KINDS
from slow_induction.one_run import INDUCTION, PREVIOUS, sets_of_heads
from twin_runs import everything, joined, kinds_of, twin, twin_of_many_words

ROUNDING = {
    "float32": {"rtol": 1e-5, "atol": 5e-6},
    "float64": {"rtol": 1e-6, "atol": 1e-6},
    "weights": {"rtol": 1e-9, "atol": 1e-9},
    "steps": {"rtol": 0, "atol": 0},
}

EVALUATION = {
    "chosen_index": "steps",
    "ov_eigenvalue": "weights",
    "composition_score": "weights",
    "composition_baseline": "weights",
    "composition_deviation": "weights",
} | dict.fromkeys(
    (
        "loss", "index_loss", "sequence_loss", "sequence_score", "score", "score_error",
        "chosen_loss", "class_loss", "example_loss", "half_loss", "matching", "previous_token",
        "copying", "copying_strongest", "qk_trace", "ablated_loss", "ablated_score",
        "ablated_chosen_loss",
    )
)  # fmt: skip
"""Variables with what rounds them; None: forward passes in the precision of the network."""

ANALYSIS = (
    dict.fromkeys(
        (
            "window_start", "window_end", "warm_up", "moment_step", "bump_step", "head_kind",
            "shown", "traced", "followed", "example", "index_range",
        ),
        "steps",
    )
    | {"context_bin": "weights", "composition_excess": "weights"}
    | dict.fromkeys(
        (
            "window_fall", "best_prefix", "best_previous", "prefix_middle", "bump_height",
            "learning_slope", "context_slope", "range_loss", "removed_score", "removed_loss",
            "idealised_loss", "projection", "evaluator_correlation", "attribution", "attention",
            "example_attention", "example_change",
        )
    )
)  # fmt: skip

COMPARISON = (
    dict.fromkeys(
        (
            "window_start", "window_end", "window_middle", "bump_step", "departure",
            "induction_heads", "previous_heads", "index_range",
        ),
        "steps",
    )
    | dict.fromkeys(("ov_eigenvalue", "composition_excess", "repeat_share"), "weights")
    | dict.fromkeys(
        (
            "window_fall", "prefix_middle", "bump_height", "middles_apart", "final_score",
            "final_loss", "prefix_after", "prefix_before", "score_change", "copying", "qk_trace",
            "projection", "least_single", "largest_other", "copying_correlation",
            "matching_correlation", "idealised_share", "gain_before", "gain_after",
            "continuation_change", "break_change", "relative_score", "induction_lost",
            "others_lost", "as_many_lost", "induction_mean_lost", "previous_full_lost",
            "previous_preserved_lost", "path", "turn", "index_loss", "range_loss", "loss", "score",
            "best_prefix", "best_previous", "learning_slope",
        )
    )
)  # fmt: skip

LABELS = {"step", "offset", "component"}
"""Coordinates that say what a value is of, beside those of the configuration of a run."""


def measured():
    """Return all runs that are measured by themselves."""
    return [*everything(), twin_of_many_words()]


@pytest.mark.parametrize("name", EVALUATION)
def test_a_measure_of_checkpoints(name):
    for each in measured():
        rounding = ROUNDING[EVALUATION[name] or each.precision]
        assert_allclose(each.evaluation[name].values, each.course.measured[name], **rounding)


@pytest.mark.parametrize("name", ANALYSIS)
def test_a_measure_of_a_run(name):
    for each in measured():
        rounding = ROUNDING[ANALYSIS[name] or each.precision]
        assert_allclose(each.analysis[name].values, each.slow[name], **rounding)


@pytest.mark.parametrize("name", COMPARISON)
def test_a_measure_of_all_runs(name):
    stored, slow = joined()
    rounding = ROUNDING[COMPARISON[name] or "float32"]
    assert_allclose(stored[name].values, slow[name], **rounding)


def test_no_measure_is_without_a_twin():
    run = twin("two-layers", 0)
    stored = (run.evaluation, run.analysis, joined()[0])
    for dataset, compared in zip(stored, (EVALUATION, ANALYSIS, COMPARISON), strict=True):
        numeric = {name for name, each in dataset.variables.items() if each.dtype != object}
        of_runs = {name for name in numeric if str(name).endswith("_of_run")}
        assert numeric - LABELS - of_runs == set(compared)


def test_the_kinds_of_tokens_that_every_corpus_has():
    for each in (twin("two-layers", 0), twin_of_many_words()):
        for kind in KINDS:
            stored = each.corpus["member"].values[kinds_of(each.corpus).index(kind)]
            assert (stored == each.course.given.kinds[kind]).all()


def test_the_networks_have_what_is_measured():
    """Otherwise agreement would say nothing."""
    two = twin("two-layers", 0).slow
    assert (two["head_kind"][1] == INDUCTION).any()
    assert (two["head_kind"][0] == PREVIOUS).any()
    inside = [
        each.slow["window_start"] < each.slow["window_end"] < each.course.steps[-1]
        for each in everything()
    ]
    assert any(inside)
    drawn = {len(sets_of_heads(heads(each))["as many others"]) for each in everything()}
    assert {1, 10} <= drawn
    assert any(1 < count < 10 for count in drawn) or comb_ten()
    stored, _ = joined()
    runs = list(stored["run"].values)
    for name in COMPARISON:
        assert np.isfinite(stored[name].values).any(), name
    assert len(set(runs)) == len(everything())


def heads(each):
    """Return the kinds of the heads of a run."""
    return {at: int(kind) for at, kind in np.ndenumerate(each.slow["head_kind"])}
