"""Figures of parity: they can be drawn of much and of little, and show what they say."""

import numpy as np
import pytest
from matplotlib.collections import LineCollection
from numpy.testing import assert_allclose

from ontogeny.config import Style
from ontogeny.studies.surprise.figures.run import learning
from ontogeny.studies.surprise.figures.study import (
    parity_abilities,
    parity_forecast,
    parity_laws,
    parity_order,
)
from parity_runs import WIDTHS, family, scaling

STYLE = Style(width=6.0, resolution=60)
OF_STUDY = (parity_laws, parity_abilities, parity_order, parity_forecast)


@pytest.fixture(scope="module")
def many():
    return scaling(
        *(family(seed=seed) for seed in range(3)),
        family("long", steps=16000, widths=WIDTHS[::2]),
        *(family(f"tail {a}", tasks=100, alpha=a, world=f"tail {a}") for a in (0.2, 0.8)),
        family("few", widths=WIDTHS[:2]),
        family("lost", diverged=WIDTHS),
    )


def of(module, found):
    drawn = module.draw(module.numbers(found), STYLE)
    drawn.canvas.draw()
    return drawn


def dots(axes, markers="o"):
    """Return all that is drawn as dots, as pairs of numbers."""
    found = [line.get_xydata() for line in axes.get_lines() if line.get_marker() in [*markers]]
    each = np.concatenate(found)
    return each[np.isfinite(each).all(axis=1)]


@pytest.mark.parametrize("module", OF_STUDY)
def test_it_can_be_drawn_of_many_families(many, module):
    assert of(module, many).axes


@pytest.mark.parametrize("module", OF_STUDY[:3])
@pytest.mark.parametrize(
    "runs", [family(widths=(16, 64)), family(widths=(16, 32, 64, 128)), family(diverged=WIDTHS[2:])]
)
def test_it_can_be_drawn_of_one_small_family(module, runs):
    assert of(module, scaling(runs)).axes


def test_it_can_be_drawn_where_nothing_is_learned():
    runs = family(slope=-3.0)
    for module in OF_STUDY:
        assert of(module, scaling(runs)).axes


def words(axes):
    return " ".join(text.get_text() for text in axes.texts)


@pytest.mark.parametrize("module", OF_STUDY)
def test_where_all_networks_diverged_it_says_so(module):
    (axes,) = of(module, scaling(family(diverged=WIDTHS))).axes
    assert "nothing to draw" in words(axes)


def test_the_band_for_a_single_larger_size_is_seen():
    found = scaling(*(family(seed=seed, widths=WIDTHS[:5]) for seed in (0, 1)))
    (lines,) = [
        each
        for each in of(parity_forecast, found).axes[0].collections
        if isinstance(each, LineCollection)
    ]
    (bar,) = [bar for bar in lines.get_segments() if bar.size]
    assert_allclose(bar[:, 1], found["band"].sel(law="power")[0, 0, -1])


def test_empty_panels_of_forecasts_say_why():
    _, loss, ability, miss = of(parity_forecast, scaling(family(diverged=WIDTHS[3:]))).axes
    assert "too few networks" in words(loss)
    assert "no task was at the floor" in words(ability)
    assert "no task was at the floor" in words(miss)


@pytest.mark.parametrize("slope", [1.0, 9.0])
def test_tasks_that_no_network_learns_are_in_the_legend_where_there_are_some(slope):
    found = scaling(family(slope=slope))
    (legend,) = of(parity_abilities, found).legends
    said = [each.get_text() for each in legend.get_texts()]
    assert ("tasks learned by no network" in said) == bool(np.isinf(found["learned_width"]).any())
    assert "guessing" in said


def test_a_narrow_range_of_losses_has_several_ticks():
    axes = of(parity_laws, scaling(family(widths=(16, 18, 20, 22)))).axes[0]
    assert len(axes.get_yticks()) > 2


def test_all_networks_are_in_the_law(many):
    shown = dots(of(parity_laws, many).axes[0])
    assert len(shown) == int(many["loss"].notnull().sum())


def test_loss_and_abilities_are_of_the_same_networks(many):
    loss, abilities, _ = of(parity_abilities, many).axes
    parity = many.isel(family=slice(3))
    assert_allclose(np.unique(dots(loss)[:, 0]), many["parameters"][0])
    assert len(dots(loss)) == 3 * len(WIDTHS)
    learned = np.isfinite(parity["learned_width"][0, :64]).sum()
    assert len(dots(abilities)) == int(learned) * len(WIDTHS)
    assert loss.get_xlim() == abilities.get_xlim()


def test_the_order_has_a_dot_for_each_seed_and_task(many):
    assert len(dots(of(parity_order, many).axes[0])) == 3 * 64


def test_losses_predicted_are_beside_those_seen(many):
    shown = dots(of(parity_forecast, many).axes[1], "os")
    parity = many.isel(family=slice(3)).sel(law=["power", "offset"])
    assert len(shown) == int(parity["loss_forecast"].notnull().sum())
    errors = shown[:, 1] / shown[:, 0] - 1
    expected = parity["loss_miss"].values.ravel()
    assert_allclose(np.sort(errors), np.sort(expected[~np.isnan(expected)]), rtol=1e-9)


def test_learning_has_a_curve_for_each_task():
    evaluation = family(widths=(192,))[0].results["evaluation"]
    drawn = learning.draw(learning.numbers(evaluation), STYLE, "a run")
    drawn.canvas.draw()
    axes = drawn.axes[0]
    curves = [line for line in axes.get_lines() if len(line.get_xdata()) == 5]
    assert len(curves) == 64
    assert_allclose(curves[-1].get_ydata(), evaluation["task_accuracy"].isel(task=0))
    assert axes.get_title() == "a run"
