"""What only the final checkpoint of modular addition is asked, as labelled variables.

Each function takes a network as far as it is known, and returns nothing of what it does not show.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from ontogeny.studies.composition.addition import (
    algorithms,
    attention,
    forward,
    interventions,
    variables,
)
from ontogeny.studies.composition.addition.circles import circle_coordinates
from ontogeny.studies.composition.addition.keys import (
    by_ablation,
    by_cluster,
    by_embedding,
    by_gap,
)
from ontogeny.studies.composition.addition.measures import Snapshot, spectrum_gini
from ontogeny.studies.composition.addition.neuron_waves import (
    NeuronTable,
    active_share,
    clusters,
    neuron_table,
)
from ontogeny.studies.composition.addition.reading import ResidueRun, logits_of
from ontogeny.studies.composition.addition.readout import direction_fit, residual
from ontogeny.studies.composition.addition.waves import (
    cyclic_frame,
    fourier_basis,
    frequency_shares,
    transform_norms,
)
from ontogeny.studies.composition.irreps.analysis import Layers, examples, group_means, neurons
from ontogeny.studies.composition.labels import variable

__all__ = [
    "HiddenLayer",
    "attention_variables",
    "changed_logits",
    "cube_variables",
    "hidden_layer",
    "key_rules",
    "matrix_variables",
    "model_variables",
    "neuron_variables",
    "removed_losses",
]

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]
Variables = dict[str, xr.Variable]

_PERMUTATIONS = 20
_TRIPLES = 100
_SEED = 0
"""Of random orders of residues and of random triples."""


@dataclass(frozen=True, eq=False)
class HiddenLayer:
    """The hidden layer of a network by frequency.

    Attributes
    ----------
    values : (p, p, h) ndarray
        On all pairs.
    table : NeuronTable
    examples : (E,) ndarray of int64
        Neurons that stand for their clusters, as the analysis of groups chooses them.
    """

    values: Array
    table: NeuronTable
    examples: NDArray[np.int64]


def hidden_layer(network: Snapshot) -> HiddenLayer | None:
    """Return the hidden layer by frequency, if it is known."""
    if network.hidden is None:
        return None
    values = network.hidden()
    frame = cyclic_frame(len(values))
    layers = Layers(np.arange(len(values)), values, network.logits)

    def read() -> Iterator[Layers]:
        return iter([layers])

    found = neurons(read, group_means(read, frame), frame)
    return HiddenLayer(values, neuron_table(found, network.unembedding, frame), examples(found))


def removed_losses(run: ResidueRun, network: Snapshot) -> Array:
    """Return the losses without each frequency, of logits and of neurons, (place, q, split)."""
    return np.stack(
        [
            interventions.removed_losses(network.logits, part, run.train, answer=run.answer)
            for part in (network.logits, network.through)
            if part is not None
        ]
    )


def key_rules(
    network: Snapshot, hidden: HiddenLayer | None, removed: Array, whole: float
) -> dict[str, Mask]:
    """Return the frequencies that each rule calls key, of those that can be applied.

    Parameters
    ----------
    network : Snapshot
    hidden : HiddenLayer or None
    removed : (place, q, split) ndarray [nat]
        From `removed_losses`; all pairs last.
    whole : float [nat]
        Loss of the network on all pairs.
    """
    found = {}
    if network.unembedding is not None:
        found["gap"] = by_gap(frequency_shares(network.unembedding))
    if network.embeddings is not None:
        found["embedding"] = by_embedding(network.embeddings[0])
    if hidden is not None:
        found["cluster"] = by_cluster(hidden.table.fve)
    return found | {"ablation": by_ablation(removed[0, :, -1], whole)}


def matrix_variables(network: Snapshot, key: Mask) -> Variables:
    """Return what embeddings and neuron-to-logit map hold of each frequency."""
    named, read = network.matrices, network.unembedding
    found: Variables = {}
    if named:
        shares = {name: frequency_shares(matrix) for name, matrix in named.items()}
        found |= variables.matrix_variables(shares, _permuted_gini(network))
        found["circle_coordinate"] = variable(
            ("matrix", "frequency", "wave", "residue"),
            np.stack([circle_coordinates(each) for each in named.values()]).astype(np.float32),
            "coordinate of a residue along the direction of a cosine or sine",
        )
    if read is not None:
        components = fourier_basis(len(read)).matrix.T @ read
        found |= variables.unembedding_variables(residual(read, key), components)
    return found


def _permuted_gini(network: Snapshot) -> dict[str, Array]:
    """Return the mean Gini coefficients of spectra over random orders of the residues."""
    rng = np.random.default_rng(_SEED)
    orders = [rng.permutation(len(network.logits)) for _ in range(_PERMUTATIONS)]
    return {
        name: np.mean([spectrum_gini(matrix[order]) for order in orders], axis=0)
        for name, matrix in network.matrices.items()
    }


def neuron_variables(network: Snapshot, hidden: HiddenLayer | None) -> Variables:
    """Return neurons and clusters by frequency, and what the map reads of them."""
    if hidden is None:
        return {}
    found = variables.neuron_variables(
        hidden.table,
        clusters(hidden.table),
        active_share(hidden.values),
        transform_norms(hidden.values),
        hidden.examples,
        hidden.values[..., hidden.examples].transpose(2, 0, 1),
    )
    if network.unembedding is not None:
        fit = direction_fit(hidden.values, network.unembedding)
        found |= variables.direction_variables(fit)
    return found


def changed_logits(
    run: ResidueRun, network: Snapshot, hidden: HiddenLayer | None, key: Mask
) -> Iterator[tuple[str, Array]]:
    """Yield the logits of a network as it is and under each intervention that it admits."""
    yield "none", network.logits
    if run.single_block and network.parameters is not None:
        yield from interventions.transformer_interventions(network.parameters)
    if hidden is not None and network.unembedding is not None:
        yield from interventions.neuron_interventions(
            network.logits,
            hidden.values,
            network.unembedding,
            key,
            hidden.table.frequency,
            hidden.table.explained,
        )
    yield from interventions.logit_interventions(network.logits, key)


def cube_variables(cube_fve: xr.Variable, key: NDArray[np.bool_]) -> Variables:
    """Return the share of the logits in the cubes of all key frequencies, by centring.

    Parameters
    ----------
    cube_fve : Variable
        By `centring` and `frequency`.
    key : (q,) ndarray of bool
    """
    about = "share of the logits in cubes of key frequencies"
    return {"cube_fve_of_key": variable("centring", cube_fve.values[:, key].sum(axis=1), about)}


def attention_variables(run: ResidueRun, network: Snapshot) -> Variables:
    """Return the attention of a single block by frequency."""
    w = network.parameters
    if not run.single_block or w is None:
        return {}
    weights = forward.attention(w)
    components = attention.score_components(
        attention.token_scores(w["W_E"], w["W_pos"], w["W_Q"], w["W_K"])
    )
    tokens = w["W_E"][: run.order]
    return variables.attention_variables(
        attention.patterns(weights),
        weights,
        components,
        attention.score_shares(components),
        attention.output_shares(tokens, w["W_V"], w["W_O"]),
        attention.output_shares(tokens, w["W_V"], w["W_O"], w["W_in"]),
    )


def model_variables(run: ResidueRun, network: Snapshot, key: Mask) -> Variables:
    """Return what tells a clock from a pizza."""
    sides, gradients = network.embeddings, _gradients(run, network)
    return variables.model_variables(
        algorithms.logit_models(network.logits),
        algorithms.distance_irrelevance(network.logits),
        sides and (algorithms.circularity(sides[0]), algorithms.circularity(sides[1])),
        _isolated(run, network, key),
        None if gradients is None else algorithms.gradient_symmetricity(*gradients),
    )


def _gradients(run: ResidueRun, network: Snapshot) -> tuple[Array, Array] | None:
    """Return the gradients of random logits with respect to both embeddings, if they are known."""
    triples = np.random.default_rng(_SEED).integers(run.order, size=(3, _TRIPLES))
    if run.architecture is None:
        return None
    if run.architecture.single_block:
        w = network.parameters
        return None if w is None else forward.gradients(w, *triples)
    if run.architecture.joins is None or network.embeddings is None or network.unembedding is None:
        return None
    return algorithms.hidden_gradients(
        *network.embeddings, network.unembedding, triples, joined=run.architecture.joins
    )


def _isolated(run: ResidueRun, network: Snapshot, key: Mask) -> tuple[Array, Array] | None:
    """Return the shares of clock and pizza with the embeddings' circles of each key frequency."""
    if run.architecture is None or network.parameters is None:
        return None
    clock, pizza = np.full((2, len(key)), np.nan)
    p, dimensions = run.order, run.architecture.dimensions
    tables = {
        name: value
        for name, value in network.parameters.items()
        if dimensions[name][0] in ("element", "token")
    }
    for index in np.flatnonzero(key):
        circles = {
            name: np.concatenate([algorithms.isolate_circle(table[:p], int(index) + 1), table[p:]])
            for name, table in tables.items()
        }
        logits, _ = logits_of(run.architecture, network.parameters | circles)
        found = algorithms.logit_models(logits)
        clock[index], pizza[index] = found.clock[index], found.pizza[index]
    return clock, pizza
