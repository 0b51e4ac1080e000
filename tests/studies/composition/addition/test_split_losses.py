"""Losses by split."""

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose

from ontogeny.studies.composition.addition.split_losses import softmax_collapse, split_losses
from studies.composition.addition import known, plain


@pytest.mark.parametrize("p", [5, 11])
def test_losses_by_split(p):
    rng = np.random.default_rng(p)
    logits, train = rng.normal(size=(p, p, p)), rng.random((p, p)) < 0.4
    each = plain.cross_entropy(logits)
    a, b = np.indices((p, p))
    right = logits.argmax(axis=2) == (a + b) % p
    found = split_losses(logits, train)
    assert_allclose(found.loss, [each[train].mean(), each[~train].mean(), each.mean()], rtol=1e-12)
    expected = [right[train].mean(), right[~train].mean(), right.mean()]
    assert_allclose(found.accuracy, expected, rtol=1e-12)


def test_an_empty_split_has_no_loss():
    found = split_losses(np.zeros((3, 3, 3)), np.ones((3, 3), dtype=bool))
    assert_allclose(found.loss, [np.log(3)] * 2, rtol=1e-12)  # of training pairs, of all
    assert np.isnan(softmax_collapse(np.zeros((3, 3, 3)), np.zeros((3, 3), dtype=bool)))


def test_losses_of_confident_logits_keep_their_precision():
    logits = 12 * known.exact(11, (1, 3)).logits
    margin = 2 - sorted(sum(np.cos(2 * np.pi * k * np.arange(11) / 11) for k in (1, 3)))[-2]
    found = split_losses(logits, np.ones((11, 11), dtype=bool)).loss[-1]
    assert 0 < found < 1e-50
    assert_allclose(found, 2 * np.exp(-12 * 32 * margin), rtol=1e-6)


@pytest.mark.parametrize(
    ("precision", "digits"), [(torch.float32, np.log(2) * 24), (torch.float64, np.log(2) * 53)]
)
def test_losses_collapse_when_the_sum_rounds(precision, digits):
    """One wrong answer at distance x adds exp(-x), which is lost below half of the last place."""
    p, train = 7, np.ones((7, 7), dtype=bool)
    a, b = np.indices((p, p))
    for distance, collapsed in ((digits - 0.7, 0.0), (digits + 0.7, 1.0)):
        logits = np.full((p, p, p), -1e4)
        logits[a, b, (a + b) % p] = 0
        logits[a, b, (a + b + 1) % p] = -distance
        assert softmax_collapse(logits, train, precision) == collapsed
    logits[a, b, (a + b + 1) % p] = 3.0  # the largest is a wrong one
    assert softmax_collapse(logits, train, precision) == 0
    half = a < 3
    logits[half] = -1e4
    logits[a[half], b[half], (a + b)[half] % p] = 0
    assert_allclose(softmax_collapse(logits, train, precision), 3 / 7, rtol=1e-12)


@pytest.mark.parametrize("precision", [torch.float32, torch.float64])
@pytest.mark.parametrize("scale", [1.0, 5.0, 20.0, 60.0])
def test_a_loss_has_collapsed_when_the_cross_entropy_of_torch_is_zero(precision, scale):
    p, rng = 11, np.random.default_rng(3)
    logits, train = scale * rng.normal(size=(p, p, p)), rng.random((p, p)) < 0.6
    answer = np.where(rng.random((p, p)) < 0.7, logits.argmax(axis=2), rng.integers(p, size=(p, p)))
    found = softmax_collapse(logits, train, precision, answer)
    zeros = [
        torch.nn.functional.cross_entropy(
            torch.tensor(logits[a, b], dtype=precision), torch.tensor(int(answer[a, b]))
        ).item()
        == 0
        for a, b in zip(*np.nonzero(train), strict=True)
    ]
    assert found == pytest.approx(np.mean(zeros))
    assert (found > 0) == (scale > 5)
