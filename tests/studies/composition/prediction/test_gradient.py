"""The gradient of the training loss by what neurons read and write, against autograd."""

import tracemalloc
from dataclasses import replace

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose

from ontogeny.studies.composition.networks.architectures.mlp import MLP
from ontogeny.studies.composition.prediction.algebra import powers, structure, trilinear
from ontogeny.studies.composition.prediction.functions import NeuronFunctions
from ontogeny.studies.composition.prediction.gradient import gradient_score, loss_gradient
from ontogeny.studies.composition.prediction.reading import neuron_functions
from studies.composition.prediction.cases import each, in_another_basis, known, random_functions

JOINED = {
    "sum": lambda x, y: torch.relu(x + y),
    "square": lambda x, y: torch.square(x + y),
    "product": torch.mul,
}


def training_pairs(frame, seed=0):
    return np.random.default_rng(seed).random(frame.product.shape) < 0.6


def loss(point, frame, train, joins, constant=0):
    """Mean cross-entropy over the training pairs."""
    left, right = map(torch.as_tensor, np.nonzero(train))
    logits = JOINED[joins](point[0][left], point[1][right]) @ point[2].T + constant
    answers = torch.as_tensor(frame.product[train]).long()
    return torch.nn.functional.cross_entropy(logits, answers)


@pytest.mark.parametrize("joins", JOINED)
@pytest.mark.parametrize("biased", [False, True])
def test_gradient_is_that_of_autograd(joins, biased):
    frame = known("S3")
    constant = np.random.default_rng(1).normal(size=6) if biased else None
    functions = replace(random_functions(frame), constant=constant)
    train = training_pairs(frame)
    point = torch.tensor(np.stack(each(functions)), requires_grad=True)
    loss(point, frame, train, joins, 0 if constant is None else torch.tensor(constant)).backward()
    found = loss_gradient(functions, frame.product, train, joins=joins)
    assert_allclose(each(found), point.grad.numpy(), atol=1e-12)


def test_gradient_of_one_table_for_both_sides_is_the_sum():
    frame = known("S3")
    functions = random_functions(frame)
    tied = NeuronFunctions(functions.left, functions.left, functions.output)
    train = training_pairs(frame)
    table = torch.tensor(tied.left, requires_grad=True)
    loss((table, table, torch.tensor(tied.output)), frame, train, "square").backward()
    found = loss_gradient(tied, frame.product, train, joins="square")
    assert_allclose(found.left + found.right, table.grad.numpy(), atol=1e-12)


BLOCK = "ontogeny.studies.composition.prediction.gradient._BLOCK"


@pytest.mark.parametrize("size", [1, 5 * (24 + 5)])
def test_gradient_is_the_same_in_blocks_of_pairs(monkeypatch, size):
    frame = known("S4")
    functions = random_functions(frame)
    train = training_pairs(frame)
    whole = loss_gradient(functions, frame.product, train, joins="sum")
    monkeypatch.setattr(BLOCK, size)
    found = loss_gradient(functions, frame.product, train, joins="sum")
    assert_allclose(each(found), each(whole), atol=1e-14)


def test_gradient_never_holds_the_logits_of_all_pairs(monkeypatch):
    frame = known("C61")
    functions = random_functions(frame, neurons=20)
    everything = np.ones_like(frame.product, dtype=bool)
    monkeypatch.setattr(BLOCK, 2**12)
    tracemalloc.start()
    loss_gradient(functions, frame.product, everything, joins="sum")
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 61**3 * 8 / 2


@pytest.mark.parametrize("biases", [False, True])
def test_gradient_through_the_folded_embeddings_is_that_of_the_objective(biases):
    frame = known("S3")
    train = training_pairs(frame)
    network = MLP(order=6, embedding=4, hidden=5, biases=biases)
    rng = np.random.default_rng(3)
    parameters = {name: torch.tensor(rng.normal(size=s)) for name, s in network.shapes().items()}
    gradient = {name: torch.zeros_like(value) for name, value in parameters.items()}
    pairs = map(torch.as_tensor, (*np.nonzero(train), frame.product[train]))
    network.objective(*pairs, dtype=torch.float64)(parameters, gradient)

    arrays = {name: value.numpy() for name, value in parameters.items()}
    functions = neuron_functions(network, arrays)
    found = loss_gradient(functions, frame.product, train, joins="sum")
    W = arrays["W"]
    chained = {
        "W_x": found.left @ W[:4].T,
        "W_y": found.right @ W[4:].T,
        "W": np.concatenate([arrays["W_x"].T @ found.left, arrays["W_y"].T @ found.right]),
        "W_U": found.output.T,
    }
    if biases:
        chained["b"] = found.left.sum(axis=0)
    for name, expected in chained.items():
        assert_allclose(gradient[name].numpy(), expected, atol=1e-10, err_msg=name)


def test_gradient_needs_a_training_pair():
    frame = known("S3")
    with pytest.raises(ValueError, match="training pair"):
        loss_gradient(
            random_functions(frame), frame.product, np.zeros((6, 6), dtype=bool), joins="sum"
        )


@pytest.mark.parametrize("name", ["S3", "Q8", "C7"])
def test_score_is_half_the_rate_of_growth_of_power(name):
    frame = known(name)
    functions = random_functions(frame)
    gradient = loss_gradient(functions, frame.product, training_pairs(frame), joins="sum")
    step = 1e-6

    def moved(by):
        pairs = zip(each(functions), each(gradient), strict=True)
        return powers(NeuronFunctions(*(f - by * g for f, g in pairs)), frame).sum(axis=0)

    rate = (moved(step) - moved(-step)) / (2 * step)
    assert_allclose(gradient_score(functions, gradient, frame), rate / 2, atol=1e-7)


def test_score_of_one_table_for_both_sides_counts_it_once():
    frame = known("C7")
    functions = random_functions(frame)
    tied = replace(functions, right=functions.left)
    gradient = loss_gradient(tied, frame.product, training_pairs(frame), joins="square")
    step = 1e-6

    def moved(by):
        table = tied.left - by * (gradient.left + gradient.right)
        left, _, output = powers(
            NeuronFunctions(table, table, tied.output - by * gradient.output), frame
        )
        return left + output

    rate = (moved(step) - moved(-step)) / (2 * step)
    assert_allclose(gradient_score(tied, gradient, frame), rate / 2, atol=1e-6)


def test_score_does_not_depend_on_the_basis_within_an_irrep():
    frame = known("S4")
    functions = random_functions(frame)
    gradient = loss_gradient(functions, frame.product, training_pairs(frame), joins="square")
    assert_allclose(
        gradient_score(functions, gradient, in_another_basis(frame)),
        gradient_score(functions, gradient, frame),
        atol=1e-12,
    )


@pytest.mark.parametrize("name", ["S3", "Q8", "C7"])
def test_first_order_of_the_loss_at_zero_logits_is_the_trilinear_energy(name):
    # -<dL/dU, U> at U = 0, quadratic neurons and all pairs: 2 E / n^2 over non-trivial irreps.
    frame = known(name)
    functions = random_functions(frame)
    silent = NeuronFunctions(functions.left, functions.right, np.zeros_like(functions.output))
    everything = np.ones_like(frame.product, dtype=bool)
    gradient = loss_gradient(silent, frame.product, everything, joins="square")
    energy = trilinear(functions, frame, structure(frame))[:, 1:].sum(axis=1)
    fall = -(gradient.output * functions.output).sum(axis=0)
    assert_allclose(fall, 2 * energy / frame.order**2)
