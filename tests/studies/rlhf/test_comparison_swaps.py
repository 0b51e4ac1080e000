"""Runs that exchange their preference models, and runs with comparisons of trained policies."""

from dataclasses import replace

import numpy as np
import pytest

from ontogeny.studies.rlhf.comparison.left_out import left_out
from rlhf_comparison import ROOT, STEPS, Policy, Preference, compared, seeds_of, swapped

FIRST = Policy(train=(0.9, 0.0), test=(0.6, 0.0), gold=(1.2, 0.3))


def exchanged(run, **changes):
    """Return the other run of a swap."""
    return replace(run, experiment="exchanged", reward=run.judge, judge=run.reward, **changes)


def test_what_a_preference_model_does_to_both_runs_cancels():
    """One model scores by .2 sqrt(KL) more, whichever policy it judges."""
    own = replace(FIRST, train=(0.5 + 0.2, 0.0), test=(0.4, 0.0))
    other = exchanged(own, train=(0.5, 0.0), test=(0.4 + 0.2, 0.0))
    found = compared([own, other])
    assert found["gap_at_end"].values == pytest.approx([1.2, -0.4])
    assert found["swapped_gap_at_end"].item() == pytest.approx(0.4)
    assert found["swapped_gap_at_one"].item() == pytest.approx(0.1)


def test_the_order_of_the_runs_of_a_swap_does_not_matter():
    runs = [FIRST, exchanged(FIRST, gold=(1.0, 0.2))]
    found, reversed_ = compared(runs), compared(runs[::-1])
    for name in ("gap_at_end", "fall_after_peak", "elo_at_end", "r_squared_of_root", "gain"):
        np.testing.assert_allclose(found[f"swapped_{name}"], reversed_[f"swapped_{name}"])


@pytest.mark.parametrize(
    "changes",
    [
        {"seed": 1},
        {"policy": "other"},
        {"conditions": "prompt helpful"},
        {"reward_pairs": 700},
        {"mixes_online": True},
        {"kl_penalty": 0.1},
    ],
    ids=str,
)
def test_runs_of_a_swap_agree_in_all_else(changes):
    assert compared([FIRST, exchanged(FIRST)]).sizes["swap"] == 1
    assert compared([FIRST, exchanged(FIRST, **changes)]).sizes["swap"] == 0


def test_no_swap_is_with_the_true_score_or_one_sided():
    gold = Policy(experiment="gold", reward="gold", judge="first")
    assert compared([FIRST, gold]).sizes["swap"] == 0
    assert compared([FIRST, replace(exchanged(FIRST), judge="third")]).sizes["swap"] == 0


def test_a_seed_that_lacks_a_run_is_not_a_number():
    found = compared(swapped(FIRST)[:-1])
    np.testing.assert_array_equal(found["swapped_gap_at_end"].isnull()[0], [False, False, True])
    np.testing.assert_array_equal(found["run_of_swap"][0], [[0, 3], [1, 4], [-1, -1]])


def test_curves_are_averaged_over_swaps_and_seeds():
    seeds = [replace(each, gold=(1 + 0.1 * each.seed, 0.0)) for each in seeds_of(FIRST)]
    found = compared([*seeds, *(exchanged(each) for each in seeds)]).isel(swap=0)
    of_gold = found.sel(role="gold")
    np.testing.assert_allclose(of_gold["mean_gain"], 1.1 * ROOT)
    np.testing.assert_allclose(of_gold["swapped_gain"][2], 1.2 * ROOT)
    lower, upper = (of_gold["gain_interval"].sel(end=end)[-1] for end in ("lower", "upper"))
    assert 1.0 * ROOT[-1] <= lower < 1.1 * ROOT[-1] < upper <= 1.2 * ROOT[-1]


def test_two_seeds_have_no_interval():
    found = compared(swapped(FIRST, seeds=2))
    assert found["mean_gain"].isnull().all()


BASE = Policy(experiment="base", reward="base", gold=(1.0, 0.2))


def mixture(**changes):
    return replace(BASE, experiment="mixture", reward="mixture", mixes_online=True, **changes)


def test_an_online_run_is_compared_with_the_one_that_differs_in_its_comparisons():
    found = compared([BASE, mixture(gold=(1.4, 0.2))])
    at_end = found["online_win_rate_by_bradley_terry"].sel(compared_at="equal samples").item()
    assert found["online"].values.tolist() == ["mixture against base"]
    assert at_end == pytest.approx(1 / (1 + np.exp(-0.5 * 0.4 * ROOT[-1])))
    assert found["online_excess"].sel(compared_at="equal samples").item() == pytest.approx(1.6)


def test_peaks_are_compared_at_each_ones_best():
    own = mixture(gold=(1.2, 0.3))
    found = compared([BASE, own]).sel(compared_at="peaks")
    expected = own.gain("gold").max() - BASE.gain("gold").max()
    assert found["online_excess"].item() == pytest.approx(expected)


def test_runs_of_different_length_are_compared_after_as_many_samples():
    own = mixture(gold=(1.4, 0.0), root=tuple(ROOT[:6]))
    found = compared([BASE, own]).sel(compared_at="equal samples")
    expected = own.gain("gold")[5] - BASE.gain("gold")[5]
    assert found["online_excess"].item() == pytest.approx(expected)
    assert STEPS[5] < STEPS[-1]


def test_the_partner_shares_comparisons_with_the_online_run():
    other = replace(BASE, experiment="other", reward="other", tranches="other")
    second = mixture(tranches="other + online")
    found = compared([BASE, other, mixture(), replace(second, experiment="second")])
    assert found["online"].values.tolist() == ["mixture against base", "second against other"]


def test_preference_models_are_compared_on_the_kinds_that_both_are_tested_on():
    models = [Preference("base"), Preference("mixture", online=0.7, mixes_online=True)]
    found = compared([BASE, mixture()], models).isel(online=0, seed=0)
    on_probes = models[0].on_probes
    np.testing.assert_allclose(
        found["online_accuracy"],
        [[on_probes, on_probes, np.nan, 0.6], [on_probes, on_probes, np.nan, 0.7]],
    )
    np.testing.assert_allclose(found["online_ceiling"].sel(kind=["start", "snapshots"]), 0.79)


@pytest.mark.parametrize("changes", [{"reward_pairs": 900}, {"conditions": "x"}, {"seed": 7}])
def test_a_partner_agrees_in_all_but_comparisons(changes):
    assert compared([BASE, mixture(**changes)]).sizes["online"] == 0


def test_experiments_without_a_partner_are_named():
    found = list(
        left_out(
            compared([FIRST, mixture(reward_pairs=900), Policy(experiment="gold", reward="gold")])
        )
    )
    assert [sentence.split(":")[0] for sentence in found] == [
        "experiment against-first",
        "experiment mixture",
    ]
