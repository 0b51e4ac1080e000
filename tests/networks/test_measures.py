"""What is measured of a decoder while it is trained."""

import numpy as np
import pytest
import torch

from ontogeny.networks import measures
from ontogeny.networks.decoder import Transformer

NETWORK = Transformer(vocabulary=7, layers=1, d_model=8, heads=2)
SEQUENCES = np.random.default_rng(0).integers(7, size=(9, 6))


@pytest.mark.parametrize("most", [1, 60, 10**6])
def test_loss_and_accuracy_are_means_over_all_predictions_whatever_the_blocks(monkeypatch, most):
    monkeypatch.setattr(measures, "MOST_NUMBERS", most)
    parameters = NETWORK.initial(torch.Generator().manual_seed(0))
    found = measures.next_token_measures(NETWORK, SEQUENCES)(parameters)
    losses, hits = [], []
    for row in SEQUENCES:
        logits = NETWORK.logits(parameters, torch.from_numpy(row[None, :-1]))[0].double()
        for place, token in enumerate(row[1:]):
            losses.append(float(-torch.log_softmax(logits[place], 0)[token]))
            hits.append(int(logits[place].argmax()) == token)
    np.testing.assert_allclose(found["loss"], [np.mean(losses)], rtol=1e-6)
    np.testing.assert_allclose(found["accuracy"], [np.mean(hits)])
