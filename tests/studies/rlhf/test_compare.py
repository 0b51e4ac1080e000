"""Comparisons: who is compared, and who wins."""

import numpy as np
import pytest
import xarray as xr

from ontogeny.networks import arrays
from ontogeny.studies.rlhf.config import Probes, TrancheOptions
from ontogeny.studies.rlhf.stages.compare import tranche
from ontogeny.studies.rlhf.stages.probe import probes
from ontogeny.studies.rlhf.stages.read import final
from ontogeny.studies.rlhf.stages.score import calibrated_scores, raw_scores
from ontogeny.studies.rlhf.worlds.gold import gold
from rlhf_networks import small_enumerated, small_sequences, stored_policy, stored_preference

WORLD = small_sequences(prompts=3)
START = stored_policy(WORLD)
JUDGE = stored_preference(WORLD)
SPEC = TrancheOptions(pairs=60, test=40)


def rows(found):
    return {tuple(pair.ravel()) for pair in found["tokens"].values.transpose(1, 0, 2)}


def test_parts_gold_prompts_and_log_probabilities_are_those_of_the_tokens():
    found = tranche(SPEC, 0, WORLD, START)
    tokens = found["tokens"].values
    assert tokens.shape == (2, 100, 7)
    assert tokens.dtype == np.int16
    np.testing.assert_array_equal(found["part"], [0] * 60 + [1] * 40)
    np.testing.assert_allclose(found["gold"], gold(WORLD, tokens), atol=1e-5)
    np.testing.assert_array_equal(found["prompt"], tokens[1, :, 0] - 12)
    parameters = final(START)
    for side in (0, 1):
        each = arrays.next_token_log_probabilities(
            arrays.logits(parameters, tokens[side, :, :-1])[:, :, :12]
        )
        expected = [
            sum(row[place, token] for place, token in enumerate(line[1:]))
            for row, line in zip(each, tokens[side], strict=True)
        ]
        np.testing.assert_allclose(found["log_probability"][side], expected, atol=1e-4)


@pytest.mark.parametrize("prompt", ["mixed", "helpful", "harmless", "skill"])
def test_both_sides_answer_the_same_prompt(prompt):
    found = tranche(SPEC.model_copy(update={"prompt": prompt}), 0, WORLD, START)
    first, second = found["tokens"].values[:, :, 0]
    np.testing.assert_array_equal(first, second)
    names = ["helpful", "harmless", "skill"]
    asked = {0, 1, 2} if prompt == "mixed" else {names.index(prompt)}
    assert set(first - 12) == asked


def test_labels_are_as_frequent_as_the_sigmoid_says():
    world = small_enumerated()
    found = tranche(TrancheOptions(pairs=20_000, test=1), 0, world, stored_policy(world))
    first, second = found["gold"].values
    expected = 1 / (1 + np.exp(second - first))
    is_first = found["chosen"].values == 0
    for low in np.arange(0, 1, 0.2):
        inside = (expected >= low) & (expected < low + 0.2)
        error = np.sqrt(0.25 / inside.sum())
        assert is_first[inside].mean() == pytest.approx(expected[inside].mean(), abs=3.5 * error)


def test_sides_are_exchangeable():
    world = small_enumerated()
    found = tranche(TrancheOptions(pairs=20_000, test=1), 0, world, stored_policy(world))
    assert found["chosen"].values.mean() == pytest.approx(0.5, abs=3.5 * np.sqrt(0.25 / 20_000))


def test_without_a_judge_and_best_of_1_responses_are_samples_whoever_judges():
    alone, judged = (tranche(SPEC, 0, WORLD, START, judge=judge) for judge in (None, JUDGE))
    xr.testing.assert_identical(alone, judged)


def test_the_score_of_the_best_of_four_is_distributed_as_the_largest_of_four():
    """So the share of plain samples below a quantile of it, to the fourth, is the quantile."""
    spec = TrancheOptions(pairs=2000, test=1, prompt="helpful")
    plain = calibrated_scores(*JUDGE, tranche(spec, 0, WORLD, START)["tokens"].values)
    best = tranche(spec.model_copy(update={"best_of": 4}), 0, WORLD, START, judge=JUDGE)
    score = calibrated_scores(*JUDGE, best["tokens"].values)
    level = np.array([0.25, 0.5, 0.75])
    below = [(plain <= quantile).mean() for quantile in np.quantile(score, level)]
    np.testing.assert_allclose(np.power(below, 4), level, atol=0.06)


def test_scores_are_raw_scores_less_the_offset_over_the_temperature():
    tokens = WORLD["held_out"].values[:10].reshape(2, 5, -1)
    raw = raw_scores(final(JUDGE[0]), tokens)
    logits = arrays.logits(final(JUDGE[0]), tokens[1], causal=False)
    np.testing.assert_allclose(raw[1], logits[:, :, 0].mean(axis=1), atol=1e-5)
    np.testing.assert_allclose(calibrated_scores(*JUDGE, tokens), (raw - 0.3) / 0.5, rtol=1e-5)


def deterministic(world, token, *, steps):
    """Stored policies of which the one at place i always says ``token + i``."""
    found = stored_policy(world, range(steps), value=True)
    found = found.map(lambda values: 0 * values)
    found["W_E"][:] = np.eye(8)[0]
    found["gain_final"][:] = 1
    for place in range(steps):
        found["W_U"][place, 0, token + place] = 50
    return found


def said(found):
    return set(found["tokens"].values[:, :, 1:].ravel().tolist())


def test_snapshots_are_those_nearest_to_the_iterations():
    """Steps 0, 4, 8, ... of two updates an iteration are the iterations 0, 2, 4, ..."""
    runs = [(deterministic(WORLD, 1, steps=5), 2), (deterministic(WORLD, 7, steps=3), 2)]
    spec = SPEC.model_copy(update={"iterations": (3, 8)})
    assert said(tranche(spec, 0, WORLD, START, runs=runs)) == {2, 5, 8, 9}
    assert said(tranche(SPEC, 0, WORLD, START, runs=runs)) == {5, 9}


def test_each_response_is_of_a_snapshot_of_its_own():
    runs = [(deterministic(WORLD, 1, steps=1), 2), (deterministic(WORLD, 7, steps=1), 2)]
    found = tranche(TrancheOptions(pairs=2000, test=1), 0, WORLD, START, runs=runs)
    first, second = found["tokens"].values[:, :, 1] == 1
    error = np.sqrt(0.25 / 2000)
    for share in (first.mean(), second.mean(), (first == second).mean()):
        assert share == pytest.approx(0.5, abs=3.5 * error)


def test_no_pair_of_two_draws_is_the_same():
    first, second = (
        tranche(SPEC.model_copy(update={"draw": draw}), 0, WORLD, START) for draw in (0, 1)
    )
    assert not rows(first) & rows(second)
    probed = probes(Probes(calibration=60, fresh=40), 0, WORLD, START)
    assert not rows(first) & rows(probed)


def test_settings_have_streams_of_their_own():
    specs = [
        {},
        {"best_of": 2},
        {"prompt": "helpful"},
        {"prompt": "harmless"},
        {"iterations": (1,)},
        {"iterations": (1, 2)},
    ]
    found = [
        tranche(SPEC.model_copy(update=each), 0, WORLD, START)["chosen"].values for each in specs
    ]
    for place, one in enumerate(found):
        for other in found[:place]:
            assert 0.2 < (one == other).mean() < 0.8


def test_the_number_of_pairs_changes_no_pair_to_test_on():
    few, many = (
        tranche(TrancheOptions(pairs=pairs, test=20), 0, WORLD, START) for pairs in (10, 15)
    )
    few, many = few.isel(pair=slice(10, 30)), many.isel(pair=slice(15, 35))
    for name in ("tokens", "chosen", "part", "prompt"):
        np.testing.assert_array_equal(few[name], many[name])


def test_a_seed_gives_the_same_pairs_and_another_seed_others():
    first, again, other = (tranche(SPEC, seed, WORLD, START) for seed in (1, 1, 2))
    xr.testing.assert_identical(first, again)
    assert not rows(first) & rows(other)
