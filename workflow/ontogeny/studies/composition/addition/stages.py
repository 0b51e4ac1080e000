"""The stages of modular addition, from stored datasets to datasets."""

from collections.abc import Iterator

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from ontogeny.caveats import warned
from ontogeny.joins.outcomes import spikes
from ontogeny.studies.composition.addition import (
    algorithms,
    attention,
    coordinates,
    forward,
    interventions,
    variables,
)
from ontogeny.studies.composition.addition.keys import (
    RULES,
    by_ablation,
    by_cluster,
    by_embedding,
    by_gap,
)
from ontogeny.studies.composition.addition.measures import Snapshot, spectrum_gini
from ontogeny.studies.composition.addition.milestones import milestones, trend
from ontogeny.studies.composition.addition.neuron_waves import (
    NeuronTable,
    active_share,
    clusters,
    neuron_table,
)
from ontogeny.studies.composition.addition.reading import ResidueRun, read_run
from ontogeny.studies.composition.addition.readout import (
    direction_fit,
    parity_energy,
    residual,
)
from ontogeny.studies.composition.addition.split_losses import split_losses
from ontogeny.studies.composition.addition.waves import (
    cyclic_frame,
    fourier_basis,
    frequency_shares,
    margin,
    transform_norms,
)
from ontogeny.studies.composition.caveats import addition_caveats
from ontogeny.studies.composition.irreps.analysis import (
    SPLITS,
    Layers,
    examples,
    group_means,
    neurons,
    phases,
)
from ontogeny.studies.composition.labels import dataset, measures, measures_along, variable

__all__ = ["analysis", "evaluation"]

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]
Variables = dict[str, xr.Variable]

_PERMUTATIONS = 20
_TRIPLES = 100
_SEED = 0
"""Of random orders of residues and of random triples."""

_ALL = SPLITS.index("all")


@warned(addition_caveats)
def analysis(
    table: xr.Dataset, checkpoints: xr.Dataset, history: xr.Dataset, *, key_rule: str = RULES[0]
) -> xr.Dataset:
    """Return how the final checkpoint of a run adds.

    What else than the sum it may have to answer enters losses, accuracies and margins; waves are
    those of ``a + b`` whatever is asked for.

    Parameters
    ----------
    table : Dataset
        Of addition modulo an odd number.
    checkpoints, history : Dataset
        Of the run.
    key_rule : {"gap", "embedding", "cluster", "ablation"}
        Whose key frequencies all measures use.

    Returns
    -------
    Dataset

    Raises
    ------
    ValueError
        If the table is that of another group.
    """
    run = read_run(table, checkpoints, history)
    network = run.snapshot(-1)
    hidden = run.hidden(network)
    each, shown = _neurons(network, hidden)
    removed = _removed_losses(run, network)
    whole = float(split_losses(network.logits, run.train, run.answer).loss[_ALL])
    rules = _key_rules(network, each, removed, whole)
    key = rules[key_rule]
    ablated = {
        name: split_losses(logits, run.train, run.answer)
        for name, logits in _interventions(run, network, hidden, key, each)
    }
    found = (
        measures(run.measures(-1, key))
        | variables.key_variables(rules, key_rule, margin(key))
        | variables.direction_variables(direction_fit(hidden, network.unembedding))
        | variables.logit_variables(
            parity_energy(network.logits), transform_norms(network.logits), key
        )
        | _matrix_variables(network, key)
        | _neuron_variables(each, hidden, shown)
        | variables.ablation_variables(ablated, removed, whole, _permuted_gini(network))
        | _attention_variables(run, network)
        | _model_variables(run, network, key)
    )
    heads = len(network.parameters["W_Q"]) if run.architecture.single_block else 0
    return dataset(
        found,
        coordinates.of_modulus(run.order, list(network.parameters))
        | coordinates.of_analysis(run.order, list(ablated), shown, hidden.shape[2], heads),
        title="How a network adds",
    )


@warned(addition_caveats)
def evaluation(
    table: xr.Dataset, checkpoints: xr.Dataset, history: xr.Dataset, analysis: xr.Dataset
) -> xr.Dataset:
    """Return every progress measure along the checkpoints of a run.

    The key frequencies are those of the final checkpoint, from `analysis`, for all checkpoints.

    Parameters
    ----------
    table, checkpoints, history, analysis : Dataset

    Returns
    -------
    Dataset

    Raises
    ------
    ValueError
        If the table is that of another group than addition modulo an odd number.
    """
    run = read_run(table, checkpoints, history)
    key = analysis["key"].values
    step = checkpoints["step"].values
    found = measures_along("step", [run.measures(index, key) for index in range(len(step))])
    losses = history["update_loss"].values
    known = np.searchsorted(spikes(losses), step)
    slingshots = known if len(losses) else np.full(len(step), np.nan)
    found |= _phase_variables(step, found, slingshots)
    found["key"] = variable("frequency", key, "key frequency of the final checkpoint")
    optimiser = run.training.optimiser
    decay_time = variable(
        "step",
        optimiser.learning_rate * optimiser.weight_decay * step,
        "learning rate times weight decay times updates",
    )
    return dataset(
        found,
        coordinates.of_modulus(run.order, list(run.parameters(-1)))
        | coordinates.of_phases()
        | {"step": step, "decay_time": decay_time},
        title="Progress measures of addition along training",
    )


def _neurons(network: Snapshot, hidden: Array) -> tuple[NeuronTable, NDArray[np.int64]]:
    """Return the neurons by frequency, as the analysis of groups finds them, and some of each."""
    p = len(hidden)
    frame, layers = cyclic_frame(p), Layers(np.arange(p), hidden, network.logits)

    def read() -> Iterator[Layers]:
        return iter([layers])

    found = neurons(read, group_means(read, frame), frame)
    return neuron_table(found, network.unembedding, frame), examples(found)


def _removed_losses(run: ResidueRun, network: Snapshot) -> Array:
    """Return the losses without each frequency, of logits and of neurons, (2, q, 3)."""
    return np.stack(
        [
            interventions.removed_losses(network.logits, part, run.train, answer=run.answer)
            for part in (network.logits, network.through)
        ]
    )


def _key_rules(
    network: Snapshot, table: NeuronTable, removed: Array, whole: float
) -> dict[str, Mask]:
    """Return the frequencies that each rule calls key."""
    return {
        "gap": by_gap(frequency_shares(network.unembedding)),
        "embedding": by_embedding(network.embeddings[0]),
        "cluster": by_cluster(table.fve),
        "ablation": by_ablation(removed[0, :, _ALL], whole),
    }


def _matrix_variables(network: Snapshot, key: Mask) -> Variables:
    left, right = network.embeddings
    return variables.matrix_variables(
        residual(network.unembedding, key),
        {
            "left_embedding": frequency_shares(left),
            "right_embedding": frequency_shares(right),
            "unembedding": frequency_shares(network.unembedding),
        },
        fourier_basis(len(network.unembedding)).matrix.T @ network.unembedding,
    )


def _neuron_variables(table: NeuronTable, hidden: Array, shown: NDArray[np.int64]) -> Variables:
    return variables.neuron_variables(
        table,
        clusters(table),
        active_share(hidden),
        transform_norms(hidden),
        shown,
        hidden[..., shown].transpose(2, 0, 1),
    )


def _interventions(
    run: ResidueRun, network: Snapshot, hidden: Array, key: Mask, table: NeuronTable
) -> Iterator[tuple[str, Array]]:
    """Yield the logits of a network as it is and under each intervention that it admits."""
    yield "none", network.logits
    if run.architecture.single_block:
        yield from interventions.transformer_interventions(network.parameters)
    yield from interventions.neuron_interventions(
        network.logits, hidden, network.unembedding, key, table.frequency, table.explained
    )
    yield from interventions.logit_interventions(network.logits, key)


def _permuted_gini(network: Snapshot) -> Array:
    """Return the mean Gini coefficients of spectra over random orders of the residues."""
    rng = np.random.default_rng(_SEED)
    orders = [rng.permutation(len(network.unembedding)) for _ in range(_PERMUTATIONS)]
    each = (*network.embeddings, network.unembedding)
    return np.stack([np.mean([spectrum_gini(m[o]) for o in orders], axis=0) for m in each])


def _attention_variables(run: ResidueRun, network: Snapshot) -> Variables:
    if not run.architecture.single_block:
        return {}
    w = network.parameters
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


def _model_variables(run: ResidueRun, network: Snapshot, key: Mask) -> Variables:
    left, right = network.embeddings
    gradients = _gradients(run, network)
    return variables.model_variables(
        algorithms.logit_models(network.logits),
        algorithms.distance_irrelevance(network.logits),
        (algorithms.circularity(left), algorithms.circularity(right)),
        _isolated(run, network, key),
        None if gradients is None else algorithms.gradient_symmetricity(*gradients),
    )


def _gradients(run: ResidueRun, network: Snapshot) -> tuple[Array, Array] | None:
    """Return the gradients of random logits with respect to both embeddings, if they are known."""
    triples = np.random.default_rng(_SEED).integers(run.order, size=(3, _TRIPLES))
    if run.architecture.single_block:
        return forward.gradients(network.parameters, *triples)
    if run.architecture.joins is None:
        return None
    return algorithms.hidden_gradients(
        *network.embeddings, network.unembedding, triples, joined=run.architecture.joins
    )


def _isolated(run: ResidueRun, network: Snapshot, key: Mask) -> tuple[Array, Array]:
    """Return the shares of clock and pizza with the embeddings' circles of each key frequency."""
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
        logits, _ = run.logits(network.parameters | circles)
        found = algorithms.logit_models(logits)
        clock[index], pizza[index] = found.clock[index], found.pizza[index]
    return clock, pizza


def _phase_variables(
    step: NDArray[np.int64], along: Variables, spikes: NDArray[np.integer] | Array
) -> Variables:
    """Return phases and milestones, from measures along `step`."""
    train, test = (SPLITS.index(split) for split in ("train", "test"))
    loss, accuracy = along["loss"].values, along["accuracy"].values
    excluded = along["excluded_loss"].values[:, 0]
    weights = along["squared_weights"].values
    found = phases(
        step,
        train_accuracy=accuracy[:, train],
        test_accuracy=accuracy[:, test],
        test_loss=loss[:, test],
        excluded_loss=excluded,
        squared_weights=weights,
    )
    passed = milestones(
        step,
        train_loss=loss[:, train],
        test_loss=loss[:, test],
        train_accuracy=accuracy[:, train],
        test_accuracy=accuracy[:, test],
        restricted_loss=along["restricted_loss"].values[:, 0, 0, SPLITS.index("all")],
        excluded_loss=excluded,
        squared_weights=weights,
    )
    gini = along["gini"].values[:, :, 0]
    trends = np.array([trend(step, line, found.boundary[0]) for line in gini.T])
    return variables.phase_variables(found, passed, trends, spikes)
