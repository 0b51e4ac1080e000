"""Phases of neurons that are waves, on cyclic groups and their products."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from ontogeny.studies.composition.prediction.algebra import (
    alignment,
    powers,
    structure,
    trilinear,
)
from ontogeny.studies.composition.prediction.functions import NeuronFunctions
from ontogeny.studies.composition.prediction.waves import (
    MULTIPLES,
    is_abelian,
    misalignment,
    phase_symmetry,
    phases,
)
from studies.composition.prediction.cases import in_another_basis, known, random_functions, wave

ABELIAN = ("C7", "C8", "C4xC3", "C3xC3")


def test_phases_of_waves_are_those_that_they_were_made_with():
    p = 9
    rng = np.random.default_rng(0)
    frequency = np.arange(1, 5)
    made = rng.uniform(-np.pi, np.pi, size=(3, 4))
    functions = NeuronFunctions(*(wave(p, frequency, 0.3, phase) for phase in made))
    found = phases(functions, known("C9"))
    assert_allclose(found[:, np.arange(4), frequency], made, atol=1e-12)


@pytest.mark.parametrize("name", ABELIAN)
def test_cosine_of_the_misalignment_is_the_alignment(name):
    frame = known(name)
    functions = random_functions(frame, neurons=20)
    energy = trilinear(functions, frame, structure(frame))
    found = misalignment(phases(functions, frame))
    waves = frame.rank == 2
    assert waves.any()
    assert_allclose(
        np.cos(found)[:, waves], alignment(energy, powers(functions, frame), frame)[:, waves]
    )
    assert np.isnan(found[:, ~waves]).all()


@pytest.mark.parametrize("name", ABELIAN)
def test_phases_do_not_depend_on_the_basis_within_an_irrep(name):
    frame = known(name)
    functions = random_functions(frame)
    assert_allclose(phases(functions, in_another_basis(frame)), phases(functions, frame))


@pytest.mark.parametrize("name", ABELIAN)
def test_a_shift_of_the_left_factor_shifts_phases_by_its_angle(name):
    frame = known(name)
    functions = random_functions(frame)
    shift = 1 + frame.order // 2
    moved = NeuronFunctions(
        functions.left[frame.product[shift]],
        functions.right,
        functions.output[frame.product[shift]],
    )
    before, after = phases(functions, frame), phases(moved, frame)
    turn = np.exp(1j * (after - before))
    waves = frame.rank == 2
    angle = turn[0][:, waves]
    cosine = np.broadcast_to(frame.character[waves, shift] / 2, angle.shape)
    assert_allclose(angle.real, cosine, atol=1e-12)
    assert_allclose(turn[2][:, waves], angle)
    assert_allclose(misalignment(after), misalignment(before))


def test_misalignment_lies_between_minus_pi_and_pi():
    phase = np.array([3.0, 3.0, -3.0]).reshape(3, 1, 1)
    assert_allclose(misalignment(phase), 9.0 - 2 * np.pi)
    half = np.array([np.pi, 0.0, 0.0]).reshape(3, 1, 1)
    assert_array_equal(misalignment(half), np.pi)
    assert_array_equal(misalignment(-half), np.pi)


def test_phases_need_a_group_whose_elements_commute():
    assert is_abelian(known("C4xC3"))
    assert not is_abelian(known("S3"))
    with pytest.raises(ValueError, match="abelian"):
        phases(random_functions(known("S3")), known("S3"))


def test_phase_symmetry_of_equally_spread_and_of_equal_phases():
    assert MULTIPLES == (1, 2, 3, 4)
    phase = np.full((8, 4), 0.7)
    phase[:3, 1] += 2 * np.pi * np.arange(3) / 3
    phase[3:, 1] = np.arange(5)
    winner = np.array([1, 1, 1, 2, 2, -1, -1, -1])
    found = phase_symmetry(phase, winner)
    assert_allclose(found[1], [0, 0, 1, 0], atol=1e-12)
    assert_allclose(found[2], 1)
    assert np.isnan(found[[0, 3]]).all()
