"""A further architecture: its module, its settings, and nothing else that knows of it.

The module is made here, where others are files; the settings are a field of the configuration,
where others are in `ArchitectureSettings`. All stages follow a run of it.
"""

import ast
import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import ClassVar, Literal

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose

import ontogeny
from ontogeny.groups import group
from ontogeny.representations import irreps, real_irreps
from ontogeny.studies.composition import carried
from ontogeny.studies.composition.addition import stages as addition
from ontogeny.studies.composition.catalogue.irreps import irreps_dataset
from ontogeny.studies.composition.catalogue.tables import table_dataset
from ontogeny.studies.composition.config import (
    BilinearSettings,
    Data,
    Optimiser,
    Schedule,
    Training,
)
from ontogeny.studies.composition.irreps import stages
from ontogeny.studies.composition.networks.architectures import (
    Activations,
    Architecture,
    Dropout,
    Readout,
)
from ontogeny.studies.composition.networks.kinds import architecture_module
from ontogeny.studies.composition.networks.loss import cross_entropy
from ontogeny.studies.composition.networks.pairs import training_rows
from ontogeny.studies.composition.networks.records import checkpoints_dataset, history_dataset
from ontogeny.studies.composition.networks.runs import train_network

DIMENSIONS: Mapping[str, tuple[str, ...]] = {
    "W_x": ("element", "neuron"),
    "W_y": ("element", "neuron"),
    "W_U": ("neuron", "output"),
}


@dataclass(frozen=True)
class SquaredSum:
    """The network of arXiv 2301.02679: ``hidden(a, b) = (W_x[a] + W_y[b])^2``."""

    order: int
    hidden: int
    dimensions: ClassVar[Mapping[str, tuple[str, ...]]] = DIMENSIONS
    direct_path: ClassVar[bool] = False
    joins: ClassVar[None] = None
    single_block: ClassVar[bool] = False

    def shapes(self):
        n, h = self.order, self.hidden
        return {"W_x": (n, h), "W_y": (n, h), "W_U": (h, n)}

    def initial(self, generator):
        return {
            name: torch.randn(shape, generator=generator) / self.hidden**0.5
            for name, shape in self.shapes().items()
        }

    def hidden_layer(self, parameters, left, right):
        return (parameters["W_x"][left] + parameters["W_y"][right]) ** 2

    def forward(self, parameters, left, right):
        hidden = self.hidden_layer(parameters, left, right)
        return Activations(logits=hidden @ parameters["W_U"], hidden=hidden)

    def readout(self, parameters):
        return Readout(parameters["W_x"], parameters["W_y"], parameters["W_U"].T)

    def neuron_inputs(self, parameters):
        return parameters["W_x"], parameters["W_y"]

    def objective(
        self, left, right, target, *, dtype=torch.float32, device="cpu", exact=True,
        dropout=Dropout(),  # noqa: B008
    ):  # fmt: skip
        def loss_and_gradient(parameters, gradient, update=0):
            leaves = {name: value.detach().requires_grad_() for name, value in parameters.items()}
            loss = cross_entropy(self.forward(leaves, left, right).logits, target).mean()
            slopes = torch.autograd.grad(loss, list(leaves.values()))
            for name, slope in zip(leaves, slopes, strict=True):
                gradient[name].copy_(slope)
            return loss.detach()

        return loss_and_gradient


class SquaredSumSettings(BilinearSettings):
    """Its settings; a subclass, since annotations name the settings of the configuration."""

    kind: Literal["squared-sum"] = "squared-sum"


class Specification(Training):
    """What a run of it depends on."""

    architecture: SquaredSumSettings


@pytest.fixture
def known(monkeypatch):
    """Put the module where the workflow looks for it, and the settings into the configuration."""
    module = ModuleType(architecture_module("squared-sum"))
    module.DIMENSIONS = DIMENSIONS
    module.build = lambda settings, order: SquaredSum(order, settings.hidden)
    monkeypatch.setitem(sys.modules, module.__name__, module)
    monkeypatch.setattr(carried, "Training", Specification)


def test_it_is_an_architecture():
    assert isinstance(SquaredSum(5, 7), Architecture)


def test_every_stage_follows_a_run_of_it(known):
    spec = Specification(
        architecture=SquaredSumSettings(hidden=24),
        data=Data(fraction=0.6),
        optimiser=Optimiser(learning_rate=0.01, undecayed=("embeddings",)),
        schedule=Schedule(steps=40),
        seed=0,
    )
    named = group("C7")
    table = table_dataset(named)
    basis = irreps_dataset(named, irreps(named), real_irreps(named))
    record = train_network(table["product"].values, spec)
    about = {"spec": json.dumps(spec.model_dump(mode="json"))}
    checkpoints = checkpoints_dataset(record, spec.architecture.kind).assign_attrs(about)
    history = history_dataset(record, training_rows(spec, 7))
    run = (checkpoints, history)

    last = stages.analysis(table, basis, *run, key_similarity=0.01)
    along = stages.evaluation(table, basis, *run, last)
    adds = addition.analysis(table, *run)
    adds_along = addition.evaluation(table, *run, adds)

    final = {name: values[-1].astype(np.float64) for name, values in record.parameters.items()}
    hidden = np.square(final["W_x"][:, None] + final["W_y"])
    assert_allclose(last["neuron_variance"], hidden.var(axis=(0, 1)), rtol=1e-9)
    for found in (along, adds_along):
        assert_allclose(found["loss"].sel(split="test"), history["loss"].sel(split="test"), 1e-4)
    assert_allclose(adds["loss"], last["loss"], rtol=1e-9)
    assert "gradient_symmetricity" not in adds
    assert "attention_fve" not in adds


def test_only_architectures_know_an_architecture():
    """No other module of the study imports one, so that none has to be told of another."""
    study = Path(ontogeny.__file__).parent / "studies" / "composition"
    inside = study / "networks" / "architectures"
    kinds = {path.stem for path in inside.glob("[!_]*.py")}
    assert {"mlp", "transformer"} <= kinds
    package = architecture_module("x").rpartition(".")[0]
    for path in study.rglob("*.py"):
        imported = {
            name
            for node in ast.walk(ast.parse(path.read_text()))
            if isinstance(node, ast.ImportFrom) and node.module
            for name in (node.module, *(f"{node.module}.{alias.name}" for alias in node.names))
        }
        assert not imported & {f"{package}.{kind}" for kind in kinds}, path
