import subprocess
import sys
from typing import get_args

import numpy as np
import pytest
import torch

from ontogeny.studies.composition.config import (
    ArchitectureSettings,
    BilinearSettings,
    DeepTransformerSettings,
    MLPSettings,
    TiedMLPSettings,
    Training,
    TransformerSettings,
)
from ontogeny.studies.composition.networks.architectures.bilinear import Bilinear
from ontogeny.studies.composition.networks.architectures.deep_transformer import DeepTransformer
from ontogeny.studies.composition.networks.architectures.mlp import MLP
from ontogeny.studies.composition.networks.architectures.tied_mlp import TiedMLP
from ontogeny.studies.composition.networks.architectures.transformer import Transformer
from ontogeny.studies.composition.networks.build import build, parameter_dimensions
from ontogeny.studies.composition.networks.kinds import architecture_module
from ontogeny.studies.composition.networks.pairs import training_rows
from ontogeny.studies.composition.networks.runs import train_network

SMALL = {"kind": "transformer", "d_model": 6, "heads": 2, "d_head": 3, "d_mlp": 5}
KINDS = [each().kind for each in get_args(ArchitectureSettings)]
every_network = pytest.mark.parametrize(
    "settings",
    [
        MLPSettings(embedding=4, hidden=3),
        MLPSettings(embedding=4, hidden=3, activation="square"),
        BilinearSettings(hidden=3),
        TiedMLPSettings(hidden=3),
        TiedMLPSettings(hidden=3, activation="square"),
        TransformerSettings(d_model=6, heads=2, d_head=3, d_mlp=5),
        TransformerSettings(preset="progress-measures", d_model=6, heads=2, d_head=3, d_mlp=5),
        DeepTransformerSettings(d_model=6, heads=2, d_head=3, d_mlp=5),
    ],
    ids=lambda each: each.kind,
)


def test_each_kind_is_built_as_configured():
    assert build(MLPSettings(embedding=8, hidden=4), 6) == MLP(6, embedding=8, hidden=4)
    assert build(BilinearSettings(hidden=4), 6) == Bilinear(6, hidden=4)
    found = build(TiedMLPSettings(activation="square"), 6)
    assert found == TiedMLP(6, hidden=512, activation="square")
    found = build(TransformerSettings(heads=2), 6)
    assert found == Transformer.universality(6, heads=2)
    found = build(DeepTransformerSettings(layers=3, heads=2), 6)
    assert found == DeepTransformer(6, layers=3, heads=2)


@every_network
def test_dimensions_are_those_of_the_shapes(settings):
    """Every dimension has one size in all parameters of a network."""
    network, sizes = build(settings, 7), {}
    for name, shape in network.shapes().items():
        dims = parameter_dimensions(settings.kind)[name]
        assert network.dimensions[name] == dims
        for dim, size in zip(dims, shape, strict=True):
            assert sizes.setdefault(dim, size) == size
    assert sizes["neuron"] == settings.neurons


@every_network
def test_the_direct_path_is_what_does_not_pass_through_the_hidden_layer(settings):
    network = build(settings, 5)
    parameters = network.initial(torch.Generator().manual_seed(0))
    left, right = torch.arange(25) // 5, torch.arange(25) % 5
    found = network.forward(parameters, left, right)
    hidden = network.hidden_layer(parameters, left, right)
    torch.testing.assert_close(hidden, found.hidden)
    through = hidden @ network.readout(parameters).unembedding.t()
    assert torch.allclose(through, found.logits[:, :5], atol=1e-6) != network.direct_path


@every_network
def test_what_the_hidden_layer_joins(settings):
    network = build(settings, 5)
    parameters = network.initial(torch.Generator().manual_seed(0))
    left, right = torch.arange(25) // 5, torch.arange(25) % 5
    embedded = network.readout(parameters)
    x, y = embedded.left_embedding[left], embedded.right_embedding[right]
    forms = {"sum": (x + y).relu(), "square": (x + y) ** 2, "product": x * y}
    hidden = network.hidden_layer(parameters, left, right)
    found = {
        name
        for name, form in forms.items()
        if form.shape == hidden.shape and torch.allclose(form, hidden, atol=1e-6)
    }
    assert found == ({network.joins} if network.joins else set())


@pytest.mark.parametrize("kind", KINDS)
def test_a_network_is_imported_without_any_other(kind):
    """So that the code of a run is that of its own network."""
    own = architecture_module(kind)
    others = [architecture_module(each) for each in KINDS if each != kind]
    code = f"import sys, {own}; print([each for each in {others} if each in sys.modules])"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("option", "value", "field", "expected"),
    [
        ("mlp_bias", False, "mlp_bias", False),
        ("equals_output", False, "equals_output", False),
        ("initialisation", "universality", "initialisation", "universality"),
    ],
)
def test_single_conventions_of_a_preset_can_be_changed(option, value, field, expected):
    preset = build(TransformerSettings(preset="progress-measures"), 6)
    changed = build(TransformerSettings(preset="progress-measures", **{option: value}), 6)
    assert getattr(changed, field) == expected != getattr(preset, field)
    others = {"mlp_bias", "equals_output", "initialisation"} - {field}
    assert all(getattr(changed, name) == getattr(preset, name) for name in others)


@pytest.mark.parametrize(
    ("architecture", "embeddings", "biases"),
    [
        ({"kind": "mlp", "embedding": 4, "hidden": 3}, {"W_x", "W_y"}, set()),
        ({"kind": "bilinear", "hidden": 3}, {"W_x", "W_y"}, set()),
        ({"kind": "tied-mlp", "hidden": 3}, {"W_E"}, set()),
        (SMALL | {"preset": "progress-measures"}, {"W_E", "W_pos"}, {"b_in", "b_out"}),
        (SMALL | {"kind": "deep-transformer"}, {"W_E", "W_pos"}, {"b_in", "b_out"}),
    ],
)
@pytest.mark.parametrize("kinds", [(), ("biases",), ("embeddings",), ("biases", "embeddings")])
def test_parameters_without_decay(architecture, embeddings, biases, kinds):
    """The decay takes half in two updates; what AdamW adds is smaller than 1e-5."""
    optimiser = {"learning_rate": 1e-6, "weight_decay": (1 - 0.5**0.5) * 1e6, "undecayed": kinds}
    spec = Training.model_validate(
        {
            "architecture": architecture,
            "data": {"fraction": 0.5},
            "optimiser": optimiser | {"device": "cpu"},
            "schedule": {"steps": 2},
            "seed": 0,
        }
    )
    found = train_network(np.add.outer(np.arange(5), np.arange(5)) % 5, spec).parameters
    spared = (embeddings if "embeddings" in kinds else set()) | (
        biases if "biases" in kinds else set()
    )
    for name, values in found.items():
        if name in biases:  # 0 at first, so that the first of two like updates is what decays
            grown = np.abs(values[-1]).max() / np.abs(values[-2]).max()
            assert grown > 1.75 if name in spared else grown < 1.75
        else:
            factor = 1.0 if name in spared else 0.5
            np.testing.assert_allclose(values[-1], factor * values[0], atol=1e-5)


def training(settings, **fields):
    base = {"data": {"fraction": 0.5}, "schedule": {"steps": 3}, "seed": 5}
    return Training.model_validate({"architecture": settings.model_dump()} | base | fields)


@pytest.mark.parametrize("scale", [0.25, 0.1, 3.0])
@every_network
def test_the_initial_weights_are_scaled_whatever_the_architecture(settings, scale):
    product = np.add.outer(np.arange(7), np.arange(7)) % 7
    plain = train_network(product, training(settings)).parameters
    scaled = train_network(product, training(settings, initial_scale=scale)).parameters
    assert plain.keys() == scaled.keys()
    for name, value in plain.items():
        np.testing.assert_array_equal(scaled[name][0], np.float32(scale) * value[0])
    assert any(value[0].any() for value in plain.values())


@every_network
def test_full_batch_gradient_descent_follows_the_gradient_of_the_loss(settings):
    """The loss by the plain forward pass, its gradient by PyTorch, one update by hand."""
    product = np.add.outer(np.arange(7), np.arange(7)) % 7
    rule = {"kind": "sgd", "learning_rate": 0.3, "weight_decay": 0.2, "precision": "float64"}
    spec = training(settings, optimiser=rule, schedule={"steps": 1})
    record, network = train_network(product, spec), build(settings, 7)
    w = {n: torch.tensor(v[0], requires_grad=True) for n, v in record.parameters.items()}
    left, right = (torch.as_tensor(each) for each in divmod(training_rows(spec, 7), 7))
    logits = network.forward(w, left, right).logits
    target = torch.as_tensor(product)[left, right]
    torch.nn.functional.cross_entropy(logits, target).backward()
    for name, value in w.items():
        slope = 0.0 if value.grad is None else value.grad.numpy()
        expected = (1 - 0.3 * 0.2) * value.detach().numpy() - 0.3 * slope
        np.testing.assert_allclose(record.parameters[name][1], expected, rtol=1e-9, atol=1e-12)
