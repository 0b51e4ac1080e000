"""Measures of preference models."""

import numpy as np
import pytest

from ontogeny.studies.rlhf.config import TrancheOptions
from ontogeny.studies.rlhf.stages.calibrate import calibrate
from ontogeny.studies.rlhf.stages.compare import tranche
from ontogeny.studies.rlhf.stages.measure_preference import measures_of_preference
from ontogeny.studies.rlhf.stages.score import calibrated_scores
from rlhf_networks import small_sequences, stored_policy, stored_preference
from rlhf_runs import probes_of

WORLD = small_sequences(prompts=3)
START = stored_policy(WORLD)
PROBES = probes_of(WORLD, START, calibration=100, fresh=3000)
FRESH = PROBES.isel(pair=slice(100, None))
NETWORK, _ = stored_preference(WORLD)
CALIBRATED = calibrate(NETWORK, PROBES)
TRANCHE = tranche(TrancheOptions(pairs=30, test=200), 0, WORLD, START)
TESTED = TRANCHE.isel(pair=slice(30, None))


def measured(calibrated, tranches):
    return measures_of_preference(NETWORK, calibrated, PROBES, tranches, bins=8, pairs=30)


def with_scores(score, temperature=1.0):
    """Calibration of a preference model that gives these scores to the probes."""
    return CALIBRATED.assign(score=(("side", "pair"), score), temperature=temperature)


def share_right(score, pairs, keep=None):
    """Accuracy pair by pair."""
    right = []
    for pair, chosen in enumerate(pairs["chosen"].values):
        if keep is None or keep[pair]:
            difference = float(score[chosen, pair] - score[1 - chosen, pair])
            right.append(0.5 * (1 + np.sign(difference)))
    return np.mean(right), len(right)


def test_accuracies_are_shares_of_pairs_to_test_on():
    found = measured(CALIBRATED, {"first": TRANCHE})
    assert found["tested_on"].values.tolist() == ["first", "probes"]
    score = calibrated_scores(NETWORK, CALIBRATED, TESTED["tokens"].values)
    for place, (values, pairs) in enumerate(
        [(score, TESTED), (CALIBRATED["score"].values[:, 100:], FRESH)]
    ):
        of = found.isel(tested_on=place)
        expected, count = share_right(values, pairs)
        assert float(of["accuracy"]) == pytest.approx(expected)
        error = np.sqrt(expected * (1 - expected) / count)
        assert float(of["accuracy_error"]) == pytest.approx(error)
        by_policy, _ = share_right(pairs["log_probability"].values, pairs)
        assert float(of["policy_accuracy"]) == pytest.approx(by_policy)
        gold = pairs["gold"].values
        ceiling = np.mean(1 / (1 + np.exp(-np.abs(gold[0] - gold[1]))))
        assert float(of["ceiling"]) == pytest.approx(ceiling)


def test_both_scores_of_a_pair_reach_the_threshold():
    found = measured(CALIBRATED, {})
    score = CALIBRATED["score"].values
    for quantile in found["quantile"].values:
        of = found.isel(tested_on=0).sel(quantile=quantile)
        threshold = np.quantile(score, quantile)
        keep = [min(pair) >= threshold for pair in score[:, 100:].T]
        expected, count = share_right(score[:, 100:], FRESH, keep)
        assert float(of["accuracy_above"]) == pytest.approx(expected)
        assert int(of["pairs_above"]) == count


def test_the_true_score_reaches_its_ceiling_and_is_as_calibrated_as_chance_allows():
    found = measured(with_scores(PROBES["gold"].values), {}).isel(tested_on=0)
    assert abs(float(found["accuracy"] - found["ceiling"])) < 3 * float(found["accuracy_error"])
    error = found["calibration_error"].sel(scaling="calibrated")
    assert float(error) < 2 * float(found["calibration_error_of_perfect"])
    assert float(found["accuracy_of_prompt"].mean()) == pytest.approx(
        float(found["accuracy"]), abs=0.02
    )


def test_raw_scores_that_are_too_sure_have_a_greater_calibration_error():
    found = measured(with_scores(PROBES["gold"].values, temperature=4.0), {})
    raw, calibrated = found["calibration_error"].values
    assert raw > 2 * calibrated
    np.testing.assert_allclose(
        found["bin_difference"].sel(scaling="raw"),
        4 * found["bin_difference"].sel(scaling="calibrated"),
    )


def test_accuracies_by_prompt_are_those_of_its_pairs():
    found = measured(CALIBRATED, {})
    assert found["prompt"].values.tolist() == ["helpful", "harmless", "skill"]
    score = CALIBRATED["score"].values[:, 100:]
    for number, accuracy in enumerate(found["accuracy_of_prompt"].values):
        keep = FRESH["prompt"].values == number
        assert accuracy == pytest.approx(share_right(score, FRESH, keep)[0])


def test_all_parameters_are_counted():
    found = measured(CALIBRATED, {})
    assert int(found["parameters"]) == sum(values[-1].size for values in NETWORK.values())
    assert int(found["pairs"]) == 30
