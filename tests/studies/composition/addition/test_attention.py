"""Attention by frequency."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from ontogeny.studies.composition.addition import forward
from ontogeny.studies.composition.addition.attention import (
    linear_patterns,
    output_shares,
    patterns,
    score_components,
    score_shares,
    token_scores,
)
from ontogeny.studies.composition.networks.architectures.transformer import Transformer
from studies.composition.addition import plain
from studies.composition.addition.test_forward import random_parameters

EXACT = {"rtol": 1e-9, "atol": 1e-10}
P = 7
PARAMETERS = random_parameters(Transformer.universality(P, d_model=10, heads=3, d_head=4, d_mlp=9))
WEIGHTS = {name: PARAMETERS[name] for name in ("W_E", "W_pos", "W_Q", "W_K")}


def design(p, k):
    """1 and the two waves of the linear form on all pairs, (p^2, 3)."""
    a, b = np.divmod(np.arange(p * p), p)
    w = 2 * np.pi * k / p
    return np.stack(
        [np.ones(p * p), np.cos(w * a) - np.cos(w * b), np.sin(w * a) - np.sin(w * b)], 1
    )


def test_scores_of_tokens():
    found = token_scores(**WEIGHTS)
    x2 = PARAMETERS["W_E"][-1] + PARAMETERS["W_pos"][2]
    for j in range(3):
        query, key = x2 @ PARAMETERS["W_Q"][j], PARAMETERS["W_E"][:-1] @ PARAMETERS["W_K"][j]
        assert_allclose(found[j], key @ query, **EXACT)
    # They are what makes scores of the network differ from token to token.
    whole = 2 * forward.scores(PARAMETERS)[:, :2]
    assert_allclose(whole - whole[..., :1], np.stack([found - found[:, :1]] * 2, 1), **EXACT)
    components = score_components(found)
    assert_allclose(components, found @ plain.fourier(P).T, **EXACT)
    shares = score_shares(components)
    for j in range(3):
        total = P * np.var(found[j])
        for k in plain.frequencies(P):
            power = np.sum((plain.fourier(P)[2 * k - 1 : 2 * k + 1] @ found[j]) ** 2)
            assert_allclose(shares[j, k - 1], power / total, **EXACT)
    assert (score_shares(np.zeros((1, P))) == 0).all()


def test_patterns_are_fitted_by_least_squares():
    attention = forward.attention(PARAMETERS)
    found = patterns(attention)
    for j in range(3):
        y = attention[j, ..., 0].ravel()
        shares = []
        for k in plain.frequencies(P):
            X = design(P, k)
            fit = np.linalg.lstsq(X, y, rcond=None)[0]
            assert_allclose([found.cosine[j, k - 1], found.sine[j, k - 1]], fit[1:], **EXACT)
            shares.append(1 - np.var(y - X @ fit) / np.var(y))
        assert_allclose(found.fve[j], shares, **EXACT)
        assert found.frequency[j] == np.argmax(shares) + 1
        assert_allclose(found.deviation[j], y.std(), **EXACT)
        assert_allclose(found.to_equals[j], attention[j, ..., 2].mean(), **EXACT)
    flat = attention[..., 0].reshape(3, -1)
    assert_allclose(found.correlation, np.corrcoef(flat), **EXACT)


def test_replaced_patterns_are_the_fits():
    attention = forward.attention(PARAMETERS)
    frequency = np.array([2, 1, 3])
    found = linear_patterns(attention, frequency)
    for j, k in enumerate(frequency):
        X = design(P, k)
        for position in (0, 1):
            y = attention[j, ..., position].ravel()
            fit = X @ np.linalg.lstsq(X, y, rcond=None)[0]
            assert_allclose(found[j, ..., position].ravel(), fit, **EXACT)
        assert_allclose(found[j, ..., 2], attention[j, ..., 2].mean(), **EXACT)
    assert_allclose(linear_patterns(found, frequency), found, **EXACT)


@pytest.mark.parametrize("k", [1, 3])
def test_a_pattern_of_the_form_is_explained_whole(k):
    wave = 0.2 * np.cos(2 * np.pi * k * np.arange(P) / P + 0.4)
    attention = np.zeros((2, P, P, 3))
    attention[0, ..., 0] = 0.5 + wave[:, None] - wave
    attention[1, ..., 0] = 0.5 - wave[:, None] + wave
    attention[..., 1] = 1 - attention[..., 0]
    found = patterns(attention)
    assert found.frequency.tolist() == [k, k]
    assert_allclose(found.fve[:, k - 1], 1, **EXACT)
    assert_allclose(np.hypot(found.cosine, found.sine)[:, k - 1], 0.2, **EXACT)
    assert_allclose(found.correlation, [[1, -1], [-1, 1]], **EXACT)
    assert_allclose(linear_patterns(attention, found.frequency), attention, **EXACT)


def test_uniform_attention_has_no_wave():
    found = patterns(np.broadcast_to([0.25, 0.25, 0.5], (2, P, P, 3)))
    assert (found.fve == 0).all()
    assert (found.deviation == 0).all()
    assert np.isnan(found.correlation).all()
    assert found.to_equals.tolist() == [0.5, 0.5]


@pytest.mark.parametrize("behind", [False, True])
def test_what_heads_write(behind):
    W_E, W_V, W_O = PARAMETERS["W_E"][:-1], PARAMETERS["W_V"], PARAMETERS["W_O"]
    after = PARAMETERS["W_in"] if behind else None
    found = output_shares(W_E, W_V, W_O, after)
    for j in range(3):
        written = W_E @ W_V[j] @ W_O[j]
        rows = np.sum((plain.fourier(P) @ (written @ after if behind else written)) ** 2, axis=1)
        expected = rows[1:].reshape(-1, 2).sum(axis=1) / rows[1:].sum()
        assert_allclose(found[j], expected, **EXACT)
