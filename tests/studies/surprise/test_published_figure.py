"""The figure of published models: it can be drawn of any worlds, and shows what it says."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from ontogeny.config import Style
from ontogeny.studies.surprise.figures.study.published import draw, numbers
from ontogeny.studies.surprise.stages.published_scaling import published_scaling
from published_models import SIZES, long_world, real, scaled, stored

STYLE = Style(width=6.0, resolution=60)
LOSS, ABILITIES, AVERAGE, COMPUTE, REFERENCE = range(5)


def drawn(found):
    figure = draw(numbers(found), STYLE)
    figure.canvas.draw()
    return figure


def line(axes, *, style, place=0):
    return [each for each in axes.get_lines() if each.get_linestyle() == style][place]


def legend(axes):
    return [text.get_text() for text in axes.get_legend().get_texts()]


@pytest.mark.parametrize(
    ("names", "empty"),
    [
        ((), []),
        (("long",), [ABILITIES, COMPUTE]),
        (("wide",), [LOSS, AVERAGE]),
        (("points",), [LOSS, ABILITIES, AVERAGE, COMPUTE]),
    ],
)
def test_it_can_be_drawn_and_says_what_no_world_has(names, empty):
    axes = drawn(scaled(*names)).axes
    said = [place for place, each in enumerate(axes) if each.texts]
    assert said == empty
    assert all("in no published world" in axes[place].texts[0].get_text() for place in said)


def test_losses_and_their_forecasts_are_those_of_the_results():
    found, axes = scaled(), drawn(scaled()).axes[LOSS]
    family = found.sel(family="long, plain")
    assert_array_equal(line(axes, style="None").get_ydata(), family["loss"])
    predicted = line(axes, style="--").get_ydata()
    assert np.isnan(predicted[:4]).all()
    assert_allclose(predicted[4], family["loss"].values[4], rtol=1e-4)
    assert axes.get_title() == "loss: missed by at most 0 %"
    assert legend(axes) == ["long, plain", "predicted"]


def test_a_single_size_beyond_the_cut_is_visible():
    axes = drawn(scaled("long")).axes
    for place, style in ((LOSS, "--"), (AVERAGE, "--")):
        forecast = line(axes[place], style=style)
        assert np.isfinite(forecast.get_ydata()).sum() == 1
        assert forecast.get_marker() != "None"
        assert forecast.get_markersize() > 4


def test_where_no_size_is_beyond_a_cut_nothing_is_said_of_forecasts():
    four = dict([*SIZES.items()][:4])
    specs = {"few": long_world(table={"parameters": four}, abilities={"quiz": 0})}
    axes = drawn(published_scaling(specs, stored(specs))).axes
    said = [each.get_title() for each in axes] + [
        entry for each in axes if each.get_legend() for entry in legend(each)
    ]
    assert not any("nan" in text or "predicted" in text or "forecast" in text for text in said)
    assert legend(axes[LOSS]) == ["few, plain"]
    assert axes[ABILITIES].get_title() == "abilities"


def test_the_forecast_of_an_ability_is_the_nearest_one():
    found = scaled().sel(family="wide, hare", task="addition")
    axes = drawn(scaled()).axes[ABILITIES]
    predicted = line(axes, style="--").get_ydata()
    distance = np.abs(predicted - found["score"].values)
    assert_allclose(distance, found["unforeseen"].sel(cut=4))
    assert np.isfinite(distance[4:]).all()
    assert axes.get_title() == f"abilities: missed by up to {np.nanmax(distance):.2f}"


def test_what_the_forecasts_are_made_from_is_shaded():
    axes = drawn(scaled()).axes[LOSS]
    (shade,) = axes.patches
    sizes = scaled()["parameters"].sel(family="long, plain").values
    inside = (sizes > shade.get_x()) & (sizes < shade.get_x() + shade.get_width())
    assert inside.tolist() == [True] * 4 + [False] * 2


def test_the_mean_is_of_the_tasks_that_are_averaged():
    axes = drawn(scaled()).axes[AVERAGE]
    mean = line(axes, style="-", place=-1).get_ydata()
    tasks = [each.get_ydata() for each in axes.get_lines()[:2]]
    assert_allclose(mean[:5], np.mean(tasks, axis=0)[:5])
    assert axes.get_title().startswith("mean of 2 tasks:")


def test_scores_given_compute_have_their_curve_and_its_residual():
    found, axes = scaled(), drawn(scaled()).axes
    curve = line(axes[COMPUTE], style="-")
    assert (np.diff(curve.get_xdata()) >= 0).all()
    assert (np.diff(curve.get_ydata()) >= 0).all()
    world = found.sel(world="wide", task="addition")
    assert legend(axes[COMPUTE]) == [f"addition  ±{world['residual'].item():.2f}"]
    assert legend(axes[REFERENCE]) == [f"MMLU  ±{world['reference_residual'].item():.2f}"]


def test_it_can_be_drawn_of_the_real_tables():
    found = real()
    if found is None:
        pytest.skip("needs the published tables")
    figure = drawn(found)
    assert not any(axes.texts for axes in figure.axes)
    assert legend(figure.axes[REFERENCE]) == ["MMLU  ±0.06"]
