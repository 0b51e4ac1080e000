"""Figures of noisy labels: they can be drawn of much and of little, and show what they say."""

from functools import cache

import numpy as np
import pytest
import xarray as xr
from numpy.testing import assert_allclose

from noisy_labels_comparison import (
    ALL,
    AUC,
    BASE,
    BIAS,
    COMMENTS,
    GRID,
    IDENTITIES,
    STEPS,
    VOTES,
    Setting,
    comparison,
    without,
)
from ontogeny.claims import judge
from ontogeny.config import Style
from ontogeny.studies.noisy_labels.claims import generated, votes
from ontogeny.studies.noisy_labels.figures.run import scores
from ontogeny.studies.noisy_labels.figures.study import (
    claims,
    curves,
    groups,
    quality,
    raters,
    strategies,
    trade,
)
from ontogeny.studies.noisy_labels.panels import line_look, mark_look
from ontogeny.studies.noisy_labels.recipes import GAINING, NINE, SHOWN

STYLE = Style(width=6.0, resolution=60)
OF_RUNS = (strategies, groups, trade, curves, raters)


@cache
def made(*settings):
    return comparison(settings)


def default():
    """Return the atlas that is drawn without further configuration: four runs."""
    recipes = ("clean", "naive", "multi-head", "multi-head, tuned")
    found = comparison([Setting(recipes=recipes, seeds=1)])
    return found.assign({name: found[name] * np.nan for name in ("noise_by_score", "noise_null")})


def without_templates(results):
    return results.where(results["scored_on"] != "templates")


def without_groups(results):
    """Return a comparison in which no group has enough comments."""
    names = ["mean_absolute_negative_aeg", "mean_subgroup_auc", *groups._PANELS]
    return results.assign({name: results[name] * np.nan for name in names})


def of(module, results):
    figure = module.draw(module.numbers(results), STYLE)
    figure.canvas.draw()
    return figure


def titles(figure):
    return [
        title
        for axes in figure.axes
        for title in (axes.get_title(), axes.get_title("left"))
        if title
    ]


def words(figure):
    return " ".join(text.get_text() for axes in figure.axes for text in axes.texts)


def legend(figure):
    return [text.get_text() for text in figure.legends[0].get_texts()]


def points(axes, marker):
    """Return the points of all marks of one shape."""
    found = [line.get_xydata() for line in axes.get_lines() if line.get_marker() == marker]
    return np.concatenate(found) if found else np.zeros((0, 2))


@pytest.mark.parametrize("module", [*OF_RUNS, quality])
def test_it_can_be_drawn_of_all_sources(module):
    assert of(module, made(*ALL)).axes


@pytest.mark.parametrize("module", OF_RUNS)
@pytest.mark.parametrize("make", [default, lambda: without_groups(made(BASE))])
def test_it_can_be_drawn_of_little(module, make):
    assert of(module, make()).axes


@pytest.mark.parametrize("module", [strategies, groups, trade])
def test_where_no_group_has_enough_comments_it_says_so(module):
    assert "enough comments" in words(of(module, without_groups(made(BASE))))


def test_raters_are_drawn_without_any_run():
    alone = comparison(VOTES).isel(run=[])
    assert titles(of(raters, alone)) == ["real comments with votes, rater people"]


def test_strategies_have_a_row_of_panels_for_each_source_real_comments_first():
    assert titles(of(strategies, made(*ALL))) == [COMMENTS[0].name, VOTES[0].name, BASE.name]


def test_strategies_show_seeds_and_means():
    auc, *_ = of(strategies, made(*GRID)).axes
    means = points(auc, "|")
    assert_allclose(means[:, 0], [AUC[recipe] for recipe in SHOWN], atol=3e-3)
    assert means[:, 1].tolist() == list(range(len(SHOWN)))
    seeds = [len(line.get_xdata()) for line in auc.get_lines() if line.get_marker() != "|"]
    assert seeds == [BASE.seeds] * len(SHOWN)
    assert [label.get_text() for label in auc.get_yticklabels()] == list(SHOWN)


def test_strategies_have_a_panel_of_templates_where_there_are_some():
    assert len(of(strategies, made(BASE)).axes) == 4
    assert len(of(strategies, without_templates(made(BASE))).axes) == 3


def test_recipes_that_were_not_trained_have_no_row():
    auc = of(strategies, without(made(BASE), "oracle")).axes[0]
    assert [label.get_text() for label in auc.get_yticklabels()] == list(SHOWN[:-1])


def test_groups_have_a_block_for_the_test_comments_and_one_for_templates():
    figure = of(groups, made(BASE))
    assert titles(figure) == [f"{BASE.name}: test comments", f"{BASE.name}: templates"]
    assert legend(figure) == ["clean", "naive", "multi-head", "multi-head, tuned", "oracle"]


def test_groups_without_enough_comments_have_no_row():
    few = made(BASE)["identity"] == "black"
    names = list(groups._PANELS)
    results = made(BASE).assign({name: made(BASE)[name].where(~few) for name in names})
    panel = of(groups, results).axes[0]
    shown = [label.get_text() for label in panel.get_yticklabels()]
    assert shown == [name for name in IDENTITIES if name != "black"]


def test_groups_show_the_mean_over_seeds():
    *_, gap = of(groups, without_templates(made(BASE))).axes
    (oracle,) = [line for line in gap.get_lines() if line.get_marker() == "^"]
    assert_allclose(oracle.get_xdata(), BIAS["oracle"] * np.array([0.7, 1.0, 1.3]), rtol=0.02)


def test_raters_show_rates_beside_the_background_and_noise_beside_chance():
    positive, _, noise = of(raters, made(BASE)).axes
    assert_allclose(points(positive, "o")[:, 0], [0.17, 0.22, 0.2])
    (background,) = [line for line in positive.get_lines() if line.get_marker() == "None"]
    assert background.get_xdata()[0] == pytest.approx(0.02)
    bands = [patch.get_extents().transformed(noise.transData.inverted()) for patch in noise.patches]
    assert_allclose([band.height for band in bands], 0.04)
    assert_allclose([(band.y0 + band.y1) / 2 for band in bands], 0.15, atol=5e-3)


def test_raters_without_an_oracle_have_rates_alone():
    assert len(of(raters, default()).axes) == 2


def test_the_trade_shows_naive_networks_that_were_stopped():
    figure = of(trade, made(BASE))
    test, templates = figure.axes
    assert len(points(test, "x")) == BASE.seeds
    assert not len(points(templates, "x"))
    assert legend(figure)[-1] == "naive, stopped early"


def test_the_trade_shows_the_means_of_all_recipes():
    test = of(trade, made(BASE)).axes[0]
    large = [line.get_xydata()[0] for line in test.get_lines() if line.get_markersize() in (7, 9)]
    assert_allclose(large, [[BIAS[each], AUC[each]] for each in SHOWN], atol=3e-3)


def test_curves_of_tuned_networks_go_on_where_their_parents_end():
    found = curves.numbers(made(BASE))["examples"].isel(source=0)
    for before, after in GAINING.items():
        own, parent = found.sel(recipe=after), found.sel(recipe=before)
        assert_allclose(own.isel(step=0), parent.isel(step=-1))
        assert_allclose(own.isel(step=-1) - own.isel(step=0), 128 * STEPS[-1])
    assert_allclose(found.sel(recipe="clean").isel(step=0), 0)


def test_curves_have_a_line_for_each_network():
    (axes,) = of(curves, made(BASE)).axes
    assert len(axes.get_lines()) == BASE.seeds * len(SHOWN)


def test_quality_has_a_column_for_each_bias_and_one_for_clean_shares():
    figure = of(quality, made(*GRID))
    assert titles(figure) == ["rater kept 0.15", "rater kept 1", "rater biased"]
    kept, _, shares = figure.axes[6:]
    assert [label.get_text() for label in kept.get_xticklabels()] == ["0.93", "0.95", "0.97"]
    assert [label.get_text() for label in shares.get_xticklabels()] == ["0.05", "0.2"]


def test_quality_shows_what_is_gained_over_naive_training():
    axes = of(quality, made(*GRID)).axes[0]
    gains = [line.get_ydata()[1] for line in axes.get_lines() if line.get_marker() == "o"]
    others = [recipe for recipe in NINE if recipe != "naive"]
    assert_allclose(gains, [AUC[each] - AUC["naive"] for each in others])
    low, high = axes.get_ylim()
    assert low > AUC["clean"] - AUC["naive"]
    assert high > AUC["multi-head, tuned"] - AUC["naive"]


def test_quality_shows_who_wins():
    (image,) = of(quality, made(*GRID)).axes[6].get_images()
    assert_allclose(image.get_array(), np.outer(np.arange(9) == 8, np.ones(3)))


def test_quality_is_of_raters_that_are_networks():
    """Several people that vote, with more settings, have no accuracy to be shown by."""
    people = [Setting("votes", f"person {n}", np.nan, np.nan, share=0.1 * n) for n in range(1, 6)]
    assert titles(of(quality, comparison([*people, *GRID[:2]]))) == ["rater kept 0.15"]


def test_claims_of_all_sources_are_one_table():
    results = made(*ALL)
    judged = [judge(each.CLAIMS, results, study="noisy_labels") for each in (votes, generated)]
    figure = claims.draw(claims.numbers(judged), STYLE)
    shown = {text.get_text() for text in figure.axes[0].texts}
    assert {claim.title for claim in (*votes.CLAIMS, *generated.CLAIMS)} <= shown


def test_all_recipes_look_different():
    marks = [tuple(mark_look(each).values()) for each in SHOWN]
    lines = [tuple(line_look(each).values()) for each in SHOWN]
    assert len(set(marks)) == len(set(lines)) == len(SHOWN)


def corpus_and_scores():
    """Return test comments of each kind, with one of development and one of unknown groups."""
    label = np.array([1, 1, 0, 0, 0, 1], dtype=np.int8)
    member = np.array([[1, 0, 1, 0, 1, 0]], dtype=bool)
    corpus = xr.Dataset(
        {
            "label": ("comment", np.append([0, 0], label)),
            "member": (("identity", "comment"), np.append([[0, 0]], member, axis=1)),
            "known": ("comment", np.array([1, 1, 1, 1, 1, 1, 1, 0], dtype=bool)),
            "part": ("comment", np.array([1, 0, 3, 3, 3, 3, 2, 3], dtype=np.int8)),
        },
        {"identity": ["women"]},
    )
    score = np.stack([np.arange(6.0), 10 + np.arange(6.0)]).astype(np.float32)
    found = xr.Dataset(
        {"score": (("step", "comment"), score), "chosen": ((), 7)},
        {"step": [0, 7], "comment": np.arange(2, 8)},
    )
    return corpus, found


def test_scores_are_those_of_known_test_comments_at_the_chosen_checkpoint():
    found = scores.numbers(*corpus_and_scores())
    assert found["kind"].values.tolist() == ["D+", "B+", "D-", "B-"]
    assert found["score"].values.tolist() == [10.0, 11.0, 12.0, 13.0]


def test_scores_have_a_density_for_each_kind_that_there_is():
    numbers = scores.numbers(*corpus_and_scores())
    for shown, labels in ((numbers, 4), (numbers.isel(comment=slice(3)), 3)):
        axes = scores.draw(shown, STYLE, "a run").axes[0]
        assert axes.get_title() == "a run"
        assert len(axes.figure.legends[0].get_texts()) == labels


def test_means_over_groups_are_shown_with_the_number_of_groups():
    figure = of(strategies, made(BASE))
    assert [axes.get_xlabel().split("\n")[-1] for axes in figure.axes] == [
        "test comments",
        *["test comments, 3 groups"] * 2,
        "templates, 3 groups",
    ]
    shown = [axes.get_xlabel() for axes in of(trade, without_groups(made(BASE))).axes]
    assert shown == ["bias: mean |negative AEG|, 0 groups"]
