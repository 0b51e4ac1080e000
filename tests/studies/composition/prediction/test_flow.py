"""Sphere flows: their slopes against sums over pairs, ascent, and where they end."""

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose, assert_array_equal

from ontogeny.studies.composition.prediction.algebra import (
    coefficients,
    degrees,
    leading,
    structure,
)
from ontogeny.studies.composition.prediction.flow import (
    ascent,
    quadratic_flow,
    quadratic_slope,
    relu_flow,
    relu_slope,
)
from ontogeny.studies.composition.prediction.functions import NeuronFunctions
from studies.composition.prediction.cases import (
    each,
    in_another_basis,
    known,
    random_functions,
    wave,
    with_neurons,
)

GROUPS = ("S3", "Q8", "C7", "F21")
ACTIVATIONS = {"quadratic": torch.square, "relu": torch.relu}


def energy(point, product, kind):
    """``sum_ab act(X(a) + Y(b)) (U(a b) - mean U)`` of each neuron."""
    left, right, output = point
    hidden = ACTIVATIONS[kind](left[:, None] + right)
    return (hidden * (output - output.mean(0))[torch.as_tensor(product)]).sum((0, 1))


def slope_of_energy(functions, product, kind):
    point = torch.tensor(np.stack(each(functions)), requires_grad=True)
    energy(point, product, kind).sum().backward()
    return point.grad.numpy()


def energies(points, product, kind):
    return np.array([energy(torch.as_tensor(p), product, kind).numpy() for p in points])


@pytest.mark.parametrize("name", GROUPS)
def test_quadratic_slope_is_half_the_gradient_of_the_energy_over_pairs(name):
    frame = known(name)
    functions = random_functions(frame)
    found = quadratic_slope(coefficients(functions, frame), frame, structure(frame))
    expected = slope_of_energy(functions, frame.product, "quadratic")
    assert_allclose(2 * frame.basis @ found, expected, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("name", GROUPS)
def test_relu_slope_is_the_gradient_of_the_energy_over_pairs(name):
    frame = known(name)
    functions = random_functions(frame)
    found = relu_slope(np.stack(each(functions)), frame)
    assert_allclose(found, slope_of_energy(functions, frame.product, "relu"), atol=1e-10)


@pytest.mark.parametrize("kind", ACTIVATIONS)
def test_ascent_by_short_steps_never_descends(kind):
    frame = known("S4")
    constants = structure(frame)
    functions = random_functions(frame, neurons=20)
    if kind == "quadratic":
        point = coefficients(functions, frame)
        slope = lambda p: quadratic_slope(p, frame, constants)  # noqa: E731
    else:
        point = np.stack(each(functions))
        slope = lambda p: relu_slope(p, frame)  # noqa: E731
    points = [ascent(point, slope, 0, 0.01)]
    for _ in range(60):
        points.append(ascent(points[-1], slope, 1, 0.01))
    assert_allclose(np.square(points).sum(axis=(1, 2)), 1)
    if kind == "quadratic":
        points = [frame.basis @ p for p in points]
    along = energies(points, frame.product, kind)
    assert (np.diff(along, axis=0) > -1e-9).all()
    assert (along[-1] > along[0] + 0.1).all()


def test_a_step_has_the_length_asked_for():
    # Before the return to the sphere the step is tangential, so that the angle is its arctangent.
    frame = known("S3")
    start = coefficients(random_functions(frame), frame)
    start /= np.sqrt(np.square(start).sum(axis=(0, 1)))
    end = ascent(start, lambda p: quadratic_slope(p, frame, structure(frame)), 1, 0.2)
    assert_allclose((start * end).sum(axis=(0, 1)), 1 / np.sqrt(1 + 0.2**2))


@pytest.mark.parametrize("name", GROUPS)
def test_neurons_with_squares_in_one_irrep_stay_there(name):
    frame = known(name)
    rng = np.random.default_rng(4)
    for r in range(1, len(frame.irreps)):
        own = frame.basis[:, frame.irrep_of_entry == r]
        functions = NeuronFunctions(*(own @ rng.normal(size=(3, own.shape[1], 4))))
        found = quadratic_flow(functions, frame, structure(frame), steps=50)
        assert_allclose(found[:, r], 1)
        assert_array_equal(leading(found), r)


@pytest.mark.parametrize("name", ["C7", "S4", "F21", "Q8"])
def test_neurons_with_squares_end_aligned_at_rank_one_in_one_irrep(name):
    # On the sphere the energy in an irrep is at most that of three equal powers 1/3 of alignment 1:
    # sqrt(n/d) 3^(-3/2). Slow ascent reaches it.
    frame = known(name)
    constants = structure(frame)
    functions = random_functions(frame, neurons=40)
    slope = lambda p: quadratic_slope(p, frame, constants)  # noqa: E731
    coarse = ascent(coefficients(functions, frame), slope, 500, 0.1)
    end = ascent(coarse, slope, 3000, 0.002)
    ended = NeuronFunctions(*(frame.basis @ end))
    irrep = leading(quadratic_flow(ended, frame, constants, steps=0))
    reached = (end * slope(end)).sum(axis=(0, 1)) / 3
    most = np.sqrt(frame.order / degrees(frame)[irrep]) / 3**1.5
    assert_allclose(reached, most, rtol=1e-3)


@pytest.mark.parametrize("name", ["S3", "C7"])
def test_relu_flow_is_that_of_plain_ascent_over_pairs(name):
    frame = known(name)
    functions = random_functions(frame, neurons=6, seed=5)
    point = np.stack(each(functions))
    point /= np.sqrt(np.square(point).sum(axis=(0, 1)))
    for _ in range(8):
        slope = slope_of_energy(NeuronFunctions(*point), frame.product, "relu")
        slope -= (slope * point).sum(axis=(0, 1)) * point
        point = point + 0.2 * slope / np.sqrt(np.square(slope).sum(axis=(0, 1)))
        point /= np.sqrt(np.square(point).sum(axis=(0, 1)))
    expected = quadratic_flow(NeuronFunctions(*point), frame, structure(frame), steps=0)
    found = relu_flow(functions, frame, steps=8)
    assert_allclose(found, expected, atol=1e-4)
    assert_array_equal(leading(found), leading(expected))


def test_relu_flow_is_the_same_in_blocks(monkeypatch):
    frame = known("S3")
    functions = random_functions(frame, neurons=7)
    whole = relu_flow(functions, frame, steps=30)
    monkeypatch.setattr("ontogeny.studies.composition.prediction.flow._BLOCK", 3 * 36)
    assert_allclose(relu_flow(functions, frame, steps=30), whole, atol=1e-5)


@pytest.mark.parametrize("kind", ["quadratic", "relu"])
def test_a_neuron_with_hardly_anything_but_one_frequency_ends_there(kind):
    frame = known("C7")
    noise = random_functions(frame, neurons=3)
    made = wave(7, [1, 2, 3], 1.0, 0.3), wave(7, [1, 2, 3], 1.0, 0.4), wave(7, [1, 2, 3], 1.0, 0.6)
    functions = NeuronFunctions(*(f + 0.1 * g for f, g in zip(made, each(noise), strict=True)))
    if kind == "quadratic":
        found = quadratic_flow(functions, frame, structure(frame), steps=250)
    else:
        found = relu_flow(functions, frame, steps=250)
    assert_array_equal(leading(found), [1, 2, 3])


def test_a_neuron_that_has_arrived_does_not_move():
    frame = known("C7")
    constants = structure(frame)
    waves = NeuronFunctions(wave(7, 2, 1, 0.3), wave(7, 2, 1, 0.4), wave(7, 2, 1, 0.7))
    start = coefficients(waves, frame) / np.sqrt(3 * 7 / 2)
    end = ascent(start, lambda p: quadratic_slope(p, frame, constants), 100, 0.2)
    assert_allclose(end, start, atol=1e-12)


def test_a_silent_neuron_ends_nowhere():
    frame = known("C7")
    functions = NeuronFunctions(*np.zeros((3, 7, 2)))
    for found in (
        quadratic_flow(functions, frame, structure(frame), steps=3),
        relu_flow(functions, frame, steps=3),
    ):
        assert_array_equal(leading(found), -1)
        assert_array_equal(found, 0)


def test_flows_do_not_depend_on_the_basis_nor_on_other_neurons():
    frame = known("S4")
    functions = random_functions(frame, neurons=6)
    found = quadratic_flow(functions, frame, structure(frame), steps=20)
    turned = in_another_basis(frame)
    other = quadratic_flow(functions, turned, structure(turned), steps=20)
    assert_allclose(other, found, atol=1e-8)
    order = np.random.default_rng(1).permutation(6)
    shuffled = quadratic_flow(with_neurons(functions, order), frame, structure(frame), steps=20)
    assert_allclose(shuffled, found[order])


def test_flow_of_tied_waves_follows_the_equations_of_the_paper():
    # arXiv 2602.16849: with X = Y = alpha cos(theta + phi), U = beta cos(theta + psi) and
    # D = 2 phi - psi, on all pairs of residues modulo p,
    #   d alpha = 2 p alpha beta cos D,   d phi = -2 p beta sin D,
    #   d beta = p alpha^2 cos D,         d psi = p (alpha^2 / beta) sin D.
    p, frame, k = 11, known("C11"), 3
    alpha, beta, phi, psi = 0.7, 0.4, 0.9, -0.5
    D = 2 * phi - psi
    functions = NeuronFunctions(
        wave(p, k, alpha, phi), wave(p, k, alpha, phi), wave(p, k, beta, psi)
    )
    half = quadratic_slope(coefficients(functions, frame), frame, structure(frame))
    left, right, output = 2 * frame.basis @ half
    table = left + right  # the gradient of one table that both sides read

    def rates(gradient, amplitude, phase):
        """Rates of amplitude and phase when a wave follows the gradient."""
        along, across = wave(p, k, 1, phase), wave(p, k, 1, phase + np.pi / 2)
        return 2 / p * np.sum(gradient * along), 2 / p * np.sum(gradient * across) / amplitude

    expected_table = 2 * p * alpha * beta * np.cos(D), -2 * p * beta * np.sin(D)
    assert_allclose(rates(table, alpha, phi), expected_table)
    expected_output = p * alpha**2 * np.cos(D), p * alpha**2 / beta * np.sin(D)
    assert_allclose(rates(output, beta, psi), expected_output)
