"""Figures of several modular-addition runs: seeds, sweeps, the whole study."""

import numpy as np
import pytest
import xarray as xr

from ontogeny.studies.composition.addition.figures.experiment import addition_phases
from ontogeny.studies.composition.addition.figures.study import addition_efficiency
from ontogeny.studies.composition.addition.figures.sweep import addition_schedule
from ontogeny.studies.composition.addition.schedules import SCHEDULE
from ontogeny.studies.composition.config import Style
from studies.composition.addition.drawing import (
    lines,
    run,
    shades,
)

# All seeds of an experiment


@pytest.mark.parametrize(
    ("boundary", "expected"),
    [
        ([10, 20, 40], [0, 0.5, 1, 2, 3, 4]),
        ([10, 20, 80], [0, 0.5, 1, 2, 2 + 1 / 3, 3]),
        ([10, np.nan, np.nan], [0, 0.5, 1, 1 + 1 / 7, 1 + 3 / 7, 2]),
        ([np.nan, 20, 40], [0, 0.5, 1, 2, 3, 4]),
        ([np.nan, np.nan, np.nan], [0, 1 / 16, 1 / 8, 1 / 4, 1 / 2, 1]),
    ],
)
def test_every_phase_has_unit_length(boundary, expected):
    step = np.array([0, 5, 10, 20, 40, 80])
    found = addition_phases.phases_passed(step, np.array(boundary, dtype=float))
    np.testing.assert_allclose(found, expected, rtol=1e-12)


def seeds_of_two_runs():
    """The same run twice; the second has other phases and lacks the last checkpoint."""
    first = run("transformer").evaluation
    boundary = first["phase_boundary"]
    first = first.assign(phase_boundary=boundary.copy(data=[10.0, 20.0, 40.0]))
    second = first.assign(phase_boundary=boundary.copy(data=[20.0, np.nan, np.nan]))
    return [first, second.isel(step=slice(None, -1))]


def test_curves_of_all_seeds_meet_where_their_phases_end():
    runs = seeds_of_two_runs()
    numbers = addition_phases.numbers(runs, [3, 7], Style())
    before = numbers.copy(deep=True)
    drawn_phases = addition_phases.draw(numbers, Style(), "an experiment")
    drawn_phases.canvas.draw()
    xr.testing.assert_identical(numbers, before)
    for variable in numbers.variables.values():
        assert {"long_name", "units"} <= set(variable.attrs)
    train, test, accuracy, *_ = drawn_phases.axes
    shown = lines(test)
    for seed, given in zip("37", runs, strict=True):
        expected = given["loss"].sel(split="test")
        np.testing.assert_array_equal(shown[seed][:, 1], expected)
    np.testing.assert_array_equal(
        train.get_lines()[0].get_ydata(), runs[0]["loss"].sel(split="train")
    )
    found = [line.get_ydata() for line in accuracy.get_lines() if len(line.get_xdata()) > 1]
    for given, split, values in zip(
        np.repeat([0, 1], 2), ("train", "test") * 2, found, strict=True
    ):
        np.testing.assert_array_equal(values, runs[given]["accuracy"].sel(split=split))
    at = dict(zip(runs[0]["step"].values.tolist(), shown["3"][:, 0], strict=True))
    assert [at[0], at[10], at[20], at[40], at[60]] == [0, 1, 2, 3, 4]
    assert shown["7"][-1, 0] == 2
    assert len(drawn_phases.axes) == 6
    for axes in drawn_phases.axes:
        assert axes.get_xlim() == (0, 4)
        assert [patch.get_x() for patch in axes.patches] == [0, 1, 2]


def test_the_cost_of_memorising_is_of_runs_that_differ_in_data_alone():
    rows = {  # labels, architecture, decay, modulus, l1, accuracy
        "learned": ("product", "transformer", 1.0, 11, 0.0, 1.0),
        "not learned": ("product", "transformer", 1.0, 11, 0.0, 0.4),
        "random": ("random", "transformer", 1.0, 11, 0.0, 0.1),
        "other modulus": ("product", "transformer", 1.0, 13, 0.0, 1.0),
        "other decay": ("product", "transformer", 3.0, 11, 0.0, 1.0),
        "penalty": ("product", "transformer", 1.0, 11, 0.1, 1.0),
        "other network": ("random", "mlp", 1.0, 11, 0.0, 0.1),
        "difference": ("difference", "transformer", 1.0, 11, 0.0, 1.0),
    }
    names = ("labels", "architecture", "weight_decay", "modulus_of_run", "l1", "test_accuracy")
    about = {"long_name": "something", "units": "1"}
    columns = {
        name: ("run", np.array(values, dtype=object if isinstance(values[0], str) else float))
        for name, values in zip(names, zip(*rows.values(), strict=True), strict=True)
    }
    count = np.arange(float(len(rows)))
    for name in ("training_pairs", "weight_norm", "whole_efficiency", "whole_logit_margin"):
        columns[name] = ("run", 10 * len(columns) + count, about)
    columns["training_loss"] = ("run", np.array(["exact"] * len(rows), dtype=object))
    columns |= {"dropout": ("run", 0 * count), "decay_change": ("run", np.nan * count)}
    given = xr.Dataset(columns).set_coords("modulus_of_run")
    numbers = addition_efficiency.numbers(given)
    np.testing.assert_array_equal(numbers["weight_norm"], given["weight_norm"][:3])
    made = addition_efficiency.draw(numbers, Style())
    made.canvas.draw()
    for axes, (x, y) in zip(
        made.axes,
        [("training_pairs", "weight_norm"), ("training_pairs", "whole_efficiency"),
         ("weight_norm", "whole_logit_margin")],
        strict=True,
    ):  # fmt: skip
        shown = [np.asarray(marks.get_offsets())[0] for marks in axes.collections]
        np.testing.assert_array_equal(shown, np.stack([numbers[x], numbers[y]], axis=1))
    entries = [text.get_text() for text in made.legends[0].get_texts()]
    assert entries == [
        "p = 11.0: sums, generalised",
        "p = 11.0: sums, not generalised",
        "p = 11.0: random answers",
    ]


def test_phases_that_are_given_are_passed_by_all_seeds_at_once():
    runs, style = seeds_of_two_runs(), Style(phases=(10, 20, 60))
    numbers = addition_phases.numbers(runs, [3, 7], style)
    passed = numbers["phases_passed"].sel(step=[0, 10, 20, 40]).values
    np.testing.assert_allclose(passed, [[0, 1, 2, 2.5]] * 2)
    np.testing.assert_array_equal(
        numbers["phase_boundary"], [run["phase_boundary"] for run in runs]
    )


# Sweeps over the schedule of the weight decay

CHANGED = '[{"step": 10, "weight_decay": 0}, {"step": 35, "weight_decay": 0.5}]'


def schedule(seeds, schedules=("[]", CHANGED)):
    """A run without and one with changes for each seed; the second lacks the last checkpoint."""
    first = seeds_of_two_runs()
    runs = [{"schedule": text, "seed": seed} for text in schedules for seed in seeds]
    measures = [first[schedules.index(each["schedule"])] for each in runs]
    return addition_schedule.numbers(measures, runs)


def drawn_schedule(numbers, **style):
    before = numbers.copy(deep=True)
    made = addition_schedule.draw(numbers, Style(**style), "a sweep")
    made.canvas.draw()
    xr.testing.assert_identical(numbers, before)
    return made


def test_changes_of_the_weight_decay_are_said_and_marked():
    numbers = schedule([0])
    for variable in numbers.variables.values():
        assert {"long_name", "units"} <= set(variable.attrs)
    made = drawn_schedule(numbers)
    losses, weights, restricted, excluded = made.axes
    without, changed = seeds_of_two_runs()
    shown = lines(losses)
    about = "0 from step 10, 0.5 from step 35"
    np.testing.assert_array_equal(shown["no change"][:, 1], without["loss"].sel(split="test"))
    np.testing.assert_array_equal(shown[about][:, 1], changed["loss"].sel(split="test"))
    np.testing.assert_array_equal(weights.get_lines()[0].get_ydata(), without["squared_weights"])
    paper = addition_phases.paper_losses(without)
    for axes, name in ((restricted, "restricted_wave_loss"), (excluded, "excluded_wave_loss")):
        np.testing.assert_array_equal(axes.get_lines()[0].get_ydata(), paper[name])
    for axes in made.axes:
        upright = [line for line in axes.get_lines() if line.get_linestyle() == ":"]
        assert [line.get_xdata()[0] for line in upright] == [10, 35]
        assert {line.get_color() for line in upright} == {axes.get_lines()[-1].get_color()}
        assert shades(axes) == [(0.0, 10.0), (10.0, 20.0), (20.0, 40.0)]


def test_phases_of_a_sweep_are_those_of_the_one_run_without_a_change():
    backwards = schedule([0], schedules=(CHANGED, "[]"))
    assert backwards[SCHEDULE].values.tolist() == [CHANGED, "[]"]
    assert shades(drawn_schedule(backwards).axes[0])[0] == (0.0, 20.0)
    several = schedule([3, 7])
    assert several.sizes[SCHEDULE] == several.sizes["seed"] == 2
    assert shades(drawn_schedule(several).axes[0]) == []
    never = schedule([0], schedules=(CHANGED, CHANGED.replace("35", "40")))
    assert shades(drawn_schedule(never).axes[0]) == []
    for numbers in (several, never):
        given = drawn_schedule(numbers, phases=(5, 20, 50))
        assert shades(given.axes[0]) == [(0.0, 5.0), (5.0, 20.0), (20.0, 50.0)]
