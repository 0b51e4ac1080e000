"""All policies as rows: judges by role, fits on the root of KL, peaks, gaps, Elo and bounds."""

import numpy as np
import pytest
from scipy.special import expit

from ontogeny.preferences import POINTS
from ontogeny.studies.rlhf.comparison.courses import at_kl
from rlhf_comparison import (
    ROOT,
    S_D,
    SAMPLES,
    START,
    STEPS,
    Policy,
    Preference,
    best_of,
    compared,
    detection,
    real_pairs,
    seeds_of,
    swapped,
)

KL = ROOT**2


def only(policy):
    """Return the comparison of one policy, of its run alone."""
    return compared([policy]).isel(run=0)


def test_judges_are_told_apart_by_their_role():
    policy = Policy()
    found = only(policy)
    for role in ("gold", "train", "test"):
        np.testing.assert_allclose(found["gain"].sel(role=role), policy.gain(role))
        np.testing.assert_allclose(found["start_score"].sel(role=role), START[role])


def test_a_run_against_the_true_score_has_no_trained_against_model():
    found = only(Policy(reward="gold", judge="second"))
    assert found["score"].sel(role="train").isnull().all()
    assert found["score"].sel(role=["gold", "test"]).notnull().all()


def test_a_run_without_a_judge_has_no_test():
    found = only(Policy(judge=""))
    assert found["score"].sel(role="test").isnull().all()
    assert np.isnan(found["gap_at_end"])


def test_runs_of_different_length_share_the_steps():
    found = compared([Policy(), Policy(experiment="short", root=(0.0, 0.5, 1.0))])
    short = found.isel(run=1)
    np.testing.assert_array_equal(found["step"], STEPS)
    np.testing.assert_array_equal(short["kl"].values[:4], [0, 0.25, 1, np.nan])
    assert short["gap_at_end"] == short["gap"].values[2]


@pytest.mark.parametrize("limit", [1.0, 4.0, 9.0])
def test_the_law_of_the_root_is_recovered(limit):
    found = only(Policy(train=(0.8, 0.0), root=tuple(np.linspace(0, 4, 41))))
    of = found.sel(role="train", kl_limit=limit)
    assert of["slope_of_root"] == pytest.approx(0.8)
    assert of["r_squared_of_root"] == pytest.approx(1)
    assert of["r_squared_of_line"] < 0.97


def test_a_gain_that_is_linear_in_kl_is_a_line_and_no_root():
    found = only(Policy(train=(0.0, -0.5))).sel(role="train", kl_limit=9.0)
    assert found["r_squared_of_line"] == pytest.approx(1)
    assert found["r_squared_of_root"] < 0.97


def test_a_fit_needs_four_checkpoints():
    found = only(Policy(root=(0.0, 0.5, 1.0, 1.5, 2.0))).sel(role="train")
    assert found["r_squared_of_root"].notnull().values.tolist() == [False, True, True]


def test_the_form_of_gao_is_recovered():
    found = only(Policy(gold=(1.2, 0.3)))
    assert found["gao_quadratic_a"] == pytest.approx(1.2)
    assert found["gao_quadratic_b"] == pytest.approx(0.3)
    assert found["gao_quadratic_r_squared"] == pytest.approx(1)
    assert found["gao_logarithmic_r_squared"] < 1


def test_coefficients_of_gao_have_the_units_that_make_the_gain_a_score():
    """A gain in nats is ``x (a - b x)`` or ``x (a - b ln x)``, with x the root of a KL in nats."""
    found = only(Policy())
    for name, units in (
        ("quadratic_a", "nat^(1/2)"),
        ("quadratic_b", "1"),
        ("logarithmic_a", "nat^(1/2)"),
        ("logarithmic_b", "nat^(1/2)"),
    ):
        assert found[f"gao_{name}"].attrs["units"] == units, name


def test_a_planted_peak_is_found():
    policy = Policy(gold=(1.2, 0.3))
    found = only(policy).sel(role="gold")
    assert found["peak_kl"] == pytest.approx(4)
    assert found["peak_step"] == STEPS[5]
    assert found["peak_samples"] == STEPS[5] // 4 * SAMPLES
    assert found["peak_score"] == pytest.approx(START["gold"] + 1.2)
    assert found["fall_after_peak"] == pytest.approx(1.2 - policy.gain("gold")[-1])


def test_a_score_that_never_falls_peaks_at_the_end():
    found = only(Policy(gold=(1.0, 0.0))).sel(role="gold")
    assert found["peak_step"] == STEPS[-1]
    assert found["fall_after_peak"] == 0


def test_gaps_are_between_gains():
    policy = Policy(train=(0.8, 0.0), test=(0.5, 0.0))
    found = only(policy)
    np.testing.assert_allclose(found["gap"], 0.3 * ROOT)
    assert found["gap_at_one"] == pytest.approx(0.3)
    assert found["gap_at_one_in_s_d"] == pytest.approx(0.3 / S_D)
    assert found["gap_at_end"] == pytest.approx(1.2)


def test_a_level_of_kl_is_taken_where_it_is_first_reached():
    kl, values = np.array([0.0, 0.25, 2.25, 0.5]), np.array([0.0, 1.0, 3.0, 9.0])
    assert at_kl(kl, values, 1.0) == pytest.approx(2)
    assert np.isnan(at_kl(kl, values, 4.0))
    assert at_kl(np.array([1.5, 2.0]), np.array([5.0, 6.0]), 1.0) == 5


def test_elo_is_had_in_three_ways():
    policy = Policy()
    found = only(policy)
    train, gold = policy.gain("train"), policy.gain("gold")
    ways = {"predicted": train, "chosen": 0.9 * train, "won": 0.5 * gold}
    for way, nats in ways.items():
        np.testing.assert_allclose(found["elo"].sel(way=way), POINTS * nats, atol=1e-9)
        assert found["elo_at_end"].sel(way=way) == pytest.approx(POINTS * nats[-1])
    rate = 1 / (1 + 10 ** (-found["elo"].sel(way="won") / 400))
    np.testing.assert_allclose(rate, expit(0.5 * gold))


def test_an_elo_without_a_loss_is_not_a_number():
    found = only(Policy(train=(100.0, 0.0)))
    assert found["elo"].sel(way="chosen").isnull()[-1]
    assert np.isnan(found["elo_at_end"].sel(way="chosen"))
    assert found["elo_at_end"].sel(way="predicted") > 0


def test_a_policy_on_the_frontier_has_an_efficiency_of_one():
    found = only(Policy(kind="enumerated", train=(1.3, 0.0), gold=(1.0, 0.0), frontier=1.3))
    efficiency = found["efficiency"].sel(role="train")
    assert np.isnan(efficiency[0])
    np.testing.assert_allclose(efficiency[1:], 1)
    assert found["excess_over_frontier"].sel(role="train") == pytest.approx(0, abs=1e-12)
    assert found["excess_over_frontier"].sel(role="gold") == 0
    assert found["frontier_ratio"].isnull().all()


def test_a_policy_above_the_frontier_is_seen():
    found = only(Policy(kind="enumerated", train=(1.4, 0.0), frontier=1.3))
    assert found["excess_over_frontier"].sel(role="train") == pytest.approx(0.4)


def test_sampled_efficiency_is_where_it_is_most_surely_large():
    policy = Policy(train=(1.2, 0.05), frontier=1.3, error=0.1)
    found = only(policy).sel(role="train")
    known = (KL >= 0.05) & (KL <= 6)
    ratio, error = policy.gain("train")[known] / ROOT[known] / 1.3, 0.1 / ROOT[known] / 1.3
    place = np.argmax(ratio - 2 * error)
    assert found["frontier_ratio"] == pytest.approx(ratio[place])
    assert found["frontier_ratio_error"] == pytest.approx(error[place])
    assert found["excess_over_frontier"].isnull()


def test_the_line_is_for_runs_against_the_true_score():
    against_gold = only(Policy(reward="gold", gold=(1.1 * S_D * np.sqrt(2), 0.0)))
    assert against_gold["line_ratio"] == pytest.approx(1.1)
    assert only(Policy())["line_ratio"].isnull()


def test_the_objective_is_compared_with_its_optimum():
    found = only(Policy(kind="enumerated", reward="gold", kl_penalty=0.3, found=0.93))
    assert found["objective_ratio"] == pytest.approx(0.93)
    assert only(Policy())["objective_ratio"].isnull()


def test_training_changes_entropy_and_loss():
    found = only(Policy(entropy=(2.0, 1.0), corpus_loss=(2.8, 3.3)))
    assert found["entropy_ratio"] == pytest.approx(0.5)
    assert found["corpus_loss_rise"] == pytest.approx(0.5)


def test_caution_is_refusals_on_helpful_prompts():
    found = compared([Policy(), Policy(experiment="two", world="two", prompts=2)])
    np.testing.assert_array_equal(found["prompt"], ["helpful", "harmless"])
    np.testing.assert_allclose(found["refusals_on_helpful"][1], np.linspace(0, 1, len(STEPS)))
    assert found["refusals_on_helpful"][0].isnull().all()
    assert found["refusals"][0].isnull().all()


@pytest.mark.parametrize(
    "parts",
    [
        {},
        {"models": [Preference()]},
        {"pairs": real_pairs()},
        {"policies": [Policy(judge="")]},
        {"best": {("start", 0): best_of()}, "found": {("start", 0): detection()}},
        {
            "policies": [*swapped(Policy()), *seeds_of(Policy(reward="gold", experiment="gold"))],
            "models": seeds_of(Preference(of_prompts=(0.6, 0.4))),
        },
    ],
    ids=["nothing", "models", "pairs", "one-run", "starts", "all"],
)
def test_every_configuration_is_described(parts):
    for name, each in compared(**parts).variables.items():
        assert each.attrs["long_name"], name
        assert each.attrs["units"], name
