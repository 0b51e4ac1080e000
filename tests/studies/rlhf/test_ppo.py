"""Proximal policy optimisation: its parts by loops, and its gradient where all is enumerated."""

import itertools
from functools import cache

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.testing import assert_allclose, assert_array_equal

from ontogeny.networks import arrays as in_numpy
from ontogeny.studies.rlhf.config import PPO, Network
from ontogeny.studies.rlhf.iterations import updates_of
from ontogeny.studies.rlhf.networks.ppo import (
    Rollout,
    advantages,
    ppo_loss,
    ppo_objective,
    rollout,
    token_log_probabilities,
)
from ontogeny.studies.rlhf.networks.shapes import policy_of

V, T = 3, 3
SHAPE = Network(d_model=8, layers=1, heads=2)
POLICY = policy_of(SHAPE, V, 1, value=True)
START = policy_of(SHAPE, V, 1, value=False)
ALL = torch.tensor([(V, *tokens) for tokens in itertools.product(range(V), repeat=T)])
"""Every sequence, (27, 4)."""

SCORE = torch.from_numpy(np.random.default_rng(5).normal(size=len(ALL)))
PENALTY = 0.3
PLAIN = PPO(gae_lambda=1, value_coefficient=0)
NUMBERS = st.floats(-10, 10)


def drawn(network, seed, *, spread=0.5):
    generator = torch.Generator().manual_seed(seed)
    return {
        name: value.double() + spread * torch.randn(value.shape, generator=generator)
        for name, value in network.initial(generator).items()
    }


@cache
def policies():
    """Return a policy with a value head, and the start policy."""
    return drawn(POLICY, 1), (START, drawn(START, 2))


def rolled(sequences, score, *, parameters=None, start=None, spec=PLAIN, penalty=PENALTY):
    of, before = policies()
    return rollout(
        POLICY,
        parameters or of,
        start or before,
        sequences,
        score,
        spec=spec,
        kl_penalty=penalty,
        vocabulary=V,
    )


# What a policy says


def test_a_policy_says_the_probability_of_each_token_and_the_value_of_what_is_before():
    parameters, _ = policies()
    logits = POLICY.logits(parameters, ALL[:, :-1])
    found, value = token_log_probabilities(POLICY, parameters, ALL, V)
    for n, t in itertools.product((0, 7, 26), range(T)):
        share = np.exp(logits[n, t, :V].numpy())
        token = ALL[n, t + 1]
        assert_allclose(found[n, t], np.log(share[token] / share.sum()), rtol=1e-10)
        assert_array_equal(value[n, t, 0], logits[n, t, V])
    assert_allclose(found.sum(dim=1).exp().sum(), 1, rtol=1e-12)
    assert token_log_probabilities(START, policies()[1][1], ALL, V)[1].shape == (27, 3, 0)


# Advantages


@settings(max_examples=60)
@given(
    arrays(float, (2, 5), elements=NUMBERS),
    arrays(float, (2, 5), elements=NUMBERS),
    st.floats(0, 1),
)
def test_advantages_are_the_sums_of_the_definition(reward, value, decay):
    padded = np.column_stack([value, np.zeros(2)])
    expected = [
        [
            sum(
                decay**k * (reward[n, t + k] + padded[n, t + k + 1] - padded[n, t + k])
                for k in range(5 - t)
            )
            for t in range(5)
        ]
        for n in range(2)
    ]
    found = advantages(torch.from_numpy(reward), torch.from_numpy(value), decay)
    assert_allclose(found, expected, atol=1e-9)


@settings(max_examples=30)
@given(arrays(float, (2, 4), elements=NUMBERS), arrays(float, (2, 4), elements=NUMBERS))
def test_without_decay_advantages_are_returns_less_values_and_with_all_of_it_one_step(
    reward, value
):
    given_ = torch.from_numpy(reward), torch.from_numpy(value)
    to_go = reward[:, ::-1].cumsum(axis=1)[:, ::-1]
    assert_allclose(advantages(*given_, 1.0), to_go - value, atol=1e-9)
    after = np.column_stack([value[:, 1:], np.zeros(2)])
    assert_allclose(advantages(*given_, 0.0), reward + after - value, atol=1e-9)


# Rollouts


def test_the_score_is_on_the_last_token_and_the_penalty_on_each():
    parameters, start = policies()
    found = rolled(ALL, SCORE, spec=PPO(gae_lambda=0.5))
    old, value = token_log_probabilities(POLICY, parameters, ALL, V)
    before, _ = token_log_probabilities(*start, ALL, V)
    reward = -PENALTY * (old - before)
    reward[:, T - 1] += SCORE
    raw = advantages(reward, value[:, :, 0], 0.5)
    assert_allclose(found.value_target, raw + value[:, :, 0], rtol=1e-10)
    assert_allclose(found.log_probability, old, rtol=1e-12)
    assert_array_equal(found.sequences, ALL)


def test_advantages_of_an_iteration_have_mean_0_and_deviation_1_and_keep_their_order():
    found = rolled(ALL, SCORE)
    assert_allclose(found.advantage.mean(), 0, atol=1e-12)
    assert_allclose(found.advantage.std(), 1, rtol=1e-6)
    raw = found.value_target - token_log_probabilities(POLICY, policies()[0], ALL, V)[1][:, :, 0]
    assert_array_equal(found.advantage.flatten().argsort(), raw.flatten().argsort())


def test_equal_rewards_give_no_advantage():
    parameters, start = policies()
    flat = parameters | {"W_U": parameters["W_U"].clone()}
    flat["W_U"][:, V] = 0
    found = rolled(
        ALL, torch.ones(27, dtype=torch.float64), parameters=flat, start=start, penalty=0.0
    )
    assert_array_equal(found.advantage, torch.zeros(27, T))


def test_a_policy_that_is_still_the_start_has_no_penalty():
    _, (_, before) = policies()
    zeros = torch.zeros(8, 1, dtype=torch.float64)
    same = before | {"W_U": torch.cat([before["W_U"], zeros], dim=1)}
    found = rolled(ALL, torch.zeros(27, dtype=torch.float64), parameters=same, penalty=100.0)
    assert_allclose(found.value_target, torch.zeros(27, T), atol=1e-12)


# The loss


def made_up(parameters, *, far):
    """Return a rollout whose policy was `far` from the one that is asked."""
    rng = np.random.default_rng(3)
    new, _ = token_log_probabilities(POLICY, parameters, ALL, V)
    away = torch.from_numpy(rng.normal(scale=far, size=(27, T)))
    advantage, target = (torch.from_numpy(rng.normal(size=(27, T))) for _ in range(2))
    return Rollout(ALL, new + away, advantage, target)


@pytest.mark.parametrize("far", [0.0, 0.1, 1.0])
def test_the_loss_is_the_mean_over_tokens_of_the_definition(far):
    parameters, _ = policies()
    batch = made_up(parameters, far=far)
    spec = PPO(clip=0.2, value_coefficient=0.7)
    new, value = token_log_probabilities(POLICY, parameters, ALL, V)
    gain = error = 0.0
    sides = set()
    for n, t in itertools.product(range(27), range(T)):
        ratio = float((new[n, t] - batch.log_probability[n, t]).exp())
        A = float(batch.advantage[n, t])
        within = min(max(ratio, 0.8), 1.2)
        sides.add((np.sign(ratio - within), np.sign(A)))
        gain += min(ratio * A, within * A)
        error += float(value[n, t, 0] - batch.value_target[n, t]) ** 2
    assert far < 1 or len(sides) == 6, "both advantages below, within and above the clip"
    found = ppo_loss(POLICY, parameters, batch, spec=spec, vocabulary=V)
    assert_allclose(found, (0.7 * error / 2 - gain) / (27 * T), rtol=1e-12)


def slope_of_token(ratio, advantage):
    """Return how the loss changes with the log-probability of a token."""
    parameters, _ = policies()
    sequences = ALL[:1]
    new, _ = token_log_probabilities(POLICY, parameters, sequences, V)
    old = new.clone()
    old[0, 1] -= np.log(ratio)
    A = torch.zeros(1, T, dtype=torch.float64)
    A[0, 1] = advantage
    batch = Rollout(sequences, old, A, torch.zeros(1, T, dtype=torch.float64))
    leaf = parameters["W_U"].clone().requires_grad_()
    loss = ppo_loss(
        POLICY, parameters | {"W_U": leaf}, batch, spec=PPO(value_coefficient=0), vocabulary=V
    )
    (found,) = torch.autograd.grad(loss, leaf)
    return float(found.abs().max())


@pytest.mark.parametrize(
    ("ratio", "advantage", "learns"),
    [
        (1.5, 1, False),  # more probable already, and better: enough
        (1.5, -1, True),  # more probable, and worse: to be taken back
        (0.5, 1, True),
        (0.5, -1, False),
        (1.1, 1, True),
        (0.9, -1, True),
    ],
)
def test_a_token_beyond_the_clip_is_learned_from_only_to_come_back(ratio, advantage, learns):
    assert (slope_of_token(ratio, advantage) > 0) == learns


# The gradient


def expected_gradient(parameters, start):
    """Return the gradient of E[r] - lambda KL over all sequences, by autograd."""
    leaves = {name: value.clone().requires_grad_() for name, value in parameters.items()}
    new, _ = token_log_probabilities(POLICY, leaves, ALL, V)
    total = new.sum(dim=1)
    before, _ = token_log_probabilities(*start, ALL, V)
    objective = (total.exp() * (SCORE - PENALTY * (total - before.sum(dim=1)))).sum()
    slopes = torch.autograd.grad(objective, list(leaves.values()))
    return dict(zip(leaves, slopes, strict=True))


def raw_gradient(sequences, score, parameters, *, weight):
    """Return minus the gradient of the loss, without scaled advantages, in units of a response."""
    batch = rolled(sequences, score, parameters=parameters)
    value = token_log_probabilities(POLICY, parameters, sequences, V)[1][:, :, 0]
    advantage = (batch.value_target - value) * weight[:, None] * T
    raw = Rollout(batch.sequences, batch.log_probability, advantage, batch.value_target)
    leaves = {name: value.clone().requires_grad_() for name, value in parameters.items()}
    loss = ppo_loss(POLICY, leaves, raw, spec=PLAIN, vocabulary=V)
    slopes = torch.autograd.grad(loss, list(leaves.values()))
    return {name: -slope for name, slope in zip(leaves, slopes, strict=True)}


def without_value(parameters):
    """Return the policy with a value head that gives 0."""
    W_U = parameters["W_U"].clone()
    W_U[:, V] = 0
    return parameters | {"W_U": W_U}


def test_over_all_sequences_the_gradient_is_that_of_reward_less_penalty():
    """And a value head, whatever it says, changes nothing of it: a baseline has no bias."""
    parameters, start = policies()
    new, _ = token_log_probabilities(POLICY, parameters, ALL, V)
    probability = new.sum(dim=1).exp()
    for policy in (without_value(parameters), parameters):
        found = raw_gradient(ALL, SCORE, policy, weight=probability * len(ALL))
        expected = expected_gradient(policy, start)
        for name, slope in expected.items():
            assert_allclose(found[name], slope, atol=1e-9, err_msg=name)
        assert max(float(slope.abs().max()) for slope in expected.values()) > 0.1


def cosine(first, second):
    first, second = (
        torch.cat([each[name].flatten() for name in sorted(each)]) for each in (first, second)
    )
    return float(first @ second / (first.norm() * second.norm()))


def test_the_gradient_of_samples_is_that_of_all_sequences():
    parameters, start = policies()
    policy = without_value(parameters)
    count = 60_000
    tokens, _ = in_numpy.sample(
        {name: value.numpy() for name, value in policy.items()},
        np.full(count, V),
        T,
        V,
        np.random.default_rng(0),
    )
    times = np.bincount(tokens[:, 1:] @ [9, 3, 1], minlength=27)  # drawn is each sequence
    share = torch.from_numpy(times / count * len(ALL))
    found = raw_gradient(ALL, SCORE, policy, weight=share)
    expected = expected_gradient(policy, start)
    assert cosine(found, expected) > 0.999


def test_scaled_advantages_turn_the_gradient_only_by_the_mean_that_is_taken_off():
    """Over all sequences a constant advantage has no gradient."""
    parameters, start = policies()
    policy = without_value(parameters)
    new, _ = token_log_probabilities(POLICY, policy, ALL, V)
    repeats = (1e4 * new.sum(dim=1).exp()).round().long()
    sequences, score = ALL.repeat_interleave(repeats, 0), SCORE.repeat_interleave(repeats, 0)
    batch = rolled(sequences, score, parameters=policy)
    leaves = {name: value.clone().requires_grad_() for name, value in policy.items()}
    loss = ppo_loss(POLICY, leaves, batch, spec=PLAIN, vocabulary=V)
    slopes = torch.autograd.grad(-loss, list(leaves.values()))
    found = dict(zip(leaves, slopes, strict=True))
    assert cosine(found, expected_gradient(policy, start)) > 0.9999


# Iterations


def objective_of(sampled, *, spec, seed=0):
    _, start = policies()

    def sample(parameters, iteration):
        sampled.append((iteration, {name: value.clone() for name, value in parameters.items()}))
        return ALL[torch.from_numpy(np.random.default_rng(iteration).integers(27, size=8))]

    return ppo_objective(
        POLICY,
        start,
        sample,
        lambda sequences: sequences[:, 1].double(),
        spec=spec,
        kl_penalty=PENALTY,
        vocabulary=V,
        seed=seed,
    )


def gradient_like(parameters):
    return {name: torch.zeros_like(value) for name, value in parameters.items()}


def test_an_iteration_samples_once_from_the_parameters_at_its_start():
    spec, sampled = PPO(samples=8, minibatch=4, passes=2), []
    assert updates_of(spec) == 4
    objective = objective_of(sampled, spec=spec)
    given_ = []
    for update in range(8):
        parameters = drawn(POLICY, update)
        given_.append(parameters)
        objective(parameters, gradient_like(parameters), update)
    assert [iteration for iteration, _ in sampled] == [0, 1]
    for (_, parameters), expected in zip(sampled, given_[::4], strict=True):
        for name, values in expected.items():
            assert_array_equal(parameters[name], values)


def test_the_first_update_of_an_iteration_has_a_ratio_of_1():
    """So its gradient does not depend on the clip, and its gain is the mean advantage."""
    parameters, _ = policies()
    found = []
    for clip in (1e-6, 10.0):
        spec = PPO(samples=8, minibatch=8, passes=1, clip=clip, value_coefficient=0)
        gradient = gradient_like(parameters)
        loss = objective_of([], spec=spec)(parameters, gradient, 0)
        assert_allclose(loss, 0, atol=1e-12)
        found.append(gradient)
    for name, values in found[0].items():
        assert_allclose(values, found[1][name], atol=1e-12)
    assert max(float(each.abs().max()) for each in found[0].values()) > 1e-3


def test_each_pass_reads_each_response_once_in_an_order_of_its_own():
    """With the policy as it is, losses of the minibatches of a pass have the mean of all."""
    parameters, _ = policies()
    spec = PPO(samples=8, minibatch=2, passes=2, value_coefficient=1)
    whole = PPO(samples=8, minibatch=8, passes=1, value_coefficient=1)
    expected = float(objective_of([], spec=whole)(parameters, gradient_like(parameters), 0))
    orders = []
    for seed in (0, 1):
        objective = objective_of([], spec=spec, seed=seed)
        losses = [
            float(objective(parameters, gradient_like(parameters), update)) for update in range(8)
        ]
        for pass_ in (losses[:4], losses[4:]):
            assert_allclose(np.mean(pass_), expected, rtol=1e-10)
            orders.append(tuple(np.round(pass_, 12)))
    assert len(set(orders)) == 4
