"""Every stored measure of induction heads is what a slow computation from docs/induction.md finds.

Networks that have learned induction are measured twice, by the project and by `slow_induction`.
Measures of weights agree to rounding in float64. Measures of forward passes agree as far as these
do: positions are float32 even in a float64 network.
"""

from math import comb

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from ontogeny.studies.induction.config import Markov
from ontogeny.studies.induction.sources import corpus_dataset
from slow_induction.corpora import KINDS, predictor_loss
from slow_induction.one_run import INDUCTION, PREVIOUS, range_loss, sets_of_heads
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
            "induction_heads", "previous_heads",
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


@pytest.fixture(scope="module")
def measured():
    """Return all runs that are measured by themselves."""
    return [*everything(), twin_of_many_words()]


@pytest.fixture(scope="module")
def compared(measured):
    """Return the comparison of all runs, stored and slow."""
    return joined()


@pytest.mark.parametrize("name", EVALUATION)
def test_a_measure_of_checkpoints(measured, name):
    for each in measured:
        rounding = ROUNDING[EVALUATION[name] or each.precision]
        assert_allclose(each.evaluation[name].values, each.course.measured[name], **rounding)


@pytest.mark.parametrize("name", ANALYSIS)
def test_a_measure_of_a_run(measured, name):
    for each in measured:
        rounding = ROUNDING[ANALYSIS[name] or each.precision]
        assert_allclose(each.analysis[name].values, each.slow[name], **rounding)


@pytest.mark.parametrize("name", COMPARISON)
def test_a_measure_of_all_runs(compared, name):
    """The runs are in float32 and in float64, and the paths of some are those of all."""
    stored, slow = compared
    rounding = ROUNDING[COMPARISON[name] or "float32"]
    assert_allclose(stored[name].values, slow[name], **rounding)


def test_no_measure_is_without_a_twin(compared):
    run = twin("two-layers", 0)
    stored = (run.evaluation, run.analysis, compared[0])
    twins = (EVALUATION, ANALYSIS, COMPARISON | {"index_range": "steps"})
    for dataset, names in zip(stored, twins, strict=True):
        numeric = {str(name) for name, each in dataset.variables.items() if each.dtype != object}
        of_runs = {name for name in numeric if name.endswith("_of_run")}
        assert numeric - LABELS - of_runs == set(names)


def test_the_kinds_of_tokens_that_every_corpus_has():
    for each in (twin("two-layers", 0), twin_of_many_words()):
        for kind in KINDS:
            stored = each.corpus["member"].values[kinds_of(each.corpus).index(kind)]
            assert (stored == each.course.given.kinds[kind]).all()


def test_the_predictions_of_markov_chains():
    stored = corpus_dataset(Markov(states=3, length=20, sequences=16), [])
    slow = predictor_loss(stored["tokens"].values, 3)
    assert_allclose(stored["predictor_loss"].values, slow, **ROUNDING["weights"])
    by_range = [range_loss(losses) for losses in slow]
    assert_allclose(stored["predictor_range_loss"].values, by_range, **ROUNDING["weights"])


def heads(run):
    """Return the kinds of the heads of a run."""
    return {at: int(kind) for at, kind in np.ndenumerate(run.slow["head_kind"])}


def both(values):
    """Say whether something is true of some runs and false of others."""
    return len({bool(value) for value in values}) == 2


def test_the_networks_have_what_is_measured(compared):
    """Otherwise agreement would say nothing."""
    runs = everything()
    two = twin("two-layers", 0).slow["head_kind"]
    assert (two[0] == PREVIOUS).any()
    assert (two[1] == INDUCTION).any()
    assert both(run.slow["window_end"] == run.course.steps[-1] for run in runs)
    number = set()
    for run in runs:
        sets = sets_of_heads(heads(run))
        removed, others = (len(sets[name][0]) for name in ("induction", "all others"))
        number.add((len(sets["as many others"]), comb(others, removed)))
    assert any(drawn == possible == 1 for drawn, possible in number)
    assert any(1 < drawn == possible for drawn, possible in number)
    assert any(drawn < possible for drawn, possible in number)
    assert any(possible == 0 for _, possible in number)  # fewer others than induction heads
    stored, _ = compared
    for name in COMPARISON:
        assert np.isfinite(stored[name].values).any(), name
        if stored[name].dims == ("run",):
            assert len(set(stored[name].values)) > 1 or name == "repeat_share", name


def test_what_checkpoints_do_not_have_is_nan(measured):
    for run in measured:
        trace, kinds = run.evaluation["qk_trace"].values, run.evaluation["class_loss"].values
        assert np.isnan(trace[:, 0]).all()
        assert np.isfinite(trace[:, 1:]).all()
        layer = [at[0] for at in heads(run)]
        earlier = np.less.outer(layer, layer)
        for scores in run.evaluation["composition_score"].values.reshape(-1, *earlier.shape):
            assert_array_equal(np.isfinite(scores), earlier)
        occurs = run.corpus["member"].values.any(axis=(1, 2))
        assert_array_equal(np.isfinite(kinds), np.broadcast_to(occurs, kinds.shape))
    assert both(np.isnan(run.evaluation["class_loss"].values).any() for run in measured)


def test_what_a_run_does_not_have_is_nan(measured):
    cases = []
    for run in measured:
        found, kinds, steps = run.analysis, heads(run), run.course.steps
        none = {name: not sets[0] for name, sets in sets_of_heads(kinds).items()}
        changes = bool(np.isfinite(found["window_start"]))
        pair = any(
            kinds[a] == PREVIOUS and kinds[b] == INDUCTION and a[0] < b[0]
            for a in kinds
            for b in kinds
        )
        expected = {
            "window_end": changes,
            "window_fall": changes,
            "projection": changes,
            "idealised_loss": not none["previous-token"],
            "composition_excess": pair,
            "bump_step": (steps > run.course.warm_up).sum() >= 3,
        }
        for name, exists in expected.items():
            assert_array_equal(np.isfinite(found[name].values), exists)
        for name, nothing in none.items():
            for each in ("removed_score", "removed_loss"):
                assert np.isnan(found[each].sel(head_set=name).values).all() == nothing
        sloped = (steps > 0) & ((steps > 0).sum() > 1)
        assert_array_equal(np.isfinite(found["learning_slope"].values), sloped)
        layers = len(run.slow["head_kind"])
        assert np.isfinite(found["evaluator_correlation"].values[1]) == (layers > 1)
        cases.append(expected)
    for name in cases[0]:
        assert both(case[name] for case in cases), name


def test_what_the_comparison_does_not_have_is_nan(compared):
    stored, _ = compared
    names = [f"{run.about['experiment']}, {run.about['corpus']}" for run in everything()]

    def without(name):
        return {names[k] for k in np.flatnonzero(np.isnan(stored[name].values))}

    changes = np.isfinite(stored["window_start"].values)
    for name in ("prefix_before", "continuation_change", "break_change"):
        assert_array_equal(np.isfinite(stored[name].values), changes)
    induction = stored["induction_heads"].values > 0
    for name in ("ov_eigenvalue", "copying", "qk_trace", "least_single"):
        assert not np.isfinite(stored[name].values[~induction]).any()
    assert np.isnan(stored["induction_lost"].values[~induction]).all()
    assert without("relative_score") == {"alone, without one layer"}
    assert without("gain_before") == {"later, phrases"}
    assert without("score_change") == {"late, phrases", "later, phrases"}
    other_steps = {f"{name}, phrases" for name in ("few", "stopped", "late", "later", "smeared")}
    assert {"alone, without one layer", "one-layer, phrases"} | other_steps <= without("departure")
    assert "one-layer, without two layers" in without("departure")
    assert np.isnan(stored["loss"].values).any()
