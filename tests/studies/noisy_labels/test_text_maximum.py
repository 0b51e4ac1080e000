"""The largest value of a convolution over a text, and its gradient."""

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose, assert_array_equal

from ontogeny.studies.noisy_labels.networks.text_maximum import text_maximum

WORDS, FEATURES, CHANNELS = 9, 4, 5
TEXTS = [[3, 1, 4, 1, 5, 2], [6], [2, 2, 2], [4, 3], [1, 6, 1, 1]]


def given(*, dtype=torch.float64, length=8):
    generator = torch.Generator().manual_seed(0)
    embedding = torch.randn(WORDS, FEATURES, generator=generator, dtype=dtype)
    embedding[0] = 0
    weights = torch.randn(3, FEATURES, CHANNELS, generator=generator, dtype=dtype)
    tokens = torch.tensor([text + [0] * (length - len(text)) for text in TEXTS])
    return embedding, weights, tokens


def slow(embedding, weights, tokens):
    """The definition, place by place."""
    found = []
    for text in tokens.tolist():
        words = [word for word in text if word]
        windows = []
        for place in range(len(words)):
            value = torch.zeros(CHANNELS, dtype=embedding.dtype)
            for offset in (-1, 0, 1):
                if 0 <= place + offset < len(words):
                    value = value + embedding[words[place + offset]] @ weights[offset + 1]
            windows.append(value)
        found.append(torch.stack(windows).max(dim=0).values)
    return torch.stack(found)


def convolved(embedding, weights, tokens):
    """The same by a convolution of PyTorch and its maximum."""
    known = torch.cat([torch.zeros_like(embedding[:1]), embedding[1:]])
    values = torch.nn.functional.conv1d(
        known[tokens].transpose(1, 2), weights.permute(2, 1, 0), padding=1
    )
    return values.masked_fill((tokens == 0)[:, None], -torch.inf).max(dim=2).values


def gradients(form, embedding, weights, tokens, slope):
    leaves = [embedding.clone().requires_grad_(), weights.clone().requires_grad_()]
    return torch.autograd.grad((form(*leaves, tokens) * slope).sum(), leaves)


@pytest.mark.parametrize("form", [slow, convolved])
def test_it_is_the_largest_value_over_the_places_of_a_text(form):
    values = given()
    assert_allclose(text_maximum(*values), form(*values), rtol=0, atol=1e-12)


def test_its_gradient_is_that_of_a_convolution_and_its_maximum():
    values = given()
    slope = torch.randn(len(TEXTS), CHANNELS, generator=torch.Generator().manual_seed(1)).double()
    for found, expected in zip(
        gradients(text_maximum, *values, slope), gradients(convolved, *values, slope), strict=True
    ):
        assert float(expected.abs().max()) > 0.1
        assert_allclose(found, expected, rtol=0, atol=1e-12)


def test_words_that_no_text_has_and_padding_have_no_gradient():
    of_embedding, _ = gradients(text_maximum, *given(), torch.ones(len(TEXTS), CHANNELS))
    used = {word for text in TEXTS for word in text}
    for word in range(WORDS):
        assert bool(of_embedding[word].any()) == (word in used)


def test_more_padding_changes_nothing():
    assert_array_equal(text_maximum(*given(length=6)), text_maximum(*given(length=30)))


def test_a_text_alone_has_the_value_that_it_has_among_others():
    embedding, weights, tokens = given(dtype=torch.float32)
    together = text_maximum(embedding, weights, tokens)
    for place in range(len(TEXTS)):
        alone = text_maximum(embedding, weights, tokens[place : place + 1])[0]
        assert_allclose(alone, together[place], rtol=0, atol=1e-6)


def test_the_vector_of_padding_is_not_read():
    embedding, weights, tokens = given()
    expected = text_maximum(embedding, weights, tokens)
    embedding[0] = 100
    assert_array_equal(text_maximum(embedding, weights, tokens), expected)


@pytest.mark.parametrize("text", [[2, 3, 2, 3], [1, 2, 2, 2, 2, 1]])
def test_of_equal_values_the_first_alone_has_a_gradient(text):
    """With the word itself as window, equal words have equal values.

    The words before and after have no weight, so only the gradient of the weights tells which of
    the equal windows it is: that of the first.
    """
    vectors = torch.tensor([[0.0], [1.0], [5.0], [2.0]], dtype=torch.float64)
    weights = torch.zeros(3, 1, 1, dtype=torch.float64)
    weights[1] = 1
    tokens = torch.tensor([text])
    of_embedding, of_weights = gradients(
        text_maximum, vectors, weights, tokens, torch.ones(1, 1, dtype=torch.float64)
    )
    first = text.index(2)
    before = [0, *text][first]
    expected = [float(vectors[before]), 5.0, float(vectors[text[first + 1]])]
    assert_array_equal(of_weights.flatten(), expected)
    assert_array_equal(of_embedding.flatten(), [0, 0, 1, 0])


def test_no_gradient_is_kept_when_none_is_asked_for():
    embedding, weights, tokens = given()
    with torch.no_grad():
        found = text_maximum(embedding.requires_grad_(), weights, tokens)
    assert not found.requires_grad
    assert np.isfinite(found.numpy()).all()
