"""Figures of runs on any group: their phases, and all seeds of an experiment together."""

from functools import cache
from importlib import import_module

import numpy as np
import pytest
import xarray as xr

from composition_runs import catalogue
from ontogeny.studies.composition.config import Style
from ontogeny.studies.composition.figures.experiment import seeds
from ontogeny.studies.composition.irreps.stages import analysis, evaluation
from studies.composition.addition.runs import trained

FOUND, GIVEN = [10.0, np.nan, 40.0], (5, 20, 50)
SHADES = {
    "found": [(0.0, 10.0), (10.0, 40.0), (40.0, 40.0)],
    "given": [(0.0, 5.0), (5.0, 20.0), (20.0, 50.0)],
}


@cache
def results():
    """History and progress of a run of 60 steps, with phases of its own."""
    run = trained("mlp")
    given = (run.table, catalogue("C7"), run.checkpoints, run.history)
    found = evaluation(*given, analysis(*given, key_similarity=0.005))
    boundary = found["phase_boundary"].copy(data=FOUND)
    return {"history": run.history, "progress": found.assign(phase_boundary=boundary)}


def shades(axes):
    """Beginning and end of each shade of a panel."""
    return [(x.get_x(), x.get_x() + x.get_width()) for x in axes.patches]


def drawn(figure, numbers, **style):
    before = numbers.copy(deep=True)
    made = figure.draw(numbers, Style(**style), "a title")
    made.canvas.draw()
    xr.testing.assert_identical(numbers, before)
    return made


@pytest.mark.parametrize(
    ("name", "drawn_from", "panels"),
    [
        ("learning", ["history", "progress"], 2),
        ("progress", ["progress"], 4),
        ("losses", ["progress"], 4),
        ("irreps", ["progress"], 4),
        ("hidden", ["progress"], 4),
    ],
)
@pytest.mark.parametrize(("phases", "shown"), [(None, "found"), (GIVEN, "given")])
def test_phases_found_or_given_are_shaded_in_every_panel(name, drawn_from, panels, phases, shown):
    figure = import_module(f"ontogeny.studies.composition.irreps.figures.run.{name}")
    numbers = figure.numbers(*(results()[result] for result in drawn_from))
    np.testing.assert_array_equal(numbers["phase_boundary"], FOUND)
    made = drawn(figure, numbers, phases=phases)
    assert len(made.axes) == panels
    for axes in made.axes:
        assert shades(axes) == SHADES[shown]
        assert axes.get_xlim() == (0, 60)
    labelled = [axes.get_xlabel() == "step [optimiser updates]" for axes in made.axes]
    assert labelled == [False] * (panels - panels // 2) + [True] * (panels // 2)


def of_seeds(count, *, with_phases=True):
    """The same run again and again; from the second on without its last checkpoint."""
    history, found = results()["history"], results()["progress"]
    histories = [history, *[history.isel(step=slice(None, -1))] * (count - 1)]
    return seeds.numbers(histories, [found] * count * with_phases, range(count))


def test_all_seeds_have_lines_and_a_row_of_their_phases():
    numbers = of_seeds(3)
    made = drawn(seeds, numbers)
    above, below, rows = made.axes
    assert len(above.get_lines()) == len(below.get_lines()) == 6
    for axes, name in ((above, "loss"), (below, "accuracy")):
        test = axes.get_lines()[1].get_ydata()
        np.testing.assert_array_equal(test, results()["history"][name].sel(split="test"))
        assert shades(axes) == []
    assert len(shades(rows)) == 9
    assert shades(rows)[:3] == SHADES["found"]
    assert rows.get_xlim() == (0, 60)
    assert made.legends[0].texts[2].get_text() == "cleanup"


@pytest.mark.parametrize(
    ("count", "phases", "shown"), [(1, None, "found"), (1, GIVEN, "given"), (3, GIVEN, "given")]
)
def test_phases_that_all_seeds_share_are_shaded(count, phases, shown):
    made = drawn(seeds, of_seeds(count), phases=phases)
    assert [shades(axes) for axes in made.axes] == [SHADES[shown]] * 2


@pytest.mark.parametrize("count", [1, 3])
def test_seeds_whose_training_pairs_are_unknown_have_lines_of_all_pairs(count):
    history = results()["history"].isel(split=[0]).assign_coords(split=["all"])
    found = results()["progress"].drop_vars("phase_boundary")
    made = drawn(seeds, seeds.numbers([history] * count, [found] * count, range(count)))
    assert [shades(axes) for axes in made.axes] == [[]] * 2


@pytest.mark.parametrize("count", [1, 3])
def test_seeds_without_phases_have_lines_alone(count):
    made = drawn(seeds, of_seeds(count, with_phases=False))
    assert [shades(axes) for axes in made.axes] == [[]] * 2
