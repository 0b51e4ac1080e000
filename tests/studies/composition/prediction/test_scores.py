"""Scores by name, of single neurons and of a network."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from ontogeny.studies.composition.prediction.algebra import powers, structure, winners
from ontogeny.studies.composition.prediction.functions import NeuronFunctions
from ontogeny.studies.composition.prediction.scores import SCORES, network_scores, neuron_scores
from ontogeny.studies.composition.prediction.scoring import neuron_auc
from studies.composition.addition.known import exact
from studies.composition.prediction.cases import (
    in_another_basis,
    known,
    random_functions,
    with_neurons,
)

GROUPS = ("S3", "Q8", "C7", "C4xC2", "F21")


def scores_of(functions, frame):
    return neuron_scores(functions, frame, structure(frame))


@pytest.mark.parametrize("name", GROUPS)
def test_power_scores_are_powers_over_the_rank(name):
    frame = known(name)
    functions = random_functions(frame)
    found = scores_of(functions, frame)
    left, right, output = powers(functions, frame)[..., 1:] / frame.rank[1:]
    assert_allclose(found["read"][:, 1:], left + right)
    assert_allclose(found["write"][:, 1:], output)
    assert_allclose(found["power"], found["read"] + found["write"])


@pytest.mark.parametrize("name", GROUPS)
def test_scores_of_random_functions_do_not_prefer_an_irrep(name):
    # Power by rank has the same mean in every irrep: 3 for three standard normal functions.
    frame = known(name)
    found = scores_of(random_functions(frame, neurons=20_000), frame)["power"]
    assert_allclose(found[:, 1:].mean(axis=0), 3, rtol=0.03)


@pytest.mark.parametrize("name", GROUPS)
def test_scores_do_not_depend_on_the_order_of_neurons_nor_on_the_basis(name):
    frame = known(name)
    functions = random_functions(frame)
    order = np.array([3, 0, 4, 1, 2])
    found = scores_of(functions, frame)
    shuffled = scores_of(with_neurons(functions, order), frame)
    turned = scores_of(functions, in_another_basis(frame))
    for name_of, score in found.items():
        assert_allclose(shuffled[name_of], score[order], atol=1e-12)
        assert_allclose(turned[name_of], score, atol=1e-10)
    of_network, of_shuffled = network_scores(found), network_scores(shuffled)
    for name_of, score in of_network.items():
        assert_allclose(of_shuffled[name_of], score)


def test_the_trivial_irrep_has_no_score():
    found = scores_of(random_functions(known("S3")), known("S3"))
    assert set(found) < set(SCORES)
    for score in (*found.values(), *network_scores(found).values()):
        assert np.isnan(score[..., 0]).all()
        assert np.isfinite(score[..., 1:]).all()


def test_scores_of_a_network_sum_what_its_neurons_have():
    nan = np.nan
    found = network_scores(
        {
            "read": np.array([[nan, 1, 2], [nan, 3, 4]]),
            "trilinear": np.array([[nan, -5, 2], [nan, 3, -4]]),
            "alignment": np.array([[nan, -1, 1], [nan, 1, -1]]),
            "quadratic flow": np.array([[0, 0.4, 0.6], [0, 0.1, 0.9], [0, 0, 0]]),
            "gradient": np.array([[nan, -5, 2], [nan, 3, -4]]),
        }
    )
    assert set(found) == {"read", "trilinear", "quadratic flow", "gradient"}
    assert_array_equal(found["read"], [nan, 4, 6])
    assert_array_equal(found["trilinear"], [nan, 3, 2])
    assert_array_equal(found["quadratic flow"], [nan, 0, 2])
    assert_array_equal(found["gradient"], [nan, -2, -2])


def test_power_names_the_winners_of_a_network_by_construction():
    # Every neuron of the analytic network has one frequency; two get half as much of another one.
    frame = known("C11")
    network = exact(11, [2, 5])
    tables = np.stack([network.left, network.right, network.unembedding])
    tables[..., :2] += 0.5 * tables[..., -2:]
    functions = NeuronFunctions(*tables)
    winner = winners(functions, frame)
    assert_array_equal(winner, network.frequency)
    power = scores_of(functions, frame)["power"]
    neuron = np.arange(len(winner))
    others = power.copy()
    others[:, 0] = others[neuron, winner] = -np.inf
    assert (power[neuron, winner] > others.max(axis=1)).all()
    assert (others[:2].max(axis=1) > 0.1).all()
    assert neuron_auc(power, winner).value == 1
    # Were they asked of each other's winners, it would not be 1.
    assert neuron_auc(power, np.roll(winner, 1)).value < 1


@pytest.mark.parametrize("name", ["C31", "S4"])
def test_scores_on_a_relabelled_group_know_nothing(name):
    """Neurons in single irreps, read with elements in an order that is not that of the group."""
    frame = known(name)
    rng = np.random.default_rng(2)
    winner = rng.integers(1, len(frame.irreps), size=3000)
    own = frame.irrep_of_entry[:, None] == winner
    noise = 0.3 * rng.normal(size=(3, *own.shape))
    tables = frame.basis @ (own * rng.normal(size=(3, *own.shape)) + noise)
    order = np.array([rng.permutation(frame.order) for _ in winner]).T
    relabelled = np.take_along_axis(tables, order[None], axis=1)
    right = scores_of(NeuronFunctions(*tables), frame)
    wrong = scores_of(NeuronFunctions(*relabelled), frame)
    for score in ("read", "write", "power", "trilinear", "alignment"):
        assert neuron_auc(wrong[score], winner).value == pytest.approx(0.5, abs=0.03)
    for score in ("read", "write", "power"):
        assert neuron_auc(right[score], winner).value > 0.9


def test_energy_of_the_network_by_construction_is_positive_at_its_frequencies_alone():
    frame = known("C11")
    network = exact(11, [2, 5])
    functions = NeuronFunctions(network.left, network.right, network.unembedding)
    found = scores_of(functions, frame)
    neuron = np.arange(len(network.frequency))
    assert_allclose(found["trilinear"][neuron, network.frequency], 11**2 / 4)
    assert_allclose(found["alignment"][neuron, network.frequency], 1)
    of_network = network_scores(found)["trilinear"]
    assert_array_equal(np.flatnonzero(of_network > 1e-6), [2, 5])
