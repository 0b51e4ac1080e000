"""Ablations, recovery of rho(ab), null distributions, single neurons: against their definitions."""

from functools import cache

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

import brute_force
from ontogeny.groups import group
from ontogeny.representations import irreps, real_irreps
from ontogeny.studies.composition.catalogue.irreps import irreps_dataset
from ontogeny.studies.composition.catalogue.tables import table_dataset
from ontogeny.studies.composition.irreps.analysis import (
    Layers,
    Matrices,
    Neurons,
    ablations,
    block_means,
    examples,
    group_means,
    hidden_shares,
    learning_order,
    logit_similarity,
    neurons,
    nulls,
    recovery,
    relabelled,
    relabelled_means,
    unembedding_shares,
)
from ontogeny.studies.composition.irreps.datasets import frame_of

GROUPS = ("S3", "Q8", "C7", "A4", "F21")
EXACT = {"rtol": 1e-9, "atol": 1e-12}
groups = pytest.mark.parametrize("name", GROUPS)


@cache
def known(name):
    """Frame, table, and the matrices of the real irreps of a group."""
    found = group(name)
    real = real_irreps(found)
    seen = frame_of(table_dataset(found), irreps_dataset(found, irreps(found), real))
    return seen, np.array(found.table), [irrep.matrices for irrep in real]


@cache
def layers_of(name):
    """A random hidden layer, a map to logits, and a path around it."""
    rng = np.random.default_rng(3)
    n = len(known(name)[1])
    hidden = np.maximum(rng.normal(size=(n, n, 9)) + 0.2, 0)
    return hidden, rng.normal(size=(n, 9)), rng.normal(size=(n, n, n))


def network_of(hidden, logits, rows=None):
    """The network in blocks of some rows."""
    n = len(hidden)
    places = np.split(np.arange(n), range(rows or n, n, rows or n))
    return lambda: (Layers(some, hidden[some], logits[some]) for some in places)


def half(n):
    return np.add.outer(np.arange(n), 2 * np.arange(n)) % 3 == 0


def mean_losses(logits, product, train):
    loss = brute_force.cross_entropy(brute_force.flat(logits), product)
    member = train.ravel()
    return [loss[member].mean(), loss[~member].mean(), loss.mean()]


def key_of(seen):
    key = np.zeros(len(seen.irreps), dtype=bool)
    key[[1, -1]] = True
    return key


@groups
@pytest.mark.parametrize("rows", [None, 2])
def test_ablations_are_losses_without_projections(name, rows):
    seen, product, rhos = known(name)
    hidden, unembedding, around = layers_of(name)
    n, key, train = len(product), key_of(seen), half(len(product))
    network = network_of(hidden, hidden @ unembedding.T + around, rows)
    found = ablations(network, unembedding, train, seen, means=group_means(network, seen), key=key)
    flat = brute_force.flat(hidden)

    def losses(left_over, readout=unembedding):
        return mean_losses((left_over @ readout.T).reshape(n, n, n), product, train)

    assert_allclose(found.hidden_loss, losses(flat), **EXACT)
    for p, part in enumerate(brute_force.PARTS):
        for r, rho in enumerate(rhos):
            entries = brute_force.pair_entries(rho, product, part)
            expected = losses(flat - brute_force.projection(flat, entries))
            assert_allclose(found.ablated_loss[:, p, r], expected, **EXACT)
    kept = sum(
        brute_force.projection(unembedding, brute_force.entries(rho))
        for rho, chosen in zip(rhos, key, strict=True)
        if chosen
    )
    assert_allclose(found.unembedding_key_loss, losses(flat, kept), **EXACT)
    assert_allclose(found.unembedding_rest_loss, losses(flat, unembedding - kept), **EXACT)


@groups
def test_constructed_hidden_layer_holds_every_entry_equally(name):
    """Its part in each key irrep has the norm of the true part, shared evenly among the entries."""
    seen, product, _ = known(name)
    hidden, unembedding, _ = layers_of(name)
    key = key_of(seen)
    network = network_of(hidden, hidden @ unembedding.T)
    found = ablations(
        network, unembedding, half(len(product)), seen, means=group_means(network, seen), key=key
    )
    built = 0
    for r in np.flatnonzero(key):
        entries = seen.basis[:, seen.irrep_of_entry == r]
        at_pairs = entries[product.ravel()] / np.sqrt(len(product))
        held = at_pairs.T @ brute_force.flat(hidden)
        level = np.linalg.norm(held) / np.sqrt(len(held))
        built = built + at_pairs @ (level * held / np.linalg.norm(held, axis=1, keepdims=True))
        assert_allclose(
            np.linalg.norm(at_pairs @ at_pairs.T @ built),
            np.linalg.norm(brute_force.projection(brute_force.flat(hidden), at_pairs)),
        )
    loss = brute_force.cross_entropy(built @ unembedding.T, product)
    assert_allclose(found.constructed_loss, loss.mean(), **EXACT)


# Recovery


@groups
def test_recovery_is_a_map_and_back(name):
    seen, product, _ = known(name)
    hidden, unembedding, _ = layers_of(name)
    n = len(product)
    network = network_of(hidden, hidden @ unembedding.T)
    found = recovery(group_means(network, seen), unembedding, seen)
    at_pairs = seen.basis[product.ravel()] / np.sqrt(n)
    held = at_pairs.T @ brute_force.flat(hidden)
    assert_allclose(found.change_of_basis, held / np.sqrt(n), **EXACT)
    of_logits = at_pairs.T @ brute_force.flat(hidden @ unembedding.T) @ seen.basis
    assert_allclose(found.readout_map, of_logits / np.sqrt(n), **EXACT)
    for r in range(len(seen.irreps)):
        block = seen.irrep_of_entry == r
        there_and_back = at_pairs[:, block] @ held[block] @ held[block].T
        cosine = np.sum(there_and_back * at_pairs[:, block]) / (
            np.linalg.norm(there_and_back) * np.linalg.norm(at_pairs[:, block])
        )
        assert_allclose(found.hidden_cosine[r], cosine, **EXACT)
        scaled = [x / np.linalg.norm(x) for x in (there_and_back, at_pairs[:, block])]
        error = np.mean((scaled[0] - scaled[1]) ** 2)
        assert_allclose(found.hidden_error[r], error, **EXACT)


@groups
def test_a_network_of_characters_is_recovered_exactly(name):
    """Logits that are a sum of characters of a b c^-1 read out a multiple of the identity."""
    seen, product, rhos = known(name)
    n = len(product)
    scales = np.linspace(0.5, 2.0, len(rhos))
    hidden = seen.basis[product]
    cube = sum(s * brute_force.template(rho, product) for s, rho in zip(scales, rhos, strict=True))
    of_product = np.zeros((n, n))
    of_product[product.ravel()] = brute_force.flat(cube)
    unembedding = of_product.T @ seen.basis
    network = network_of(hidden, cube)
    assert_allclose(hidden @ unembedding.T, cube, atol=1e-9)
    found = recovery(group_means(network, seen), unembedding, seen)
    assert_allclose(found.readout_cosine, 1, rtol=1e-10)
    assert_allclose(found.hidden_cosine, 1, rtol=1e-10)
    assert_allclose(found.readout_scale, scales, rtol=1e-10)
    off_diagonal = found.readout_map - np.diag(np.diag(found.readout_map))
    assert_allclose(off_diagonal, 0, atol=1e-9)


def test_nothing_is_recovered_from_nothing():
    seen, _, _ = known("S3")
    hidden = np.zeros((6, 6, 4))
    network = network_of(hidden, hidden @ np.ones((4, 6)))
    found = recovery(group_means(network, seen), np.ones((6, 4)), seen)
    assert np.isnan(found.hidden_cosine).all()
    assert np.isnan(found.readout_cosine).all()
    assert_allclose(found.readout_scale, 0)


# Null distributions


@groups
def test_a_relabelled_group_is_an_isomorphic_copy(name):
    seen, product, _ = known(name)
    place = np.random.default_rng(1).permutation(len(product))
    copy = relabelled(seen, place)
    assert_array_equal(place[copy.product], product[place][:, place])
    n = np.arange(len(product))
    assert_array_equal(copy.product[n[:, None], copy.division], np.tile(n, (len(n), 1)))
    assert_allclose(copy.basis.T @ copy.basis, np.eye(len(n)), atol=1e-10)
    assert_array_equal(copy.character, seen.character[:, place])


@groups
def test_measures_do_not_change_when_group_and_network_are_relabelled_together(name):
    seen, product, _ = known(name)
    hidden, unembedding, around = layers_of(name)
    logits = hidden @ unembedding.T + around
    place = np.random.default_rng(2).permutation(len(product))
    copy = relabelled(seen, place)
    moved = network_of(hidden[place][:, place], logits[place][:, place][:, :, place])
    means, moved_means = group_means(network_of(hidden, logits), seen), group_means(moved, copy)
    assert_allclose(logit_similarity(moved_means, copy), logit_similarity(means, seen), atol=1e-12)
    assert_allclose(hidden_shares(moved_means, copy), hidden_shares(means, seen), atol=1e-12)


@groups
@pytest.mark.parametrize("rows", [None, 2])
def test_means_of_relabelled_groups_are_those_of_each_alone(name, rows):
    seen, product, _ = known(name)
    hidden, unembedding, around = layers_of(name)
    network = network_of(hidden, hidden @ unembedding.T + around, rows)
    rng = np.random.default_rng(4)
    frames = [relabelled(seen, rng.permutation(len(product))) for _ in range(3)]
    means = group_means(network, seen)
    for found, one in zip(relabelled_means(network, means, frames), frames, strict=True):
        alone = group_means(network, one)
        for field in ("left", "right", "product", "logits", "variance"):
            assert_allclose(getattr(found, field), getattr(alone, field), **EXACT)


def test_a_network_that_multiplies_stands_out_of_its_null():
    """The characters of S4 explain all of it, and of its relabellings hardly anything."""
    seen, product, rhos = known("S4")
    cube = brute_force.template(rhos[3], product) + brute_force.template(rhos[4], product)
    hidden = seen.basis[product]
    network = network_of(hidden, cube)
    means = group_means(network, seen)
    readout = np.ones((24, 24))
    matrices = Matrices(readout, readout, readout, direct_path=False, squared_weights=1.0)
    found = nulls(network, means, matrices, neurons(network, means, seen), seen)
    explained = np.sum(logit_similarity(means, seen)[1:] ** 2)
    assert_allclose(explained, 1)
    assert found["logit_fve_total"].shape == (20,)
    assert found["logit_fve_total"].std() > 0
    assert found["logit_fve_total"].max() < 0.2
    product_part = found["hidden_fve"][:, 2, 1:].sum(axis=1)
    assert_allclose(hidden_shares(means, seen)[2, 1:].sum(), 1)
    assert product_part.max() < 0.3


def test_null_distributions_depend_on_their_seed_alone():
    seen, product, _ = known("S3")
    hidden, unembedding, around = layers_of("S3")
    network = network_of(hidden, hidden @ unembedding.T + around)
    means = group_means(network, seen)
    matrices = Matrices(
        unembedding, unembedding, unembedding, direct_path=True, squared_weights=1.0
    )
    each = neurons(network, means, seen)
    first, again, other = (
        nulls(network, means, matrices, each, seen, count=3, seed=seed) for seed in (0, 0, 1)
    )
    for name, values in first.items():
        assert_array_equal(values, again[name])
    assert not np.allclose(first["logit_fve"], other["logit_fve"])
    assert len(product) == 6


# Single neurons


def test_blocks_of_a_sign_are_means_over_its_classes():
    seen, _, _ = known("S3")
    sign = seen.character[seen.irreps.index("sign")]
    rng = np.random.default_rng(7)
    alpha, beta, gamma = rng.normal(size=(3, 5))
    hidden = np.maximum(
        alpha * sign[:, None, None] + beta * sign[None, :, None] + gamma, 0
    ) + 1e-3 * rng.normal(size=(6, 6, 5))
    network = network_of(hidden, hidden @ rng.normal(size=(5, 6)), 2)
    found = neurons(network, group_means(network, seen), seen)
    means = block_means(found, seen)
    of_sign = found.irrep == seen.irreps.index("sign")
    assert of_sign.any()
    assert np.isnan(means[~of_sign]).all()
    for s, left in enumerate((1, -1)):
        for t, right in enumerate((1, -1)):
            expected = hidden[sign == left][:, sign == right].mean(axis=(0, 1))
            assert_allclose(means[of_sign, s, t], expected[of_sign])


def test_examples_are_the_strongest_of_each_cluster_in_turn():
    irrep = np.array([2, 1, 2, 2, -1, 1, 2, *[3] * 20])
    variance = np.array([5.0, 1, 7, 6, 0, 2, 8, *range(20)])
    shares = np.zeros((3, len(irrep), 4))
    found = examples(Neurons(variance, shares, shares[0], irrep, shares))
    assert found.tolist() == [5, 1, 6, 2, 3, 0, 26, 25, 24, 23, 22, 21]
    nobody = Neurons(variance, shares, shares[0], np.full(len(irrep), -1), shares)
    assert examples(nobody).tolist() == []


def test_tables_are_the_hidden_layer():
    seen, _, _ = known("A4")
    hidden, unembedding, _ = layers_of("A4")
    network = network_of(hidden, hidden @ unembedding.T, 5)
    found = neurons(network, group_means(network, seen), seen)
    assert_array_equal(found.tables, hidden.transpose(2, 0, 1))


@groups
def test_unembedding_shares_are_those_of_each_column(name):
    seen, _, rhos = known(name)
    _, unembedding, _ = layers_of(name)
    with_dead = np.column_stack([unembedding, np.zeros(len(unembedding))])
    found = unembedding_shares(with_dead, seen)
    for r, rho in enumerate(rhos):
        expected = [brute_force.matrix_share(column[:, None], rho) for column in unembedding.T]
        assert_allclose(found[:-1, r], expected, **EXACT)
    assert_allclose(found[-1], 0)


# Order of learning, principal components


def test_order_of_learning_registers_one_irrep_at_each_checkpoint():
    similarity = np.array(
        [
            [0.0, 0.00, 0.00, 0.90, 0.0],
            [0.0, 0.06, 0.06, 0.90, 0.0],
            [0.0, 0.06, 0.06, 0.90, 0.0],
            [0.0, 0.01, 0.06, 0.90, 0.0],
        ]
    )
    key = np.array([False, True, True, False, True])
    first, place = learning_order(similarity, key)
    assert first.tolist() == [-1, 1, 1, 0, -1]
    assert place.tolist() == [-1, 0, 1, -1, 2]
    swapped = similarity[:, [0, 2, 1, 3, 4]]
    swapped[1, 1] = 0.05
    first, place = learning_order(swapped, key)
    assert first.tolist() == [-1, 2, 1, 0, -1]
    assert place.tolist() == [-1, 1, 0, -1, 2]


def test_an_irrep_that_waits_for_its_turn_can_be_overtaken():
    similarity = np.array([[0.9, 0.06, 0.06, 0.0], [0.9, 0.06, 0.0, 0.06], [0.9, 0.06, 0.06, 0.06]])
    _, place = learning_order(similarity, np.array([False, True, True, True]))
    assert place.tolist() == [-1, 0, 2, 1]
