"""The published network of arXiv 2302.03025 on C113, which uses frequencies 16, 30 and 56."""

from functools import cache

import numpy as np
import pytest
from numpy.testing import assert_allclose

from ontogeny.studies.composition.addition import forward
from ontogeny.studies.composition.addition.algorithms import (
    distance_irrelevance,
    gradient_symmetricity,
    logit_models,
)
from ontogeny.studies.composition.addition.attention import patterns
from ontogeny.studies.composition.addition.interventions import (
    neuron_interventions,
    removed_losses,
    transformer_interventions,
)
from ontogeny.studies.composition.addition.key_losses import excluded, restricted
from ontogeny.studies.composition.addition.keys import (
    by_ablation,
    by_cluster,
    by_embedding,
    by_gap,
)
from ontogeny.studies.composition.addition.measures import spectrum_gini
from ontogeny.studies.composition.addition.neuron_waves import neuron_table
from ontogeny.studies.composition.addition.readout import (
    direction_fit,
    logit_fit,
    parity_energy,
    residual,
)
from ontogeny.studies.composition.addition.split_losses import split_losses
from ontogeny.studies.composition.addition.waves import cyclic_frame, frequency_shares
from ontogeny.studies.composition.irreps.analysis import (
    Layers,
    evidence,
    group_means,
    neurons,
)
from ontogeny.studies.composition.networks.pairs import train_mask, train_pairs
from ontogeny.studies.composition.networks.reading import matrices
from studies.composition.addition import plain
from studies.composition.test_published import REFERENCE, network_of

P, RUN, KEYS = 113, "C113_T_seed1", (16, 30, 56)
KEY = plain.mask(P, KEYS)

pytestmark = pytest.mark.skipif(
    not REFERENCE.is_dir(), reason=f"needs the published networks in {REFERENCE}"
)


@cache
def network():
    """Parameters, matrices, hidden layer, logits, and what of them passes through it."""
    architecture, stored = network_of(RUN, P)
    parameters = {name: value.astype(np.float64) for name, value in stored.items()}
    parts = forward.contributions(parameters)
    hidden = forward.neurons(
        parameters, forward.residual(parameters, forward.attention(parameters))
    )
    return parameters, matrices(architecture, stored), hidden, parts.logits, parts.through


@cache
def train():
    return train_mask(train_pairs(P * P, fraction=0.3, seed=1, split="torch"), P)


@cache
def table():
    _, weights, hidden, logits, _ = network()
    frame, layers = cyclic_frame(P), Layers(np.arange(P), hidden, logits)

    def read():
        return iter([layers])

    found = neurons(read, group_means(read, frame), frame)
    return neuron_table(found, weights.unembedding, frame)


def chosen(key):
    return tuple(np.flatnonzero(key) + 1)


def test_key_frequencies_are_the_published_ones():
    _, weights, _, logits, _ = network()
    assert chosen(by_gap(frequency_shares(weights.unembedding))) == KEYS
    assert chosen(by_cluster(table().fve)) == KEYS
    assert set(KEYS) <= set(chosen(by_embedding(weights.left_embedding)))
    whole = split_losses(logits, train()).loss[2]
    without = removed_losses(logits, logits, train())[:, 2]
    assert chosen(by_ablation(without, whole)) == KEYS


def test_measures_are_those_of_the_analysis_of_groups():
    _, weights, hidden, logits, through = network()
    frame, layers = cyclic_frame(P), Layers(np.arange(P), hidden, logits)

    def read():
        return iter([layers])

    key = np.concatenate([[False], KEY])
    general = evidence(read, weights, train(), frame, means=group_means(read, frame), key=key)
    kept, without = (measure(logits, through, train(), KEY) for measure in (restricted, excluded))
    near = {"rtol": 1e-6}
    assert_allclose(split_losses(logits, train()).loss, general.loss, **near)
    assert_allclose(kept.loss[0, 0, 2], general.restricted_logit_loss, **near)
    assert_allclose(without.loss[0], general.excluded_logit_loss, **near)
    assert_allclose(without.by_frequency, general.excluded_logit_loss_by_irrep[1:], **near)
    assert_allclose(spectrum_gini(weights.left_embedding)[0], general.gini[0], **near)
    assert_allclose(spectrum_gini(weights.unembedding)[0], general.gini[2], **near)


def test_the_evidence_is_as_in_the_main_network_of_the_paper():
    """With the bounds that runs of arXiv 2301.05217 and their replications keep."""
    _, weights, hidden, logits, through = network()
    assert (logit_fit(logits).fve[:, KEY].sum(axis=1) > 0.9).all()
    assert residual(weights.unembedding, KEY)[1] < 0.02
    fit = direction_fit(hidden, weights.unembedding)
    assert (fit.fve[:, KEY] > 0.85).all()
    assert (np.abs(fit.ratio[:, KEY] - 1) < 0.1).all()
    of_sum, of_difference = parity_energy(logits)[:, KEY].sum(axis=1)
    assert of_sum / (of_sum + of_difference) > 0.97
    assert table().best.mean() > 0.85
    whole = split_losses(logits, train())
    kept, without = (measure(logits, through, train(), KEY) for measure in (restricted, excluded))
    assert (kept.loss[0, 0] < whole.loss).all()
    assert (kept.loss < 2 * whole.loss[2]).all()
    assert (without.loss > np.log(P)).all()
    assert (without.accuracy < 0.1).all()


def test_ablations_order_as_in_the_paper():
    parameters, weights, hidden, logits, _ = network()
    whole = split_losses(logits, train()).loss[2]
    at = table()
    found = dict(transformer_interventions(parameters)) | dict(
        neuron_interventions(logits, hidden, weights.unembedding, KEY, at.frequency, at.explained)
    )
    loss = {name: split_losses(values, train()).loss[2] for name, values in found.items()}
    for harmless in (
        "MLP: residual path around it set to 0",
        "neurons: replaced by polynomials of waves",
        "neurons: only waves of a + b of key frequencies",
        "neurons: only the directions that logits read",
    ):
        assert loss[harmless] < 10 * whole
    assert loss["attention: output of the heads set to 0"] > np.log(P)
    assert loss["neurons: without the directions that logits read"] > 1


def test_it_attends_by_waves_and_is_a_clock():
    parameters, _, _, logits, _ = network()
    found = patterns(forward.attention(parameters))
    assert set(found.frequency) <= set(KEYS)
    assert (found.fve.max(axis=1) > 0.9).all()
    models = logit_models(logits)
    assert models.clock.sum() > models.pizza.sum() + 0.1
    triples = np.random.default_rng(0).integers(P, size=(3, 100))
    assert gradient_symmetricity(*forward.gradients(parameters, *triples)) < 0.9
    assert distance_irrelevance(logits) > 0.6
