import numpy as np
import pytest

from ontogeny.studies.composition.config import (
    BilinearSettings,
    DeepTransformerSettings,
    MLPSettings,
    Training,
    TransformerSettings,
)
from ontogeny.studies.composition.networks.architectures import (
    MLP,
    Bilinear,
    DeepTransformer,
    Transformer,
)
from ontogeny.studies.composition.networks.build import build
from ontogeny.studies.composition.networks.runs import train_network

SMALL = {"kind": "transformer", "d_model": 6, "heads": 2, "d_head": 3, "d_mlp": 5}


def test_each_kind_is_built_as_configured():
    assert build(MLPSettings(embedding=8, hidden=4), 6) == MLP(6, embedding=8, hidden=4)
    assert build(BilinearSettings(hidden=4), 6) == Bilinear(6, hidden=4)
    found = build(TransformerSettings(heads=2), 6)
    assert found == Transformer.universality(6, heads=2)
    found = build(DeepTransformerSettings(layers=3, heads=2), 6)
    assert found == DeepTransformer(6, layers=3, heads=2)


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
