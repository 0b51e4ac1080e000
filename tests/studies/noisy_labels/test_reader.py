"""The network that reads a comment, with and without PyTorch, against its definition."""

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose, assert_array_equal

from ontogeny.networks.dropout import Dropout
from ontogeny.studies.noisy_labels.config import Network
from ontogeny.studies.noisy_labels.networks.forward import clean_logit
from ontogeny.studies.noisy_labels.networks.labellers import CLEAN, NOISY, PARAMETERS
from ontogeny.studies.noisy_labels.networks.reader import Reader
from ontogeny.studies.noisy_labels.networks.runs import reader_of
from ontogeny.studies.noisy_labels.networks.text_maximum import text_maximum

SHAPES = {
    "plain": Reader(channels=6, hidden=5),
    "two heads": Reader(channels=6, hidden=5, heads=2),
    "sees labeller": Reader(channels=6, hidden=5, sees_labeller=True),
}
TOKENS = torch.tensor([[3, 1, 4, 1], [2, 0, 0, 0], [5, 5, 6, 0]])
LABELLER = torch.tensor([CLEAN, NOISY, NOISY])


def parameters(reader):
    """Initial parameters, moved so that no bias is zero."""
    generator = torch.Generator().manual_seed(0)
    embedding = 0.3 * torch.randn(7, 4, generator=generator)
    embedding[0] = 0
    found = reader.initial(generator, embedding)
    return {
        name: (value + 0.2 * torch.randn(value.shape, generator=generator)).double()
        if name.startswith("b")
        else value.double()
        for name, value in found.items()
    }


def as_arrays(values):
    return {name: value.float().numpy() for name, value in values.items()}


def slow(reader, values, factors=None):
    """The logits of the definition, comment by comment."""
    rows = []
    largest = text_maximum(values["W_E"], values["W_C"], TOKENS)
    for place, of_text in enumerate(largest):
        inputs = [max(float(m + b), 0.0) for m, b in zip(of_text, values["b_C"], strict=True)]
        if reader.sees_labeller:
            inputs += [float(int(LABELLER[place]) == labeller) for labeller in (CLEAN, NOISY)]
        if factors is not None:
            inputs = [x * float(f) for x, f in zip(inputs, factors[place], strict=True)]
        hidden = [
            max(sum(x * float(w) for x, w in zip(inputs, column, strict=True)) + float(b), 0.0)
            for column, b in zip(values["W_in"].T, values["b_in"], strict=True)
        ]
        rows.append(
            [
                sum(x * float(w) for x, w in zip(hidden, column, strict=True)) + float(b)
                for column, b in zip(values["W_out"].T, values["b_out"], strict=True)
            ]
        )
    return np.array(rows)


@pytest.mark.parametrize("shape", SHAPES)
def test_logits_are_those_of_the_definition(shape):
    reader = SHAPES[shape]
    values = parameters(reader)
    found = reader.logits(values, TOKENS, LABELLER)
    assert found.shape == (3, reader.heads)
    assert_allclose(found, slow(reader, values), rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("shape", SHAPES)
def test_dropout_multiplies_the_inputs_of_the_hidden_layer(shape):
    reader = SHAPES[shape]
    values = parameters(reader)
    inputs = reader.channels + 2 * reader.sees_labeller
    dropout = Dropout(0.5, seed=3)
    factors = dropout.factors(7)(torch.empty(3, inputs, dtype=torch.float64))
    assert 0 < int((factors == 0).sum()) < factors.numel()
    found = reader.logits(values, TOKENS, LABELLER, dropout.factors(7))
    assert_allclose(found, slow(reader, values, factors), rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("shape", SHAPES)
def test_the_labeller_is_seen_by_one_shape_alone(shape):
    reader = SHAPES[shape]
    values = parameters(reader)
    clean, noisy = (
        reader.logits(values, TOKENS, torch.full((3,), each)) for each in (CLEAN, NOISY)
    )
    assert bool((clean != noisy).all()) == reader.sees_labeller


@pytest.mark.parametrize("shape", SHAPES)
def test_the_logit_without_pytorch_is_that_for_the_clean_labeller(shape):
    reader = SHAPES[shape]
    values = parameters(reader)
    labeller = torch.full((len(TOKENS),), CLEAN)
    expected = reader.logits(values, TOKENS, labeller)[:, CLEAN]
    found = clean_logit(as_arrays(values), TOKENS.numpy().astype(np.int32))
    assert found.dtype == np.float32
    assert_allclose(found, expected, rtol=1e-5, atol=1e-5)


def test_the_logit_without_pytorch_does_not_read_the_vector_of_padding():
    arrays = as_arrays(parameters(SHAPES["plain"]))
    tokens = TOKENS.numpy().astype(np.int32)
    expected = clean_logit(arrays, tokens)
    arrays["W_E"][0] = 50
    assert_array_equal(clean_logit(arrays, tokens), expected)


def test_many_comments_are_read_in_pieces():
    arrays = as_arrays(parameters(SHAPES["plain"]))
    rng = np.random.default_rng(0)
    tokens = rng.integers(1, 7, (2500, 6)).astype(np.int32)
    tokens[np.arange(6) >= rng.integers(1, 7, 2500)[:, None]] = 0
    found = clean_logit(arrays, tokens)
    for place in (0, 1023, 1024, 2048, 2499):
        alone = clean_logit(arrays, tokens[place : place + 1])
        assert_allclose(found[place], alone[0], rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("shape", SHAPES)
def test_initial_parameters_have_their_variances_and_dimensions(shape):
    reader = Reader(64, 400, heads=SHAPES[shape].heads, sees_labeller=SHAPES[shape].sees_labeller)
    embedding = torch.ones(3, 50)
    found = reader.initial(torch.Generator().manual_seed(0), embedding)
    assert found.keys() == PARAMETERS.keys()
    for name, value in found.items():
        assert value.dim() == len(PARAMETERS[name])
    assert found["W_E"] is embedding
    inputs = 64 + 2 * reader.sees_labeller
    for name, variance in (("W_C", 2 / 150), ("W_in", 2 / inputs), ("W_out", 1 / 400)):
        error = variance * (2 / found[name].numel()) ** 0.5
        assert abs(float(found[name].square().mean()) - variance) < 4 * error
    assert not any(found[name].any() for name in ("b_C", "b_in", "b_out"))


@pytest.mark.parametrize(
    ("strategy", "heads", "sees"),
    [("multi-head", 2, False), ("one-hot", 1, True), ("naive", 1, False), ("oracle", 1, False)],
)
def test_the_strategy_decides_the_shape(strategy, heads, sees):
    assert reader_of(Network(channels=3, hidden=4), strategy) == Reader(3, 4, heads, sees)
