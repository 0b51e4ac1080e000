"""The network against a loop over positions and heads, and the laws of its interventions."""

import math

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose

from ontogeny.networks.decoder import Transformer, next_token_loss, sinusoids
from ontogeny.studies.induction.analysis.attribution import before_and_after, logit_attribution
from ontogeny.studies.induction.analysis.evaluation import evaluate, evaluation_set
from ontogeny.studies.induction.analysis.knock_outs import (
    idealised_previous_token,
    single_knock_outs,
    without_heads,
)
from ontogeny.studies.induction.config import Network, Training
from ontogeny.studies.induction.runs import build, train_network
from ontogeny.training import arrays_of, state_of

KINDS = {
    "attention only": Transformer(11, layers=2, d_model=12, heads=3),
    "three layers": Transformer(11, layers=3, d_model=8, heads=2),
    "mlp": Transformer(11, layers=2, d_model=12, heads=3, d_mlp=10),
    "smeared": Transformer(11, layers=2, d_model=12, heads=3, smeared_keys=True),
    "positions first": Transformer(11, layers=2, d_model=12, heads=3, positions="first"),
}
kinds = pytest.mark.parametrize("kind", KINDS)
CLOSE = 2e-5


def random_parameters(network, seed=0):
    """Return parameters of which none is at its initial constant."""
    generator = torch.Generator().manual_seed(seed)
    found = network.initial(generator)
    for name, value in found.items():
        if name.startswith(("gain", "b_", "smear")):
            found[name] = value + 0.3 * torch.randn(value.shape, generator=generator)
    return found


def random_tokens(network, count=3, length=9):
    rng = np.random.default_rng(0)
    return torch.from_numpy(rng.integers(0, network.vocabulary, (count, length)))


def by_loops(network, parameters, tokens):
    """Return the logits of one sequence by the definition, one position and head at a time."""
    p = {name: value.double().numpy() for name, value in parameters.items()}
    d, e = network.d_model, network.d_head

    def normal(x, gain):
        return gain * (x - x.mean()) / math.sqrt(x.var() + 1e-5)

    def position(t):
        rates = [10_000.0 ** (-2 * k / d) for k in range(d // 2)]
        return np.array([f(t * w) for w in rates for f in (math.sin, math.cos)])

    stream = [p["W_E"][token] for token in tokens]
    for layer in range(network.layers):
        n = [normal(x, p["gain"][layer]) for x in stream]
        seen = layer == 0 or network.positions == "all"
        placed = [x + seen * position(t) for t, x in enumerate(n)]
        added = [np.zeros(d) for _ in stream]
        for head in range(network.heads):
            keys = [x @ p["W_K"][layer, head] for x in placed]
            if network.smeared_keys:
                s = 1 / (1 + math.exp(-p["smear"][layer, head]))
                keys = [s * key + (1 - s) * keys[max(t - 1, 0)] for t, key in enumerate(keys)]
            for i, x in enumerate(placed):
                scores = [x @ p["W_Q"][layer, head] @ key / math.sqrt(e) for key in keys[: i + 1]]
                weights = np.exp(scores) / np.exp(scores).sum()
                mixed = sum(w * (n[j] @ p["W_V"][layer, head]) for j, w in enumerate(weights))
                added[i] += mixed @ p["W_O"][layer, head]
        stream = [x + a for x, a in zip(stream, added, strict=True)]
        if network.d_mlp:
            for t, x in enumerate(stream):
                hidden = normal(x, p["gain_mlp"][layer]) @ p["W_in"][layer] + p["b_in"][layer]
                stream[t] = x + hidden.clip(0) @ p["W_out"][layer] + p["b_out"][layer]
    return np.stack([normal(x, p["gain_final"]) @ p["W_U"] for x in stream])


@kinds
def test_logits_are_those_of_the_definition(kind):
    network = KINDS[kind]
    parameters, tokens = random_parameters(network), random_tokens(network)
    expected = np.stack([by_loops(network, parameters, row) for row in tokens.tolist()])
    assert_allclose(network.logits(parameters, tokens), expected, atol=CLOSE)
    assert_allclose(network.forward(parameters, tokens).logits, expected, atol=CLOSE)


@kinds
def test_nothing_is_seen_before_it_comes(kind):
    network = KINDS[kind]
    parameters, tokens = random_parameters(network), random_tokens(network)
    changed = tokens.clone()
    changed[:, 5:] = (changed[:, 5:] + 1) % network.vocabulary
    before, after = (network.logits(parameters, each) for each in (tokens, changed))
    assert_allclose(before[:, :5], after[:, :5], atol=1e-6)
    assert (before[:, 5:] - after[:, 5:]).abs().max() > 0.1


@kinds
def test_patterns_are_distributions_over_the_past(kind):
    network = KINDS[kind]
    found = network.forward(random_parameters(network), random_tokens(network))
    assert len(found.patterns) == len(found.streams) == len(found.mixed) == network.layers
    for pattern in found.patterns:
        assert_allclose(pattern.sum(dim=3), 1, atol=1e-6)
        assert_allclose(pattern.triu(1), 0)


@kinds
def test_a_network_goes_on_from_any_layer(kind):
    network = KINDS[kind]
    parameters = random_parameters(network)
    whole = network.forward(parameters, random_tokens(network))
    again = network.resume(parameters, whole.streams[1], first=1)
    assert_allclose(again.logits, whole.logits, atol=1e-6)
    forced = network.forward(parameters, random_tokens(network), patterns=whole.patterns)
    assert_allclose(forced.logits, whole.logits, atol=1e-6)


def test_without_positions_only_the_set_of_the_past_counts():
    network = Transformer(11, layers=1, d_model=12, heads=3)
    parameters = random_parameters(network)
    tokens = torch.tensor([[1, 2, 3, 4], [2, 3, 1, 4]])
    with_positions = network.logits(parameters, tokens)[:, -1]
    assert (with_positions[0] - with_positions[1]).abs().max() > 1e-3
    stream = parameters["W_E"][tokens]
    later = Transformer(11, layers=2, d_model=12, heads=3, positions="first")
    parameters = random_parameters(later)
    last = later.resume(parameters, stream, first=1).logits[:, -1]
    assert_allclose(last[0], last[1], atol=CLOSE)


def test_sinusoids_have_unit_amplitude_and_turn_evenly():
    found = sinusoids(50, 8).double()
    assert_allclose(found[:, 0::2] ** 2 + found[:, 1::2] ** 2, 1, atol=1e-6)
    assert_allclose(found[0], [0, 1] * 4, atol=0)
    angle = torch.atan2(found[:, 2], found[:, 3])
    assert_allclose(angle[3] - angle[2], 10_000 ** (-2 / 8), atol=1e-6)


def test_losses_are_cross_entropies():
    logits = torch.tensor([[[0.0, math.log(3.0)]]])
    assert_allclose(next_token_loss(logits, torch.tensor([[1]])), [[math.log(4 / 3)]], rtol=1e-6)


@kinds
def test_single_knock_outs_are_those_of_a_whole_pass(kind):
    network = KINDS[kind]
    parameters, sequences = random_parameters(network), random_tokens(network)
    clean = network.forward(parameters, sequences[:, :-1])
    seen = 0
    for layer, head, *both in single_knock_outs(network, parameters, clean):
        removed = torch.zeros(network.layers, network.heads, dtype=torch.bool)
        removed[layer, head] = True
        for preserve, logits in zip((False, True), both, strict=True):
            expected = without_heads(network, parameters, sequences, removed, preserve=preserve)
            found = next_token_loss(logits, sequences[:, 1:])
            assert_allclose(found, expected, atol=CLOSE)
        seen += 1
    assert seen == network.layers * network.heads


def test_preserved_patterns_take_out_the_paths_through_a_head():
    """With patterns frozen and no MLP, streams are linear in what heads write."""
    network = KINDS["attention only"]
    parameters, tokens = random_parameters(network), random_tokens(network)
    clean = network.forward(parameters, tokens)
    keep = torch.ones(2, 3)
    keep[1, 2] = 0
    found = network.forward(parameters, tokens, keep=keep, patterns=clean.patterns)
    final = clean.streams[1] + sum(
        clean.mixed[1][:, head] @ parameters["W_O"][1, head] for head in (0, 1)
    )
    assert_allclose(found.logits, network.unembed(parameters, final), atol=CLOSE)


def test_a_mean_stands_in_for_a_removed_head():
    """A head that writes the same everywhere is its own mean."""
    network = KINDS["attention only"]
    parameters, sequences = random_parameters(network), random_tokens(network)
    parameters["W_V"][1, 0] = 0
    removed = torch.zeros(2, 3, dtype=torch.bool)
    none = without_heads(network, parameters, sequences, removed, preserve=True)
    removed[1, 0] = True
    same = without_heads(network, parameters, sequences, removed, preserve=True, mean=True)
    assert_allclose(same, none, atol=CLOSE)
    removed[1, 1] = True
    zero, mean = (
        without_heads(network, parameters, sequences, removed, preserve=True, mean=each)
        for each in (False, True)
    )
    assert (zero - mean).abs().max() > 1e-3


def test_a_pass_takes_as_many_sequences_as_its_numbers_allow():
    network = Transformer(64, layers=2, d_model=64, heads=4)
    patterns, logits = 2 * 4 * 96**2, 96 * 64
    assert network.numbers_of_pass(96) == patterns + logits
    assert network.sequences_at_once(96) == 2**25 // (patterns + logits) == 420
    assert network.sequences_at_once(1024) == 3
    assert network.sequences_at_once(4096) == 1


@pytest.mark.parametrize("at_once", [1, 2, 3])
def test_what_is_measured_in_blocks_is_that_of_all_sequences_together(monkeypatch, at_once):
    network = KINDS["mlp"]
    parameters, sequences = random_parameters(network), random_tokens(network, count=7)
    removed = torch.zeros(2, 3, dtype=torch.bool)
    removed[0, 1] = removed[1, 2] = True

    def found():
        yield idealised_previous_token(network, parameters, sequences, removed)
        given = evaluation_set(sequences.numpy(), np.ones((1, 7, 8), dtype=bool), 11)
        measured = evaluate(network, parameters, given)
        yield from (measured.previous_token, measured.sequence_loss, measured.ablated_loss)
        for how in ({"preserve": False}, {"preserve": True}, {"preserve": True, "mean": True}):
            yield without_heads(network, parameters, sequences, removed, **how)

    whole = list(found())
    monkeypatch.setattr(Transformer, "sequences_at_once", lambda self, length: at_once)
    for expected, measured in zip(whole, found(), strict=True):
        assert_allclose(measured, expected, atol=CLOSE)


def test_attributions_add_up_to_the_logits():
    """With the direct path of the embedding, all heads make the centred logits."""
    network = KINDS["attention only"]
    parameters, tokens = random_parameters(network), random_tokens(network)
    target = (tokens + 1) % network.vocabulary
    seen = network.forward(parameters, tokens)
    heads = logit_attribution(network, parameters, seen, target).sum(dim=(1, 2))
    final = seen.streams[1] + sum(
        seen.mixed[1][:, head] @ parameters["W_O"][1, head] for head in range(3)
    )
    scale = (final.var(dim=2, unbiased=False) + 1e-5).sqrt()
    embedded = parameters["W_E"][tokens]
    direct = (
        ((embedded - embedded.mean(dim=2, keepdim=True)) * parameters["gain_final"])
        @ parameters["W_U"]
        / scale[:, :, None]
    )

    def centred(logits):
        return (logits - logits.mean(dim=2, keepdim=True)).gather(2, target[:, :, None])[:, :, 0]

    assert_allclose(heads + centred(direct), centred(seen.logits), atol=CLOSE)


def test_before_and_after_by_hand():
    chosen = np.array([[2.0, 2.0], [1.0, 2.0], [1.0, 0.0]])
    ablated = np.array([[[[2.0, 2.0]]], [[[2.0, 2.0]]], [[[2.0, 3.0]]]])
    found = before_and_after(chosen, ablated, start=0, end=2)
    direction = np.array([-1.0, -2.0]) / math.sqrt(5)
    assert_allclose(found[:, 0, 0], [0, direction[0], direction @ [1.0, 3.0]])


def source(rng, count):
    return rng.integers(0, 7, (count, 9))


def training(**changes):
    return Training.model_validate(
        {
            "network": {"d_model": 8, "heads": 2},
            "optimiser": {"batch": 4, "warm_up": 2},
            "schedule": {"steps": 20, "checkpoints": {"every": 5}},
            "seed": 0,
        }
        | changes
    )


def test_a_run_is_fixed_by_its_seed_and_goes_on_from_any_state():
    sequences = source(np.random.default_rng(0), 8)
    states = {}

    def keep(state):
        states[state.step] = arrays_of(state)

    whole = train_network(source, sequences, training(), vocabulary=7, observe=[keep])
    resumed = train_network(source, sequences, training(), vocabulary=7, state=state_of(states[10]))
    other = train_network(source, sequences, training(seed=1), vocabulary=7)
    assert list(whole.step) == [0, 5, 10, 15, 20]
    for name, values in whole.parameters.items():
        np.testing.assert_array_equal(values, resumed.parameters[name])
    np.testing.assert_array_equal(whole.step_loss, resumed.step_loss)
    assert not np.array_equal(whole.step_loss, other.step_loss)


@pytest.mark.parametrize(("quiet", "end"), [(5, 5), (10, 10), (50, 20)])
def test_a_run_may_stop_early_by_its_loss_on_the_evaluation_set(quiet, end):
    """The loss of 7 tokens is below 100 from the first checkpoint on."""
    schedule = {
        "steps": 20,
        "checkpoints": {"every": 5},
        "early_stop": {"test_loss": 100, "quiet": quiet},
    }
    sequences = source(np.random.default_rng(0), 8)
    found = train_network(source, sequences, training(schedule=schedule), vocabulary=7)
    assert found.step[-1] == end


def test_a_network_is_built_as_configured():
    spec = Network(layers=3, d_model=12, heads=2, d_mlp=5, smeared_keys=True, positions="first")
    network = build(spec, 9)
    assert network == Transformer(9, 3, 12, 2, 5, smeared_keys=True, positions="first")
    initial = network.initial(torch.Generator().manual_seed(0))
    assert {name: tuple(value.shape) for name, value in initial.items()} == network.shapes()
