"""Families of networks on a mixture in one dataset, against planted curves."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import stats

from ontogeny import scaling
from ontogeny.joins import Run
from ontogeny.labels import text
from ontogeny.studies.surprise.stages.mixture_abilities import levels_above_chance
from surprise_runs import (
    CHANCE,
    EXPONENT,
    PROBLEMS,
    TASKS,
    WIDTHS,
    mixture_family,
    mixture_run,
    scaling_of,
    size,
    text_loss,
    token_accuracy,
)

SIZES = np.array([size(width) for width in WIDTHS])


@pytest.fixture(scope="module")
def joined():
    """Return two seeds, a network that diverged, and one of another depth."""
    runs = [*mixture_family(0), *mixture_family(1, widths=WIDTHS[:-1])]
    runs.append(mixture_run(96, 1, ends_at=1000))
    runs.append(mixture_run(32, experiment="deep", layers=4))
    return scaling_of(runs)


def seed_0(joined):
    return joined.sel(family="mixture, seed 0", shots="most")


def exact(task, sizes=SIZES):
    return token_accuracy(task, sizes) ** TASKS[task]


# One dataset


def test_runs_lie_by_family_and_width(joined):
    assert_array_equal(joined["family"], ["mixture, seed 0", "mixture, seed 1", "deep, seed 0"])
    assert_array_equal(joined["width"], WIDTHS)
    assert_array_equal(joined["parameters"].sel(family="mixture, seed 0"), SIZES)
    assert joined["parameters"].sel(family="deep, seed 0").notnull().sum() == 1
    assert_array_equal(joined["layers_of_family"], [2, 2, 4])
    assert_array_equal(joined["setting_of_family"], ["mixture", "mixture", "deep"])
    assert_array_equal(joined["steps_of_family"], 3000)


def test_a_run_that_diverged_is_left_out_and_counted(joined):
    assert_array_equal(joined["left_out"], [0, 1, 0])
    assert np.isnan(joined["loss"].sel(family="mixture, seed 1", width=96))


def test_a_family_whose_runs_all_diverged_is_there_without_numbers():
    found = scaling_of([mixture_run(w, ends_at=10) for w in (8, 16)])
    assert_array_equal(found["left_out"], [2])
    assert found["exact"].isnull().all()
    assert set(found["verdict"].values.ravel()) == {""}


def test_scores_are_those_of_the_final_network(joined):
    family = seed_0(joined)
    assert_allclose(family["loss"], text_loss(SIZES), rtol=0.011)
    for task in TASKS:
        assert_allclose(family["exact"].sel(task=task), exact(task), rtol=1e-12)
        accuracy = family["token_accuracy"].sel(task=task)
        assert_allclose(accuracy, token_accuracy(task, SIZES), rtol=1e-12)
        assert_allclose(family["token_product"].sel(task=task), exact(task), rtol=1e-12)


def test_chance_is_the_best_baseline_by_solved_problems_in_the_context(joined):
    chance = np.array([*CHANCE.values()])
    for family in joined["chance"]:
        assert_allclose(family.sel(shots="most"), chance)
        assert_allclose(family.sel(shots="one"), chance / 2)


def test_the_floor_is_that_of_the_solved_problems_in_the_context(joined):
    for shots, part in (("one", 0.5), ("most", 1.0)):
        expected = levels_above_chance(part * np.array([*CHANCE.values()]), PROBLEMS)
        for floor in joined["floor"].sel(shots=shots):
            assert_allclose(floor, expected)


def test_a_mixture_without_tasks_has_laws_of_its_loss():
    runs = mixture_family()
    for run in runs:
        run.results["evaluation"] = run.results["evaluation"].isel(task=[])
    found = scaling_of(runs)
    assert found.sizes["task"] == 0
    assert_allclose(found["exponent"], -EXPONENT, atol=0.005)


def test_tasks_that_a_family_lacks_are_missing():
    runs = mixture_family(widths=WIDTHS[:5])
    runs += mixture_family(widths=WIDTHS[:5], experiment="other", tasks=("table",))
    found = scaling_of(runs)
    other = found.sel(family="other, seed 0")
    assert other["exact"].sel(task="table").notnull().all()
    assert other["exact"].sel(task="sort").isnull().all()
    assert other["verdict"].sel(task="sort") == ""
    assert np.isfinite(other["gain"].sel(task="table"))


def test_no_run_is_refused():
    with pytest.raises(ValueError, match="at least one"):
        scaling_of([])


def test_two_runs_of_one_width_are_refused():
    with pytest.raises(ValueError, match="'mixture, seed 0': two of its runs have the width 8"):
        scaling_of([mixture_run(8), mixture_run(8)])


# Forecasts


def test_the_loss_follows_its_law(joined):
    assert_allclose(seed_0(joined)["exponent"], -EXPONENT, atol=0.005)
    assert float(seed_0(joined)["residual"].sel(law="power")) < 0.02


@pytest.mark.parametrize("task", TASKS)
def test_abilities_are_predicted_at_the_next_size_from_smaller_ones(joined, task):
    family, place = seed_0(joined).sel(task=task), 6
    for forecaster in scaling.FORECASTERS:
        expected = scaling.forecast(
            forecaster, SIZES[:place], exact(task, SIZES[:place]), SIZES[place : place + 1],
            chance=CHANCE[task],
        )  # fmt: skip
        found = family["ability_forecast"].sel(forecaster=forecaster, cut=place)
        assert_allclose(found, expected[0], atol=1e-9)
    assert_allclose(family["ability_seen"].sel(cut=place), exact(task)[place])
    each = np.abs(family["ability_forecast"] - family["ability_seen"])
    assert_allclose(family["smallest_miss"], each.min("forecaster"))
    assert_allclose(family["largest_miss"], each.min("forecaster").max("cut"))


def test_few_sizes_leave_nothing_to_predict():
    found = scaling_of(mixture_family(widths=WIDTHS[:4]))
    assert not found.sizes["cut"]
    assert found["largest_miss"].isnull().all()
    assert np.isfinite(found["gain"]).all()


def test_a_family_that_is_too_small_has_no_verdict():
    found = scaling_of(mixture_family(widths=WIDTHS[:3]))
    assert set(found["verdict"].values.ravel()) == {""}
    assert found["constants"].isnull().all()


# Abruptness


def test_an_abrupt_task_is_not_a_smooth_one(joined):
    family = seed_0(joined)
    assert family["gain"].sel(task="reverse") > 0.5
    assert family["gain"].sel(task="table") < 0.2
    assert family["smoothness"].sel(task="table") > 0.99
    assert family["smoothness"].sel(task="reverse") < 0.9
    assert family["verdict"].sel(task="reverse") == "abrupt in likelihood"
    assert family["verdict"].sel(task="table") == "smooth"


def test_a_task_at_the_floor_is_known_by_its_chance(joined):
    at_floor = seed_0(joined)["at_floor"]
    assert_array_equal(at_floor, [task == "add" for task in TASKS])
    assert seed_0(joined)["verdict"].sel(task="add") == "at the floor"


def test_the_metric_is_blamed_where_characters_grow_slowly():
    """Characters gain little over a factor of two, but their product over a long answer much."""
    runs = []
    for run in mixture_family(tasks=("copy",)):
        found = run.results["evaluation"]
        sizes = float(found["parameters"])
        accuracy = 1 - 0.38 * SIZES[0] / sizes
        given = {
            "token_accuracy": found["token_accuracy"] * 0 + accuracy,
            "exact": found["exact"] * 0 + accuracy**10,
            "answer_loss": found["answer_loss"] * 0 - np.log(accuracy),
        }
        runs.append(Run(run.about, {"evaluation": found.assign(given)}))
    found = scaling_of(runs).sel(task="copy").isel(family=0)
    assert found["verdict"] == "abrupt by metric"
    assert_allclose(found["explained"], 1)
    assert_allclose(found["explained_by_mean"], 1)


def test_the_entropy_of_answers_is_subtracted():
    def with_entropy(run, entropy):
        found = run.results["evaluation"]
        given = {
            "answer_entropy": found["answer_entropy"] + entropy,
            "answer_loss": found["answer_loss"] + entropy,
        }
        return Run(run.about, {"evaluation": found.assign(given)})

    plain, shifted = (
        scaling_of([with_entropy(run, h) for run in mixture_family()]) for h in (0.0, 0.5)
    )
    for name in ("likelihood_gain", "loss_lead"):
        assert_allclose(plain[name], shifted[name], rtol=1e-9)


def test_the_loss_of_answers_leads_exact_match(joined):
    family = seed_0(joined)
    assert family["loss_lead"].sel(task="sort") > 0
    assert np.isnan(family["loss_lead"].sel(task="add"))
    # chance is 20 %, so that exact match of 10 % would come before anything else
    assert family["token_lead"].sel(task="table") >= 0
    leaves = token_accuracy("sort", SIZES)
    off = (leaves - leaves[0]) > 3 * np.hypot(
        *(np.sqrt(p * (1 - p) / PROBLEMS) for p in (leaves, leaves[0]))
    )
    first, reached = np.argmax(off), np.argmax(exact("sort") >= 0.004 + 0.1 * 0.996)
    expected = np.log10(SIZES[reached] / SIZES[first])
    assert_allclose(family["token_lead"].sel(task="sort"), expected)


def test_the_length_of_answers_explains_exact_match_where_characters_are_alike():
    runs = []
    for run in mixture_family(widths=(8, 16)):
        found = run.results["evaluation"]
        run = Run(run.about, {"evaluation": found.assign(exact=found["exact"] * 0 + alike(found))})
        runs.append(run)
    found = scaling_of(runs)
    assert_allclose(found["character_accuracy"], 0.9)
    assert_allclose(found["geometric"], 1)


def alike(evaluation):
    return 0.9 ** evaluation["answer_length"]


@pytest.mark.parametrize("chance", [0.0, 0.02, 0.5, 0.9, 1.0])
@pytest.mark.parametrize("count", [10, 400])
def test_the_floor_is_what_an_exact_test_lets_guesses_reach(chance, count):
    floor = round(count * float(levels_above_chance(chance, count)))
    for right in range(count + 1):
        p = stats.binomtest(right, count, chance, alternative="greater").pvalue
        assert (p < stats.norm.sf(3)) == (right > floor)


def test_without_a_chance_there_is_no_floor():
    assert np.isnan(levels_above_chance(np.nan, 500))


# What networks do unasked


def test_what_was_tried_unasked_is_carried(joined):
    family = seed_0(joined)
    assert_allclose(family["ratio"].sel(prompt="named"), 1 + np.array(WIDTHS) / 100)
    assert_array_equal(family["elicited"].sel(probe="longer-copy"), np.array(WIDTHS) > 30)
    assert_array_equal(family["expected"], [True, False])
    assert_allclose(family["bayes_ratio"], [2.2, 1])
    assert np.isnan(joined["ratio"].sel(family="mixture, seed 1", width=96)).all()


def test_what_a_run_that_diverged_did_unasked_is_left_out():
    runs = [*mixture_family(widths=WIDTHS[:5]), mixture_run(96, ends_at=10)]
    last = runs[-1].results
    last["open_ended"] = last["open_ended"] * np.nan
    found = scaling_of(runs)
    for name in ("elicited", "ratio", "output_rate"):
        assert found[name].sel(width=96).isnull().all()
        assert found[name].sel(width=list(WIDTHS[:5])).notnull().all()
    assert_array_equal(found["expected"], [True, False])


def test_nothing_is_there_of_what_was_not_tried():
    run = mixture_run(8)
    found = scaling_of([Run(run.about, {"evaluation": run.results["evaluation"]})])
    assert not found.sizes["probe"]
    assert found["output_rate"].shape == (1, 1, 0)


def test_texts_are_texts(joined):
    for name in ("failure", "verdict", "world_of_family"):
        assert {type(each) for each in joined[name].values.ravel()} == {str}
    assert joined["task"].dtype == text(()).dtype
