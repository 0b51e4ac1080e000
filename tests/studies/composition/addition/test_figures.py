"""Every figure of modular-addition runs: it shows what is stored, whatever is missing."""

import numpy as np
import pytest
import xarray as xr

from ontogeny.plotting import SPLIT_COLOURS
from ontogeny.studies.composition.section import Figures
from studies.composition.addition.drawing import (
    OF_LAST,
    OVER_STEPS,
    colours_of,
    dataset_for,
    drawn,
    file_of,
    legends,
    lines,
    looks_of,
    run,
    shades,
)
from studies.composition.addition.runs import RUNS

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
    assert file_of(name) in Figures.model_fields
    narrow, wide = (
        drawn(name, dataset_for(name, "transformer"), width=width)[0] for width in (6, 12)
    )
    assert wide.get_figwidth() == pytest.approx(2 * narrow.get_figwidth())


def test_progress_shows_the_numbers_of_the_paper():
    given = run("right").evaluation
    made, _ = drawn("progress", given)
    losses, accuracies, sparsity, weights = made.axes
    for axes, kind in ((losses, "loss"), (accuracies, "accuracy")):
        shown = lines(axes)
        waves = [f"restricted wave {kind}", f"excluded wave {kind}"]
        assert [*shown] == legends(axes) == ["training pairs", "test pairs", *waves]
        expected = given[f"restricted_wave_{kind}"].sel(place="logits", width="sum", split="all")
        np.testing.assert_array_equal(shown[waves[0]][:, 1], expected)
        expected = given[f"excluded_wave_{kind}"].sel(exclusion="logits")
        np.testing.assert_array_equal(shown[waves[1]][:, 1], expected)
    gini = given["spectrum_gini"].sel(matrix="unembedding", spectrum="norms of waves")
    np.testing.assert_array_equal(lines(sparsity)["neuron-to-logit map"][:, 1], gini)
    (line,) = weights.get_lines()
    np.testing.assert_array_equal(line.get_ydata(), given["squared_weights"])


def test_every_form_of_both_losses_is_shown():
    given = run("transformer").evaluation
    restricted, excluded, ratio, sparsity = drawn("measures", given)[0].axes
    shown = [line.get_ydata() for line in restricted.get_lines()]
    expected = given["restricted_wave_loss"].sel(split="all").values
    assert sorted(map(tuple, shown[1:])) == sorted(map(tuple, expected.reshape(len(expected), 6).T))
    entries = dict(zip(legends(restricted), restricted.get_legend().get_lines(), strict=True))
    for line in restricted.get_lines()[1:]:
        width = next(name for name, each in entries.items() if each.get_color() == line.get_color())
        place = "neurons" if line.get_linestyle() == "--" else "logits"
        assert f"kept in the {place}" in entries
        width = {"waves of a + b": "sum", "products of waves": "product"}.get(width, "block")
        of_line = given["restricted_wave_loss"].sel(place=place, width=width, split="all")
        np.testing.assert_array_equal(line.get_ydata(), of_line)
    np.testing.assert_array_equal(
        lines(excluded)["cosines removed from logits"][:, 1],
        given["excluded_wave_loss"].sel(exclusion="cubes"),
    )
    assert len(sparsity.get_lines()) == 2 * given.sizes["spectrum"]
    np.testing.assert_array_equal(
        ratio.get_lines()[0].get_ydata(), given["test_over_restricted_wave_loss"]
    )


def test_key_frequencies_are_coloured_and_the_rest_is_grey():
    given = run("right").evaluation
    made, _ = drawn("key_losses", given)
    losses, accuracies, amplitudes, _ = made.axes
    names = [text.get_text() for text in made.legends[0].get_texts()]
    assert names[:3] == ["k = 2", "k = 5", "k = 9"]
    shown = [(line.get_color(), line.get_linestyle()) for line in losses.get_lines()]
    assert shown.count(("#bbbbbb", "-")) == given.sizes["frequency"] - 3
    assert len(set(shown)) == 5
    for k, line in zip((2, 5, 9), amplitudes.get_lines()[-3:], strict=True):
        np.testing.assert_array_equal(line.get_ydata(), given["cube_amplitude"].sel(frequency=k))
        assert line.get_color() == looks_of(given)[k].colour
    assert len(accuracies.get_lines()) == 4


def test_a_frequency_has_the_colour_of_its_irrep_in_every_figure():
    given, along = run("right").analysis, run("right").evaluation
    keys = [2, 5, 9]
    expected = [looks_of(given)[k].colour.lower() for k in keys]
    removed = drawn("removal", given)[0].axes[0].patches
    assert colours_of(removed[k - 1] for k in keys) == expected
    hatches = [removed[k - 1].get_hatch() or "" for k in keys]
    assert hatches == [looks_of(given)[k].hatch for k in keys]
    assert set(colours_of(removed)) == {*expected, "#bbbbbb"}
    amplitudes = drawn("logits", given)[0].axes[2].patches
    assert colours_of(amplitudes[k - 1] for k in keys) == expected
    assert colours_of(drawn("readout", given)[0].axes[0].patches[:3]) == expected
    assert colours_of(drawn("neurons", given)[0].axes[1].patches[:3]) == expected
    norms = drawn("norms", along)[0].axes[0].get_lines()
    assert [line.get_color().lower() for line in norms[-6::2]] == expected
    circles = drawn("circles", given)[0].axes[:3]
    assert [axes.get_lines()[0].get_color().lower() for axes in circles] == expected


@pytest.mark.parametrize("name", ["removal", "logits", "spectra", "algorithms"])
def test_colours_of_training_and_test_pairs_say_nothing_else(name):
    given = run("right").analysis
    made, _ = drawn(name, given)
    own = {looks_of(given)[k].colour.lower() for k in (2, 5, 9)}
    used = {colour for axes in made.axes for colour in colours_of(axes.patches)}
    lines_ = {line.get_color().lower() for axes in made.axes for line in axes.get_lines()}
    splits = {SPLIT_COLOURS[split].lower() for split in ("train", "test")}
    assert not splits & (used | lines_) - own


@pytest.mark.parametrize(("of", "embeddings"), [("transformer", 1), ("mlp", 2)])
def test_an_embedding_that_both_sides_share_is_drawn_once(of, embeddings):
    norms = drawn("norms", run(of).evaluation)[0]
    assert len(norms.axes) == embeddings + 3
    sparsity = drawn("measures", run(of).evaluation)[0].axes[3]
    assert ("embedding" in legends(sparsity)) == (embeddings == 1)
    assert ("right embedding" in legends(sparsity)) == (embeddings == 2)


def test_followups_show_each_circuit():
    given = run("right").evaluation
    _, efficiency, trade, *_ = drawn("followups", given)[0].axes
    parts = ["whole network", "generalising part", "memorising part"]
    assert legends(efficiency) == legends(trade) == parts
    path = lines(trade)["generalising part"]
    np.testing.assert_array_equal(path[:, 0], given["weight_norm"])
    np.testing.assert_array_equal(path[:, 1], given["logit_norm"].sel(circuit="generalising"))


@pytest.mark.parametrize(("spikes", "panels"), [([0, 0, 0], 6), ([np.nan] * 3, 6), ([0, 1, 3], 7)])
def test_spikes_have_a_panel_where_there_are_any(spikes, panels):
    given = run("right").evaluation
    at = np.minimum(np.arange(given.sizes["step"]), 2)
    given = given.assign(slingshots=given["slingshots"].copy(data=np.array(spikes)[at]))
    axes = drawn("followups", given)[0].axes
    assert len(axes) == panels
    if panels == 7:
        np.testing.assert_array_equal(axes[-1].get_lines()[0].get_ydata(), given["slingshots"])
