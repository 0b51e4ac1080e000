"""What policies and preference models read and give."""

import numpy as np
import torch
from numpy.testing import assert_allclose, assert_array_equal

from ontogeny.studies.rlhf.config import Network
from ontogeny.studies.rlhf.networks.shapes import (
    AXES,
    policy_of,
    preference_of,
    scores,
    with_value_head,
)

SHAPE = Network(d_model=8, layers=2, heads=2)
V, PROMPTS = 5, 2


def drawn(network, seed=0):
    return network.initial(torch.Generator().manual_seed(seed))


def sequences(count=4, length=6, seed=0):
    rng = np.random.default_rng(seed)
    tokens = rng.integers(V, size=(count, length + 1))
    tokens[:, 0] = V + rng.integers(PROMPTS, size=count)
    return torch.from_numpy(tokens)


def test_policies_read_prompts_and_predict_tokens_alone():
    start = policy_of(SHAPE, V, PROMPTS, value=False)
    trained = policy_of(SHAPE, V, PROMPTS, value=True)
    assert start.causal
    assert trained.causal
    assert start.shapes()["W_E"] == (V + PROMPTS, 8)
    assert (start.shapes()["W_U"], trained.shapes()["W_U"]) == ((8, V), (8, V + 1))
    assert {n: s for n, s in start.shapes().items() if n != "W_U"} == {
        n: s for n, s in trained.shapes().items() if n != "W_U"
    }
    assert start.shapes()["W_in"] == (2, 8, 32)


def test_a_preference_model_has_one_output_and_no_causality():
    network = preference_of(SHAPE, V, PROMPTS)
    assert not network.causal
    assert network.shapes()["W_E"] == (V + PROMPTS, 8)
    assert network.shapes()["W_U"] == (8, 1)


def test_a_score_is_the_mean_over_the_prompt_and_all_tokens():
    network = preference_of(SHAPE, V, PROMPTS)
    parameters, read = drawn(network), sequences()
    each = network.logits(parameters, read)
    expected = [sum(float(each[n, t, 0]) for t in range(7)) / 7 for n in range(4)]
    assert_allclose(scores(network, parameters, read), expected, rtol=1e-5)


def test_a_score_depends_on_the_prompt():
    network, read = preference_of(SHAPE, V, PROMPTS), sequences()
    other = read.clone()
    other[:, 0] = 2 * V + 1 - read[:, 0]
    parameters = drawn(network)
    assert (scores(network, parameters, read) != scores(network, parameters, other)).all()


def test_a_new_value_head_gives_nothing_and_leaves_the_policy_as_it_is():
    start = policy_of(SHAPE, V, PROMPTS, value=False)
    parameters, read = drawn(start), sequences()[:, :-1]
    stored = {name: value.numpy() for name, value in parameters.items()}
    valued = with_value_head(stored)
    found = policy_of(SHAPE, V, PROMPTS, value=True).logits(valued, read)
    assert_allclose(found[:, :, :V], start.logits(parameters, read), atol=1e-6)
    assert_array_equal(found[:, :, V], np.zeros((4, 6)))
    assert stored["W_U"].shape == (8, V)


def test_changing_a_policy_does_not_change_the_start_that_it_is_made_of():
    stored = {n: v.numpy() for n, v in drawn(policy_of(SHAPE, V, 1, value=False)).items()}
    before = {name: values.copy() for name, values in stored.items()}
    for value in with_value_head(stored).values():
        value.zero_()
    for name, values in stored.items():
        assert_array_equal(values, before[name])


def test_every_parameter_has_named_dimensions():
    for network in (policy_of(SHAPE, V, 1, value=True), preference_of(SHAPE, V, 1)):
        for name, shape in network.shapes().items():
            assert len(AXES[name]) == len(shape)
