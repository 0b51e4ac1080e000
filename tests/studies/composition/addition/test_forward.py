"""The transformer piece by piece, against the network that is trained."""

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose

from ontogeny.studies.composition.addition import forward
from ontogeny.studies.composition.networks.architectures.transformer import Transformer

SMALL = {"d_model": 10, "heads": 3, "d_head": 4, "d_mlp": 14}
NETWORKS = {
    "biases": Transformer.progress_measures(7, **SMALL),
    "no biases": Transformer.universality(7, **SMALL),
    "more rows than a block": Transformer.progress_measures(19, **SMALL),
}
networks = pytest.mark.parametrize("architecture", NETWORKS.values(), ids=NETWORKS.keys())


def random_parameters(architecture):
    generator = torch.Generator().manual_seed(6)
    return {
        key: 2 * value.double().numpy() + 0.1 * key.startswith("b_")
        for key, value in architecture.initial(generator).items()
    }


def trained_network(architecture, parameters):
    p = architecture.order
    left, right = (torch.as_tensor(index.ravel()) for index in np.indices((p, p)))
    tensors = {key: torch.as_tensor(value) for key, value in parameters.items()}
    return architecture.forward(tensors, left, right)


@networks
def test_every_piece_is_that_of_the_trained_network(architecture):
    parameters, p = random_parameters(architecture), architecture.order
    expected = trained_network(architecture, parameters)
    weights = forward.attention(parameters)
    pattern = expected.attention.numpy().reshape(p, p, -1, 3).transpose(2, 0, 1, 3)
    assert_allclose(weights, pattern, rtol=1e-12, atol=1e-14)
    stream = forward.residual(parameters, weights)
    hidden = forward.neurons(parameters, stream)
    assert_allclose(hidden, expected.hidden.numpy().reshape(p, p, -1), rtol=1e-11, atol=1e-12)
    logits = expected.logits.numpy()[:, :p].reshape(p, p, p)
    assert_allclose(forward.logits(parameters, stream, hidden), logits, rtol=1e-11, atol=1e-11)
    found = forward.contributions(parameters)
    assert_allclose(found.logits, logits, rtol=1e-11, atol=1e-11)
    W_L = parameters["W_out"] @ parameters["W_U"][:, :p]
    assert_allclose(found.through, hidden @ W_L, rtol=1e-11, atol=1e-11)


@networks
def test_paths_of_the_stream_add_up(architecture):
    parameters = random_parameters(architecture)
    weights = forward.attention(parameters)
    whole = forward.residual(parameters, weights)
    heads = forward.residual(parameters, weights, skip=False)
    skip = forward.residual(parameters, weights, heads=False)
    assert_allclose(heads + skip, whole, rtol=1e-12, atol=1e-12)
    assert_allclose(skip, np.broadcast_to(skip[0, 0], skip.shape), rtol=0, atol=0)


@networks
def test_the_mask_hides_the_last_position(architecture):
    weights = forward.attention(random_parameters(architecture))
    hidden = forward.attention(random_parameters(architecture), to_equals=False)
    assert (hidden[..., 2] == 0).all()
    rest = weights[..., :2] / weights[..., :2].sum(axis=3, keepdims=True)
    assert_allclose(hidden[..., :2], rest, rtol=1e-12)


@networks
def test_gradients_are_those_of_autograd(architecture):
    parameters, p = random_parameters(architecture), architecture.order
    rng = np.random.default_rng(0)
    a, b, c = rng.integers(p, size=(3, 25))
    a[0] = b[0]
    found = forward.gradients(parameters, a, b, c)
    w = {name: torch.as_tensor(value) for name, value in parameters.items()}
    tokens = torch.stack([torch.as_tensor(a), torch.as_tensor(b), torch.full((25,), p)], dim=1)
    x = (w["W_E"][tokens] + w["W_pos"]).requires_grad_()
    score = torch.einsum("hne,nid,hde->hni", x[:, 2] @ w["W_Q"], x, w["W_K"])
    pattern = (score / SMALL["d_head"] ** 0.5).softmax(dim=2)
    r = x[:, 2] + torch.einsum("hni,nid,hde,hef->nf", pattern, x, w["W_V"], w["W_O"])
    n = torch.relu(r @ w["W_in"] + w.get("b_in", torch.zeros(())))
    logits = (r + n @ w["W_out"]) @ w["W_U"]
    (slope,) = torch.autograd.grad(logits[torch.arange(25), torch.as_tensor(c)].sum(), x)
    for i, each in enumerate(found):
        assert_allclose(each, slope[:, i].numpy(), rtol=1e-9, atol=1e-10)
