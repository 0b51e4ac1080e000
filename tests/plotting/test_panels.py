"""Panels that figures share."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from ontogeny.plotting import (
    figure,
    handle,
    heat_map,
    legend_below,
    note,
    phase_legend,
    phase_shades,
    step_axis,
)


def test_a_legend_below_a_figure_has_no_more_columns_than_entries():
    drawn = figure(width=4.0, height=2.0)
    legend_below(drawn, [handle("a line", ls="--"), handle("a mark", marker="o")], columns=3)
    (legend,) = drawn.legends
    assert [text.get_text() for text in legend.get_texts()] == ["a line", "a mark"]
    assert [line.get_marker() for line in legend.get_lines()] == ["None", "o"]
    assert legend._ncols == 2


def test_without_entries_there_is_no_legend():
    drawn = figure(width=4.0, height=2.0)
    legend_below(drawn, [], columns=3)
    assert not drawn.legends


def test_a_note_is_in_the_middle_of_its_panel():
    axes = figure(width=4.0, height=2.0).subplots()
    axes.set_xlim(10, 20)
    note(axes, "nothing to draw")
    (words,) = axes.texts
    left, low = axes.transAxes.inverted().transform(words.get_transform().transform((0.5, 0.5)))
    assert (words.get_text(), round(left, 6), round(low, 6)) == ("nothing to draw", 0.5, 0.5)


def test_a_line_on_a_logarithmic_axis_is_broken_where_there_is_no_checkpoint():
    axes = figure(width=4.0, height=2.0).subplots()
    (line,) = axes.plot([0, 1, 2, 100, 1000, 1100], [0, 1, 2, 3, 4, 5])
    level = axes.axhline(3.0)
    step_axis(axes, 1100.0, logarithmic=True)
    x, y = line.get_data()
    assert_array_equal(x, [0, 1, 2, np.nan, 100, np.nan, 1000, 1100])
    assert_array_equal(y, [0, 1, 2, np.nan, 3, np.nan, 4, 5])
    assert [x[place] for place in line.get_markevery()] == [100]
    assert len(level.get_xdata()) == 2


@pytest.mark.parametrize("logarithmic", [False, True])
def test_a_line_without_gaps_stays_whole(logarithmic):
    axes = figure(width=4.0, height=2.0).subplots()
    steps = [0, 1, 2, 4, 8, 30]
    (line,) = axes.plot(steps if logarithmic else [0, 1000], range(6 if logarithmic else 2))
    step_axis(axes, 30.0, logarithmic=logarithmic)
    assert not np.isnan(line.get_xdata()).any()


@pytest.mark.parametrize(
    ("last_end", "hatched"), [(np.nan, [False, False, True]), (40.0, [False] * 3)]
)
def test_the_phase_in_which_a_run_ends_is_hatched(last_end, hatched):
    axes = figure(width=4.0, height=2.0).subplots()
    phase_shades(axes, np.array([10.0, 20.0, last_end]), 50.0)
    assert [patch.get_hatch() is not None for patch in axes.patches] == hatched


@pytest.mark.parametrize("unfinished", [False, True])
def test_the_hatching_of_phases_is_explained_where_there_is_some(unfinished):
    drawn = figure(width=4.0, height=2.0)
    phase_legend(drawn, ["a", "b", "c"], unfinished=unfinished)
    names = [text.get_text() for text in drawn.legends[0].get_texts()]
    assert names == ["a", "b", "c"] + ["not finished in the run"] * unfinished


@pytest.mark.parametrize("label", ["", "activation"])
def test_a_heat_map_with_a_label_has_a_colour_bar(label):
    drawn = figure(width=4.0, height=2.0)
    image = heat_map(drawn.subplots(), np.array([[0.0, -3.0], [1.0, np.nan]]), "map", label=label)
    assert image.get_clim() == (-3.0, 3.0)
    assert [axes.get_ylabel() for axes in drawn.axes[1:]] == [label] * bool(label)
