"""Every figure of networks on a mixture: it can be drawn, and shows what it says."""

from functools import cache

import numpy as np
import pytest
from numpy.testing import assert_allclose

from ontogeny.claims import judge
from ontogeny.config import Style
from ontogeny.studies.surprise.claims.mixture import CLAIMS
from ontogeny.studies.surprise.figures.study import (
    bias,
    claims,
    metrics,
    mixture_abilities,
    mixture_forecast,
)
from surprise_runs import TASKS, WIDTHS, mixture_family, mixture_run, scaling_of

STYLE = Style(width=6.0, resolution=60)
MODULES = (bias, metrics, mixture_abilities, mixture_forecast)


@cache
def many():
    """Return two seeds, their control, and another depth."""
    runs = [run for seed in range(2) for run in mixture_family(seed)]
    runs += mixture_family(widths=(16, 32), experiment="long", steps=12_000)
    return scaling_of([*runs, mixture_run(32, experiment="deep", layers=4)])


@cache
def few():
    """Return a family of two sizes."""
    return scaling_of(mixture_family(widths=WIDTHS[:2]))


@cache
def single():
    """Return a single network, which is not a family of several sizes."""
    return scaling_of([mixture_run(32)])


@cache
def lost():
    """Return a family whose networks all diverged."""
    return scaling_of([mixture_run(width, ends_at=10) for width in WIDTHS])


@cache
def partly_lost():
    """Return two seeds with too few networks left to predict a larger one."""
    runs = mixture_family(0, widths=WIDTHS[:3])
    runs += [mixture_run(width, 0, ends_at=10) for width in WIDTHS[3:]]
    return scaling_of([*runs, *(mixture_run(width, 1, ends_at=10) for width in WIDTHS)])


def words(figure):
    """Return all that is written in the panels of a figure."""
    return " ".join(text.get_text() for axes in figure.axes for text in axes.texts)


def of(module, found):
    figure = module.draw(module.numbers(found), STYLE)
    figure.canvas.draw()
    return figure


def lines(axes):
    return [line for line in axes.get_lines() if len(line.get_xdata()) > 2]


def dots(axes, marker="o"):
    """Return the points of all marks without a line between them."""
    found = [
        line.get_xydata()
        for line in axes.get_lines()
        if line.get_marker() == marker and line.get_linestyle() == "None"
    ]
    points = np.concatenate(found)
    return points[np.isfinite(points).all(axis=1)]


@pytest.mark.parametrize("module", MODULES)
@pytest.mark.parametrize("make", [many, few, single])
def test_it_can_be_drawn_of_many_families_of_few_and_of_none(module, make):
    assert of(module, make()).axes


@pytest.mark.parametrize("module", MODULES)
def test_where_all_networks_diverged_it_says_so(module):
    assert "nothing to draw" in words(of(module, lost()))


@pytest.mark.parametrize("module", MODULES)
def test_it_is_drawn_of_the_networks_that_are_left(module):
    assert "nothing to draw" not in words(of(module, partly_lost()))


def test_empty_panels_of_forecasts_say_why():
    for axes in of(mixture_forecast, partly_lost()).axes:
        assert "too few networks" in axes.texts[0].get_text()


@pytest.mark.parametrize("module", [bias, metrics, mixture_abilities])
def test_the_control_is_shown_and_other_depths_are_not(module):
    settings = set(module.numbers(many())["setting_of_family"].values)
    assert settings == {"mixture", "long"}


def test_loss_and_abilities_are_of_the_same_networks():
    figure = of(mixture_abilities, many())
    text, *tasks = figure.axes
    seen = many().sel(family=["mixture, seed 0", "mixture, seed 1"], shots="most")
    for axes in (text, *tasks):
        drawn = dots(axes)
        assert set(drawn[:, 0]) == set(seen["parameters"].values.ravel())
    assert len(tasks) == len(TASKS)
    titles = [axes.get_title().split(",")[0] for axes in tasks]
    gains = seen["gain"].mean("family").sel(task=titles).values
    assert (np.diff(gains) <= 0).all()
    for axes, task in zip(tasks, titles, strict=True):
        for family in seen["family"].values:
            exact = seen["exact"].sel(task=task, family=family).values
            assert set(exact) <= set(dots(axes)[:, 1])


def test_the_gain_stands_above_its_panel():
    figure = of(mixture_abilities, many())
    gain = many()["gain"].sel(task="reverse").isel(family=slice(2)).mean()
    (title,) = [a.get_title() for a in figure.axes if a.get_title().startswith("reverse")]
    assert title == f"reverse, 6 characters\n×2 in size: up to {float(gain):+.2f}"


def test_forecasts_of_abilities_lie_over_what_was_seen():
    _, abilities, tasks = of(mixture_forecast, many()).axes
    families = many().isel(family=slice(2))
    triangles = dots(abilities, "^")
    expected = families["ability_forecast"].sel(forecaster="as-last-seen")
    assert_allclose(np.sort(triangles[:, 1]), np.sort(expected.values.ravel()))
    assert_allclose(np.sort(triangles[:, 0]), np.sort(families["ability_seen"].values.ravel()))
    bars = [patch.get_width() for patch in tasks.patches]
    assert_allclose(bars, np.sort(families["largest_miss"].mean("family").values))


def test_the_loss_is_drawn_by_how_far_it_was_predicted():
    loss = of(mixture_forecast, many()).axes[0]
    families = many().isel(family=slice(2))
    points = dots(loss)
    sizes = families["parameters"].values[0]
    for cut, target in ((4, 5), (8, 8)):
        miss = families["loss_miss"].sel(law="power", cut=cut).isel(width=target).values[0]
        place = np.argmin(np.abs(points[:, 1] - miss))
        assert_allclose(points[place], [sizes[target] / sizes[cut - 1], miss])


def test_metrics_have_a_row_each_and_a_column_for_each_task():
    figure = of(metrics, many())
    assert len(figure.axes) == 5 * len(TASKS)
    titles = [axes.get_title() for axes in figure.axes[: len(TASKS)]]
    assert titles == list(TASKS)
    labels = [axes.get_ylabel() for axes in figure.axes[:: len(TASKS)]]
    assert labels[0] == "exact match"
    assert "loss" in labels[-1]
    last = figure.axes[4 * len(TASKS) + titles.index("sort")]
    loss = many()["answer_loss"].sel(task="sort", shots="most", family="mixture, seed 1")
    assert set(loss.values) <= set(dots(last)[:, 1])


def test_the_bayes_rule_is_drawn_for_each_prompt():
    panel = of(bias, many()).axes[0]
    levels = [line.get_ydata()[0] for line in panel.get_lines() if line.get_linestyle() == "--"]
    assert levels == [2.2, 1.0]


def test_probes_show_the_share_of_seeds():
    panel = of(bias, many()).axes[1]
    (image,) = panel.get_images()
    expected = many()["elicited"].isel(family=slice(2)).mean("family").transpose("probe", "width")
    assert_allclose(image.get_array(), expected)
    assert [label.get_text() for label in panel.get_yticklabels()] == ["longer-copy *", "composed"]


def test_claims_of_all_kinds_of_worlds_are_one_table():
    judged = judge(CLAIMS, many(), study="surprise")
    numbers = claims.numbers([judged.isel(claim=slice(2)), judged.isel(claim=slice(2, None))])
    assert list(numbers["claim"].values) == [claim.name for claim in CLAIMS]
    figure = claims.draw(numbers, STYLE)
    shown = [text.get_text() for text in figure.axes[0].texts]
    assert {claim.title for claim in CLAIMS} <= set(shown)
