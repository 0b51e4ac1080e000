"""What figures write for tokens, and where."""

import numpy as np
import pytest
from matplotlib import colormaps
from matplotlib.colors import Normalize

from ontogeny.plotting import figure, settings
from ontogeny.studies.induction.passage import COLUMNS, arrow, laid_out, written
from ontogeny.studies.induction.readable import shown_words, syllables

PYTHON = ["<begin>", "def", " cost", "(", "$x", "_", "y$", ")", ":\n", "    ", "return"]


def test_every_token_has_a_name_of_its_own():
    names = [syllables(number) for number in range(4096)]
    assert len(set(names)) == len(names)
    assert {len(name) for name in names} == {2, 4}


def test_a_name_depends_on_the_number_of_the_token_alone():
    small, large = (["<begin>", *map(str, range(1, count))] for count in (8, 200))
    assert shown_words(large)[:8] == shown_words(small)


def test_tokens_that_were_given_keep_their_numbers():
    assert shown_words(["0", "1", "2"]) == ["0", "1", "2"]


def test_tokens_of_a_text_keep_their_letters():
    assert shown_words(["<begin>", "a", " b", "\n"]) == ["<begin>", "a", " b", "⏎"]


@pytest.mark.parametrize("apart", [True, False])
def test_words_fill_lines_and_do_not_overlap(apart):
    words = [letter * (1 + number % 7) for number, letter in enumerate("ab" * 60)]
    layout = laid_out(words, apart=apart, width=7.0)
    ends = layout.left + [len(word) for word in words]
    assert ends.max() <= COLUMNS
    same = np.diff(layout.line) == 0
    assert (layout.left[1:][same] >= ends[:-1][same]).all()
    assert (layout.left[1:][~same] == 0).all()
    assert layout.lines == layout.line.max() + 1


def test_a_line_of_a_text_ends_where_it_ends():
    layout = laid_out(shown_words(PYTHON), apart=False, width=7.0)
    assert layout.line.tolist() == [0] * 9 + [1, 1]


def test_letters_fit_their_boxes_and_signs_are_no_mathematics():
    layout = laid_out(shown_words(PYTHON), apart=False, width=7.0)
    with settings():
        drawn = figure(width=7.0, height=1.0)
        axes = drawn.subplots()
        axes.set_position((0.02, 0, 0.86, 1))
        drawn.set_layout_engine("none")
        values = np.linspace(-1, 1, len(PYTHON))
        written(axes, layout, values, colormaps["RdBu"], Normalize(-1, 1), marked=values > 0.5)
        arrow(axes, layout, 9, 1)
        drawn.canvas.draw()
    for box, text in zip(axes.patches, axes.texts, strict=False):
        if text.get_text().strip() and text.get_fontweight() == "normal":
            wide = text.get_window_extent().width
            assert wide <= 1.15 * box.get_window_extent().width
    assert [text.get_text() for text in axes.texts] == list(layout.words)
