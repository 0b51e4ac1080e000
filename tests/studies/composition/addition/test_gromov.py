"""The network that adds by construction."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from studies.composition.addition import known, plain
from studies.composition.addition.gromov import analytic, participation


def answers(p):
    return np.add.outer(np.arange(p), np.arange(p)) % p


@pytest.mark.parametrize("p", [11, 23, 59])
@pytest.mark.parametrize("seed", [0, 1])
def test_random_phases_are_right_everywhere(p, seed):
    logits = known.random(p, 512, seed).logits
    assert (logits.argmax(axis=2) == answers(p)).all()


@pytest.mark.parametrize(("p", "keys"), [(11, (1, 3)), (23, (2, 5, 9))])
@pytest.mark.parametrize("steps", [3, 8])
def test_equal_phases_give_cubes_and_nothing_else(p, keys, steps):
    """Of each frequency h/2 times cos(w (a + b - c)), h neurons."""
    network = known.exact(p, keys, steps)
    expected = sum(plain.cube(p, k) / (np.sqrt(2) * p**-1.5) * steps**2 / 2 for k in keys)
    assert_allclose(network.logits, expected, atol=1e-9)


def test_hidden_layer_and_logits_follow_from_the_weights():
    network = analytic(7, np.array([2]), np.array([0.3]), np.array([1.1]))
    a, b, c = 3, 6, 4
    w = 2 * np.pi * 2 / 7
    neuron = (np.cos(w * a + 0.3) + np.cos(w * b + 1.1)) ** 2
    assert_allclose(network.hidden[a, b], [neuron], rtol=1e-12)
    assert_allclose(network.logits[a, b, c], neuron * np.cos(w * c + 1.4), rtol=1e-12)


def test_participation():
    network = known.random(23, 40)
    for weights in (network.left, network.right, network.unembedding):
        assert_allclose(participation(weights), 1, rtol=1e-10)
    two = network.left[:, :1] + 1
    # A constant of power p beside a wave of power p/2.
    assert_allclose(participation(two), (1 + 1 / 4) / (3 / 2) ** 2, rtol=1e-10)
    noise = np.random.default_rng(0).normal(size=(113, 500))
    assert participation(noise).mean() < 0.06
    assert participation(np.zeros((5, 2))).tolist() == [0, 0]
