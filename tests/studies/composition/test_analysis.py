"""The measures against their definitions, and on networks whose answers are known."""

from dataclasses import asdict, dataclass, replace
from functools import cache
from importlib import import_module

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose

import brute_force
from ontogeny.groups import MAX_SUBGROUPS_ORDER, conjugacy_classes, group
from ontogeny.representations import irreps, real_irreps
from ontogeny.studies.composition.catalogue.irreps import irreps_dataset
from ontogeny.studies.composition.catalogue.tables import table_dataset
from ontogeny.studies.composition.irreps.analysis import (
    SPLITS,
    Ablation,
    Layers,
    Matrices,
    ablated_losses,
    class_logits,
    clusters,
    components,
    coset_partitions,
    cosets_of,
    entry_gini,
    evidence,
    frame,
    gini,
    group_means,
    hidden_shares,
    key_irreps,
    logit_similarity,
    logit_similarity_on_test_pairs,
    losses,
    matrix_shares,
    neurons,
    restricted_losses,
)
from ontogeny.studies.composition.irreps.datasets import frame_of
from ontogeny.studies.composition.networks import reading
from ontogeny.studies.composition.networks.architectures.bilinear import Bilinear
from ontogeny.studies.composition.networks.architectures.mlp import MLP
from ontogeny.studies.composition.networks.architectures.transformer import Transformer

EXACT = {"rtol": 1e-10, "atol": 1e-10}
GROUPS = ("S3", "D4", "Q8", "C6", "C7", "A4", "F21")
SMALL_TRANSFORMER = {"d_model": 10, "heads": 2, "d_head": 5, "d_mlp": 14}


@cache
def known(name):
    """Frame, table and the matrices of the real irreps of a group."""
    found = group(name)
    real = real_irreps(found)
    seen = frame_of(table_dataset(found), irreps_dataset(found, irreps(found), real))
    assert seen.irreps == tuple(irrep.name for irrep in real)
    return seen, np.array(found.table), [irrep.matrices for irrep in real]


@dataclass(frozen=True)
class Case:
    """A network on a group, as functions on all pairs."""

    frame: object
    product: np.ndarray
    rhos: list
    hidden: np.ndarray
    logits: np.ndarray
    matrices: Matrices
    network: object


def network_of(hidden, logits):
    return lambda: iter([Layers(np.arange(len(logits)), hidden, logits)])


def array_case(name, hidden, unembedding, *, direct=None):
    """A network given by its hidden layer, with logits that `direct` adds to."""
    seen, product, rhos = known(name)
    rng = np.random.default_rng(5)
    n = len(product)
    embeddings = rng.normal(size=(2, n, 9))
    logits = hidden @ unembedding.T
    if direct is not None:
        logits += direct
    matrices = Matrices(
        *embeddings, unembedding, direct_path=direct is not None, squared_weights=1.0
    )
    return Case(seen, product, rhos, hidden, logits, matrices, network_of(hidden, logits))


def random_case(name, *, scale=1.0, direct=False):
    rng = np.random.default_rng(8)
    n = len(known(name)[1])
    hidden = np.maximum(rng.normal(size=(n, n, 11)) + 0.3, 0)
    unembedding = scale * rng.normal(size=(n, 11))
    around = rng.normal(size=(n, n, n)) if direct else None
    return array_case(name, hidden, unembedding, direct=around)


def random_parameters(architecture):
    generator = torch.Generator().manual_seed(6)
    return {
        key: 2 * value.double().numpy() + 0.1 * key.startswith("b_")
        for key, value in architecture.initial(generator).items()
    }


def architecture_case(name, make):
    seen, product, rhos = known(name)
    architecture = make(len(product))
    parameters = random_parameters(architecture)
    n = len(product)
    left, right = (torch.as_tensor(index.ravel()) for index in np.indices((n, n)))
    tensors = {key: torch.as_tensor(value) for key, value in parameters.items()}
    found = architecture.forward(tensors, left, right)
    return Case(
        seen,
        product,
        rhos,
        found.hidden.numpy().reshape(n, n, -1),
        found.logits[:, :n].numpy().reshape(n, n, n),
        reading.matrices(architecture, parameters),
        reading.grid(architecture, parameters),
    )


ARCHITECTURES = {
    "mlp": lambda n: MLP(n, embedding=7, hidden=12),
    "bilinear": lambda n: Bilinear(n, hidden=10),
    "transformer": lambda n: Transformer.universality(n, **SMALL_TRANSFORMER),
    "transformer with biases": lambda n: Transformer.progress_measures(n, **SMALL_TRANSFORMER),
}


@cache
def case_of(name, kind):
    if kind == "arrays":
        return random_case(name)
    if kind == "arrays with a direct path":
        return random_case(name, direct=True)
    return architecture_case(name, ARCHITECTURES[kind])


groups = pytest.mark.parametrize("name", GROUPS)
kinds = pytest.mark.parametrize("kind", ["arrays", "arrays with a direct path", *ARCHITECTURES])


def some_train(n, share=0.4):
    return np.random.default_rng(2).random((n, n)) < share


def some_key(case):
    """Every second non-trivial irrep, and the last."""
    key = np.zeros(len(case.rhos), dtype=bool)
    key[1::2] = key[-1] = True
    return key


def measured(case, train, key):
    means = group_means(case.network, case.frame, train=train)
    return evidence(case.network, case.matrices, train, case.frame, means=means, key=key)


def selected(case, key):
    return [rho for rho, chosen in zip(case.rhos, key, strict=True) if chosen]


def read_neurons(case):
    return neurons(case.network, group_means(case.network, case.frame), case.frame)


# What irreps explain, by definition


@groups
@kinds
def test_logit_similarity_is_that_with_the_cube_of_characters(name, kind):
    case = case_of(name, kind)
    found = logit_similarity(group_means(case.network, case.frame), case.frame)
    expected = [brute_force.logit_similarity(case.logits, rho, case.product) for rho in case.rhos]
    assert_allclose(found, expected, **EXACT)


@groups
@kinds
def test_logit_similarity_on_test_pairs_counts_their_triples_alone(name, kind):
    case = case_of(name, kind)
    train = some_train(case.frame.order)
    means = group_means(case.network, case.frame, train=train)
    centred = (case.logits - case.logits.mean(axis=2, keepdims=True))[~train]
    cubes = [brute_force.template(rho, case.product)[~train] for rho in case.rhos]
    expected = [
        np.sum(centred * cube) / (np.linalg.norm(centred) * np.linalg.norm(cube)) for cube in cubes
    ]
    assert_allclose(logit_similarity_on_test_pairs(means, case.frame), expected, **EXACT)


@pytest.mark.parametrize("name", ["S3", "Q8", "A4", "F21"])
def test_memorised_pairs_look_like_every_irrep_by_its_degree_but_test_pairs_do_not(name):
    """Logits that know the training pairs and nothing else: ``delta(a b, c)`` on T of n^2 pairs.

    The similarity over all pairs is then ``chi(e) sqrt(T / n^2) / sqrt(n - 1) / sqrt(mean chi^2)``.
    """
    seen, product, _ = known(name)
    n = len(product)
    train = some_train(n)
    logits = np.where(train[..., None], np.eye(n)[product], 0.0)
    means = group_means(network_of(np.zeros((n, n, 1)), logits), seen, train=train)
    unity = int(np.flatnonzero(product[:, 0] == 0)[0])
    size = np.sqrt(np.mean(seen.character**2, axis=1))
    expected = seen.character[:, unity] * np.sqrt(train.mean() / (n - 1)) / size
    assert_allclose(logit_similarity(means, seen)[1:], expected[1:], **EXACT)
    assert_allclose(logit_similarity_on_test_pairs(means, seen), 0, atol=1e-12)


def test_without_test_pairs_nothing_is_said_of_them():
    seen, product, _ = known("S3")
    network = network_of(np.zeros((6, 6, 1)), np.eye(6)[product])
    for train in (None, np.ones((6, 6), dtype=bool)):
        means = group_means(network, seen, train=train)
        assert means.test is None
        with pytest.raises(ValueError, match="are of no test pairs"):
            logit_similarity_on_test_pairs(means, seen)


@groups
@kinds
def test_what_a_network_does_not_show_is_none_and_the_rest_stays(name, kind):
    case = case_of(name, kind)
    train, key = some_train(case.frame.order), some_key(case)
    whole = numbers(measured(case, train, key))
    logits = network_of(None, case.logits)
    means = group_means(logits, case.frame, train=train)
    alone = numbers(evidence(logits, Matrices(), train, case.frame, means=means, key=key))
    assert alone.keys() == {
        name
        for name in whole
        if "logit" in name or name in ("loss", "accuracy", "test_logit_similarity")
    }
    unsplit = replace(case, matrices=replace(case.matrices, squared_weights=None))
    of_all = numbers(measured(unsplit, None, key))
    missing = {name for name in whole if "excluded" in name}
    assert whole.keys() - of_all.keys() == missing | {"test_logit_similarity", "squared_weights"}
    for name, value in alone.items():
        assert_allclose(value, whole[name], err_msg=name, **EXACT)
    for name, value in of_all.items():
        of_split = name in ("loss", "accuracy")
        expected = whole[name][SPLITS.index("all")] if of_split else whole[name]
        assert_allclose(value, expected, err_msg=name, **EXACT)


@groups
@kinds
def test_matrix_shares_are_norms_of_projections(name, kind):
    case = case_of(name, kind)
    sides = (case.matrices.left_embedding, case.matrices.right_embedding, case.matrices.unembedding)
    for matrix in sides:
        expected = [brute_force.matrix_share(matrix, rho) for rho in case.rhos]
        assert_allclose(matrix_shares(matrix, case.frame), expected, **EXACT)
    key = some_key(case)
    found = measured(case, some_train(case.frame.order), key)
    assert_allclose(found.embedding_fve, [matrix_shares(m, case.frame) for m in sides[:2]], rtol=0)
    assert_allclose(found.unembedding_fve, matrix_shares(sides[2], case.frame), rtol=0)


@groups
@kinds
def test_hidden_shares_are_norms_of_projections_on_all_pairs(name, kind):
    case = case_of(name, kind)
    found = hidden_shares(group_means(case.network, case.frame), case.frame)
    expected = [
        [brute_force.hidden_share(case.hidden, rho, case.product, part) for rho in case.rhos[1:]]
        for part in brute_force.PARTS
    ]
    assert_allclose(found[:, 1:], expected, **EXACT)
    assert_allclose(found[:, 0], 0, atol=1e-10)


@groups
@kinds
def test_neuron_shares_are_those_of_each_neuron(name, kind):
    case = case_of(name, kind)
    live = case.hidden.std(axis=(0, 1)) > 1e-6
    assert live.sum() >= 5
    found = read_neurons(case)
    assert_allclose(found.variance, case.hidden.var(axis=(0, 1)), **EXACT)
    for r, rho in enumerate(case.rhos[1:], start=1):
        hidden = case.hidden[..., live]
        assert_allclose(found.block[live, r], brute_force.block_share(hidden, rho), **EXACT)
        for i, part in enumerate(brute_force.PARTS):
            expected = brute_force.neuron_share(hidden, rho, case.product, part)
            assert_allclose(found.parts[i, live, r], expected, **EXACT)
    assert_allclose(found.block[:, 0], 0, atol=0)


@groups
def test_clusters_gather_neurons_by_their_largest_block(name):
    case = case_of(name, "arrays")
    hidden = case.hidden.copy()
    hidden[..., 3] *= 0.01
    case = array_case(name, hidden, case.matrices.unembedding)
    found = read_neurons(case)
    off = np.arange(hidden.shape[2]) == 3
    blocks = np.zeros((len(case.rhos), hidden.shape[2]))
    blocks[1:, ~off] = [brute_force.block_share(hidden[..., ~off], rho) for rho in case.rhos[1:]]
    expected = np.where(off, -1, blocks.argmax(axis=0))
    assert found.irrep.tolist() == expected.tolist()

    grouped = clusters(found, case.matrices.unembedding, case.frame)
    assert grouped.off == 1
    for r, rho in enumerate(case.rhos):
        members = expected == r
        assert grouped.size[r] == members.sum()
        if not members.any():
            assert np.isnan(grouped.parts[:, r]).all()
            assert np.isnan(grouped.unembedding[r])
            continue
        shares = [
            brute_force.hidden_share(hidden[..., members], rho, case.product, part)
            for part in brute_force.PARTS
        ]
        assert_allclose(grouped.parts[:, r], shares, **EXACT)
        readout = brute_force.matrix_share(case.matrices.unembedding[:, members], rho)
        assert_allclose(grouped.unembedding[r], readout, **EXACT)


@pytest.mark.parametrize("dead", [1, 5, 6, 9])
@pytest.mark.parametrize("value", [0.0, 1 / 3])
def test_neurons_that_never_change_are_off_however_many(dead, value):
    case = random_case("S3")
    hidden = case.hidden.copy()
    hidden[..., :dead] = value
    case = array_case("S3", hidden, case.matrices.unembedding)
    found = read_neurons(case)
    assert (found.irrep[:dead] == -1).all()
    assert (found.irrep[dead:] > 0).all()
    assert clusters(found, case.matrices.unembedding, case.frame).off == dead


def test_gini_is_the_mean_difference_over_twice_the_mean():
    rng = np.random.default_rng(0)
    for values in (rng.random(17), rng.random(40) ** 5, np.array([3.0, 0, 0, 1]), np.ones(4)):
        assert_allclose(gini(values), brute_force.gini(values), **EXACT)
    assert gini(np.zeros(5)) == 0
    assert_allclose(gini(np.array([0.0] * 51 + [2.0] * 5)), 51 / 56, rtol=1e-12)


@groups
def test_entry_gini_leaves_out_the_constant(name):
    case = case_of(name, "arrays")
    norms = [
        np.linalg.norm(case.frame.basis[:, entry] @ case.matrices.unembedding)
        for entry in range(case.frame.order)
        if case.frame.irrep_of_entry[entry] != 0
    ]
    assert len(norms) == case.frame.order - 1
    expected = brute_force.gini(norms)
    assert_allclose(entry_gini(case.matrices.unembedding, case.frame), expected, **EXACT)
    found = measured(case, some_train(case.frame.order), some_key(case))
    assert_allclose(found.gini[2], expected, **EXACT)


# Losses, by definition


@groups
@kinds
def test_losses_and_accuracies_are_those_of_each_split(name, kind):
    case = case_of(name, kind)
    train = some_train(case.frame.order)
    loss, accuracy = losses(case.network, train, case.frame)
    flat = case.logits.reshape(train.size, -1)
    pair_loss = brute_force.cross_entropy(flat, case.product)
    right = flat.argmax(axis=1) == case.product.ravel()
    every = np.ones(train.size, dtype=bool)
    for split, pairs in {"train": train.ravel(), "test": ~train.ravel(), "all": every}.items():
        assert_allclose(loss[split], pair_loss[pairs].mean(), **EXACT)
        assert_allclose(accuracy[split], right[pairs].mean(), rtol=1e-12)


@groups
@kinds
def test_restricted_losses_are_those_of_projections(name, kind):
    case = case_of(name, kind)
    key = some_key(case)
    found = measured(case, some_train(case.frame.order), key)
    unembedding = case.matrices.unembedding

    def from_hidden(rhos):
        return brute_force.restricted_loss(case.hidden, unembedding, rhos, case.product)

    def from_logits(rhos):
        return brute_force.restricted_logit_loss(case.logits, rhos, case.product)

    assert_allclose(
        found.restricted_hidden_loss_by_irrep, [from_hidden([rho]) for rho in case.rhos], **EXACT
    )
    assert_allclose(found.restricted_hidden_loss, from_hidden(selected(case, key)), **EXACT)
    assert_allclose(
        found.restricted_logit_loss_by_irrep, [from_logits([rho]) for rho in case.rhos], **EXACT
    )
    assert_allclose(found.restricted_logit_loss, from_logits(selected(case, key)), **EXACT)


MASKS = {
    "some": some_train,
    "one pair": lambda n: np.arange(n * n).reshape(n, n) == n + 2,
    "all": lambda n: np.ones((n, n), dtype=bool),
}
masks = pytest.mark.parametrize("mask", MASKS.values(), ids=MASKS.keys())


# With biases, what counts as a path around the hidden layer is a matter of convention.
@pytest.mark.parametrize(
    "kind", ["arrays", "arrays with a direct path", "mlp", "bilinear", "transformer"]
)
@groups
@masks
def test_excluded_losses_go_through_the_hidden_layer_alone(name, kind, mask):
    case = case_of(name, kind)
    key, train = some_key(case), mask(case.frame.order)
    found = measured(case, train, key)

    def expected(rhos):
        unembedding = case.matrices.unembedding
        return brute_force.excluded_loss(case.hidden, unembedding, rhos, case.product, train)

    assert_allclose(
        found.excluded_hidden_loss_by_irrep, [expected([rho]) for rho in case.rhos], **EXACT
    )
    assert_allclose(found.excluded_hidden_loss, expected(selected(case, key)), **EXACT)


@kinds
@groups
@masks
def test_excluded_logit_losses_are_those_of_projections(name, kind, mask):
    case = case_of(name, kind)
    key, train = some_key(case), mask(case.frame.order)
    found = measured(case, train, key)

    def expected(rhos):
        return brute_force.excluded_logit_loss(case.logits, rhos, case.product, train)

    assert_allclose(
        found.excluded_logit_loss_by_irrep, [expected([rho]) for rho in case.rhos], **EXACT
    )
    assert_allclose(found.excluded_logit_loss, expected(selected(case, key)), **EXACT)


def largest_range(case):
    """Of the entries that are subtracted from the logits of one product."""
    parts = case.frame.parts(group_means(case.network, case.frame).logits)
    return np.ptp(parts, axis=2).max()


@pytest.mark.parametrize("size", [550, 601, 5000])
@pytest.mark.parametrize("name", ["S3", "Q8", "F21"])
def test_excluded_losses_of_huge_logits(name, size):
    """On both sides of the largest exponent at which one product serves all tables."""
    scale = size / largest_range(random_case(name))
    case = random_case(name, scale=scale)
    assert largest_range(case) == pytest.approx(size)
    key, train = np.arange(len(case.rhos)) == 1, some_train(case.frame.order)
    found = measured(case, train, key)
    expected = [
        brute_force.excluded_loss(case.hidden, case.matrices.unembedding, [r], case.product, train)
        for r in case.rhos
    ]
    assert_allclose(found.excluded_hidden_loss_by_irrep, expected, **EXACT)
    assert_allclose(found.excluded_hidden_loss, expected[1], **EXACT)


def test_both_ways_to_exclude_agree(monkeypatch):
    case = case_of("A4", "mlp")
    train, key = some_train(12), some_key(case)
    quick = measured(case, train, key)
    # By its full name: the package gives the name of the module to a function.
    module = import_module("ontogeny.studies.composition.irreps.analysis.losses")
    monkeypatch.setattr(module, "_LARGEST_EXPONENT", 0.0)
    direct = measured(case, train, key)
    assert_allclose(
        quick.excluded_hidden_loss_by_irrep, direct.excluded_hidden_loss_by_irrep, rtol=1e-12
    )
    assert_allclose(
        quick.excluded_logit_loss_by_irrep, direct.excluded_logit_loss_by_irrep, rtol=1e-12
    )


@pytest.mark.parametrize("margin", [0.0, 3.0, 40.0, 200.0, 700.0])
def test_losses_keep_their_relative_precision(margin):
    seen, product, _ = known("D4")
    logits = margin * np.eye(8)
    network = network_of(np.ones((8, 8, 1)), logits[product])
    train = some_train(8)
    loss, accuracy = losses(network, train, seen)
    (found,) = ablated_losses(network, [Ablation({"product": np.zeros((1, 8, 8))})], train, seen)
    excluded = found["product"][SPLITS.index("train")]
    expected = np.log1p(7 * np.exp(-margin))
    assert_allclose([loss["train"], loss["test"], *excluded], expected, rtol=1e-12)
    assert_allclose(restricted_losses(np.stack([logits, logits])), expected, rtol=1e-12)
    assert accuracy["all"] == (margin > 0)


def test_excluding_nothing_and_everything():
    case = case_of("D4", "bilinear")
    train = some_train(8)
    nothing = measured(case, train, np.zeros(len(case.rhos), dtype=bool))
    assert_allclose(nothing.excluded_hidden_loss, nothing.loss[SPLITS.index("train")], rtol=1e-12)
    assert_allclose(nothing.restricted_hidden_loss, np.log(8), rtol=1e-12)
    mean = np.tile(case.logits.mean(axis=(0, 1)), (64, 1))
    expected = brute_force.cross_entropy(mean, case.product).mean()
    assert_allclose(nothing.restricted_logit_loss, expected, rtol=1e-12)


def test_restricted_loss_of_one_table_is_that_of_many():
    logits = np.random.default_rng(0).normal(size=(3, 2, 6, 6))
    found = restricted_losses(logits)
    assert found.shape == (3, 2)
    assert_allclose(restricted_losses(logits[1, 1]), found[1, 1], rtol=1e-14)


def test_where_all_pairs_are_trained_on_their_losses_are_those_of_the_training_set():
    case = case_of("S3", "arrays")
    everything = np.ones((6, 6), dtype=bool)
    for found in losses(case.network, everything, case.frame):
        assert list(found) == ["train", "all"]
        assert_allclose(found["train"], found["all"], rtol=1e-14)


def test_losses_of_an_empty_training_set_are_no_numbers():
    case = case_of("S3", "arrays")
    loss, accuracy = losses(case.network, np.zeros((6, 6), dtype=bool), case.frame)
    assert np.isnan([loss["train"], accuracy["train"]]).all()
    assert_allclose(loss["test"], loss["all"], rtol=1e-14)


def test_excluded_loss_of_an_empty_training_set_is_no_number():
    case = case_of("S3", "arrays")
    none = np.zeros((6, 6), dtype=bool)
    nothing = [Ablation({"product": np.zeros((2, 6, 6))})]
    (found,) = ablated_losses(case.network, nothing, none, case.frame)
    excluded = found["product"][SPLITS.index("train")]
    assert excluded.shape == (2,)
    assert np.isnan(excluded).all()


@pytest.mark.parametrize(
    ("through", "given", "missing"),
    [("hidden", (), "unembedding"), ("rest", ("unembedding",), "span")],
)
def test_what_an_ablation_needs_is_asked_for(through, given, missing):
    case = case_of("S3", "mlp")
    ablation = Ablation({"product": np.zeros((1, 6, 6))}, through)
    hidden = next(iter(case.network())).hidden.shape[-1]
    arrays = {name: np.zeros((6, hidden)) for name in given}
    with pytest.raises(ValueError, match=f"`{missing}` is None: .*{through}"):
        ablated_losses(case.network, [ablation], some_train(6), case.frame, **arrays)


# Blocks


def numbers(found):
    """Every number of a result, by name."""
    flat = {}
    for name, value in asdict(found).items():
        if value is None:
            continue
        if isinstance(value, dict):
            flat |= {f"{name}.{key}": inner for key, inner in value.items()}
        else:
            flat[name] = value
    return flat


@pytest.mark.parametrize("architecture", ["mlp", "transformer with biases"])
@pytest.mark.parametrize(("rows", "blocks"), [(1, 12), (5, 3)])
def test_blocks_change_nothing(architecture, rows, blocks, monkeypatch):
    whole = case_of("A4", architecture)
    made = ARCHITECTURES[architecture](12)
    width = 12 + sum(shape[-1] for shape in made.shapes().values())
    monkeypatch.setattr(reading, "_BLOCK", 8 * 12 * width * rows)
    monkeypatch.setattr(reading, "_IN_MEMORY", 0)
    parts = architecture_case("A4", ARCHITECTURES[architecture])
    assert len(list(whole.network())) == 1
    assert len(next(parts.network()).left) == rows
    assert len(list(parts.network())) == len(list(parts.network())) == blocks

    train, key = some_train(12), some_key(whole)
    expected = numbers(measured(whole, train, key))
    found = numbers(measured(parts, train, key))
    assert found.keys() == expected.keys()
    assert len(found) > 15
    for name, value in expected.items():
        assert_allclose(found[name], value, err_msg=name, **EXACT)
    expected, found = numbers(read_neurons(whole)), numbers(read_neurons(parts))
    for name, value in expected.items():
        assert_allclose(found[name], value, err_msg=name, **EXACT)
    classes = conjugacy_classes(group("A4"))
    expected, found = (numbers(class_logits(c.network, c.frame, classes)) for c in (whole, parts))
    for name, value in expected.items():
        assert_allclose(found[name], value, err_msg=name, **EXACT)


def test_squared_weights_are_those_of_every_parameter():
    architecture = ARCHITECTURES["transformer with biases"](7)
    parameters = random_parameters(architecture)
    found = reading.matrices(architecture, parameters).squared_weights
    assert {"b_in", "b_out", "W_pos"} <= parameters.keys()
    assert_allclose(found, sum(np.sum(v**2) for v in parameters.values()), rtol=1e-12)


# Frames


@groups
def test_a_frame_knows_inverse_and_division(name):
    seen, product, rhos = known(name)
    assert np.array_equal(seen.inverse, brute_force.inverse(product))
    each = np.arange(seen.order)
    assert np.array_equal(product[each[:, None], seen.division], np.tile(each, (seen.order, 1)))
    ranks = [np.linalg.matrix_rank(rho.reshape(len(rho), -1), tol=1e-8) for rho in rhos]
    assert seen.rank.tolist() == ranks


def test_the_inverse_does_not_need_the_identity_first():
    seen, product, _ = known("A4")
    order = np.random.default_rng(3).permutation(12)
    place = np.argsort(order)
    moved = place[product[np.ix_(order, order)]]
    assert brute_force.inverse(moved)[place[0]] == place[0] != 0
    found = frame(
        moved, seen.basis[order], seen.irrep_of_entry, seen.character[:, order], seen.irreps
    )
    assert np.array_equal(found.inverse, brute_force.inverse(moved))


@groups
def test_parts_sum_to_the_function_and_power_to_the_square(name):
    seen, _, rhos = known(name)
    values = np.random.default_rng(1).normal(size=(seen.order, 3))
    parts = seen.parts(values)
    assert_allclose(parts.sum(axis=0), values, **EXACT)
    expected = [brute_force.projection(values, brute_force.entries(rho)) for rho in rhos]
    assert_allclose(parts, expected, **EXACT)
    power = seen.power(seen.basis.T @ values)
    assert_allclose(power, np.square(expected).sum(axis=(1, 2)), **EXACT)


def test_a_frame_must_begin_with_the_trivial_irrep():
    seen, product, _ = known("S3")
    with pytest.raises(ValueError, match=r"`irreps` must begin with the trivial one, .* 'sign'"):
        frame(product, seen.basis, seen.irrep_of_entry, seen.character, ("sign", "trivial", "x"))


# Networks whose answers are known

SOME = [("S3", 2), ("D4", 4), ("Q8", 4), ("C7", 2), ("F21", 2), ("A4", 2)]


@pytest.mark.parametrize(("name", "r"), SOME)
def test_logits_that_are_one_character(name, r):
    seen, product, rhos = known(name)
    logits = 3 * brute_force.template(rhos[r], product)
    network = network_of(np.ones((*product.shape, 1)), logits)
    found = logit_similarity(group_means(network, seen), seen)
    assert_allclose(found, np.arange(len(rhos)) == r, **EXACT)
    key = key_irreps(found, seen, threshold=0.5)
    assert np.flatnonzero(key).tolist() == [r]
    # The right answer is where the character is largest; with a kernel others are as large.
    identity = int(product[0, brute_force.inverse(product)[0]])
    faithful = np.sum(seen.character[r] > seen.character[r, identity] - 1e-9) == 1
    _, accuracy = losses(network, some_train(len(product)), seen)
    assert accuracy["all"] == (1 if faithful else 0)


@pytest.mark.parametrize(("name", "r"), SOME)
def test_hidden_layer_that_is_the_product_representation(name, r):
    _, product, rhos = known(name)
    rho, n = rhos[r], len(product)
    hidden = rho.reshape(n, -1)[product]
    inverse = rho[brute_force.inverse(product)]
    unembedding = 5 * inverse.swapaxes(1, 2).reshape(n, -1)  # tr(rho(ab) rho(c^-1))
    case = array_case(name, hidden, unembedding)
    assert_allclose(case.logits, 5 * brute_force.template(rho, product), **EXACT)
    found = measured(case, some_train(n), np.arange(len(rhos)) == r)
    alone = np.zeros((3, len(rhos)))
    alone[2, r] = 1
    assert_allclose(found.hidden_fve, alone, **EXACT)
    assert_allclose(found.unembedding_fve, alone[2], **EXACT)
    assert_allclose(found.restricted_hidden_loss, found.loss[SPLITS.index("all")], rtol=1e-12)
    assert_allclose(found.excluded_hidden_loss, np.log(n), rtol=1e-12)
    assert_allclose(found.excluded_logit_loss, np.log(n), rtol=1e-12)
    assert (read_neurons(case).irrep == r).all()


@pytest.mark.parametrize(("name", "r"), SOME)
@pytest.mark.parametrize("side", ["left", "right"])
def test_hidden_layer_that_sees_one_factor(name, r, side):
    seen, product, rhos = known(name)
    n = len(product)
    hidden = brute_force.pair_entries(rhos[r], product, side).reshape(n, n, -1)
    means = group_means(network_of(hidden, np.zeros((n, n, n))), seen)
    expected = np.zeros((3, len(rhos)))
    expected[brute_force.PARTS.index(side), r] = 1
    assert_allclose(hidden_shares(means, seen), expected, **EXACT)


@pytest.mark.parametrize("name", ["C7", "A4", "F21"])
def test_random_labels_of_elements_destroy_what_irreps_explain(name):
    seen, product, rhos = known(name)
    n, r = len(product), len(rhos) - 1
    order = np.random.default_rng(4).permutation(n)
    hidden = rhos[r].reshape(n, -1)[product]
    logits = brute_force.template(rhos[r], product)
    case_logits, case_hidden = logits[np.ix_(order, order, order)], hidden[np.ix_(order, order)]
    means = group_means(network_of(case_hidden, case_logits), seen)
    assert np.abs(logit_similarity(means, seen)).max() < 0.4
    assert hidden_shares(means, seen).max() < 0.4


@pytest.mark.parametrize("name", ["S3", "C7", "A4", "F21"])
def test_random_numbers_are_explained_as_far_as_chance_goes(name):
    seen, product, _ = known(name)
    n, rank = len(product), seen.rank
    rng = np.random.default_rng(7)
    hidden = rng.normal(size=(n, n, 1500))
    network = network_of(hidden, rng.normal(size=(n, n, n)))
    means = group_means(network, seen)
    shares = hidden_shares(means, seen)
    chance = np.tile(rank[1:] / (n**2 - 1), (3, 1))
    assert_allclose(shares[:, 1:], chance, rtol=0.25)
    assert_allclose(matrix_shares(rng.normal(size=(n, 1500)), seen), rank / n, rtol=0.25)
    block = neurons(network, means, seen).block.mean(axis=0)
    assert_allclose(block[1:], (2 * rank + rank**2)[1:] / (n**2 - 1), rtol=0.15)
    similarity = logit_similarity(means, seen)
    assert np.abs(similarity).max() < 5 / (n * np.sqrt(n - 1))


@groups
@kinds
def test_shares_are_parts_of_a_whole(name, kind):
    case = case_of(name, kind)
    found = measured(case, some_train(case.frame.order), some_key(case))
    assert_allclose(found.embedding_fve.sum(axis=1), 1, **EXACT)
    assert_allclose(found.unembedding_fve.sum(), 1, **EXACT)
    for share in (found.embedding_fve, found.unembedding_fve, found.hidden_fve):
        assert (share >= 0).all()
    assert found.hidden_fve.sum() <= 1 + 1e-12
    assert np.sum(found.logit_similarity**2) <= 1 + 1e-12
    parts = read_neurons(case)
    assert (parts.parts.sum(axis=(0, 2)) <= 1 + 1e-9).all()
    assert (parts.block <= 1 + 1e-9).all()


def test_a_silent_network_has_no_shares():
    seen, *_ = known("S3")
    network = network_of(np.zeros((6, 6, 2)), np.zeros((6, 6, 6)))
    means = group_means(network, seen)
    assert_allclose(logit_similarity(means, seen), 0, atol=0)
    assert_allclose(hidden_shares(means, seen), 0, atol=0)
    assert_allclose(matrix_shares(np.zeros((6, 2)), seen), 0, atol=0)
    loss, accuracy = losses(network, some_train(6), seen)
    assert loss["all"] == pytest.approx(np.log(6))
    assert accuracy["all"] == 0


def test_the_trivial_irrep_is_never_key():
    seen, *_ = known("S3")
    found = key_irreps(np.array([0.9, 0.2, 0.1]), seen, threshold=0.1)
    assert found.tolist() == [False, True, False]


# Classes, cosets and directions


@pytest.mark.parametrize(("name", "r"), SOME)
def test_logits_that_are_one_character_are_one_number_by_class(name, r):
    seen, product, rhos = known(name)
    logits = 3 * brute_force.template(rhos[r], product) + np.arange(len(product))[:, None]
    network = network_of(np.ones((*product.shape, 1)), logits)
    classes = conjugacy_classes(group(name))
    found = class_logits(network, seen, classes)
    character = np.array([seen.character[r, classes == each][0] for each in np.unique(classes)])
    assert_allclose(found.mean, 3 * character, **EXACT)
    assert_allclose(found.least, found.most, **EXACT)
    assert_allclose(found.deviation, 0, atol=1e-6)
    expected = np.zeros_like(found.parts)
    expected[r] = found.mean
    assert_allclose(found.parts, expected, **EXACT)


@groups
@kinds
def test_parts_of_logits_by_class_sum_to_what_real_characters_see(name, kind):
    """The mean of a class and that of its inverses together; logits are centred."""
    case = case_of(name, kind)
    classes = conjugacy_classes(group(name))
    found = class_logits(case.network, case.frame, classes)
    of_inverse = classes[brute_force.inverse(case.product)]
    inverse = [of_inverse[classes == each][0] for each in np.unique(classes)]
    assert_allclose(found.parts.sum(axis=0), (found.mean + found.mean[inverse]) / 2, **EXACT)
    assert_allclose(found.parts[0], 0, atol=1e-10)
    assert (found.least <= found.mean).all()
    assert (found.mean <= found.most).all()


def test_partitions_are_all_left_and_right_cosets_of_proper_subgroups():
    found = coset_partitions(group("S3"))
    assert [int(cosets.max()) + 1 for cosets in found] == [2, *[3] * 6, 6]
    assert len({cosets.tobytes() for cosets in found}) == len(found)
    assert [len(cosets) for cosets in coset_partitions(group("C7"))] == [7]


def test_subgroups_of_large_groups_are_not_sought():
    n = MAX_SUBGROUPS_ORDER + 1
    (cosets,) = coset_partitions(group(f"C{n}"))
    assert cosets.tolist() == list(range(n))


@pytest.mark.parametrize("noise", [0.0, 0.1])
def test_a_function_on_cosets_has_these_cosets_by_rising_mean(noise):
    partitions = coset_partitions(group("A4"))
    chosen = next(cosets for cosets in partitions if cosets.max() == 3)
    values = np.array([5.0, -1.0, 2.0, 0.0])[chosen]
    values += noise * np.random.default_rng(0).normal(size=12)
    assert cosets_of(values, partitions).tolist() == np.array([3, 0, 2, 1])[chosen].tolist()


def test_a_function_without_cosets_is_sorted():
    values = np.random.default_rng(0).normal(size=12)
    found = cosets_of(values, coset_partitions(group("A4")))
    assert found.tolist() == np.argsort(np.argsort(values)).tolist()


def test_a_constant_function_has_the_fewest_cosets():
    partitions = coset_partitions(group("S3"))
    assert cosets_of(np.ones(6), partitions).max() == 1


def test_residues_of_a_wave_are_on_a_circle():
    seen, *_ = known("C7")
    angle = 2 * np.pi * np.arange(7)[:, None] * np.array([2, 3]) / 7
    matrix = np.concatenate([3 * np.cos(angle), 3 * np.sin(angle)], axis=1)
    matrix = matrix @ np.linalg.qr(np.random.default_rng(0).normal(size=(9, 4)))[0].T
    key = np.array([False, False, True, True])
    found = components(matrix, seen, coset_partitions(seen.group), key=key)
    assert np.isnan(found.coordinate[~key]).all()
    assert (found.coset[~key] == -1).all()
    for r in (2, 3):
        x, y = found.coordinate[r].T
        assert_allclose(np.hypot(x, y), 3, **EXACT)
        turned = np.unwrap(np.arctan2(y, x)[np.argsort(np.arange(7) * r % 7)])
        assert_allclose(np.abs(np.diff(turned)), 2 * np.pi / 7, **EXACT)
        assert_allclose(found.share[r].sum(), 0.5, **EXACT)


@pytest.mark.parametrize(("name", "irrep", "count"), [("S4", "standard", 4), ("A5", "standard", 5)])
def test_elements_of_a_coset_are_one_point_of_a_polygon(name, irrep, count):
    seen, _, rhos = known(name)
    r = seen.irreps.index(irrep)
    entries = rhos[r].reshape(seen.order, -1)
    key = np.arange(len(rhos)) == r
    found = components(entries, seen, coset_partitions(seen.group), key=key)
    assert found.coset[r].max() + 1 == count
    points = np.stack([found.coordinate[r][found.coset[r] == each][0] for each in range(count)])
    assert_allclose(found.coordinate[r], points[found.coset[r]], **EXACT)
    assert_allclose(np.linalg.norm(points, axis=1), np.linalg.norm(points[0]), **EXACT)
    assert len(np.unique(points.round(6), axis=0)) == count


def test_an_irrep_of_one_dimension_leaves_the_second_direction_to_the_rest():
    seen, _, rhos = known("S3")
    matrix = np.concatenate([rhos[1].reshape(6, -1), 2 * rhos[2].reshape(6, -1)], axis=1)
    key = np.array([False, True, False])
    found = components(matrix, seen, coset_partitions(seen.group), key=key)
    assert_allclose(np.abs(found.coordinate[1, :, 0]), 1, **EXACT)
    assert found.coset[1].max() == 1
    assert found.share[1, 1] > found.share[1, 0]
