"""The best of several samples, and foreign sequences."""

import numpy as np
import pytest

from rlhf_comparison import Policy, best_of, compared, detection, real_pairs


def test_the_best_of_n_gains_a_slope_times_the_root_of_kl():
    found = compared([Policy()], best={("start", 0): best_of(slope=1.3)})
    own = found.sel(selection="start, seed 0, by first")
    np.testing.assert_allclose(
        own["best_of_gain"].sel(role="train"), 1.3 * own["best_of_root_kl"], atol=1e-12
    )
    np.testing.assert_allclose(
        own["best_of_gain"].sel(role="test"), 0.7 * own["best_of_gain"].sel(role="train")
    )
    np.testing.assert_allclose(found["log_samples"], np.log(found["samples_compared"]))
    assert (own["best_of_gain"].sel(samples_compared=1) == 0).all()


def test_selection_by_the_true_score_has_no_trained_against_model():
    against_gold = Policy(reward="gold", judge="first")
    found = compared([against_gold], best={("start", 0): best_of()})
    gold = found.sel(selection="start, seed 0, by gold")
    assert gold["best_of_gain"].sel(role="train").isnull().all()
    assert gold["best_of_gain"].sel(role=["gold", "test"]).notnull().all()


def test_the_best_of_n_is_tested_by_the_judge_of_the_run_against_the_same_score():
    """The judge is not the first by name, which gains nothing."""
    best = best_of()
    best = best.reindex(judge=["another", *best["judge"].values], fill_value=0.0)
    found = compared([Policy()], best={("start", 0): best})
    own = found["best_of_gain"].sel(selection="start, seed 0, by first")
    np.testing.assert_allclose(own.sel(role="test"), 0.7 * own.sel(role="train"))


def test_without_a_run_from_the_same_policy_and_seed_the_best_of_n_has_no_test():
    runs = [Policy(seed=1), Policy("elsewhere", policy="wide")]
    found = compared(runs, best={("start", 0): best_of()})
    assert found["best_of_gain"].sel(role="test").isnull().all()


def test_policies_with_fewer_layers_are_padded():
    found = compared(found={("deep", 0): detection(layers=4), ("flat", 0): detection(layers=2)})
    np.testing.assert_array_equal(
        found["auroc"].sel(distance="plain").notnull().sum("layer"), [4, 2]
    )
    assert found["auroc_with_examples"].shape == (2, 4, 3)


def test_distances_are_compared_in_their_best_layers():
    found = compared(found={("start", 0): detection(plain=0.7, relative=0.75)})
    assert found["relative_less_plain"].item() == pytest.approx(0.05)
    assert found["relative_is_better"].item() == 1
    worse = compared(found={("start", 0): detection(plain=0.8, relative=0.75)})
    assert worse["relative_less_plain"].item() == pytest.approx(-0.05)
    assert worse["relative_is_better"].item() == 0


def test_real_comparisons_keep_everything_under_names_of_their_own():
    pairs = real_pairs()
    found = compared(pairs=pairs)
    for name in pairs.data_vars:
        np.testing.assert_array_equal(found[f"real_{name}"], pairs[name])
    np.testing.assert_array_equal(found["real_tested_on"], pairs["tested_on"])
    assert "tested_on" not in found["real_accuracy"].dims
