"""Models of the characters of texts, against counting loops."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from ontogeny.studies.imitation.texts import (
    ALPHABET,
    MODULES,
    STRENGTH,
    character_class,
    character_model,
    letters,
    standard_texts,
)

SIZE = len(ALPHABET)


def looped(text):
    """Return a character's probability after a context, by counting in the text itself."""

    def probability(context, character):
        if context is None:
            return 1 / SIZE
        count = total = 0
        for place in range(len(text) - len(context)):
            if text[place : place + len(context)] == context:
                total += 1
                count += text[place + len(context)] == character
        shorter = probability(context[1:] if context else None, character)
        return (count + STRENGTH * shorter) / (total + STRENGTH)

    return probability


def number(context):
    """Return the number of a context, the oldest character first."""
    found = 0
    for each in context:
        found = SIZE * found + ALPHABET.index(each)
    return found


TEXTS = ["the cat sat on the mat", "abracadabra", "aaaaaaab", "to be or not to be that is"]


@pytest.mark.parametrize("order", [0, 1, 2])
@pytest.mark.parametrize("text", TEXTS)
def test_a_model_is_that_of_counting_loops(text, order):
    found = character_model(text, order)
    assert found.shape == (SIZE**order, SIZE)
    assert_allclose(found.sum(axis=-1), 1)
    probability = looped(text)
    seen = {text[place : place + order] for place in range(len(text) - order + 1)}
    for context in seen | {"z" * order, ("q" + text)[:order]}:
        expected = [probability(context, character) for character in ALPHABET]
        assert_allclose(found[number(context)], expected, rtol=1e-13)


def test_what_is_unseen_is_predicted_by_the_shorter_context():
    two, one = character_model("abab", 2), character_model("abab", 1)
    assert_allclose(two[number("zb")], one[number("b")])
    assert_allclose(one[number("z")], character_model("abab", 0)[0])


@given(st.text(max_size=30))
@settings(max_examples=50)
def test_letters_are_of_the_alphabet_and_blanks_are_single(text):
    found = letters(text)
    assert found.dtype == np.int64
    assert ((found >= 0) & (found < SIZE)).all()
    assert not ((found[1:] == 0) & (found[:-1] == 0)).any()
    plain = "".join(ALPHABET[each] for each in found)
    assert_array_equal(letters(plain), found)


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("Straße", "stra e"),
        ("naïve  café!", "naive cafe "),
        ("x_1 = y", "x y"),
        ("ﬁn\n\nÅ", "fin a"),
        ("", ""),
    ],
)
def test_letters_of_other_scripts(text, plain):
    assert "".join(ALPHABET[each] for each in letters(text)) == plain


@pytest.fixture(scope="module")
def of_texts():
    """Return texts, their class of order 2, and which text the demonstrator has."""
    texts = [text[:8_000] for text in standard_texts()[:6]]
    made = character_class(texts, order=2, rng=np.random.default_rng(3))
    same = [np.array_equal(made.policies[0, :, 0], character_model(text, 2)) for text in texts]
    return texts, made, same.index(True)


def test_the_demonstrator_comes_first_and_the_others_keep_their_order(of_texts):
    texts, made, chosen = of_texts
    order = [chosen, *(place for place in range(6) if place != chosen)]
    for place, text in enumerate(order):
        assert_array_equal(made.policies[0, :, place], character_model(texts[text], 2))


def test_the_text_of_the_demonstrator_is_drawn():
    firsts = set()
    for seed in range(20):
        made = character_class(TEXTS[:3], order=1, rng=np.random.default_rng(seed))
        firsts.add(made.policies[0, :, 0].tobytes())
    assert len(firsts) == 3


def test_a_context_shifts_by_one_character(of_texts):
    made = of_texts[1]
    following = made.next_state[:, :, 0]
    for context in ["  ", "ab", "zz", "q "]:
        for character in ALPHABET:
            expected = number(context[1:] + character)
            assert following[number(context), ALPHABET.index(character)] == expected
    assert_array_equal(made.observation, 1)


def test_the_history_begins_with_blanks():
    assert number("  ") == 0


def test_a_text_is_predicted_best_by_its_own_model(of_texts):
    texts, made, chosen = of_texts
    state, total = 0, np.zeros(6)
    for character in letters(texts[chosen]):
        total += np.log(made.policies[0, state, :, character])
        state = made.next_state[state, character, 0]
    assert total.argmax() == 0
    assert total[0] - np.sort(total)[-2] > 100


def test_standard_texts_differ():
    texts = standard_texts()
    assert len(texts) == len(set(texts)) == len(MODULES)
    assert min(len(letters(text)) for text in texts) > 1_000
