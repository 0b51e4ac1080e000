import numpy as np
import pytest

from noisy_labels_runs import compared, corpus, rating, run
from ontogeny.estimates import mean
from ontogeny.joins import Run
from ontogeny.studies.noisy_labels.about import recipe
from ontogeny.studies.noisy_labels.comparison.settings import (
    MEASURES,
    of_settings,
)
from ontogeny.studies.noisy_labels.labels import dataset

SEEDS = range(6)
BY_SEED = np.array([0.1, 0.9, 0.3, 0.7, 0.2, 0.8])
"""How good all runs of a seed are: much more than they differ."""


def about(strategy, seed, *, tuned=False, variant="", **given):
    name = recipe(strategy, tuned, variant)
    usual = {
        "source": "generated",
        "corpus": "c",
        "rater": "r",
        "clean_share": 0.05,
        "conditions": "",
    }
    described = {"experiment": name, "seed": seed, "recipe": name, "strategy": strategy}
    return Run(described | {"tuned": tuned, "variant": variant} | usual | given, {})


def settings(*pairs):
    """Compare runs, given with the value that all of their measures have."""
    runs = [each for each, _ in pairs]
    values = np.array([value for _, value in pairs], dtype=np.float64)
    coordinates, variables = of_settings(runs, dict.fromkeys(MEASURES, values))
    return dataset(variables, coordinates, title="settings")


def over_seeds(strategy, value=0.0, seeds=SEEDS, **given):
    """Runs of one recipe, that differ from others of their seed by a value, or one for each."""
    excess = np.broadcast_to(value, len(BY_SEED))
    return [(about(strategy, seed, **given), BY_SEED[seed] + excess[seed]) for seed in seeds]


def at(found, name, quantity, measure="auc"):
    return found[quantity].isel(setting=0).sel(recipe=name, measure=measure).values


def test_an_excess_over_naive_is_paired_within_seeds():
    found = settings(*over_seeds("naive"), *over_seeds("one-hot", 0.01))
    assert at(found, "one-hot", "mean_over_seeds") == pytest.approx(BY_SEED.mean() + 0.01)
    assert at(found, "one-hot", "excess_over_naive") == pytest.approx(0.01)
    np.testing.assert_allclose(at(found, "one-hot", "excess_interval"), 0.01, rtol=1e-9)
    assert at(found, "naive", "excess_over_naive") == 0
    assert found["seeds"].values.tolist() == [[len(SEEDS)] * 2]


def test_the_interval_of_an_excess_is_that_of_the_differences():
    excess = np.array([0.02, -0.01, 0.03, 0.0, 0.01, 0.05])
    found = settings(*over_seeds("multi-head", excess)[::-1], *over_seeds("naive"))
    expected = mean(excess)
    assert at(found, "multi-head", "excess_over_naive") == pytest.approx(expected.value)
    np.testing.assert_allclose(
        at(found, "multi-head", "excess_interval"), [expected.lower, expected.upper], rtol=1e-9
    )


def test_only_seeds_that_both_have_are_compared():
    found = settings(*over_seeds("naive", seeds=range(4)), *over_seeds("clean", 0.1, range(2, 6)))
    assert at(found, "clean", "excess_over_naive") == pytest.approx(0.1)
    assert found["seeds"].values.tolist() == [[4, 4]]


def test_the_gain_of_tuning_is_over_the_same_recipe():
    found = settings(
        *over_seeds("naive"),
        *over_seeds("loss-correction", 0.02),
        *over_seeds("loss-correction", 0.5, variant="by-group"),
        *over_seeds("loss-correction", 0.05, tuned=True),
        *over_seeds("loss-correction", 0.51, tuned=True, variant="by-group"),
    )
    assert at(found, "loss-correction, tuned", "gain_of_tuning") == pytest.approx(0.03)
    assert at(found, "loss-correction by-group, tuned", "gain_of_tuning") == pytest.approx(0.01)
    np.testing.assert_allclose(at(found, "loss-correction, tuned", "gain_interval"), 0.03)
    assert np.isnan(at(found, "loss-correction", "gain_of_tuning"))


def test_clean_and_oracle_belong_to_every_setting_that_they_do_not_depend_on():
    pairs = [
        *over_seeds("naive", rater="a"),
        *over_seeds("naive", rater="b"),
        *over_seeds("naive", rater="a", clean_share=0.2),
        *over_seeds("naive", rater="a", corpus="d"),
        *over_seeds("clean", 0.1, rater="a"),
        *over_seeds("oracle", 0.2, rater="a"),
        *over_seeds("few-noisy", 0.3, rater="a"),
    ]
    found = settings(*pairs)
    present = found["seeds"].to_pandas() > 0
    assert present.index.tolist() == [
        "corpus c, rater a, 5 % clean labels",
        "corpus c, rater b, 5 % clean labels",
        "c, a, 0.2 clean",
        "corpus d, rater a, 5 % clean labels",
    ]
    assert present["naive"].all()
    assert present["clean"].tolist() == [True, True, False, False]
    assert present["oracle"].tolist() == [True, True, True, False]
    assert present["few-noisy"].tolist() == [True, False, False, False]
    of_b = found.sel(setting="corpus c, rater b, 5 % clean labels", recipe="clean", measure="auc")
    assert float(of_b["excess_over_naive"]) == pytest.approx(0.1)
    assert found["rater_of_setting"].values.tolist() == ["a", "b", "a", "a"]
    assert found["corpus_of_setting"].values.tolist() == ["c", "c", "c", "d"]
    assert found["clean_share_of_setting"].values.tolist() == [0.05, 0.05, 0.2, 0.05]
    assert found["source_of_setting"].values.tolist() == ["generated"] * 4


def test_of_several_experiments_the_first_by_name_counts():
    wide = over_seeds("naive", 0.5, experiment="wide")
    base = over_seeds("naive", experiment="base", seeds=range(5))
    for pairs in ([*wide, *base], [*base, *wide]):
        found = settings(*pairs)
        expected = np.append(BY_SEED[:5], BY_SEED[5] + 0.5).mean()
        assert at(found, "naive", "mean_over_seeds") == pytest.approx(expected)
        assert found["seeds"].values.tolist() == [[len(SEEDS)]]


def test_the_best_has_the_highest_auc_and_the_gap_nearest_to_0():
    near = np.array([-0.01, -0.01, 0.03, 0.01, -0.01, 0.02]) - BY_SEED
    found = settings(*over_seeds("naive", -2 * BY_SEED), *over_seeds("one-hot", near))
    assert at(found, "one-hot", "wins") == 1
    assert at(found, "one-hot", "wins", "mean_negative_aeg") == 1
    assert at(found, "naive", "wins", "mean_negative_aeg") == 0
    assert at(found, "one-hot", "wins", "fped") == 1
    other = settings(*over_seeds("naive"), *over_seeds("one-hot", near))
    assert at(other, "naive", "wins") == 1
    assert at(other, "naive", "wins", "mean_negative_aeg") == 0


def test_wins_are_shares_of_seeds_and_equals_share_a_seed():
    excess = np.array([0.1, 0.1, 0.0, -0.1, -0.1, -0.1])
    found = settings(*over_seeds("naive"), *over_seeds("clean", excess))
    assert at(found, "clean", "wins") == pytest.approx(2.5 / 6)
    assert at(found, "naive", "wins") == pytest.approx(3.5 / 6)


@pytest.mark.parametrize(
    "given", [{"strategy": "oracle"}, {"strategy": "few-noisy"}, {"strategy": "noisy"}]
)
def test_recipes_that_the_paper_lacks_do_not_win(given):
    found = settings(
        *over_seeds("naive"), *over_seeds("clean", -0.1), *over_seeds(given["strategy"], 0.5)
    )
    assert at(found, "naive", "wins") == 1
    assert np.isnan(at(found, given["strategy"], "wins"))


def test_a_variant_of_loss_correction_does_not_win():
    found = settings(
        *over_seeds("naive"),
        *over_seeds("loss-correction", -0.1),
        *over_seeds("loss-correction", 0.5, variant="by-group"),
    )
    assert at(found, "naive", "wins") == 1
    assert np.isnan(at(found, "loss-correction by-group", "wins"))


def test_one_recipe_alone_does_not_win():
    assert np.isnan(settings(*over_seeds("naive"))["wins"]).all()


def test_recipes_are_in_the_order_of_the_paper():
    names = ["noisy", "oracle", "clean", "few-noisy", "multi-head", "naive"]
    found = settings(
        *over_seeds("naive", tuned=True), *(pair for name in names for pair in over_seeds(name))
    )
    assert found["recipe"].values.tolist() == [
        *("clean", "naive", "multi-head", "naive, tuned", "few-noisy", "oracle", "noisy")
    ]


def test_measures_are_those_of_runs():
    of = corpus()
    wrong = np.zeros(of.sizes["comment"], dtype=bool)
    runs = [run(of, shift={"green": 0.5, "blue": -0.4}), run(of, tuned=True, noise=0.2)]
    found = compared(runs, {"c": of}, {"r": rating(of, wrong)})
    assert found["setting_of_run"].values.tolist() == ["corpus c, rater r, 5 % clean labels"] * 2
    assert found["setting"].values.tolist() == ["corpus c, rater r, 5 % clean labels"]
    for place, name in enumerate(["naive", "naive, tuned"]):
        means = found["mean_over_seeds"].isel(setting=0).sel(recipe=name)
        of_run = found.isel(run=place)
        test, templates = (of_run.sel(scored_on=where) for where in ("test", "templates"))
        for measure in MEASURES:
            if measure == "fped":
                expected = test["fped"].sel(threshold_rule="equal error")
            elif measure.startswith("templates_"):
                expected = templates[measure.removeprefix("templates_")]
            else:
                expected = test[measure]
            assert float(means.sel(measure=measure)) == float(expected), measure
