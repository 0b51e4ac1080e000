"""One set of sections says how every study trains."""

import subprocess
import sys

import pytest

from ontogeny.config import training
from ontogeny.studies.composition import config as composition
from ontogeny.studies.induction import config as induction

OWN_KEYS = {composition: {"dropout", "loss"}, induction: {"batch"}}


@pytest.mark.parametrize("study", OWN_KEYS)
def test_an_optimiser_has_the_shared_keys_and_few_of_its_study(study):
    """A key that is added to the shared section is a key of every study."""
    shared = set(training.Optimiser.model_fields)
    assert set(study.Optimiser.model_fields) - shared == OWN_KEYS[study]
    assert issubclass(study.Optimiser, training.Optimiser)
    assert issubclass(study.Experiment, training.Trained)
    assert issubclass(study.Training, training.Trained)


@pytest.mark.parametrize("study", OWN_KEYS)
def test_lists_of_the_optimiser_are_values_and_not_sweeps(study):
    optimiser = study.Optimiser()
    found = {f"optimiser.{name}" for name, value in optimiser if isinstance(value, tuple)}
    assert found == training.LISTS <= study.LISTS


def test_defaults_that_differ_between_studies():
    shared, defaults = training.Optimiser(), {}
    for study in OWN_KEYS:
        defaults[study] = {
            name: value for name, value in study.Optimiser() if getattr(shared, name, None) != value
        }
    assert defaults[composition] == {"weight_decay": 1.0, "dropout": 0.0, "loss": "exact"}
    assert defaults[induction] == {"learning_rate": 3e-3, "warm_up": 100, "batch": 32}


@pytest.mark.parametrize(
    "module", ["ontogeny.config.training", "ontogeny.networks", "ontogeny.studies.induction.memory"]
)
def test_planning_does_without_torch(module):
    code = f"import {module}, sys; assert 'torch' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)
