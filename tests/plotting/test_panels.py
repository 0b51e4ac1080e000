"""Panels that figures share."""

from ontogeny.plotting import figure, handle, legend_below, note


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
