"""Powers and trilinear measures against sums over pairs, and on neurons whose parts are known."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

import brute_force
from ontogeny.studies.composition.prediction.algebra import (
    alignment,
    degrees,
    effective_rank,
    is_on,
    leading,
    participation,
    powers,
    shares,
    structure,
    trilinear,
    winners,
)
from ontogeny.studies.composition.prediction.functions import NeuronFunctions
from studies.composition.prediction.cases import (
    each,
    in_another_basis,
    known,
    matrices,
    random_functions,
    rank_one,
    wave,
    with_neurons,
)

GROUPS = ("S3", "Q8", "C7", "C4xC2", "A4", "F21")
TYPES = ("S4", "A5", "C7", "F21", "Q8", "Q8xS3")
EXACT = {"rtol": 1e-10, "atol": 1e-10}


def of_all_pairs(functions, product):
    """``sum_ab X(a) Y(b) U(a b)`` of each neuron."""
    left, right, output = each(functions)
    return np.einsum("am,bm,abm->m", left, right, output[product])


def part(functions, rho):
    columns = brute_force.entries(rho)
    return NeuronFunctions(*(brute_force.projection(f, columns) for f in each(functions)))


def aligned(functions, frame):
    energy = trilinear(functions, frame, structure(frame))
    return alignment(energy, powers(functions, frame), frame)


@pytest.mark.parametrize("name", GROUPS)
def test_structure_constants_are_sums_over_pairs(name):
    frame = known(name)
    found = structure(frame)
    n = frame.order
    dense = np.zeros((n, n, n))
    dense[found.left, found.right, found.output] = found.onto_irrep.sum(axis=0)
    direct = np.einsum(
        "ai,bj,abk->ijk", frame.basis, frame.basis, frame.basis[frame.product], optimize=True
    )
    assert_allclose(dense, direct, atol=1e-8)


def test_structure_constants_of_matrix_entries_are_few():
    # Real type: one for each triple of indices. S4 has degrees 1, 1, 2, 3, 3.
    assert len(structure(known("S4")).left) == 1 + 1 + 8 + 27 + 27


@pytest.mark.parametrize("name", GROUPS)
def test_powers_are_those_of_projections_on_matrix_entries(name):
    frame = known(name)
    functions = random_functions(frame)
    found = powers(functions, frame)
    for r, (rho, _) in enumerate(matrices(name)):
        expected = [np.square(f).sum(axis=0) for f in each(part(functions, rho))]
        assert_allclose(found[..., r], expected, **EXACT)


@pytest.mark.parametrize("name", GROUPS)
def test_trilinear_energy_is_a_sum_over_pairs_of_the_parts(name):
    frame = known(name)
    functions = random_functions(frame)
    found = trilinear(functions, frame, structure(frame))
    for r, (rho, _) in enumerate(matrices(name)):
        expected = of_all_pairs(part(functions, rho), frame.product)
        assert_allclose(found[:, r], expected, **EXACT)


@pytest.mark.parametrize("name", GROUPS)
def test_trilinear_energies_of_all_irreps_sum_to_that_of_the_functions(name):
    frame = known(name)
    functions = random_functions(frame)
    found = trilinear(functions, frame, structure(frame))
    assert_allclose(found.sum(axis=1), of_all_pairs(functions, frame.product), **EXACT)


def test_trilinear_energy_of_waves_is_that_of_their_amplitudes_and_phases():
    p, frame = 11, known("C11")
    rng = np.random.default_rng(0)
    frequency = np.arange(1, 6)
    alpha, beta, gamma = rng.uniform(0.1, 2, size=(3, 5))
    phi, chi, psi = rng.uniform(-np.pi, np.pi, size=(3, 5))
    functions = NeuronFunctions(
        wave(p, frequency, alpha, phi),
        wave(p, frequency, beta, chi),
        wave(p, frequency, gamma, psi),
    )
    found = trilinear(functions, frame, structure(frame))
    expected = np.zeros((5, 6))
    expected[np.arange(5), frequency] = p**2 / 4 * alpha * beta * gamma * np.cos(phi + chi - psi)
    assert_allclose(found, expected, atol=1e-10)


@pytest.mark.parametrize("name", GROUPS)
def test_measures_do_not_depend_on_the_basis_within_an_irrep(name):
    frame = known(name)
    functions = random_functions(frame)
    turned = in_another_basis(frame)
    own, other = structure(frame), structure(turned)
    assert_allclose(powers(functions, turned), powers(functions, frame), **EXACT)
    assert_allclose(trilinear(functions, turned, other), trilinear(functions, frame, own), **EXACT)
    assert_allclose(
        effective_rank(functions, turned, other), effective_rank(functions, frame, own), **EXACT
    )


@pytest.mark.parametrize("name", GROUPS)
def test_degrees_are_the_sizes_of_the_matrices(name):
    assert_allclose(degrees(known(name)), [rho.shape[1] for rho, _ in matrices(name)])


@pytest.mark.parametrize("name", TYPES)
def test_alignment_is_one_for_parts_of_rank_one_that_fit(name):
    frame = known(name)
    for r, (rho, _) in enumerate(matrices(name)):
        functions = rank_one(rho)
        assert_allclose(aligned(functions, frame)[0, r], 1, **EXACT)
        left, right, output = each(functions)
        opposed = NeuronFunctions(left, right, -output)
        assert_allclose(aligned(opposed, frame)[0, r], -1, **EXACT)


@pytest.mark.parametrize("name", TYPES)
def test_alignment_lies_between_minus_one_and_one(name):
    frame = known(name)
    found = aligned(random_functions(frame, neurons=200), frame)
    assert np.abs(found).max() <= 1 + 1e-12
    assert np.abs(found[:, 1:]).max() > 0.3


def test_alignment_is_the_trace_of_matrices_over_their_norms():
    # Of real type: X(a) = sum_ij A_ij rho_ij(a), and likewise B, C.
    frame = known("S4")
    rho, _ = matrices("S4")[-1]
    a, b, c = np.random.default_rng(2).normal(size=(3, 3, 3))
    functions = NeuronFunctions(*(brute_force.entries(rho) @ m.reshape(-1, 1) for m in (a, b, c)))
    norms = np.prod([np.linalg.norm(m) for m in (a, b, c)])
    assert_allclose(aligned(functions, frame)[0, -1], np.trace(a @ b @ c.T) / norms, **EXACT)


def test_alignment_without_power_is_zero():
    frame = known("S3")
    functions = random_functions(frame)
    silent = NeuronFunctions(functions.left, functions.right, np.zeros_like(functions.output))
    assert_array_equal(aligned(silent, frame), 0)


@pytest.mark.parametrize("name", TYPES)
def test_effective_rank_is_the_participation_ratio_of_singular_values(name):
    frame = known(name)
    functions = random_functions(frame)
    found = effective_rank(functions, frame, structure(frame))
    for r, (rho, copies) in enumerate(matrices(name)):
        for side, function in enumerate(each(functions)):
            for m in range(function.shape[1]):
                singular = np.linalg.svd(np.einsum("g,gij", function[:, m], rho), compute_uv=False)
                square = singular**2
                expected = square.sum() ** 2 / np.square(square).sum() / copies
                assert_allclose(found[side, m, r], expected, rtol=1e-8)


@pytest.mark.parametrize("name", TYPES)
def test_effective_rank_of_one_product_of_vectors_is_one(name):
    frame = known(name)
    for r, (rho, _) in enumerate(matrices(name)):
        found = effective_rank(rank_one(rho), frame, structure(frame))
        assert_allclose(found[:, 0, r], 1, **EXACT)


def test_effective_rank_of_a_function_without_a_part_is_not_known():
    frame = known("S3")
    left, right, _ = each(random_functions(frame))
    found = effective_rank(
        NeuronFunctions(left, right, np.zeros_like(left)), frame, structure(frame)
    )
    assert np.isfinite(found[:2]).all()
    assert np.isnan(found[2]).all()


def test_shares_count_each_function_by_its_own_power():
    frame = known("C7")
    # X in frequency 1, Y in frequency 2 and far larger, U half in each, all on a constant.
    functions = NeuronFunctions(
        5 + wave(7, 1, 1.0, 0.3),
        9 + 100 * wave(7, 2, 1.0, 0.1),
        1 + wave(7, 1, 0.1, 0.2) + wave(7, 2, 0.1, 1.2),
    )
    found = shares(powers(functions, frame))
    assert_allclose(found, [[0, 0.5, 0.5, 0]], atol=1e-12)
    assert_allclose(participation(found), [0.5])


def test_shares_of_a_function_without_power_are_zero():
    frame = known("C7")
    functions = NeuronFunctions(wave(7, 1, 1.0, 0), wave(7, 1, 1.0, 0), np.zeros((7, 1)))
    assert_allclose(shares(powers(functions, frame)), [[0, 2 / 3, 0, 0]], atol=1e-12)


def test_the_leading_irrep_has_the_largest_share_and_a_silent_neuron_has_none():
    assert_array_equal(leading(np.array([[0, 0.4, 0.6], [0, 0.9, 0.1], [0, 0, 0]])), [2, 1, -1])


def test_a_neuron_with_one_silent_function_is_off():
    frame = known("C7")
    functions = random_functions(frame, neurons=4)
    output = functions.output.copy()
    output[:, 1] = 3.0  # constant: no power in any irrep that competes
    output[:, 2] *= 1e-4
    found = is_on(powers(NeuronFunctions(functions.left, functions.right, output), frame))
    assert_array_equal(found, [True, False, False, True])


def test_winners_are_irreps_with_more_than_half_of_a_neuron_that_is_on():
    frame = known("C7")
    strong = {1: [1.0, 0.1, 0.1], 2: [0.1, 0.1, 1.0], 3: [0.7, 0.7, 0.7], 4: [1e-3, 0, 0]}
    columns = [
        sum(wave(7, k, a, 0.4 * k) for k, a in enumerate(amplitudes, start=1))
        for amplitudes in strong.values()
    ]
    functions = NeuronFunctions(*[np.concatenate(columns, axis=1)] * 3)
    assert_array_equal(winners(functions, frame), [1, 3, -1, -1])


def test_measures_of_a_neuron_do_not_depend_on_the_others():
    frame = known("A4")
    functions = random_functions(frame, neurons=6)
    order = np.random.default_rng(3).permutation(6)
    shuffled = with_neurons(functions, order)
    constants = structure(frame)
    assert_allclose(powers(shuffled, frame), powers(functions, frame)[:, order])
    assert_allclose(
        trilinear(shuffled, frame, constants), trilinear(functions, frame, constants)[order]
    )
