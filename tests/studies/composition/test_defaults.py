"""Defaults are not written into results, so one that changed its value would change their meaning.

Whoever wants another default gives it a new key. The device was once ``auto``; whatever was trained
then was trained on the CPU, since training on a GPU ended at the first update.
"""

import pytest

from ontogeny.studies.composition.config import (
    Analysis,
    BilinearSettings,
    Checkpoints,
    Data,
    EarlyStop,
    MLPSettings,
    Optimiser,
    Schedule,
    TransformerSettings,
)

FIXED = {
    MLPSettings: {"kind": "mlp", "embedding": 256, "hidden": 128},
    BilinearSettings: {"kind": "bilinear", "hidden": 128},
    TransformerSettings: {
        "kind": "transformer",
        "preset": "universality",
        "mlp_bias": None,
        "equals_output": None,
        "initialisation": None,
        "d_model": 128,
        "heads": 4,
        "d_head": 32,
        "d_mlp": 512,
    },
    Data: {"fraction": 0.4, "split": "torch"},
    Optimiser: {
        "learning_rate": 1e-3,
        "betas": (0.9, 0.98),
        "weight_decay": 1.0,
        "warm_up": 0,
        "precision": "float32",
        "device": "cpu",
    },
    Checkpoints: {"per_decade": 15, "every": 100},
    EarlyStop: {"test_loss": 1e-5, "quiet": 1000},
    Schedule: {
        "steps": 20_000,
        "checkpoints": {"per_decade": 15, "every": 100},
        "early_stop": None,
    },
    Analysis: {"key_similarity": 0.005},
}


@pytest.mark.parametrize("section", FIXED, ids=lambda section: section.__name__)
def test_defaults_never_change(section):
    defaults = section().model_dump()
    assert {name: defaults[name] for name in FIXED[section]} == FIXED[section]
