"""Where TransformerLens defines the same detectors: equal targets, scores equal but for weights."""

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose

import induction_networks as made
from ontogeny.studies.induction.analysis.heads import earlier_copies, matching, previous_token
from ontogeny.studies.induction.analysis.probes import candidates, repeated_tokens

theirs = pytest.importorskip("transformer_lens.head_detector")
TOKENS = torch.from_numpy(repeated_tokens(candidates(made.V), np.random.default_rng(0), 4))


def test_targets_are_the_same():
    for tokens in TOKENS:
        induction = theirs.get_induction_head_detection_pattern(tokens[None])
        duplicate = theirs.get_duplicate_token_head_detection_pattern(tokens[None])
        assert_allclose(earlier_copies(tokens[None], offset=1)[0].float(), induction)
        assert_allclose(earlier_copies(tokens[None], offset=0)[0].float(), duplicate)


def test_scores_of_patterns_are_the_same():
    """Theirs are sums over all rows; ours are means over the rows that have a target."""
    seen = made.SHAPE.forward(made.induction_network(), TOKENS)
    length = TOKENS.shape[1]
    for head in range(made.H):
        for layer in range(2):
            pattern = seen.patterns[layer][:1, head : head + 1]
            one = pattern[0, 0]
            targets = theirs.get_induction_head_detection_pattern(TOKENS[:1])
            expected = float((one * targets).sum()) / int((targets.sum(dim=1) > 0).sum())
            assert float(matching(pattern, TOKENS[:1])[0]) == pytest.approx(expected, rel=1e-5)
            before = theirs.get_previous_token_head_detection_pattern(TOKENS[:1])
            expected = float((one * before).sum()) / (length - 1)
            assert float(previous_token(pattern)[0]) == pytest.approx(expected, rel=1e-5)
