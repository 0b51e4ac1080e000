"""Every figure of modular-addition runs: it shows what is stored, whatever is missing."""

from functools import cache
from importlib import import_module

import numpy as np
import pytest
import xarray as xr

from ontogeny.studies.composition.addition.figures.experiment import (
    addition_phases,
)
from ontogeny.studies.composition.addition.figures.study import (
    addition_efficiency,
)
from ontogeny.studies.composition.addition.figures.sweep import (
    addition_schedule,
)
from ontogeny.studies.composition.addition.schedules import SCHEDULE
from ontogeny.studies.composition.config import Style
from ontogeny.studies.composition.section import Figures
from studies.composition.addition.runs import RUNS, right, trained

FIGURES = "ontogeny.studies.composition.addition.figures.run"
OVER_STEPS = [
    "progress",
    "measures",
    "key_losses",
    "norms",
    "followups",
]
OF_LAST = [
    "spectra",
    "attention",
    "neurons",
    "logits",
    "readout",
    "ablations",
    "removal",
    "algorithms",
]


@cache
def run(name):
    """A run by name; `right` knows its final checkpoint and has key frequencies."""
    return right() if name == "right" else trained(name)


def dataset_for(name, of):
    """What a figure is drawn from."""
    return getattr(run(of), "evaluation" if name in OVER_STEPS else "analysis")


def module(name):
    return import_module(f"{FIGURES}.addition_{name}")


def drawn(name, given, **style):
    """A figure, drawn as when it is saved, and its numbers."""
    figure = module(name)
    numbers = figure.numbers(given)
    before = numbers.copy(deep=True)
    made = figure.draw(numbers, Style(**style), "a title")
    made.canvas.draw()
    xr.testing.assert_identical(numbers, before)
    return made, numbers


def lines(axes):
    """The lines of a panel, by label."""
    return {line.get_label(): line.get_xydata() for line in axes.get_lines()}


def shades(axes):
    """Beginning and end of each shade of a panel."""
    return [(x.get_x(), x.get_x() + x.get_width()) for x in axes.patches]


CASES = [
    (name, of)
    for name in OVER_STEPS + OF_LAST
    for of in [*RUNS, "right"]
    if name != "attention" or "transformer" in of
]


@pytest.mark.parametrize(("name", "of"), CASES)
def test_figures_are_drawn_and_their_numbers_are_those_stored(name, of):
    given = dataset_for(name, of)
    made, numbers = drawn(name, given)
    assert made.get_suptitle() == "a title"
    assert all(axes.has_data() for axes in made.axes)
    for variable in numbers.variables.values():
        assert {"long_name", "units"} <= set(variable.attrs)
    stored = np.concatenate([values.values.ravel() for values in numeric(given)])
    for values in numeric(numbers):
        shown = values.values[~np.isnan(values.values)]
        assert np.isin(shown, stored).all(), values.name


def numeric(given):
    return [values for values in given.data_vars.values() if values.dtype != object]


@pytest.mark.parametrize("name", OVER_STEPS)
@pytest.mark.parametrize("log_steps", [True, False])
def test_phases_are_shaded_in_every_panel_over_steps(name, log_steps):
    given = run("transformer").evaluation
    given = given.assign(phase_boundary=given["phase_boundary"].copy(data=[10.0, np.nan, 40.0]))
    made, _ = drawn(name, given, log_steps=log_steps)
    over_steps = [axes for axes in made.axes if axes.get_xlim() == (0.0, 60.0)]
    assert over_steps
    for axes in over_steps:
        assert shades(axes) == [(0.0, 10.0), (10.0, 40.0), (40.0, 40.0)]
    assert any(axes.get_xlabel() == "step [optimiser updates]" for axes in over_steps)


@pytest.mark.parametrize("name", OVER_STEPS)
def test_phases_of_the_style_stand_in_place_of_those_found(name):
    given = run("transformer").evaluation
    found = given["phase_boundary"].copy(data=[10.0, np.nan, 40.0])
    made, numbers = drawn(name, given.assign(phase_boundary=found), phases=(5, 20, 50))
    over_steps = [axes for axes in made.axes if axes.get_xlim() == (0.0, 60.0)]
    assert over_steps
    for axes in over_steps:
        assert shades(axes) == [(0.0, 5.0), (5.0, 20.0), (20.0, 50.0)]
    xr.testing.assert_identical(numbers["phase_boundary"], found)


@pytest.mark.parametrize("name", OVER_STEPS + OF_LAST)
def test_a_figure_has_a_style_and_a_width(name):
    assert f"addition_{name}" in Figures.model_fields
    narrow, wide = (
        drawn(name, dataset_for(name, "transformer"), width=width)[0] for width in (6, 12)
    )
    assert wide.get_figwidth() == pytest.approx(2 * narrow.get_figwidth())


def test_progress_shows_the_numbers_of_the_paper():
    given = run("right").evaluation
    made, _ = drawn("progress", given)
    losses, accuracies, sparsity, weights = made.axes
    shown = lines(losses)
    assert (
        set(shown)
        == {"train", "test", "restricted wave", "excluded wave"}
        == set(lines(accuracies))
    )
    expected = given["restricted_wave_loss"].sel(place="logits", width="sum", split="all")
    np.testing.assert_array_equal(shown["restricted wave"][:, 1], expected)
    np.testing.assert_array_equal(shown["excluded wave"][:, 1], given["excluded_wave_loss"][:, 0])
    gini = given["spectrum_gini"].sel(matrix="unembedding", spectrum="waves")
    np.testing.assert_array_equal(lines(sparsity)["unembedding"][:, 1], gini)
    assert lines(weights)["all parameters"][-1].tolist() == [60, given["squared_weights"][-1]]


def test_every_form_of_both_losses_is_shown():
    given = run("transformer").evaluation
    restricted, excluded, ratio, _ = drawn("measures", given)[0].axes
    shown = [line.get_ydata() for line in restricted.get_lines() if len(line.get_xdata()) > 1]
    expected = given["restricted_wave_loss"].sel(split="all").values
    assert sorted(map(tuple, shown[1:])) == sorted(map(tuple, expected.reshape(len(expected), 6).T))
    np.testing.assert_array_equal(
        lines(excluded)["without cubes"][:, 1], given["excluded_wave_loss"][:, 2]
    )
    np.testing.assert_array_equal(
        ratio.get_lines()[0].get_ydata(), given["test_over_restricted_wave_loss"]
    )


def test_key_frequencies_are_coloured_and_the_rest_is_grey():
    given = run("right").evaluation
    losses, accuracies, amplitudes, _ = drawn("key_losses", given)[0].axes
    assert set(lines(accuracies)) == {"k = 2", "k = 5", "k = 9", "train, whole"}
    shown = lines(amplitudes)
    np.testing.assert_array_equal(shown["k = 5"][:, 1], given["cube_amplitude"].sel(frequency=5))
    colours = [line.get_color() for line in losses.get_lines()]
    assert colours.count("#bbbbbb") == given.sizes["frequency"] - 3
    assert len(set(colours)) == 5


@pytest.mark.parametrize(("of", "embeddings"), [("transformer", 1), ("mlp", 2)])
def test_an_embedding_that_both_sides_share_is_drawn_once(of, embeddings):
    norms = drawn("norms", run(of).evaluation)[0]
    assert len(norms.axes) == embeddings + 3
    sparsity = drawn("measures", run(of).evaluation)[0].axes[3]
    assert ("embedding" in lines(sparsity)) == (embeddings == 1)
    assert ("right embedding" in lines(sparsity)) == (embeddings == 2)


def test_followups_show_each_circuit():
    given = run("right").evaluation
    _, efficiency, trade, *_, spikes = drawn("followups", given)[0].axes
    assert set(lines(efficiency)) == {"whole", "generalising", "memorising"}
    path = lines(trade)["generalising"]
    np.testing.assert_array_equal(path[:, 0], given["weight_norm"])
    np.testing.assert_array_equal(path[:, 1], given["logit_norm"].sel(circuit="generalising"))
    assert spikes.get_ylim()[1] >= 1


def test_spectra_have_one_bar_for_each_wave_and_a_row_for_each_rule():
    given = run("right").analysis
    left, right_, unembedding, choices = drawn("spectra", given)[0].axes
    heights = [bar.get_height() for bar in unembedding.patches]
    np.testing.assert_array_equal(np.sort(heights), np.sort(given["unembedding_norm"]))
    assert len(left.patches) == len(right_.patches) == given.sizes["entry"]
    (points,) = choices.get_lines()
    assert len(points.get_xdata()) == given["key_by_rule"].sum()
    assert [int(tick) for tick in choices.get_xticks()] == [2, 5, 9]
    assert choices.get_yticklabels()[0].get_text() == "gap"
    assert f"{float(given['key_margin']):.2f}" in choices.get_title(loc="right")


def test_every_head_has_a_column():
    given = run("transformer").analysis
    axes = drawn("attention", given)[0].axes
    images = [each.images[0].get_array() for each in axes if each.images and each.get_title()]
    np.testing.assert_array_equal(images, given["attention_to_left"])
    k = given["attention_frequency"].values
    assert [each.get_title().split(",")[0] for each in axes[:2]] == [
        f"head {head}: k = {k[head]}" for head in (0, 1)
    ]


def test_neurons_are_counted_by_their_frequency():
    given = run("right").analysis
    best, size, sums, *examples = drawn("neurons", given)[0].axes
    assert [bar.get_width() for bar in size.patches] == [16, 16, 16, 0]
    assert sum(bar.get_height() for bar in best.patches) == 48
    assert sum(len(points.get_xdata()) for points in sums.get_lines()) == 48
    assert len(examples) == 12
    shown = [each.images[0].get_array() for each in examples]
    np.testing.assert_array_equal(shown, given["example_activation"][:12])


def test_the_constant_is_left_out_of_the_transforms():
    given = run("right").analysis
    neurons, logits, amplitudes, shares, *_ = drawn("logits", given)[0].axes
    for axes, name in ((neurons, "neuron"), (logits, "logit")):
        image = axes.images[0].get_array()
        assert np.ma.getmaskarray(image)[0, 0] or np.isnan(image[0, 0])
        norms = given[f"{name}_transform_norm"].values
        np.testing.assert_array_equal(image[1:], norms[1:])
    colours = [bar.get_facecolor() for bar in amplitudes.patches]
    assert len(set(colours)) == 4
    assert [text.get_text() for text in shares.texts] == ["100.00%"] * 3


def test_the_readout_is_that_of_the_key_frequencies_by_neuron():
    given = run("right").analysis
    made, numbers = drawn("readout", given)
    shares, products, _, components, _ = made.axes
    heights = [bar.get_height() for bar in shares.patches]
    chosen = given["direction_fve"].sel(frequency=[2, 5, 9]).values
    np.testing.assert_array_equal(heights, chosen.ravel())
    values = lines(products)["sin sin"][:, 1]
    expected = given["direction_product"].sel(wave="cos", product_wave="sin sin")
    np.testing.assert_array_equal(values, expected.sel(frequency=[2, 5, 9]))
    assert numbers["frequency_of_entry"].values.tolist() == [2, 2, 5, 5, 9, 9]
    image = components.images[0].get_array()
    shown = np.abs(image) > 1e-3 * np.abs(image).max()
    own = np.equal.outer(numbers["frequency_of_entry"].values, numbers["neuron_frequency"].values)
    assert not (shown & ~own).any()
    assert (np.diff(numbers["neuron_frequency"]) >= 0).all()


def test_bars_of_ablations_end_at_their_losses():
    given = run("transformer").analysis
    (axes,) = drawn("ablations", given)[0].axes
    ends = [bar.get_x() + bar.get_width() for bar in axes.patches]
    np.testing.assert_allclose(ends, given["intervention_loss"].sel(split="all"), rtol=1e-9)
    base, guess = (line.get_xdata()[0] for line in axes.get_lines()[-2:])
    assert base == given["loss"].sel(split="all")
    assert guess == pytest.approx(np.log(7))
    assert [label.get_text() for label in axes.get_yticklabels()] == [*given["ablation"].values]


def test_bars_of_removals_end_at_their_losses():
    given = run("right").analysis
    panels = drawn("removal", given)[0].axes
    for axes, place in zip(panels, ("logits", "neurons"), strict=True):
        ends = [bar.get_y() + bar.get_height() for bar in axes.patches]
        expected = given["removed_loss"].sel(place=place, split="all")
        np.testing.assert_allclose(ends, expected, rtol=1e-9)
    sets = {line.get_label(): line.get_ydata()[0] for line in panels[0].get_lines()}
    after = given["intervention_loss"].sel(split="all")
    assert sets["without all key ones"] == after.sel(ablation="logits: no key blocks")
    assert sets["without all others"] == after.sel(ablation="logits: key blocks")


def test_algorithms_show_what_there_is():
    given = run("right").analysis
    *panels, whole = drawn("algorithms", given)[0].axes
    for axes, name in zip(panels, ("clock_share", "isolated_clock_share"), strict=True):
        heights = [bar.get_height() for bar in axes.patches[:3]]
        assert heights == [given[name].sel(frequency=k) for k in (2, 5, 9)]
    names = [label.get_text() for label in whole.get_yticklabels()]
    circles = ["circularity, left", "circularity, right"]
    assert names == ["gradient symmetricity", "distance irrelevance", *circles]
    without = given.assign(key_frequency=given["key_frequency"] & False).drop_vars(
        "gradient_symmetricity"
    )
    _, whole = drawn("algorithms", without)[0].axes
    names = [label.get_text() for label in whole.get_yticklabels()]
    assert names == ["distance irrelevance", *circles]


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
        "p = 11.0: sums, learned", "p = 11.0: sums, not learned", "p = 11.0: random answers",
    ]  # fmt: skip


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
