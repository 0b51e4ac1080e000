"""What neurons read of each factor, against forward passes that are written out."""

import pytest
import torch

from ontogeny.studies.composition.networks.architectures.bilinear import Bilinear
from ontogeny.studies.composition.networks.architectures.deep_transformer import DeepTransformer
from ontogeny.studies.composition.networks.architectures.mlp import MLP
from ontogeny.studies.composition.networks.architectures.tied_mlp import TiedMLP
from ontogeny.studies.composition.networks.architectures.transformer import Transformer

N = 6
WIDTHS = {"d_model": 8, "heads": 2, "d_head": 3, "d_mlp": 5}
LEFT, RIGHT = torch.arange(N).repeat_interleave(N), torch.arange(N).repeat(N)


def some_parameters(architecture):
    """Parameters in float64 of which none is zero, biases included."""
    generator = torch.Generator().manual_seed(1)
    return {
        name: torch.randn(shape, generator=generator, dtype=torch.float64)
        for name, shape in architecture.shapes().items()
    }


def before_activation(parameters, attention):
    """What neurons of the last layer receive at "=" from each pair, (n, n, neuron).

    Every position gives the same attention to each position that it can see, multiplied by
    `attention`; parameters have the layer as their first axis.
    """
    w = parameters
    x = w["W_E"][torch.stack([LEFT, RIGHT, torch.full_like(LEFT, N)], dim=1)] + w["W_pos"]
    pattern = torch.ones(3, 3, dtype=torch.float64).tril()
    pattern = attention * pattern / pattern.sum(dim=1, keepdim=True)
    for layer in range(len(w["W_V"])):
        written = torch.einsum("ij,pjd,hdk,hke->pie", pattern, x, w["W_V"][layer], w["W_O"][layer])
        r = x + written
        z = r @ w["W_in"][layer] + w.get("b_in", torch.zeros(len(w["W_V"]), 1))[layer]
        x = r + z.relu() @ w["W_out"][layer]
    return z[:, 2].reshape(N, N, -1)


def assert_equal_up_to_constants(found, expected):
    """Each is a function of one element, of which only differences between elements count."""
    torch.testing.assert_close(found - found[0], expected - expected[0], rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize(
    "architecture",
    [Transformer.universality(N, **WIDTHS), Transformer.progress_measures(N, **WIDTHS)],
    ids=["no biases", "biases"],
)
def test_a_neuron_of_one_layer_reads_a_third_of_each_factor(architecture):
    parameters = some_parameters(architecture)
    outer = {name: parameters[name] for name in ("W_E", "W_pos")}
    stacked = {name: value[None] for name, value in parameters.items() if name not in outer}
    z = before_activation(outer | stacked, attention=1)
    left, right = architecture.neuron_inputs(parameters)
    assert left.shape == right.shape == (N, WIDTHS["d_mlp"])
    for other in range(N):
        assert_equal_up_to_constants(z[:, other], left)
        assert_equal_up_to_constants(z[other], right)


@pytest.mark.parametrize("layers", [1, 2, 3])
def test_a_neuron_of_the_last_layer_reads_what_attention_writes_to_first_order(layers):
    """By the strength of attention, where neurons of earlier layers write nothing."""
    architecture = DeepTransformer(N, layers=layers, **WIDTHS)
    parameters = some_parameters(architecture)
    parameters["W_out"].zero_()
    _, slope = torch.autograd.functional.jvp(
        lambda strength: before_activation(parameters, strength),
        torch.zeros((), dtype=torch.float64),
        torch.ones((), dtype=torch.float64),
    )
    left, right = architecture.neuron_inputs(parameters)
    for other in range(N):
        assert_equal_up_to_constants(slope[:, other], left)
        assert_equal_up_to_constants(slope[other], right)


@pytest.mark.parametrize(
    ("architecture", "joined"),
    [
        (MLP(N, embedding=4, hidden=5, biases=True), lambda x, y: (x + y).relu()),
        (MLP(N, embedding=4, hidden=5, activation="square"), lambda x, y: (x + y) ** 2),
        (TiedMLP(N, hidden=5), lambda x, y: (x + y).relu()),
        (Bilinear(N, hidden=5), lambda x, y: x * y),
    ],
    ids=["MLP with biases", "MLP of squares", "tied MLP", "bilinear"],
)
def test_without_attention_the_hidden_layer_is_a_function_of_what_neurons_read(
    architecture, joined
):
    parameters = some_parameters(architecture)
    left, right = architecture.neuron_inputs(parameters)
    hidden = architecture.hidden_layer(parameters, LEFT, RIGHT)
    torch.testing.assert_close(joined(left[LEFT], right[RIGHT]), hidden)


@pytest.mark.parametrize(
    "architecture",
    [
        MLP(N, embedding=4, hidden=5, biases=True),
        TiedMLP(N, hidden=5),
        Bilinear(N, hidden=5),
        Transformer.progress_measures(N, **WIDTHS),
        DeepTransformer(N, layers=2, **WIDTHS),
    ],
    ids=lambda architecture: type(architecture).__name__,
)
def test_arrays_and_tensors_give_the_same(architecture):
    tensors = some_parameters(architecture)
    found = architecture.neuron_inputs({name: each.numpy() for name, each in tensors.items()})
    for mine, theirs in zip(found, architecture.neuron_inputs(tensors), strict=True):
        torch.testing.assert_close(torch.from_numpy(mine), theirs)
