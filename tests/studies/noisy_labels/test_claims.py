"""Each claim on noisy labels where it holds, where it does not, and of too few seeds."""

from functools import cache

import numpy as np
import pytest
import xarray as xr

from noisy_labels_comparison import (
    ALL,
    AUC,
    BASE,
    BIAS,
    GRID,
    STOPPED_BIAS,
    COMMENTS,
    Setting,
    comparison,
    shifted,
    without,
)
from noisy_labels_runs import compared, corpus, rating, run
from ontogeny.claims import VERDICTS, verdict
from ontogeny.studies.noisy_labels.bases import (
    base_rater,
    base_setting,
    base_settings,
    by_seed,
    runs_of,
)
from ontogeny.studies.noisy_labels.claims import generated, tweets, votes
from ontogeny.studies.noisy_labels.claims._raters import _difference_of_shares
from ontogeny.studies.noisy_labels.claims._shared import MADE_UP
from ontogeny.studies.noisy_labels.recipes import GAINING, NINE, SHOWN

HOLDS, FAILS, FEW = VERDICTS
CLAIMS = {
    claim.name: claim
    for claim in (*tweets.CLAIMS, *votes.CLAIMS, *generated.CLAIMS)
}  # fmt: skip
OF_COMMENTS = ("raters-exaggerate", "human-raters-exaggerate")
"""Claims whose unit is the comment: they need no seeds."""


@cache
def good():
    """Return a comparison in which every claim holds."""
    return comparison()


def law_of(name):
    """Return what a claim says, without the source that it says it of."""
    return name.rpartition("-")[0]


def measured(name, results):
    return CLAIMS[name].measure(results)


def verdict_on(name, results):
    claim = CLAIMS[name]
    found = claim.measure(results)
    return verdict(found, side=claim.side, threshold=claim.threshold, minimum=claim.minimum)


def tuned_worse(results):
    for recipe in GAINING.values():
        results = shifted(results, "auc", recipe, -0.1)
    return results


def gaining_with_good_raters(results):
    """Let networks of the most accurate raters alone gain much by tuning."""
    is_good = results["accuracy_of_rater"].sel(rater=results["rater_of_run"]) > 0.96
    return results.assign(auc=results["auc"] + 0.1 * (is_good & results["tuned_of_run"]))


@cache
def planted():
    """Return networks of which all but two take groups for a sign of toxicity, as their rater does.

    It calls half of the harmless comments that name a group toxic, and no others.
    """
    of = corpus()
    biased = {"green": 1.0, "blue": 0.8}
    noises = dict(zip(SHOWN, np.linspace(0.9, 0.4, len(SHOWN)), strict=True))
    runs = [
        run(
            of,
            recipe.removesuffix(", tuned"),
            tuned=recipe.endswith("tuned"),
            seed=seed,
            noise=noise,
            shift={} if recipe in ("clean", "few-noisy", "oracle") else biased,
        )
        for recipe, noise in noises.items()
        for seed in range(3)
    ]
    harmless = of["member"].values.any(axis=0) & (of["label"].values == 0)
    wrong = harmless & (np.random.default_rng(0).random(len(harmless)) < 0.5)
    return compared(runs, {"c": of}, {"r": rating(of, wrong)})


BROKEN = {
    "tuning-helps": tuned_worse,
    "noisy-labels-help": lambda each: shifted(each, "auc", "naive", -0.045),
    "multi-head-before-tuning": lambda each: shifted(each, "auc", "multi-head", -0.02),
    "correction-does-not-help": lambda each: shifted(each, "auc", "loss-correction", 0.02),
    "accuracy-measures-agree": lambda each: each.assign(
        mean_bpsn_auc=1 - each["mean_bpsn_auc"]
    ),
    "clean-is-least-biased": lambda each: shifted(
        each, "mean_absolute_negative_aeg", "clean", 0.03
    ),
    "clean-is-least-biased-on-templates": lambda each: shifted(
        each, "mean_absolute_negative_aeg", "clean", 0.03
    ),
    "weakness-explains-it": lambda each: shifted(
        each, "stopped_mean_absolute_negative_aeg", "naive", 0.05
    ),
    "few-noisy-is-less-biased": lambda each: shifted(
        each, "mean_absolute_negative_aeg", "few-noisy", 0.1
    ),
    "noise-adds-bias": lambda each: shifted(each, "mean_absolute_negative_aeg", "oracle", 0.2),
    "no-winner": lambda each: shifted(
        each, "mean_absolute_negative_aeg", "multi-head, tuned", -0.05
    ),
    "better-raters-gain-less": gaining_with_good_raters,
    "correction-helps-class-noise": lambda each: shifted(each, "auc", "naive", 0.02),
    "noise-depends-on-input": lambda each: each.assign(noise_null=each["noise_null"] + 0.25),
    "raters-exaggerate": lambda each: each.assign(
        rater_false_positive_rate=each["rater_false_positive_rate"] - 0.15
    ),
    "human-raters-exaggerate": lambda each: each.assign(
        named_noise=each["overall_noise"],
    ),
}  # fmt: skip


def test_names_and_titles_are_their_own():
    every = (*tweets.CLAIMS, *votes.CLAIMS, *generated.CLAIMS)
    assert len(CLAIMS) == len(every) == len({claim.title for claim in every})
    least = {claim.minimum for claim in every if not claim.name.startswith("no-winner")}
    assert least == {3}
    assert CLAIMS["no-winner-votes"].minimum == 5


def test_claims_on_generated_comments_say_that_they_hold_by_construction():
    said = {name for name, claim in CLAIMS.items() if claim.statement.endswith(MADE_UP)}
    assert said == {claim.name for claim in generated.CLAIMS}


@pytest.mark.parametrize("name", CLAIMS)
def test_it_holds(name):
    assert verdict_on(name, good()) == HOLDS


@pytest.mark.parametrize("name", CLAIMS)
def test_it_does_not_hold(name):
    assert verdict_on(name, BROKEN[law_of(name)](good())) == FAILS


@pytest.mark.parametrize("name", CLAIMS)
def test_two_seeds_are_too_few(name):
    few = comparison([Setting(**{**vars(each), "seeds": 2}) for each in ALL])
    assert verdict_on(name, few) == (HOLDS if law_of(name) in OF_COMMENTS else FEW)


@pytest.mark.parametrize("name", CLAIMS)
def test_without_any_run_nothing_is_said_of_networks(name):
    assert verdict_on(name, comparison(())) == FEW


@pytest.mark.parametrize("name", CLAIMS)
def test_other_sources_do_not_count(name):
    source = name.rpartition("-")[2]
    alone = comparison([each for each in ALL if each.source == source])
    assert measured(name, alone).value == pytest.approx(measured(name, good()).value, abs=2e-4)


@pytest.mark.parametrize(
    "law",
    ["tuning-helps", "accuracy-measures-agree", "clean-is-least-biased", "no-winner"],
)
def test_seeds_without_one_of_the_recipes_do_not_count(law):
    found = measured(f"{law}-generated", without(good(), "one-hot, tuned"))
    assert found.runs == 0


def test_values_are_those_that_were_planted():
    expected = {
        "tuning-helps": np.mean([AUC[after] - AUC[before] for before, after in GAINING.items()]),
        "clean-is-least-biased": min(BIAS[each] for each in NINE[1:]) - BIAS["clean"],
        "weakness-explains-it": STOPPED_BIAS - BIAS["clean"],
        "noise-adds-bias": BIAS["naive"] - BIAS["oracle"],
        "better-raters-gain-less": -0.9
        * np.mean([AUC[after] - AUC[before] for before, after in GAINING.items()]),
        "correction-helps-class-noise": 0.02,
    }
    for law, value in expected.items():
        assert measured(f"{law}-generated", good()).value == pytest.approx(value, abs=3e-4)


def test_recipes_are_compared_within_a_seed():
    """What all networks of a seed have in common does not widen the interval."""
    apart = good().assign(auc=good()["auc"] - 0.05 * good()["seed_of_run"])
    wide, narrow = (measured("noisy-labels-help-generated", each) for each in (apart, good()))
    assert wide.upper - wide.lower == pytest.approx(narrow.upper - narrow.lower)


def test_the_base_setting_has_the_most_runs_and_of_equals_the_first_name():
    assert base_setting(good(), "generated") == BASE.name
    equal = comparison([Setting(rater=name) for name in ("second", "first")])
    assert base_setting(equal, "generated") == "generated, first, 0.05 clean"
    assert base_setting(equal, "votes") is None
    assert list(base_settings(good())) == ["comments", "votes", "generated"]


def test_raters_are_judged_without_any_run():
    alone = comparison().isel(run=[])
    assert base_rater(alone, "votes") == "people"
    assert base_rater(alone, "generated") == "better"
    assert verdict_on("human-raters-exaggerate-votes", alone) == HOLDS


def test_runs_that_read_no_labels_of_the_rater_count_for_all_raters():
    runs = runs_of(good(), "generated, better, 0.05 clean")
    others = runs.isel(run=runs["rater_of_run"].values != "better")
    assert set(others["strategy_of_run"].values) == {"clean", "oracle"}
    assert set(others["clean_share_of_run"].values) == {0.05}
    at_another_share = runs_of(good(), "generated, biased, 0.2 clean")
    strategies = at_another_share["strategy_of_run"].values
    assert (strategies == "clean").sum() == (strategies == "oracle").sum() == BASE.seeds


def test_of_several_runs_with_one_seed_and_recipe_the_first_counts():
    runs = runs_of(good(), BASE.name)
    again = runs.assign(auc=runs["auc"] + 1)
    both = xr.concat([runs, again], "run", data_vars="minimal")
    assert by_seed(both, ["auc"]).equals(by_seed(runs, ["auc"]))


def test_noise_at_another_level_depends_on_the_comment_as_much():
    higher = good().assign(noise_by_score=good()["noise_by_score"] + 0.2)
    found = [measured("noise-depends-on-input-votes", each).value for each in (good(), higher)]
    assert found[0] == pytest.approx(found[1])


def test_a_grid_without_a_second_rater_says_nothing_of_raters():
    alone = comparison(GRID[:1])
    for law in ("better-raters-gain-less", "correction-helps-class-noise"):
        assert verdict_on(f"{law}-generated", alone) == FEW


def test_a_base_rater_without_a_planted_bias_is_no_case_of_class_noise():
    plain = comparison([Setting(keep=1.0)])
    assert measured("correction-helps-class-noise-generated", plain).runs == 0


def test_strategies_with_one_rater_alone_do_not_count_for_gains():
    expected = measured("better-raters-gain-less-comments", good())
    some = good().isel(
        run=~(
            (good()["recipe_of_run"].values == "one-hot")
            & (good()["rater_of_run"].values == "sharp")
        )
    )
    found = measured("better-raters-gain-less-comments", some)
    assert found.runs == expected.runs == COMMENTS[0].seeds
    gains = [AUC[after] - AUC[before] for before, after in GAINING.items() if before != "one-hot"]
    assert found.value == pytest.approx(-0.9 * np.mean(gains), abs=3e-4)


def test_groups_without_a_rate_are_left_out_of_the_least():
    rate = good()["rater_false_positive_rate"].copy()
    rate.loc[{"rater": "biased", "identity": "women"}] = np.nan
    found = measured("raters-exaggerate-generated", good().assign(rater_false_positive_rate=rate))
    assert found.value == pytest.approx(0.18)
    assert found.runs == 400


def test_the_noise_of_named_comments_is_compared_with_that_of_all():
    found = measured("human-raters-exaggerate-votes", good())
    assert found.value == pytest.approx(0.2 - 0.1)
    assert found.runs == 1200


def test_claims_and_figures_read_what_comparisons_have():
    """Made-up comparisons have the variables, dimensions and labels of real ones."""
    real, made_up = planted(), comparison(GRID[:1])
    for name, variable in made_up.variables.items():
        assert set(real[name].dims) == set(variable.dims), name
    for dim in ("scored_on", "true_label", "end", "recipe"):
        assert real[dim].values.tolist() == made_up[dim].values.tolist()
    assert set(made_up["measure"].values) <= set(real["measure"].values)
    assert base_settings(real) == {"generated": "c, r, 0.05 clean"}
    for claim in generated.CLAIMS:
        if law_of(claim.name) not in ("better-raters-gain-less", "correction-helps-class-noise"):
            assert np.isfinite(claim.measure(real).value), claim.name


def test_a_group_shifted_by_the_rater_is_seen_by_the_claims():
    found = {law_of(each.name): each.measure(planted()) for each in generated.CLAIMS}
    assert found["noise-adds-bias"].lower > 0
    assert found["clean-is-least-biased"].lower > 0
    assert found["weakness-explains-it"].lower > 0
    assert found["raters-exaggerate"].value == pytest.approx(0.5, abs=0.05)


def test_the_interval_of_a_difference_of_shares_is_the_published_one():
    """Newcombe's example: 56 of 70 and 48 of 80, table II of the paper."""
    found = _difference_of_shares((56 / 70, 70), (48 / 80, 80))
    assert found.value == pytest.approx(0.2)
    assert (round(found.lower, 4), round(found.upper, 4)) == (0.0524, 0.3339)
