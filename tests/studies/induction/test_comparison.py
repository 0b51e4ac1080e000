"""Planted runs, from single checkpoints to the dataset of all runs."""

import math
from itertools import combinations

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose, assert_array_equal

import induction_networks as made
from induction_networks import with_idle_heads
from induction_runs import EARLY, LATE, NEVER, STEPS, corpus, joined, parameters, results, run
from ontogeny.joins import Run
from ontogeny.networks.decoder import next_token_loss
from ontogeny.studies.induction.analysis.attribution import before_and_after
from ontogeny.studies.induction.analysis.evaluation import evaluation_set
from ontogeny.studies.induction.analysis.knock_outs import without_heads
from ontogeny.studies.induction.comparison import comparison
from ontogeny.studies.induction.config import Analysis
from ontogeny.studies.induction.findings import analysis_dataset, final_checkpoint, head_sets
from ontogeny.studies.induction.labels import DIMENSIONS


@pytest.fixture(scope="module")
def planted():
    return results(LATE)


def of(found, experiment):
    return found.isel(run=np.flatnonzero(found["experiment_of_run"] == experiment))


@pytest.mark.parametrize("window", [LATE, EARLY])
def test_the_window_is_where_it_was_planted(window):
    _, measured = results(window)
    start, end = float(measured["window_start"]), float(measured["window_end"])
    assert start == pytest.approx(window[0], abs=150)
    assert end == pytest.approx(window[1], abs=150)


def test_without_a_circuit_there_is_none():
    _, measured = results(NEVER)
    assert np.isnan(measured["window_start"])
    assert np.isnan(measured["projection"]).all()
    assert (measured["head_kind"] != 2).all()


def test_losses_are_those_of_the_networks(planted):
    evaluated, _ = planted
    tokens = made_tokens()
    for place in (0, 10, -1):
        logits = made.SHAPE.logits(parameters(STEPS[place], LATE), tokens[:, :-1])
        loss = next_token_loss(logits, tokens[:, 1:]).numpy()
        one = evaluated.isel(step=place)
        assert_allclose(one["loss"], loss.mean(), rtol=1e-5)
        assert_allclose(one["index_loss"], loss.mean(axis=0), rtol=1e-5)
        early, late = loss[:, 4:8].mean(), loss[:, 40:].mean()
        assert_allclose(one["score"], late - early, atol=1e-5)
        rows = np.arange(len(loss))
        assert_allclose(one["chosen_loss"], loss[rows, one["chosen_index"]], rtol=1e-5)
        repeats = corpus()["member"].sel(token_kind="repeat").values
        assert_allclose(one["class_loss"].sel(token_kind="repeat"), loss[repeats].mean(), rtol=1e-5)
        error = (loss[:, 40:].mean(axis=1) - loss[:, 4:8].mean(axis=1)).std(ddof=1) / 4
        assert_allclose(one["score_error"], error, rtol=1e-4)


def made_tokens():
    data = corpus()
    return evaluation_set(data["tokens"].values, data["member"].values, made.V).sequences


def test_repeats_get_better_and_first_uses_worse(planted):
    evaluated, _ = planted
    change = evaluated["class_loss"].isel(step=-1) - evaluated["class_loss"].sel(step=600)
    assert float(change.sel(token_kind="repeat")) < -0.5
    assert float(change.sel(token_kind="first use")) > 0


def test_the_heads_of_the_last_network(planted):
    evaluated, measured = planted
    kinds = measured["head_kind"].values
    assert_array_equal(kinds, [[1, 0, 0, 0], [2, 0, 0, 0]])
    assert_array_equal(measured["shown"], [[0, 0], [1, 0]])
    best = evaluated["matching"].sel(offset=1).max(("layer", "head"))
    assert_allclose(measured["best_prefix"], best)
    assert LATE[0] < float(measured["prefix_middle"]) < LATE[1]


def test_sets_of_heads(planted):
    """Only the induction head carries the score; the previous-token head by its pattern."""
    evaluated, measured = planted
    score = measured["removed_score"]
    clean = float(evaluated["score"][-1])
    gone = float(score.sel(head_set="induction", removal="pattern-preserving"))
    assert gone > clean + 0.5
    kept = score.sel(head_set="all others", removal="pattern-preserving")
    assert float(kept) < clean / 2
    full = score.sel(head_set="previous-token", removal="full")
    assert float(full) > clean + 0.5
    single = evaluated["ablated_score"].isel(step=-1).sel(ablation="full")
    assert_allclose(score.sel(head_set="induction", removal="full"), single[1, 0], atol=1e-5)


def test_sets_of_heads_are_removed_together(planted):
    """With random weights in the heads that did nothing, every set has an effect of its own."""
    evaluated, measured = planted
    last = with_idle_heads(parameters(STEPS[-1], LATE), scale=0.3)
    data = corpus()
    given = evaluation_set(data["tokens"].values, data["member"].values, made.V)
    found = analysis_dataset(
        evaluated, final_checkpoint(made.SHAPE, last, given), Analysis(), warm_up=100
    )
    kinds = measured["head_kind"].values
    sets = {"induction": kinds == 2, "all others": kinds != 2, "previous-token": kinds == 1}
    for name, removed in sets.items():
        for removal, how in (
            ("full", {"preserve": False}),
            ("pattern-preserving", {"preserve": True}),
            ("mean", {"preserve": True, "mean": True}),
        ):
            chosen = torch.from_numpy(removed)
            losses = without_heads(made.SHAPE, last, given.sequences, chosen, **how)
            one = found.sel(head_set=name, removal=removal)
            assert_allclose(one["removed_loss"], losses.mean(), rtol=1e-5)
            score = losses[:, 40:].mean() - losses[:, 4:8].mean()
            assert_allclose(one["removed_score"], score, atol=1e-4)
    full = found["removed_loss"].sel(head_set=list(sets), removal="full").values
    assert len(set(full.round(4))) == 3


def test_the_projection_is_that_of_its_window(planted):
    evaluated, measured = planted
    step = list(evaluated["step"].values)
    ends = (float(measured[f"window_{name}"]) for name in ("start", "end"))
    start, end = (step.index(each) for each in ends)
    ablated = evaluated["ablated_chosen_loss"].sel(ablation="pattern-preserving").values
    expected = before_and_after(evaluated["chosen_loss"].values, ablated, start=start, end=end)
    assert_allclose(measured["projection"], expected)
    assert expected[-1, 1, 0] < -1
    assert_allclose(expected[-1, 1, 1:], 0, atol=1e-5)


def test_correlations_are_pearsons(planted):
    evaluated, measured = planted
    x = evaluated["matching"].sel(offset=1).values[:, 1].ravel()
    y = evaluated["qk_trace"].values[:, 1].ravel()
    assert_allclose(measured["evaluator_correlation"][1], np.corrcoef(x, y)[0, 1])


def test_composition_is_in_deviations_of_random_heads(planted):
    _, measured = planted
    expected = (1 / math.sqrt(made.V) - 0.1) / 0.005
    assert_allclose(measured["composition_excess"], expected, rtol=1e-5)


def test_curves_of_all_runs_are_at_common_steps():
    found = joined()
    two = of(found, "two-layers").isel(run=0)
    evaluated, _ = results(LATE)
    assert_array_equal(found["step"], STEPS)
    assert_allclose(two["score"], evaluated["score"])
    assert_allclose(two["final_score"], evaluated["score"][-1])


def test_runs_with_other_checkpoints_leave_gaps():
    late, never = run("two-layers"), run("one-layer", window=NEVER, layers=1)
    thinned = [
        Run(
            late.about,
            {name: each.isel(step=slice(None, None, 2)) for name, each in late.results.items()},
        ),
        never,
    ]
    found = comparison(thinned, {"phrases": corpus()})
    assert_array_equal(np.isnan(found["loss"][0]), np.arange(len(STEPS)) % 2 == 1)
    assert np.isfinite(found["loss"][1]).all()
    assert np.isnan(found["departure"]).all()


def test_quantities_relative_to_one_layer():
    found = joined()
    two, one = of(found, "two-layers").isel(run=0), of(found, "one-layer").isel(run=0)
    _, measured = results(LATE)
    removed = float(
        measured["removed_score"].sel(head_set="induction", removal="pattern-preserving")
    )
    clean, floor = float(two["final_score"]), float(one["final_score"])
    assert float(two["induction_lost"]) == pytest.approx((removed - clean) / (floor - clean))
    assert float(two["relative_score"]) == pytest.approx(clean - floor)
    assert LATE[0] <= float(two["departure"]) <= LATE[1]
    assert np.isnan(one["induction_lost"])


def test_the_turn_of_a_run_without_window_is_over_that_of_two_layers():
    found = joined()
    one, two = of(found, "one-layer"), of(found, "two-layers")
    assert np.isnan(one["window_start"]).all()
    assert np.isfinite(one["turn"]).all()
    assert (two["turn"] > one["turn"]).all()


def test_scores_are_means_over_the_induction_heads_that_have_them():
    """The QK trace of a head in the first layer is NaN, since no head comes before it."""
    late = run("two-layers")
    kinds = late.results["analysis"]["head_kind"].copy(data=[[2, 0, 0, 0], [2, 2, 0, 0]])
    results = late.results | {"analysis": late.results["analysis"].assign(head_kind=kinds)}
    found = comparison([Run(late.about, results)], {"phrases": corpus()}).isel(run=0)
    final = late.results["evaluation"].isel(step=-1)
    assert_allclose(found["qk_trace"], final["qk_trace"].values[1, :2].mean())
    expected = final["copying"].values[[0, 1, 1], [0, 0, 1]].mean()
    assert_allclose(found["copying"], expected, rtol=1e-6)


def test_without_other_heads_none_of_them_changes_the_score():
    late = run("two-layers")
    kinds = late.results["analysis"]["head_kind"]
    for kind, exists in ((2, False), (0, True)):
        planted = late.results["analysis"].assign(head_kind=kinds.copy(data=kinds * 0 + kind))
        found = comparison(
            [Run(late.about, late.results | {"analysis": planted})], {"phrases": corpus()}
        )
        assert np.isfinite(found["largest_other"]).item() == exists
        assert np.isfinite(found["least_single"]).item() != exists


def test_without_a_phase_change_nothing_falls_inside_it():
    found = joined()
    assert_array_equal(np.isnan(found["window_fall"]), np.isnan(found["window_start"]))
    assert np.isnan(of(found, "one-layer")["window_fall"]).all()


def kinds_with(induction, heads):
    kinds = np.zeros(heads, dtype=np.int8)
    kinds[:induction] = 2
    return kinds.reshape(2, -1)


@pytest.mark.parametrize(("induction", "heads"), [(1, 8), (3, 8), (4, 8), (1, 4)])
def test_few_sets_of_as_many_other_heads_are_all_used(induction, heads):
    """Where there are at most ten, as with 3 of 5 other heads."""
    kinds = kinds_with(induction, heads)
    sets = head_sets(kinds)["as many others"]
    found = {tuple(np.flatnonzero(each)) for each in sets}
    assert len(found) == len(sets)
    assert found == set(combinations(range(induction, heads), induction))


@pytest.mark.parametrize(("induction", "heads"), [(2, 8), (5, 16)])
def test_of_many_sets_ten_different_ones_are_drawn(induction, heads):
    kinds = kinds_with(induction, heads)
    sets = head_sets(kinds)["as many others"]
    assert len({tuple(each.ravel()) for each in sets}) == len(sets) == 10
    for each in sets:
        assert each.sum() == induction
        assert not (each & (kinds == 2)).any()


def test_where_fewer_heads_are_left_all_of_them_are_taken():
    kinds = kinds_with(6, 8)
    sets = head_sets(kinds)["as many others"]
    assert_array_equal(sets, [kinds == 0])


def test_the_share_of_repeats_is_that_of_the_corpus():
    expected = float(corpus()["member"].sel(token_kind="repeat").mean())
    assert_allclose(joined()["repeat_share"], expected)


def test_every_dimension_and_variable_is_described(planted):
    for dataset in (*planted, joined(), corpus()):
        assert {str(dim) for dim in dataset.dims} <= set(DIMENSIONS)
        for variable in dataset.variables.values():
            assert {"long_name", "units"} <= set(variable.attrs)
