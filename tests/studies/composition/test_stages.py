"""The stages after training, on tiny trained runs, from datasets to datasets in memory."""

from dataclasses import fields

import numpy as np
import pytest
from numpy.testing import assert_allclose

import brute_force
from composition_trained import RUNS, trained
from ontogeny.studies.composition.irreps.analysis import (
    Evidence,
    Layers,
    group_means,
    hidden_shares,
    logit_similarity,
    matrix_shares,
    neurons,
)
from ontogeny.studies.composition.labels import DIMENSIONS

runs = pytest.mark.parametrize("run", RUNS)
both = pytest.mark.parametrize("stage", ["analysis", "evaluation"])


def dataset_of(run, stage):
    return getattr(trained(run), stage)


# Names, dimensions, descriptions

PROMISED = {
    "analysis": {
        "logit_similarity": ("irrep",),
        "logit_fve": ("irrep",),
        "logit_fve_total": (),
        "key": ("irrep",),
        "embedding_fve": ("side", "irrep"),
        "unembedding_fve": ("irrep",),
        "hidden_fve": ("part", "irrep"),
        "loss": ("split",),
        "accuracy": ("split",),
    },
    "evaluation": {
        "loss": ("step", "split"),
        "accuracy": ("step", "split"),
        "restricted_hidden_loss": ("step",),
        "excluded_hidden_loss": ("step",),
        "restricted_hidden_loss_by_irrep": ("step", "irrep"),
        "excluded_hidden_loss_by_irrep": ("step", "irrep"),
        "logit_similarity": ("step", "irrep"),
        "squared_weights": ("step",),
        "gini": ("step", "matrix"),
        "phase_boundary": ("boundary",),
    },
}
COORDINATES = {
    "side": ["left", "right"],
    "part": ["left", "right", "product"],
    "split": ["train", "test", "all"],
}


@runs
@both
def test_promised_variables_are_there_with_their_dimensions(run, stage):
    found = dataset_of(run, stage)
    dims = {name: found[name].dims for name in PROMISED[stage]}
    assert dims == PROMISED[stage]
    for dim, values in COORDINATES.items():
        assert found[dim].values.tolist() == values
    assert tuple(found["irrep"].values) == trained(run).frame.irreps
    assert trained(run).analysis["key"].dtype == bool


@runs
@both
def test_every_variable_is_described(run, stage):
    found = dataset_of(run, stage)
    for name, values in found.variables.items():
        assert values.attrs.get("long_name"), name
        assert values.attrs.get("units"), name
        expected = "nat" if "loss" in name and "_over_" not in name else "1"
        assert values.attrs["units"] == expected, name
    assert found.attrs["title"]


@runs
@both
def test_every_dimension_is_one_of_the_project(run, stage):
    found = dataset_of(run, stage)
    assert set(found.dims) <= set(DIMENSIONS)
    assert set(found.dims) <= set(found.coords)
    sizes = {"side": 2, "part": 3, "split": 3, "irrep": len(trained(run).rhos)}
    assert {dim: found.sizes[dim] for dim in sizes} == sizes


def chance_name(name):
    """``logit_fve_total`` has ``logit_total_chance``."""
    if name.endswith("_fve_total"):
        return name.removesuffix("_fve_total") + "_total_chance"
    return name.removesuffix("_fve") + "_chance"


@runs
@both
def test_every_fraction_has_its_chance(run, stage):
    found = dataset_of(run, stage)
    fractions = [name for name in found.data_vars if name.endswith(("_fve", "_fve_total"))]
    assert len(fractions) >= 5
    missing = [name for name in fractions if chance_name(name) not in found]
    assert not missing
    for name in fractions:
        assert set(found[chance_name(name)].dims) <= set(found[name].dims)


@runs
@both
def test_numbers_are_plain_and_finite(run, stage):
    found = dataset_of(run, stage)
    may_be_missing = {"phase_boundary", "phase_interval", "neuron_block_mean"}
    may_be_missing |= {"unembedding_component", "component_share", "scaled_change_of_basis"}
    may_be_missing |= {f"{p}learned_{of}" for p in ("", "all_pairs_") for of in ("step", "order")}
    for name, values in found.data_vars.items():
        missing = name in may_be_missing or name.startswith("cluster_")
        if values.dtype == float and not missing:
            assert np.isfinite(values).all(), name


# Values


@runs
def test_every_field_of_the_evidence_is_stored(run):
    """At the final checkpoint, and along the steps."""
    final, along = trained(run).analysis, trained(run).evaluation
    for field in fields(Evidence):
        assert along[field.name].dims == ("step", *final[field.name].dims)


@runs
def test_the_last_checkpoint_is_that_of_the_analysis(run):
    final, along = trained(run).analysis, trained(run).evaluation.isel(step=-1)
    shared = [name for name in final.data_vars if name in along and name != "key"]
    assert len(shared) >= 20
    for name in shared:
        assert final[name].dims == along[name].dims
        assert_allclose(along[name], final[name], rtol=1e-12, atol=1e-14, err_msg=name)
    assert (final["key"] == along["key"]).all()


@runs
def test_losses_are_those_of_training(run):
    history, along = trained(run).history, trained(run).evaluation
    assert along["step"].values.tolist() == history["step"].values.tolist()
    assert along["step"].values[[0, -1]].tolist() == [0, 60]
    for name in ("loss", "accuracy"):
        for split in ("train", "test"):
            if name == "loss" and run == "C7, transformer":
                continue  # the training loss has one output more, which analyses leave out
            expected = history[name].sel(split=split)
            assert_allclose(along[name].sel(split=split), expected, rtol=1e-4, err_msg=name)
    share = trained(run).train.mean()
    parts = along["loss"].sel(split="train") * share + along["loss"].sel(split="test") * (1 - share)
    assert_allclose(parts, along["loss"].sel(split="all"), rtol=1e-12)


@runs
@pytest.mark.parametrize("index", [0, 3, -1])
def test_a_run_is_measured_with_the_key_irreps_of_the_last_network(run, index):
    at = trained(run)
    layers, found = at.layers(index)
    measured = at.evaluation.isel(step=index)
    key = at.analysis["key"].values
    assert key.any()
    assert key.sum() < len(key) - 1
    chosen = [rho for rho, is_key in zip(at.rhos, key, strict=True) if is_key]

    restricted = brute_force.restricted_loss(layers.hidden, found.unembedding, chosen, at.product)
    assert_allclose(measured["restricted_hidden_loss"], restricted, rtol=1e-9)
    of_logits = brute_force.restricted_logit_loss(layers.logits, chosen, at.product)
    assert_allclose(measured["restricted_logit_loss"], of_logits, rtol=1e-9)
    excluded = brute_force.excluded_logit_loss(layers.logits, chosen, at.product, at.train)
    assert_allclose(measured["excluded_logit_loss"], excluded, rtol=1e-9)
    similarity = [brute_force.logit_similarity(layers.logits, rho, at.product) for rho in at.rhos]
    assert_allclose(measured["logit_similarity"], similarity, atol=1e-10)
    assert_allclose(measured["logit_fve_total"], np.square(similarity[1:]).sum(), rtol=1e-9)
    shares = [
        [brute_force.hidden_share(layers.hidden, rho, at.product, part) for rho in at.rhos[1:]]
        for part in brute_force.PARTS
    ]
    assert_allclose(measured["hidden_fve"][:, 1:], shares, atol=1e-10)
    weights = sum(
        float(np.square(values.values[index].astype(float)).sum())
        for values in at.checkpoints.data_vars.values()
    )
    assert_allclose(measured["squared_weights"], weights, rtol=1e-12)


@runs
def test_key_irreps_follow_the_threshold(run):
    found = trained(run).analysis
    expected = (found["logit_similarity"] > RUNS[run][1]).values
    expected[0] = False
    assert found["key"].values.tolist() == expected.tolist()


@runs
def test_neurons_and_their_clusters(run):
    at = trained(run)
    found = at.analysis
    layers, _ = at.layers(-1)
    assert_allclose(found["neuron_variance"], layers.hidden.var(axis=(0, 1)), atol=1e-12)
    names = found["neuron_irrep"].values
    sizes = [int((names == name).sum()) for name in found["irrep"].values]
    assert found["cluster_size"].values.tolist() == sizes
    assert int(found["neurons_off"]) == (names == "off").sum()
    assert sum(sizes) + int(found["neurons_off"]) == found.sizes["neuron"]
    live = names != "off"
    largest = found["irrep"].values[found["neuron_fve"].values.argmax(axis=1)]
    assert (names[live] == largest[live]).all()


def test_components_of_a_cyclic_group_are_its_spectrum():
    at = trained("C7, transformer")
    _, found = at.layers(-1)
    x, rows, labels = np.arange(7), [np.full(7, 7**-0.5)], ["trivial"]
    for k in (1, 2, 3):
        for name, wave in (("cos", np.cos), ("sin", np.sin)):
            rows.append(np.sqrt(2 / 7) * wave(2 * np.pi * k * x / 7))
            labels.append(f"{name} {k}")
    stored = at.analysis
    assert stored["entry"].values.tolist() == labels
    assert stored["irrep_of_entry"].values.tolist() == [0, 1, 1, 2, 2, 3, 3]
    spectrum = np.linalg.norm(np.stack(rows) @ found.left_embedding, axis=1)
    assert_allclose(stored["embedding_norm"].sel(side="left"), spectrum, rtol=1e-10)
    assert_allclose(stored["embedding_norm"].sel(side="right"), spectrum, rtol=1e-10)
    readout = np.linalg.norm(np.stack(rows) @ found.unembedding, axis=1)
    assert_allclose(stored["unembedding_norm"], readout, rtol=1e-10)


@runs
def test_chances_are_the_means_over_random_networks(run):
    at = trained(run)
    found, n = at.analysis, len(at.product)
    rng = np.random.default_rng(0)

    def means_of(width):
        layers = Layers(np.arange(n), rng.normal(size=(n, n, width)), rng.normal(size=(n, n, n)))
        return group_means(lambda: iter([layers]), at.frame), lambda: iter([layers])

    means, network = means_of(3000)
    near = {"rtol": 0.15, "atol": 1e-10}
    assert_allclose(hidden_shares(means, at.frame), found["hidden_chance"], **near)
    random_matrix = matrix_shares(rng.normal(size=(n, 3000)), at.frame)
    assert_allclose(random_matrix, found["unembedding_chance"], **near)
    assert_allclose(random_matrix, found["embedding_chance"].sel(side="right"), **near)
    block = neurons(network, means, at.frame).block.mean(axis=0)
    assert_allclose(block, found["neuron_chance"], **near)
    draws = [logit_similarity(means_of(1)[0], at.frame) ** 2 for _ in range(1500)]
    assert_allclose(np.mean(draws, axis=0), found["logit_chance"], **near)
    assert_allclose(np.sum(draws) / 1500, found["logit_total_chance"], **near)
    assert_allclose(found["logit_chance"].sum(), found["logit_total_chance"], rtol=1e-12)


@runs
def test_a_threshold_that_no_irrep_passes(run):
    at = trained(run, key_similarity=0.999)
    assert not at.analysis["key"].any()
    expected = np.full(at.evaluation.sizes["step"], np.log(len(at.product)))
    assert_allclose(at.evaluation["restricted_hidden_loss"], expected, rtol=1e-12)
    without = at.evaluation["loss"].sel(split="train")
    assert_allclose(at.evaluation["excluded_logit_loss"], without, rtol=1e-12)


@runs
def test_phase_boundaries_are_numbers_that_may_be_missing(run):
    found = trained(run).evaluation
    assert found["phase_boundary"].dtype == np.float64
    assert found["boundary"].values.tolist() == ["memorisation", "circuit formation", "cleanup"]
    assert found["phase_interval"].dims == ("boundary", "bound")
    reached = found["phase_boundary"].values
    assert set(reached[~np.isnan(reached)]) <= set(found["step"].values)
