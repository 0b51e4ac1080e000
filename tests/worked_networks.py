"""Networks on a small group as plain functions on all pairs, written out from their formulas.

Nothing here is shared with the code under test: the layers are loops over pairs, and the training
set and the basis are those that the results store.
"""

from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np

from composition_trained import RUNS, Run, trained
from ontogeny.groups import group
from ontogeny.provenance import attributes
from ontogeny.records import Record
from ontogeny.representations import irreps, real_irreps
from ontogeny.studies.composition.catalogue.irreps import irreps_dataset
from ontogeny.studies.composition.catalogue.tables import table_dataset
from ontogeny.studies.composition.config import Training
from ontogeny.studies.composition.irreps.datasets import frame_of
from ontogeny.studies.composition.irreps.stages import analysis, evaluation
from ontogeny.studies.composition.networks.pairs import train_pairs
from ontogeny.studies.composition.networks.records import checkpoints_dataset, history_dataset

__all__ = ["MADE", "WORKED", "Network", "network_at", "worked"]

MADE = "C11, made by hand"
BIASED = "S3, mlp with biases"
WORKED = (*RUNS, MADE, BIASED)
"""Runs of a few updates, one that goes through all phases of training, and one with biases."""

THRESHOLD = 0.2
"""Logit similarity above which an irrep of the last two is key."""


@dataclass(frozen=True, eq=False)
class Network:
    """One checkpoint of a run; the symbols are those of docs/conventions.md."""

    product: np.ndarray
    rhos: list
    names: list
    train: np.ndarray
    key: np.ndarray
    threshold: float
    basis: np.ndarray
    irrep_of_entry: np.ndarray
    parameters: dict

    @property
    def n(self):
        return len(self.product)

    @property
    def key_rhos(self):
        return [rho for rho, is_key in zip(self.rhos, self.key, strict=True) if is_key]

    @cached_property
    def layers(self):
        """H, (n, n, h), and all logits, (n, n, outputs)."""
        pairs = [self._pair(a, b) for a, b in np.ndindex(self.n, self.n)]
        hidden, logits = map(np.array, zip(*pairs, strict=True))
        return hidden.reshape(self.n, self.n, -1), logits.reshape(self.n, self.n, -1)

    @property
    def hidden(self):
        return self.layers[0]

    @property
    def logits(self):
        return self.layers[1][..., : self.n]

    @property
    def product_means(self):
        """M(g), the mean of H over the pairs with product g, (n, h)."""
        return np.array([self.hidden[self.product == g].mean(axis=0) for g in range(self.n)])

    @property
    def embeddings(self):
        """Of the left and of the right factor, one row for each element."""
        p = self.parameters
        if "W_E" in p:
            return p["W_E"][: self.n], p["W_E"][: self.n]
        if "W" in p:
            width = len(p["W"]) // 2
            return p["W_x"] @ p["W"][:width] + p.get("b", 0), p["W_y"] @ p["W"][width:]
        return p["W_x"], p["W_y"]

    @property
    def unembedding(self):
        """W, one row for each candidate."""
        p = self.parameters
        whole = p["W_out"] @ p["W_U"] if "W_out" in p else p["W_U"]
        return whole[:, : self.n].T

    def _pair(self, a, b):
        p = self.parameters
        if "W_E" in p:
            return self._transformer(a, b)
        if "W" in p:
            before = np.concatenate([p["W_x"][a], p["W_y"][b]]) @ p["W"] + p.get("b", 0)
            hidden = np.maximum(before, 0)
        else:
            hidden = p["W_x"][a] * p["W_y"][b]
        return hidden, hidden @ p["W_U"] + p.get("b_U", 0)

    def _transformer(self, a, b):
        """One layer of attention and ReLU neurons, as the last token, ``=``, sees it."""
        p = self.parameters
        x = p["W_E"][[a, b, self.n]] + p["W_pos"]
        stream = x[2]
        for query, key, value, out in zip(p["W_Q"], p["W_K"], p["W_V"], p["W_O"], strict=True):
            score = (x @ key) @ (x[2] @ query) / np.sqrt(query.shape[1])
            attention = np.exp(score) / np.exp(score).sum()
            stream = stream + attention @ (x @ value) @ out
        hidden = np.maximum(stream @ p["W_in"] + p["b_in"], 0)
        return hidden, (stream + hidden @ p["W_out"] + p["b_out"]) @ p["W_U"]


@cache
def network_at(name, index):
    """One checkpoint of a run."""
    run = worked(name)
    train = np.zeros(run.product.size, dtype=bool)
    train[run.history["train_index"].values] = True
    return Network(
        product=run.product,
        rhos=run.rhos,
        names=[str(irrep) for irrep in run.irreps["irrep"].values],
        train=train.reshape(run.product.shape),
        key=run.analysis["key"].values,
        threshold=RUNS[name][1] if name in RUNS else THRESHOLD,
        basis=run.irreps["basis"].values,
        irrep_of_entry=run.irreps["irrep_of_entry"].values,
        parameters={
            parameter: values.values[index].astype(float)
            for parameter, values in run.checkpoints.data_vars.items()
        },
    )


def worked(name):
    """Return a run by name."""
    return {MADE: made, BIASED: biased}[name]() if name not in RUNS else trained(name)


def waves(k):
    """Four neurons for one frequency of C11: products of waves, read as cos(k (a + b - c)).

    Returns
    -------
    left, right : (11, 4) ndarray
    readout : (4, 11) ndarray
    """
    x = 2 * np.pi * k * np.arange(11) / 11
    c, s = np.cos(x), np.sin(x)
    return np.transpose([c, s, s, c]), np.transpose([c, s, c, s]), np.array([c, -c, s, s])


@cache
def made():
    """A bilinear network with a neuron for each training pair, whose circuit slowly takes over.

    The circuit has frequencies 2 and 3 first, and 1 one checkpoint later.
    """
    found, rows = group("C11"), train_pairs(121, fraction=0.5, seed=3, split="torch")
    step = np.arange(0, 1300, 100)
    memory = [0, 8, 8, 8, 8, 8, 6, 4, 2, 1, 0.2, 0.2, 0.2]
    early = np.array([0, 0, 0.02, 0.1, 0.3, 1, 2, 4, 6, 7, 7, 7, 7])
    late = np.array([0, 0, 0, 0.1, 0.3, 1, 2, 4, 6, 7, 7, 7, 7])
    sizes = [memory] * len(rows) + [0.6 * late] * 4 + [early] * 4 + [0.8 * early] * 4
    one, circuit = np.eye(11), [waves(k) for k in (1, 2, 3)]
    left = np.concatenate([one[:, rows // 11], *(wave[0] for wave in circuit)], axis=1)
    right = np.concatenate([one[:, rows % 11], *(wave[1] for wave in circuit)], axis=1)
    readout = np.concatenate([one[found.table.ravel()[rows]], *(wave[2] for wave in circuit)])
    rng = np.random.default_rng(3)  # no two neurons are the same
    W_U = np.transpose(sizes)[..., None] * readout
    parameters = {
        "W_x": np.tile(left + 0.02 * rng.normal(size=left.shape), (len(step), 1, 1)),
        "W_y": np.tile(right + 0.02 * rng.normal(size=right.shape), (len(step), 1, 1)),
        "W_U": W_U + 1e-3 * rng.normal(size=W_U.shape),
    }
    architecture = {"kind": "bilinear", "hidden": len(readout)}
    return stored(found, architecture, parameters, step, rows)


@cache
def biased():
    """An MLP with biases, whose parameters are random at each of three checkpoints."""
    architecture, step = {"kind": "mlp", "embedding": 5, "hidden": 9, "biases": True}, np.arange(3)
    shapes = {"W_x": (6, 5), "W_y": (6, 5), "W": (10, 9), "b": (9,), "W_U": (9, 6), "b_U": (6,)}
    rng = np.random.default_rng(1)
    parameters = {name: rng.normal(size=(3, *shape)) for name, shape in shapes.items()}
    rows = train_pairs(36, fraction=0.5, seed=3, split="torch")
    return stored(group("S3"), architecture, parameters, step, rows)


def stored(found, architecture, parameters, step, rows):
    """A run with given parameters at each checkpoint, analysed; its history is empty."""
    real = real_irreps(found)
    table, basis = table_dataset(found), irreps_dataset(found, irreps(found), real)
    spec = Training.model_validate({"architecture": architecture, "seed": 3})
    nothing = np.zeros((len(step), 2))
    record = Record(step, parameters, {"loss": nothing, "accuracy": nothing}, np.zeros(0))
    about = attributes("train", spec.model_dump(mode="json"), "0")
    checkpoints = checkpoints_dataset(record, architecture["kind"]).assign_attrs(about)
    history = history_dataset(record, rows).assign_attrs(about)
    final = analysis(table, basis, checkpoints, history, key_similarity=THRESHOLD)
    along = evaluation(table, basis, checkpoints, history, final)
    product, rhos = table["product"].values, [irrep.matrices for irrep in real]
    seen = frame_of(table, basis)
    return Run(product, rhos, seen, spec, table, basis, checkpoints, history, final, along)
