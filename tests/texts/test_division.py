"""The division of a text, and what a text is too short for."""

import pytest

from ontogeny.texts.division import boundary, shortage

ASKED = {"length": 10, "sequences": 5, "held_out": 0.2}


@pytest.mark.parametrize(
    ("tokens", "held_out", "training"), [(1000, 0.1, 900), (7, 0.5, 4), (10, 0.01, 10), (0, 0.5, 0)]
)
def test_the_part_for_training_is_the_rest_to_the_nearest_token(tokens, held_out, training):
    assert boundary(tokens, held_out) == training


def test_a_text_is_long_enough_when_every_part_is():
    """50 tokens leave 40 and hold out 10, which is one window."""
    assert shortage(50, 5, **ASKED) is None


@pytest.mark.parametrize(
    ("tokens", "windows", "given", "said"),
    [
        (11, 5, {}, "leaves 9 for training, where one window takes 10; give more text"),
        (49, 5, {"held_out": 0.18}, "holds out 9, where one window takes 10; give more text"),
        (50, 4, {}, "holds out 10; different windows of 10 tokens in these: 4, asked for by"),
    ],
)
def test_each_shortage_is_told_with_its_remedy(tokens, windows, given, said):
    found = shortage(tokens, windows, **ASKED | given)
    assert found.startswith(said)
    assert "lower" in found


def test_training_is_judged_first():
    assert shortage(0, 0, **ASKED).startswith("leaves 0 for training")
