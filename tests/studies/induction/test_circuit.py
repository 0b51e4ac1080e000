"""Every evaluator on a perfect induction circuit, whose values are known."""

import math

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose

import induction_networks as made
from ontogeny.networks.decoder import Transformer
from ontogeny.studies.induction.analysis.attribution import logit_attribution
from ontogeny.studies.induction.analysis.circuits import (
    circuits,
    composition_baseline,
    composition_scores,
    ov_eigenvalue_scores,
    qk_traces,
)
from ontogeny.studies.induction.analysis.evaluation import evaluate, evaluation_set
from ontogeny.studies.induction.analysis.heads import (
    copying,
    direct_path,
    matching,
    previous_token,
)
from ontogeny.studies.induction.analysis.knock_outs import (
    idealised_previous_token,
    without_heads,
)
from ontogeny.studies.induction.analysis.probes import candidates, repeated_tokens
from ontogeny.studies.induction.config import Analysis
from ontogeny.studies.induction.corpora import in_context
from ontogeny.studies.induction.findings import head_kinds

R, V = 25, made.V
CLOSE = 2e-3
"""The normalisations add 1e-5 to a variance; the softmax is nearly exact."""


@pytest.fixture(scope="module")
def network():
    return made.induction_network()


@pytest.fixture(scope="module")
def repeated():
    rng = np.random.default_rng(1)
    return torch.from_numpy(repeated_tokens(candidates(V), rng, 6))


@pytest.fixture(scope="module")
def evaluated(network, repeated):
    tokens = repeated.numpy()
    kinds = in_context(tokens)
    member = np.stack([kinds == number for number in range(4)])
    return evaluate(made.SHAPE, network, evaluation_set(tokens, member, V))


def heads(**values):
    """Return one number a head: 0 but for those given as layer and head."""
    found = np.zeros((2, made.H))
    for name, value in values.items():
        found[int(name[1]), int(name[2])] = value
    return found


def test_the_previous_token_head_attends_to_the_token_before(evaluated):
    assert_allclose(evaluated.previous_token[0, 0], 1, atol=CLOSE)
    assert evaluated.previous_token[0, 1:].max() < 0.1


def test_the_induction_head_matches_prefixes_and_nothing_else(evaluated):
    assert_allclose(evaluated.matching[0, 1, 0], 1, atol=CLOSE)
    assert_allclose(evaluated.matching[1:, 1, 0], 0, atol=CLOSE)
    assert evaluated.matching[0, 0].max() < 0.1


def test_repeated_random_tokens_are_known_the_second_time(evaluated):
    """All but the first of the second half, of which nothing was said before."""
    first, second = evaluated.half_loss
    assert first > math.log(V) - 1
    assert second < 1.5 * first / R


def test_only_what_was_seen_before_is_predicted(evaluated):
    new, continuation = evaluated.class_loss[:2]
    assert new > 1
    assert continuation < 0.01


def test_uniform_attention_copies_by_a_sum_over_its_lengths(network):
    """Untriggered, the head spreads over i + 1 tokens and raises each by 1/(i + 1) - 1/V."""
    tokens = torch.from_numpy(
        repeated_tokens(candidates(V), np.random.default_rng(2), 5, copies=1)[:, 1:]
    )
    seen = made.SHAPE.forward(network, tokens)
    reading = direct_path(network["gain_final"], network["W_U"])
    found = copying(seen.mixed[1], seen.patterns[1], tokens, network["W_O"][1], reading)
    share = np.array([1 / (i + 1) - 1 / V for i in range(R)])
    r = share.sum() / (share * (1 + np.arange(R))).sum()
    assert_allclose(float(found.attended[0]), 2 * r - 1, atol=CLOSE)
    assert_allclose(float(found.strongest[0]), 2 * r - 1, atol=CLOSE)
    assert_allclose(found.attended[1:], -1, atol=1e-6)


def test_a_head_that_copies_what_it_attends_to_scores_1():
    """One-hot attention, a result that is the unembedding of the token attended to."""
    tokens = torch.arange(1, 6)[None]
    pattern = torch.eye(5)[None, None]
    reading = direct_path(torch.ones(8), torch.eye(8))
    mixed = torch.eye(8)[tokens][:, None]
    found = copying(mixed, pattern, tokens, torch.eye(8)[None], reading)
    assert_allclose(found.attended, [1], atol=1e-6)
    shifted = pattern.roll(1, dims=3)
    found = copying(mixed, shifted, tokens, torch.eye(8)[None], reading)
    assert_allclose(found.attended, [-1], atol=1e-6)


def test_ov_eigenvalues_tell_copying_from_writing_elsewhere(network):
    found = ov_eigenvalue_scores(circuits(numpy(network)))
    assert_allclose(found, heads(h10=1), atol=1e-9)
    network = network | {"W_O": -network["W_O"]}
    assert_allclose(ov_eigenvalue_scores(circuits(numpy(network)))[1, 0], -1, atol=1e-9)


def test_ov_eigenvalues_are_those_of_the_whole_matrix_over_tokens():
    parameters = numpy(made.SHAPE.initial(torch.Generator().manual_seed(3)))
    found = circuits(parameters)
    whole = found.embedding @ found.ov[1, 2] @ found.unembedding
    eigenvalues = np.linalg.eigvals(whole)
    expected = eigenvalues.real.sum() / np.abs(eigenvalues).sum()
    assert_allclose(ov_eigenvalue_scores(found)[1, 2], expected, rtol=1e-6)


def test_the_qk_trace_counts_matching_tokens(network):
    """Each token matches itself with the product of the strengths of query, key and copy."""
    previous = heads(h00=0.9)
    found = qk_traces(circuits(numpy(network)), previous)
    assert np.isnan(found[0]).all()
    one, two = made.deviation([1]), made.deviation([1, 1])
    strength = made.LARGE * math.sqrt(made.E) * two * two * one
    assert_allclose(found[1], [0.9 * V * strength, 0, 0, 0], rtol=1e-5)


def test_the_qk_trace_is_that_of_the_whole_matrix_over_tokens():
    parameters = numpy(made.SHAPE.initial(torch.Generator().manual_seed(4)))
    found = circuits(parameters)
    previous = np.random.default_rng(0).random((2, made.H))
    expected = np.zeros(made.H)
    for head in range(made.H):
        for k in range(made.H):
            key_side = found.embedding @ found.ov[0, k]
            whole = found.embedding @ found.qk[1, head] @ key_side.T
            expected[head] += previous[0, k] * np.linalg.eigvals(whole).sum().real
    assert_allclose(qk_traces(found, previous)[1], expected, rtol=1e-6)


@pytest.fixture(scope="module")
def baseline():
    return composition_baseline(made.D, made.E, np.random.default_rng(0))


def test_keys_compose_and_nothing_else(network, baseline):
    scores = composition_scores(circuits(numpy(made.with_idle_heads(network))))
    key, query, value = scores[:, 0, made.H]
    assert_allclose(key, 1 / math.sqrt(V), rtol=1e-6)
    assert_allclose([query, value], 0, atol=1e-9)
    assert np.isnan(scores[:, made.H :, : made.H]).all()
    mean, spread = baseline
    assert key > mean + 5 * spread


def test_the_baseline_is_the_composition_of_random_heads():
    """Mean and deviation of all pairs of heads of networks at their initialisation."""
    shape = Transformer(8, layers=2, d_model=32, heads=8)
    scores = []
    for seed in range(30):
        parameters = numpy(shape.initial(torch.Generator().manual_seed(seed)))
        found = composition_scores(circuits(parameters))
        scores.append(found[np.isfinite(found)])
    known = np.concatenate(scores)
    mean, spread = composition_baseline(32, 4, np.random.default_rng(0))
    error = np.std([each.mean() for each in scores]) / math.sqrt(len(scores))
    assert known.mean() == pytest.approx(mean, abs=3 * math.hypot(error, spread / math.sqrt(2000)))
    assert known.std() == pytest.approx(spread, rel=0.06)


@pytest.mark.parametrize(("width", "inner"), [(6, 1), (12, 5), (16, 16)])
def test_the_baseline_by_whole_matrices(width, inner):
    """Each head as a (d, d) matrix between centred coordinates, and norms as sums of squares."""
    centre = np.eye(width) - 1 / width
    rng, scores = np.random.default_rng(3), []
    for _ in range(50):
        a, b, c, d = rng.standard_normal((4, width, inner))
        first, second = (centre @ x @ y.T @ centre for x, y in ((a, b), (c, d)))
        sizes = [math.sqrt((each**2).sum()) for each in (first @ second, first, second)]
        scores.append(sizes[0] / (sizes[1] * sizes[2]))
    found = composition_baseline(width, inner, np.random.default_rng(3), pairs=50)
    assert_allclose(found, [np.mean(scores), np.std(scores)], rtol=1e-9)


def test_without_either_head_the_circuit_is_gone(network, repeated):
    clean = losses(network, repeated, [])
    assert clean < 0.01
    for removed in ([(1, 0)], [(0, 0)]):
        assert losses(network, repeated, removed) > 2
    assert losses(network, repeated, [(0, 1), (1, 3)]) == pytest.approx(clean, abs=1e-6)


def test_preserved_patterns_hide_the_previous_token_head(network, repeated):
    clean = losses(network, repeated, [])
    assert losses(network, repeated, [(0, 0)], preserve=True) == pytest.approx(clean, abs=0.01)
    assert losses(network, repeated, [(1, 0)], preserve=True) > 2


@pytest.mark.parametrize("head", [(0, 0), (0, 2), (1, 0)])
@pytest.mark.parametrize("preserve", [False, True])
def test_single_knock_outs_are_among_the_measures(network, evaluated, repeated, head, preserve):
    removed = torch.zeros(2, made.H, dtype=torch.bool)
    removed[head] = True
    expected = without_heads(made.SHAPE, network, repeated, removed, preserve=preserve)
    assert_allclose(evaluated.ablated_loss[int(preserve)][head], expected.mean(), rtol=1e-5)


def test_exact_attention_can_stand_in(network, repeated):
    ideal = torch.zeros(2, made.H, dtype=torch.bool)
    ideal[0, 0] = True
    chosen = repeated[:, 2 * R :]
    found = idealised_previous_token(made.SHAPE, network, chosen, ideal)
    assert_allclose(found, clean_losses(network, chosen), atol=CLOSE)
    weak = made.induction_network(previous=0.0)
    found = idealised_previous_token(made.SHAPE, weak, chosen, ideal)
    assert_allclose(found, clean_losses(network, chosen), atol=CLOSE)
    assert clean_losses(weak, chosen).mean() > found.mean() + 1


def test_attribution_names_the_induction_head(network, repeated):
    tokens, target = repeated[:, :-1], repeated[:, 1:]
    seen = made.SHAPE.forward(network, tokens)
    found = logit_attribution(made.SHAPE, network, seen, target)
    later = slice(R + 1, None)
    assert found[:, 1, 0, later].min() > 10
    assert_allclose(found[:, 0], 0, atol=1e-5)
    assert_allclose(found[:, 1, 1:], 0, atol=1e-5)


def test_kinds_of_heads(evaluated):
    kinds = head_kinds(
        evaluated.matching[0], evaluated.ov_eigenvalue, evaluated.previous_token, Analysis()
    )
    np.testing.assert_array_equal(kinds, heads(h00=1, h10=2))


def test_matching_by_a_sum_over_the_definition(network, repeated):
    """The attention of each repeated token on i - kL + 1, summed over k, mean over tokens."""
    rng = np.random.default_rng(0)
    length = repeated.shape[1]
    pattern = np.tril(rng.random((6, 2, length, length)))
    pattern /= pattern.sum(axis=3, keepdims=True)
    rows = []
    for i in range(R + 1, length):
        copies = (i - 1) // R
        rows.append(sum(pattern[:, :, i, i - k * R + 1] for k in range(1, copies + 1)))
    found = matching(torch.from_numpy(pattern), repeated)
    assert_allclose(found, np.mean(rows, axis=(0, 1)), rtol=1e-9)


def test_uniform_attention_is_chance():
    """A head without preference has 3 to 4 % of its attention on targets of four copies."""
    tokens = torch.from_numpy(repeated_tokens(candidates(64), np.random.default_rng(0), 2))
    length = tokens.shape[1]
    uniform = torch.tril(torch.ones(length, length)) / torch.arange(1, length + 1)[:, None]
    pattern = uniform.expand(2, 1, length, length)
    assert 0.02 < float(matching(pattern, tokens)[0]) < 0.035
    expected = np.mean([1 / (i + 1) for i in range(1, length)])
    assert float(previous_token(pattern)[0]) == pytest.approx(expected, rel=1e-5)


def numpy(parameters):
    return {name: value.numpy() for name, value in parameters.items()}


def clean_losses(parameters, sequences):
    removed = torch.zeros(2, made.H, dtype=torch.bool)
    return without_heads(made.SHAPE, parameters, sequences, removed, preserve=False)


def losses(parameters, repeated, heads, *, preserve=False):
    """Return the mean loss on all but the first copy without some heads."""
    removed = torch.zeros(2, made.H, dtype=torch.bool)
    for place in heads:
        removed[place] = True
    found = without_heads(made.SHAPE, parameters, repeated, removed, preserve=preserve)
    return float(found[:, R + 1 :].mean())
