"""Runs of a few updates on small groups, analysed, for tests of the stages that follow training."""

from dataclasses import dataclass
from functools import cache

import numpy as np
import xarray as xr

from ontogeny.groups import group
from ontogeny.provenance import attributes
from ontogeny.representations import irreps, real_irreps
from ontogeny.studies.composition.catalogue.irreps import irreps_dataset
from ontogeny.studies.composition.catalogue.tables import table_dataset
from ontogeny.studies.composition.config import Training
from ontogeny.studies.composition.irreps.analysis import Frame
from ontogeny.studies.composition.irreps.datasets import frame_of
from ontogeny.studies.composition.irreps.stages import analysis, evaluation
from ontogeny.studies.composition.networks.build import build
from ontogeny.studies.composition.networks.pairs import train_mask, train_pairs
from ontogeny.studies.composition.networks.reading import grid, matrices
from ontogeny.studies.composition.networks.records import checkpoints_dataset, history_dataset
from ontogeny.studies.composition.networks.runs import train_network

RUNS = {
    "S3, mlp": ("S3", 0.12, {"kind": "mlp", "embedding": 12, "hidden": 16}),
    "Q8, bilinear": ("Q8", 0.3, {"kind": "bilinear", "hidden": 18}),
    "C7, transformer": (
        "C7",
        0.06,
        {
            "kind": "transformer",
            "preset": "progress-measures",
            "d_model": 16,
            "heads": 2,
            "d_head": 8,
            "d_mlp": 20,
        },
    ),
}
"""Group, a threshold that some irreps pass and some do not, architecture."""


@dataclass(frozen=True, eq=False)
class Run:
    product: np.ndarray
    rhos: list
    frame: Frame
    spec: Training
    table: xr.Dataset
    irreps: xr.Dataset
    checkpoints: xr.Dataset
    history: xr.Dataset
    analysis: xr.Dataset
    evaluation: xr.Dataset

    @property
    def architecture(self):
        return build(self.spec.architecture, len(self.product))

    @property
    def train(self):
        return train_mask(self.history["train_index"].values, len(self.product))

    def layers(self, index):
        """Hidden layer and logits of one checkpoint, and its matrices."""
        architecture = self.architecture
        parameters = {name: value.values[index] for name, value in self.checkpoints.items()}
        (whole,) = grid(architecture, parameters)()
        return whole, matrices(architecture, parameters)


@cache
def trained(run, key_similarity=None):
    name, threshold, architecture = RUNS[run]
    return train(name, key_similarity or threshold, architecture, fraction=0.6)


def train(name, key_similarity, architecture, *, fraction):
    """Train a network of an architecture on a share of the pairs of a group, and analyse it."""
    found = group(name)
    real = real_irreps(found)
    table, basis = table_dataset(found), irreps_dataset(found, irreps(found), real)
    spec = Training.model_validate(
        {
            "architecture": architecture,
            "data": {"fraction": fraction},
            "optimiser": {"learning_rate": 0.01, "device": "cpu"},
            "schedule": {"steps": 60, "checkpoints": {"per_decade": 3, "every": 20}},
            "seed": 0,
        }
    )
    product = table["product"].values
    rows = train_pairs(product.size, fraction=fraction, seed=0, split="torch")
    record = train_network(product, spec)
    about = attributes("train", spec.model_dump(mode="json"), "0")
    checkpoints = checkpoints_dataset(record, spec.architecture.kind).assign_attrs(about)
    history = history_dataset(record, rows).assign_attrs(about)
    final = analysis(table, basis, checkpoints, history, key_similarity=key_similarity)
    along = evaluation(table, basis, checkpoints, history, final)
    rhos = [irrep.matrices for irrep in real]
    seen = frame_of(table, basis)
    return Run(product, rhos, seen, spec, table, basis, checkpoints, history, final, along)
