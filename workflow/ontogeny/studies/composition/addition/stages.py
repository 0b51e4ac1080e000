"""The stages of modular addition, from stored datasets to datasets."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import torch
import xarray as xr
from numpy.typing import NDArray

from ontogeny.joins.outcomes import spikes
from ontogeny.studies.composition.addition import algorithms, attention, forward
from ontogeny.studies.composition.addition import interventions as ablations
from ontogeny.studies.composition.addition import variables as datasets
from ontogeny.studies.composition.addition.keys import (
    RULES,
    by_ablation,
    by_cluster,
    by_embedding,
    by_gap,
)
from ontogeny.studies.composition.addition.measures import (
    Measures,
    Snapshot,
    all_measures,
    spectrum_gini,
)
from ontogeny.studies.composition.addition.milestones import milestones, trend
from ontogeny.studies.composition.addition.neuron_waves import (
    NeuronTable,
    active_share,
    clusters,
    neuron_table,
)
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
from ontogeny.studies.composition.config import Training
from ontogeny.studies.composition.irreps.analysis import (
    SPLITS,
    Layers,
    examples,
    group_means,
    neurons,
    phases,
)
from ontogeny.studies.composition.labels import dataset, variable
from ontogeny.studies.composition.networks.architectures import (
    MLP,
    Architecture,
    Bilinear,
    DeepTransformer,
    Transformer,
)
from ontogeny.studies.composition.networks.build import build
from ontogeny.studies.composition.networks.pairs import answers, train_mask
from ontogeny.studies.composition.networks.reading import grid, matrices

__all__ = ["measures", "mechanism"]

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]
Variables = dict[str, xr.Variable]

_PERMUTATIONS = 20
_TRIPLES = 100
_SEED = 0
"""Of random orders of residues and of random triples."""


def mechanism(
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
    run = _run(table, checkpoints, history)
    network, p = run.snapshot(-1), run.order
    hidden = run.hidden(network)
    each, shown = _neurons(network, hidden)
    removed = np.stack(
        [
            ablations.removed_losses(network.logits, part, run.train, answer=run.answer)
            for part in (network.logits, network.through)
        ]
    )
    whole = float(split_losses(network.logits, run.train, run.answer).loss[SPLITS.index("all")])
    shares = frequency_shares(network.unembedding)
    rules = {
        "gap": by_gap(shares),
        "embedding": by_embedding(network.embeddings[0]),
        "cluster": by_cluster(each.fve),
        "ablation": by_ablation(removed[0, :, SPLITS.index("all")], whole),
    }
    key = rules[key_rule]
    ablated = {
        name: split_losses(logits, run.train, run.answer)
        for name, logits in _ablations(run, network, hidden, key, each)
    }
    left, right = network.embeddings
    variables = (
        datasets.measure_variables(run.measures(-1, key))
        | datasets.key_variables(rules, key_rule, margin(key))
        | datasets.readout_variables(
            direction_fit(hidden, network.unembedding),
            parity_energy(network.logits),
            residual(network.unembedding, key),
            {
                "left_embedding": frequency_shares(left),
                "right_embedding": frequency_shares(right),
                "unembedding": shares,
            },
            transform_norms(network.logits),
            fourier_basis(p).matrix.T @ network.unembedding,
            key,
        )
        | datasets.neuron_variables(
            each,
            clusters(each),
            active_share(hidden),
            transform_norms(hidden),
            shown,
            hidden[..., shown].transpose(2, 0, 1),
        )
        | datasets.ablation_variables(ablated, removed, whole, _permuted_gini(network))
        | _attention_variables(run, network)
        | _model_variables(run, network, key)
    )
    heads = len(network.parameters["W_Q"]) if run.is_transformer else 0
    return dataset(
        variables,
        datasets.coordinates(p, list(network.parameters))
        | datasets.mechanism_coordinates(p, list(ablated), shown, hidden.shape[2], heads),
        title="How a network adds",
    )


def measures(
    table: xr.Dataset, checkpoints: xr.Dataset, history: xr.Dataset, mechanism: xr.Dataset
) -> xr.Dataset:
    """Return every progress measure along the checkpoints of a run.

    The key frequencies are those of the final checkpoint, from `mechanism`, for all checkpoints.

    Parameters
    ----------
    table, checkpoints, history, mechanism : Dataset

    Returns
    -------
    Dataset

    Raises
    ------
    ValueError
        If the table is that of another group than addition modulo an odd number.
    """
    run = _run(table, checkpoints, history)
    key = mechanism["key"].values
    step = checkpoints["step"].values
    along = [datasets.measure_variables(run.measures(i, key)) for i in range(len(step))]
    variables = datasets.stacked(along)
    losses = history["update_loss"].values
    known = np.searchsorted(spikes(losses), step)
    slingshots = known if len(losses) else np.full(len(step), np.nan)
    optimiser = run.training.optimiser
    variables |= _phase_variables(step, variables, slingshots)
    variables["key"] = variable("frequency", key, "key frequency of the final checkpoint")
    coordinates = datasets.coordinates(run.order, list(run.parameters(-1)))
    coordinates |= datasets.phase_coordinates() | {
        "step": step,
        "decay_time": variable(
            "step",
            optimiser.learning_rate * optimiser.weight_decay * step,
            "learning rate times weight decay times updates",
        ),
    }
    return dataset(variables, coordinates, title="Progress measures of addition along training")


@dataclass(frozen=True, eq=False)
class _Run:
    """A run as both stages read it."""

    training: Training
    architecture: Architecture
    checkpoints: xr.Dataset
    train: Mask
    answer: NDArray[np.int64]
    descend: Callable[[Mapping[str, NDArray[np.floating]]], dict[str, NDArray[np.floating]]]

    @property
    def order(self) -> int:
        return self.architecture.order

    @property
    def is_transformer(self) -> bool:
        return isinstance(self.architecture, Transformer)

    def parameters(self, index: int) -> dict[str, NDArray[np.floating]]:
        """Return the parameters of one checkpoint, as they are stored."""
        return {str(name): values.values[index] for name, values in self.checkpoints.items()}

    def measures(self, index: int, key: Mask) -> Measures:
        """Return all progress measures of one checkpoint."""
        gradient = self.descend(self.parameters(index))
        return all_measures(self.snapshot(index), gradient, self.train, key, self.answer)

    def snapshot(self, index: int) -> Snapshot:
        """Return the network of one checkpoint."""
        stored = self.parameters(index)
        parameters = {name: value.astype(np.float64) for name, value in stored.items()}
        found = matrices(self.architecture, parameters)
        logits, through = self.logits(parameters)
        return Snapshot(
            parameters=parameters,
            embeddings=(found.left_embedding, found.right_embedding),
            unembedding=found.unembedding,
            logits=logits,
            through=through,
        )

    def logits(self, parameters: Mapping[str, Array]) -> tuple[Array, Array]:
        """Return the logits on all pairs, and what of them passes through the hidden layer."""
        if self.is_transformer:
            parts = forward.contributions(parameters)
            return parts.logits, parts.through
        layers = list(grid(self.architecture, parameters)())
        logits = np.concatenate([block.logits for block in layers])
        if not isinstance(self.architecture, DeepTransformer):
            return logits, logits
        hidden = np.concatenate([block.hidden for block in layers])
        return logits, hidden @ matrices(self.architecture, parameters).unembedding.T

    def hidden(self, network: Snapshot) -> Array:
        """Return the hidden layer of a network on all pairs."""
        blocks = grid(self.architecture, network.parameters)()
        return np.concatenate([layers.hidden for layers in blocks])


def _run(table: xr.Dataset, checkpoints: xr.Dataset, history: xr.Dataset) -> _Run:
    product = table["product"].values
    p = len(product)
    residue = np.arange(p)
    if p % 2 == 0 or not np.array_equal(product, np.add.outer(residue, residue) % p):
        msg = (
            "`table` must be that of addition modulo an odd number, in the order 0, 1, 2, ...; "
            f"got a group of order {p} that is not; leave this analysis out for it"
        )
        raise ValueError(msg)
    training = Training.model_validate(json.loads(checkpoints.attrs["spec"]))
    architecture = build(training.architecture, p)
    rows = history["train_index"].values.astype(np.int64)
    right_answer = answers(product, labels=training.data.labels, seed=training.seed)
    optimiser = training.optimiser
    dtype = getattr(torch, optimiser.precision)
    left, right = (torch.as_tensor(each) for each in np.divmod(rows, p))
    objective = architecture.objective(
        left,
        right,
        torch.as_tensor(right_answer.reshape(-1)[rows]),
        dtype=dtype,
        exact=optimiser.loss == "exact",
    )

    def descend(parameters: Mapping[str, NDArray[np.floating]]) -> dict[str, NDArray[np.floating]]:
        tensors = {name: torch.as_tensor(value).to(dtype) for name, value in parameters.items()}
        slopes = {name: torch.empty_like(value) for name, value in tensors.items()}
        objective(tensors, slopes)
        return {
            name: (slopes[name] + optimiser.l1 * value.sign()).numpy()
            for name, value in tensors.items()
        }

    return _Run(training, architecture, checkpoints, train_mask(rows, p), right_answer, descend)


def _neurons(network: Snapshot, hidden: Array) -> tuple[NeuronTable, NDArray[np.int64]]:
    """Return the neurons by frequency, as the analysis of groups finds them, and some of each."""
    p = len(hidden)
    frame, layers = cyclic_frame(p), Layers(np.arange(p), hidden, network.logits)

    def read() -> Iterator[Layers]:
        return iter([layers])

    found = neurons(read, group_means(read, frame), frame)
    return neuron_table(found, network.unembedding, frame), examples(found)


def _ablations(
    run: _Run, network: Snapshot, hidden: Array, key: Mask, table: NeuronTable
) -> Iterator[tuple[str, Array]]:
    """Yield the logits of a network as it is and under each intervention that it admits."""
    yield "none", network.logits
    if run.is_transformer:
        yield from ablations.transformer_ablations(network.parameters)
    yield from ablations.neuron_ablations(
        network.logits, hidden, network.unembedding, key, table.frequency, table.explained
    )
    yield from ablations.logit_ablations(network.logits, key)


def _permuted_gini(network: Snapshot) -> Array:
    """Return the mean Gini coefficients of spectra over random orders of the residues."""
    rng = np.random.default_rng(_SEED)
    orders = [rng.permutation(len(network.unembedding)) for _ in range(_PERMUTATIONS)]
    each = (*network.embeddings, network.unembedding)
    return np.stack([np.mean([spectrum_gini(m[o]) for o in orders], axis=0) for m in each])


def _attention_variables(run: _Run, network: Snapshot) -> Variables:
    if not run.is_transformer:
        return {}
    w = network.parameters
    weights = forward.attention(w)
    components = attention.score_components(
        attention.token_scores(w["W_E"], w["W_pos"], w["W_Q"], w["W_K"])
    )
    tokens = w["W_E"][: run.order]
    return datasets.attention_variables(
        attention.patterns(weights),
        weights,
        components,
        attention.score_shares(components),
        attention.output_shares(tokens, w["W_V"], w["W_O"]),
        attention.output_shares(tokens, w["W_V"], w["W_O"], w["W_in"]),
    )


def _model_variables(run: _Run, network: Snapshot, key: Mask) -> Variables:
    left, right = network.embeddings
    gradients = _gradients(run, network)
    return datasets.model_variables(
        algorithms.logit_models(network.logits),
        algorithms.distance_irrelevance(network.logits),
        (algorithms.circularity(left), algorithms.circularity(right)),
        _isolated(run, network, key),
        None if gradients is None else algorithms.gradient_symmetricity(*gradients),
    )


def _gradients(run: _Run, network: Snapshot) -> tuple[Array, Array] | None:
    """Return the gradients of random logits with respect to both embeddings, if they are known."""
    triples = np.random.default_rng(_SEED).integers(run.order, size=(3, _TRIPLES))
    match run.architecture:
        case Transformer():
            return forward.gradients(network.parameters, *triples)
        case MLP() | Bilinear():
            joined: Literal["sum", "product"] = (
                "sum" if isinstance(run.architecture, MLP) else "product"
            )
            return algorithms.hidden_gradients(
                *network.embeddings, network.unembedding, triples, joined=joined
            )
        case _:
            return None


def _isolated(run: _Run, network: Snapshot, key: Mask) -> tuple[Array, Array]:
    """Return the shares of clock and pizza with the embeddings' circles of each key frequency."""
    clock, pizza = np.full((2, len(key)), np.nan)
    tables = {n: v for n, v in network.parameters.items() if n in {"W_E", "W_x", "W_y"}}
    p = run.order
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
    return datasets.phase_variables(found, passed, trends, spikes)
