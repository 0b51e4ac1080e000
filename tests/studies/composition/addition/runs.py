"""Runs of every architecture that add, with both stages, for tests."""

from dataclasses import dataclass
from functools import cache

import numpy as np
import xarray as xr

from ontogeny.groups import group
from ontogeny.provenance import attributes
from ontogeny.studies.composition.addition.stages import analysis, evaluation
from ontogeny.studies.composition.catalogue.tables import table_dataset
from ontogeny.studies.composition.config import Training
from ontogeny.studies.composition.irreps.analysis import Network
from ontogeny.studies.composition.networks.build import build
from ontogeny.studies.composition.networks.pairs import train_mask, training_rows
from ontogeny.studies.composition.networks.reading import grid, matrices
from ontogeny.studies.composition.networks.records import checkpoints_dataset, history_dataset
from ontogeny.studies.composition.networks.runs import train_network
from studies.composition.addition import known

TRANSFORMER = {"kind": "transformer", "d_model": 16, "heads": 2, "d_head": 8, "d_mlp": 20}
RUNS = {
    "mlp": (7, {"kind": "mlp", "embedding": 12, "hidden": 16}),
    "bilinear": (9, {"kind": "bilinear", "hidden": 18}),
    "tied mlp of squares": (7, {"kind": "tied-mlp", "hidden": 16, "activation": "square"}),
    "transformer": (7, TRANSFORMER | {"preset": "progress-measures"}),
    "transformer without biases": (7, TRANSFORMER),
    "two layers": (7, TRANSFORMER | {"kind": "deep-transformer", "layers": 2}),
}


@dataclass(frozen=True, eq=False)
class Run:
    spec: Training
    table: xr.Dataset
    checkpoints: xr.Dataset
    history: xr.Dataset
    analysis: xr.Dataset
    evaluation: xr.Dataset

    @property
    def order(self):
        return self.table.sizes["left"]

    @property
    def train(self):
        return train_mask(self.history["train_index"].values, self.order)

    def network(self, index) -> tuple[Network, object]:
        """One checkpoint as the analysis of groups reads it."""
        architecture = build(self.spec.architecture, self.order)
        parameters = {name: value.values[index] for name, value in self.checkpoints.items()}
        return grid(architecture, parameters), matrices(architecture, parameters)


def stored(p, architecture, change=None, labels="product", **optimiser):
    spec = Training.model_validate(
        {
            "architecture": architecture,
            "data": {"fraction": 0.6, "labels": labels},
            "optimiser": {"learning_rate": 0.01, "device": "cpu"} | optimiser,
            "schedule": {"steps": 60, "checkpoints": {"per_decade": 3, "every": 20}},
            "seed": 0,
        }
    )
    table = table_dataset(group(f"C{p}"))
    record = train_network(table["product"].values, spec)
    about = attributes("train", spec.model_dump(mode="json"), "0")
    checkpoints = checkpoints_dataset(record, spec.architecture.kind).assign_attrs(about)
    for name, values in (change or {}).items():
        checkpoints[name][-1] = values.astype(np.float32)
    history = history_dataset(record, training_rows(spec, p)).assign_attrs(about)
    found = analysis(table, checkpoints, history)
    along = evaluation(table, checkpoints, history, found)
    return Run(spec, table, checkpoints, history, found, along)


@cache
def trained(run):
    return stored(*RUNS[run])


@cache
def other_task(run, labels, **optimiser):
    p, architecture = RUNS[run]
    return stored(p, architecture, None, labels, **optimiser)


P, KEYS = 23, (2, 5, 9)


@cache
def right():
    """A run whose final checkpoint is the analytic one, with neurons that multiply."""
    network = known.exact(P, KEYS, steps=4)
    h = len(network.frequency)
    weights = {"W_x": network.left, "W_y": network.right, "W_U": 3 * network.unembedding.T}
    return stored(P, {"kind": "bilinear", "hidden": h}, weights)
