import pytest

from ontogeny.studies.composition.architectures import MLP, Bilinear, DeepTransformer, Transformer
from ontogeny.studies.composition.config import (
    BilinearSettings,
    DeepTransformerSettings,
    MLPSettings,
    TransformerSettings,
)
from ontogeny.studies.composition.networks import build


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
