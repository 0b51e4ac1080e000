"""Calibration: temperature and zero of a preference model."""

import numpy as np
import pytest

from ontogeny.studies.rlhf.stages.calibrate import calibrate, rescored
from ontogeny.studies.rlhf.stages.read import final
from ontogeny.studies.rlhf.stages.score import calibrated_scores, raw_scores
from rlhf_networks import small_sequences, stored_policy, stored_preference
from rlhf_runs import probes_of

WORLD = small_sequences()
START = stored_policy(WORLD)
PROBES = probes_of(WORLD, START, calibration=4000, fresh=50)
NETWORK, _ = stored_preference(WORLD)
RAW = raw_scores(final(NETWORK), PROBES["tokens"].values).astype(np.float64)


def chosen_by(temperature):
    """The probes with choices that follow raw scores over a temperature."""
    uniform = np.random.default_rng(5).random(RAW.shape[1])
    second = uniform >= 1 / (1 + np.exp((RAW[1] - RAW[0]) / temperature))
    return PROBES.assign(chosen=("pair", second.astype(np.int8)))


@pytest.mark.parametrize("share", [0.3, 1.0])
def test_a_planted_temperature_is_found(share):
    planted = share * RAW.std()
    found = float(calibrate(NETWORK, chosen_by(planted))["temperature"])
    assert found == pytest.approx(planted, rel=0.15)


def test_the_mean_score_of_the_probes_is_zero_and_its_deviation_is_known():
    found = calibrate(NETWORK, PROBES)
    assert float(found["score"].astype(float).mean()) == pytest.approx(0, abs=1e-5)
    expected = float(found["raw_s_d"] / found["temperature"])
    assert float(found["score"].std()) == pytest.approx(expected, rel=1e-5)
    assert float(found["raw_s_d"]) == pytest.approx(RAW.std())


def test_stored_scores_are_those_that_policies_are_trained_against():
    found = calibrate(NETWORK, PROBES)
    again = calibrated_scores(NETWORK, found, PROBES["tokens"].values)
    np.testing.assert_allclose(found["score"], again, rtol=1e-4, atol=1e-4)


def test_fresh_pairs_do_not_count_for_the_temperature():
    part = PROBES["part"].values
    turned = PROBES.assign(chosen=("pair", np.where(part == 1, 1, 0) ^ PROBES["chosen"].values))
    found, other = calibrate(NETWORK, PROBES), calibrate(NETWORK, turned)
    assert float(found["temperature"]) == float(other["temperature"])


def test_on_the_probes_of_another_policy_the_scores_are_of_these():
    """Temperature and zero stay, and so a policy that has not learned has gained nothing."""
    calibration = calibrate(NETWORK, PROBES)
    others = probes_of(WORLD, stored_policy(WORLD, (5,)), calibration=20, fresh=30)
    given = {"own": (NETWORK, calibration), "other": (NETWORK, calibration)}
    found = rescored(given, ["other"], others)
    assert found["own"][1] is calibration
    expected = calibrated_scores(NETWORK, calibration, others["tokens"].values)
    np.testing.assert_array_equal(found["other"][1]["score"], expected.astype(np.float32))
    assert float(found["other"][1]["temperature"]) == float(calibration["temperature"])
