"""Each claim on noisy labels where it holds, where it does not, and of too few seeds."""

from functools import cache

import numpy as np
import pytest

from noisy_labels_comparison import (
    ALL,
    AUC,
    BASE,
    BIAS,
    GRID,
    STOPPED_BIAS,
    Setting,
    comparison,
    shifted,
    without,
)
from noisy_labels_runs import compared, corpus, rating, run
from ontogeny.claims import VERDICTS, verdict
from ontogeny.estimates import difference_of_shares
from ontogeny.studies.noisy_labels.bases import (
    base_rater,
    base_setting,
    base_settings,
    runs_of,
)
from ontogeny.studies.noisy_labels.claims import comments, generated, votes
from ontogeny.studies.noisy_labels.claims._shared import MADE_UP
from ontogeny.studies.noisy_labels.recipes import GAINING, NINE, SHOWN

HOLDS, FAILS, FEW = VERDICTS
CLAIMS = {
    claim.name: claim
    for claim in (*comments.CLAIMS, *votes.CLAIMS, *generated.CLAIMS)
}  # fmt: skip
OF_COMMENTS = ("raters-exaggerate", "human-raters-exaggerate", "noise-depends-on-input")
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
    of = corpus(("green", "blue", "red", "black", "white"))
    biased = {"green": 1.0, "blue": 0.8, "red": 0.9, "black": 1.1, "white": 1.0}
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
    "noise-depends-on-input": lambda each: each.assign(
        {name: each[name] - 0.2 for name in ("noise_excess", "noise_excess_interval")}
    ),
    "raters-exaggerate": lambda each: each.assign(
        rater_false_positive_rate=each["rater_false_positive_rate"] - 0.15
    ),
    "human-raters-exaggerate": lambda each: each.assign(
        {name: each[name] - 0.1 for name in ("vote_excess", "vote_excess_interval")}
    ),
}  # fmt: skip


def test_names_and_titles_are_their_own():
    every = (*comments.CLAIMS, *votes.CLAIMS, *generated.CLAIMS)
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


def test_the_base_setting_is_the_usual_one():
    """With the default share, then without conditions, then with the most runs, then by name."""
    best = Setting(rater="second", recipes=NINE)
    others = [
        Setting(rater="third", recipes=NINE),
        Setting(rater="fourth", recipes=NINE[1:]),
        Setting(rater="first", conditions="network.dropout 0.5"),
        Setting(share=0.2),
    ]
    for several in ([best, *others], [*others, best]):
        assert base_setting(comparison(several), "generated") == best.name
    assert base_setting(comparison(others), "generated") == others[0].name
    assert base_setting(comparison(others[2:]), "generated") == others[2].name
    assert base_setting(comparison([best]), "votes") is None
    assert list(base_settings(good())) == ["comments", "votes", "generated"]
    assert base_setting(good(), "generated") == BASE.name


def test_raters_are_judged_without_any_run():
    alone = comparison().isel(run=[])
    assert base_rater(alone, "votes") == "people"
    assert base_rater(alone, "generated") == "better"
    assert verdict_on("human-raters-exaggerate-votes", alone) == HOLDS


def test_runs_that_read_no_labels_of_the_rater_count_for_all_raters():
    runs = runs_of(good(), "corpus generated, rater better, 5 % clean labels")
    others = runs.isel(run=runs["rater_of_run"].values != "better")
    assert set(others["strategy_of_run"].values) == {"clean", "oracle"}
    assert set(others["clean_share_of_run"].values) == {0.05}
    at_another_share = runs_of(good(), "generated, biased, 0.2 clean")
    strategies = at_another_share["strategy_of_run"].values
    assert (strategies == "clean").sum() == (strategies == "oracle").sum() == BASE.seeds


def test_a_grid_without_a_second_rater_says_nothing_of_raters():
    alone = comparison(GRID[:1])
    for law in ("better-raters-gain-less", "correction-helps-class-noise"):
        assert verdict_on(f"{law}-generated", alone) == FEW


def test_a_base_rater_without_a_planted_bias_is_no_case_of_class_noise():
    plain = comparison([Setting(keep=1.0)])
    assert measured("correction-helps-class-noise-generated", plain).runs == 0


def test_strategies_with_one_rater_alone_do_not_count_for_gains():
    expected = measured("better-raters-gain-less-generated", good())
    some = good().isel(
        run=~(
            (good()["recipe_of_run"].values == "one-hot")
            & (good()["rater_of_run"].values == "better")
        )
    )
    found = measured("better-raters-gain-less-generated", some)
    assert found.runs == expected.runs == BASE.seeds
    gains = [AUC[after] - AUC[before] for before, after in GAINING.items() if before != "one-hot"]
    assert found.value == pytest.approx(-0.9 * np.mean(gains), abs=3e-4)


@pytest.mark.parametrize(("group", "harmless"), [("women", 400), ("black", 29)])
def test_groups_without_a_rate_or_with_few_comments_are_left_out_of_the_least(group, harmless):
    rate, count = (good()[f"rater_{of}"].copy() for of in ("false_positive_rate", "comments"))
    rate.loc[{"identity": "women"}] = np.nan if group == "women" else 0.17
    rate.loc[{"identity": "black"}] = 0.2 if group == "women" else 0.03
    count.loc[{"identity": group, "true_label": "harmless"}] = harmless
    changed = good().assign(rater_false_positive_rate=rate, rater_comments=count)
    found = measured("raters-exaggerate-generated", changed)
    assert found.value == pytest.approx(0.18 if group == "women" else 0.15)
    assert found.runs == 400


def test_the_interval_of_the_least_excess_is_that_of_all_groups_together():
    """A group that lies higher but is known less well sets the lower end."""
    count = good()["rater_comments"].copy()
    count.loc[{"identity": "black"}] = 30
    found = measured("raters-exaggerate-generated", good().assign(rater_comments=count))
    level = 1 - 0.05 / 3
    women = difference_of_shares((68, 400), (180, 9000), confidence=level)
    black = difference_of_shares((round(0.22 * 30), 30), (180, 9000), confidence=level)
    assert found.value == pytest.approx(0.15)
    assert black.lower < women.lower
    assert (found.lower, found.upper) == pytest.approx((black.lower, women.upper))


ON_GROUPS = (
    "accuracy-measures-agree", "clean-is-least-biased", "weakness-explains-it",
    "few-noisy-is-less-biased", "noise-adds-bias", "no-winner",
)  # fmt: skip


def on(results, scored_on, **change):
    """Return a comparison with other values of variables on one set."""
    here = results["scored_on"] == scored_on
    return results.assign({name: results[name].where(~here, to) for name, to in change.items()})


@pytest.mark.parametrize("law", ON_GROUPS)
@pytest.mark.parametrize("source", ["comments", "votes"])
def test_groups_of_real_comments_are_compared_on_templates(law, source):
    name = f"{law}-{source}"
    expected = measured(name, good())
    assert measured(name, on(good(), "test", groups=2)) == expected
    assert measured(name, on(good(), "templates", groups=4)).runs == 0
    without_templates = on(good(), "templates", groups=0)
    assert measured(name, without_templates).value == pytest.approx(expected.value, abs=0.05)
    assert measured(name, on(without_templates, "test", groups=4)).runs == 0


@pytest.mark.parametrize("law", ON_GROUPS)
def test_groups_of_generated_comments_are_compared_on_test(law):
    name = f"{law}-generated"
    assert measured(name, on(good(), "templates", groups=2)) == measured(name, good())
    assert measured(name, on(good(), "test", groups=4)).runs == 0


def test_claims_and_figures_read_what_comparisons_have():
    """Made-up comparisons have the variables, dimensions and labels of real ones."""
    real, made_up = planted(), comparison(GRID[:1])
    for name, variable in made_up.variables.items():
        assert set(real[name].dims) == set(variable.dims), name
    for dim in ("scored_on", "true_label", "end", "recipe"):
        assert real[dim].values.tolist() == made_up[dim].values.tolist()
    assert set(made_up["measure"].values) <= set(real["measure"].values)
    assert base_settings(real) == {"generated": "corpus c, rater r, 5 % clean labels"}
    for claim in generated.CLAIMS:
        if law_of(claim.name) not in ("better-raters-gain-less", "correction-helps-class-noise"):
            assert np.isfinite(claim.measure(real).value), claim.name


def test_a_group_shifted_by_the_rater_is_seen_by_the_claims():
    found = {law_of(each.name): each.measure(planted()) for each in generated.CLAIMS}
    assert found["noise-adds-bias"].lower > 0
    assert found["clean-is-least-biased"].lower > 0
    assert found["weakness-explains-it"].lower > 0
    assert found["raters-exaggerate"].value == pytest.approx(0.5, abs=0.05)
