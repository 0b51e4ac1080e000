"""Both stages, on tiny trained runs and on a run whose final checkpoint is known."""

from dataclasses import fields

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose

from ontogeny.groups import group
from ontogeny.storage import read, write
from ontogeny.studies.composition.addition.keys import RULES, by_cluster, by_embedding, by_gap
from ontogeny.studies.composition.addition.measures import Measures
from ontogeny.studies.composition.addition.stages import analysis
from ontogeny.studies.composition.addition.waves import cyclic_frame, margin
from ontogeny.studies.composition.catalogue.tables import table_dataset
from ontogeny.studies.composition.irreps.analysis import (
    SPLITS,
    evidence,
    group_means,
    matrix_shares,
    neurons,
    phases,
)
from ontogeny.studies.composition.labels import DIMENSIONS
from ontogeny.studies.composition.networks.build import build
from ontogeny.studies.composition.networks.pairs import answers
from studies.composition.addition import plain
from studies.composition.addition.runs import KEYS, RUNS, P, other_task, right, trained

runs = pytest.mark.parametrize("run", RUNS)
both = pytest.mark.parametrize("stage", ["analysis", "evaluation"])


# Names, dimensions, descriptions


def dataset_of(run, stage):
    return getattr(trained(run), stage)


@runs
@both
def test_every_variable_is_described(run, stage):
    found = dataset_of(run, stage)
    for name, values in found.variables.items():
        assert values.attrs.get("long_name"), name
        assert values.attrs["units"] == (
            "nat" if "loss" in name and "_over_" not in name else "1"
        ), name
    assert found.attrs["title"]
    assert set(found.dims) <= set(DIMENSIONS)
    assert set(found.dims) <= set(found.coords)
    q = trained(run).order // 2
    assert found["frequency"].values.tolist() == list(range(1, q + 1))
    assert found["parameter"].values.tolist() == list(trained(run).checkpoints)


@runs
@both
def test_numbers_are_plain_and_finite(run, stage):
    found = dataset_of(run, stage)
    may_be_missing = {"key_sum_share", "excluded_wave_accuracy_by_frequency", "gini_trend"}
    for name, values in found.data_vars.items():
        parts = ("phase", "milestone", "cluster", "isolated", "direction_ratio", "attention_corr")
        if values.dtype == float and name not in may_be_missing and not name.startswith(parts):
            assert np.isfinite(values).all(), name


@runs
def test_only_transformers_have_attention(run):
    found = dataset_of(run, "analysis")
    of_attention = {"attention_fve", "score_component", "output_share"}
    assert of_attention & set(found) == (of_attention if "transformer" in run else set())
    assert ("head" in found.dims) == ("transformer" in run)
    paths = [name for name in found["ablation"].values if name.startswith(("MLP", "attention"))]
    assert len(paths) == (6 if "transformer" in run else 0)


@runs
@both
def test_datasets_are_stored_and_read(run, stage, tmp_path):
    found = dataset_of(run, stage)
    write(found, tmp_path / "x.nc")
    again = read(tmp_path / "x.nc")
    for name in found.data_vars:
        np.testing.assert_array_equal(again[name].values, found[name].values, err_msg=name)


@pytest.mark.parametrize("other", ["S3", "C8", "D5", "C3xC3"])
def test_other_groups_are_refused(other):
    run = trained("mlp")
    with pytest.raises(ValueError, match="`table` must be that of addition modulo an odd number"):
        analysis(table_dataset(group(other)), run.checkpoints, run.history)


# Values


@runs
def test_every_field_of_the_measures_is_stored(run):
    """At the final checkpoint, and along the steps."""
    final, along = trained(run).analysis, trained(run).evaluation
    for field in fields(Measures):
        assert along[field.name].dims == ("step", *final[field.name].dims)


@runs
def test_the_last_checkpoint_is_that_of_the_analysis(run):
    final, along = trained(run).analysis, trained(run).evaluation.isel(step=-1)
    shared = [name for name in final.data_vars if name in along]
    assert len(shared) >= 25
    for name in shared:
        assert_allclose(along[name], final[name], rtol=1e-12, atol=1e-14, err_msg=name)


@runs
@pytest.mark.parametrize("index", [0, 4, -1])
def test_measures_are_those_of_the_analysis_of_groups(run, index):
    at = trained(run)
    frame, found = cyclic_frame(at.order), at.evaluation.isel(step=index)
    network, weights = at.network(index)
    key = np.concatenate([[False], at.analysis["key_frequency"].values])
    means = group_means(network, frame)
    general = evidence(network, weights, at.train, frame, means=means, key=key)
    near = {"rtol": 1e-6, "atol": 1e-9}
    for split in ("train", "test", "all"):
        assert_allclose(found["loss"].sel(split=split), general.loss[SPLITS.index(split)], **near)
        assert_allclose(
            found["accuracy"].sel(split=split), general.accuracy[SPLITS.index(split)], **near
        )
    restricted = found["restricted_wave_loss"].sel(place="logits", width="sum", split="all")
    assert_allclose(restricted, general.restricted_logit_loss, **near)
    excluded = found["excluded_wave_loss"].sel(exclusion="logits")
    assert_allclose(excluded, general.excluded_logit_loss, **near)
    by_frequency = found["excluded_wave_loss_by_frequency"]
    assert_allclose(by_frequency, general.excluded_logit_loss_by_irrep[1:], **near)
    assert_allclose(found["spectrum_gini"].sel(spectrum="norms of waves"), general.gini, **near)
    assert_allclose(found["squared_weights"], general.squared_weights, **near)
    assert_allclose(found["parameter_squared_weights"].sum(), general.squared_weights, **near)
    # The group analysis takes each pair's mean off first, which no cube sees.
    ratio = found["cube_cosine"] / general.logit_similarity[1:]
    assert_allclose(ratio, ratio[0], rtol=1e-6)


@pytest.mark.parametrize("labels", ["difference", "quadratic", "random"])
@pytest.mark.parametrize("architecture", ["transformer without biases", "bilinear"])
def test_what_else_is_asked_for_is_what_losses_are_of(labels, architecture):
    run = other_task(architecture, labels)
    for split in ("train", "test"):
        for name in ("loss", "accuracy"):
            stored = run.history[name].sel(split=split).values
            assert_allclose(run.evaluation[name].sel(split=split), stored, rtol=1e-4, atol=1e-6)
    network, _ = run.network(-1)
    logits = np.concatenate([layers.logits for layers in network()])
    a, b = np.indices(run.train.shape)
    answer = answers(run.table["product"].values, labels=labels, seed=0)
    right = logits[a, b, answer]
    pair_loss = np.log(np.exp(logits).sum(axis=2)) - right
    last = run.analysis
    expected = [pair_loss[run.train].mean(), pair_loss[~run.train].mean(), pair_loss.mean()]
    assert_allclose(last["intervention_loss"].sel(ablation="none"), expected, rtol=1e-8)
    for k in (1, 2):
        without = logits - plain.projected(logits, [k], "sum")
        loss = np.log(np.exp(without).sum(axis=2)) - without[a, b, answer]
        found = last["excluded_wave_loss_by_frequency"].sel(frequency=k)
        assert_allclose(found, loss[run.train].mean(), rtol=1e-8)
        without = logits - plain.projected(logits, [k], "block")
        loss = np.log(np.exp(without).sum(axis=2)) - without[a, b, answer]
        found = last["removed_loss"].sel(place="logits", frequency=k, split="all")
        assert_allclose(found, loss.mean(), rtol=1e-8)
    of_right = (right - logits.mean(axis=2))[run.train].mean()
    assert_allclose(last["logit_margin"].sel(circuit="whole"), of_right, rtol=1e-8)


@pytest.mark.parametrize("rule", RULES)
def test_the_rule_of_key_frequencies_is_chosen(rule):
    run = trained("transformer")
    found = analysis(run.table, run.checkpoints, run.history, key_rule=rule)
    np.testing.assert_array_equal(found["key_frequency"], found["key_by_rule"].sel(key_rule=rule))
    assert found["key_margin"].item() == pytest.approx(margin(found["key_frequency"].values))


@pytest.mark.parametrize("optimiser", [{}, {"loss": "rounded"}, {"l1": 0.003}])
def test_descent_is_that_of_the_training_loss(optimiser):
    run = other_task("transformer", "product", **optimiser)
    architecture = build(run.spec.architecture, run.order)
    w = {
        name: torch.tensor(values.values[-1], requires_grad=True)
        for name, values in run.checkpoints.items()
    }
    a, b = (torch.as_tensor(i) for i in np.nonzero(run.train))
    logits = architecture.forward(w, a, b).logits
    loss = torch.nn.functional.cross_entropy(logits, (a + b) % run.order)
    loss = loss + optimiser.get("l1", 0.0) * sum(value.abs().sum() for value in w.values())
    slopes = torch.autograd.grad(loss, list(w.values()))
    g, flat = (
        np.concatenate([each.detach().double().numpy().ravel() for each in values])
        for values in (slopes, w.values())
    )
    expected = -(g @ flat) / np.linalg.norm(g) / np.linalg.norm(flat)
    assert_allclose(run.analysis["alignment"], expected, rtol=2e-3)


@runs
def test_neurons_are_those_of_the_analysis_of_groups(run):
    at = trained(run)
    frame, (network, weights) = cyclic_frame(at.order), at.network(-1)
    general = neurons(network, group_means(network, frame), frame)
    found = at.analysis
    assert_allclose(found["neuron_fve"], general.block[:, 1:], rtol=1e-6, atol=1e-9)
    assert_allclose(found["neuron_best_fve"], general.block.max(axis=1), rtol=1e-6, atol=1e-9)
    shares = [
        matrix_shares(matrix, frame)[1:]
        for matrix in (weights.left_embedding, weights.right_embedding, weights.unembedding)
    ]
    assert_allclose(found["matrix_share"], shares, rtol=1e-6, atol=1e-9)


@runs
def test_transforms_keep_the_energy_of_neurons_and_logits(run):
    at = trained(run)
    layers = list(at.network(-1)[0]())
    for name, of in (("neuron", "hidden"), ("logit", "logits")):
        energy = np.square(np.concatenate([getattr(x, of) for x in layers])).sum()
        norms = at.analysis[f"{name}_transform_norm"]
        assert_allclose(np.square(norms).sum(), energy, rtol=1e-6)


def test_neurons_that_multiply_have_products_of_waves_of_one_frequency():
    norms = right().analysis["neuron_transform_norm"].values
    owner = right().analysis["frequency_of_entry"].values
    found = norms > 1e-3 * norms.max()
    own = np.equal.outer(owner, owner) & np.isin(owner, KEYS)
    assert (found == own).all()


@runs
def test_rules_and_losses_without_single_frequencies(run):
    at = trained(run)
    found, (network, weights) = at.analysis, at.network(-1)
    layers = list(network())
    hidden, logits = (np.concatenate([getattr(x, n) for x in layers]) for n in ("hidden", "logits"))
    through = hidden @ weights.unembedding.T
    split = list(found["split"].values)
    for place, part in (("logits", logits), ("neurons", through)):
        for k in plain.frequencies(at.order):
            each = plain.cross_entropy(logits - plain.projected(part, [k], "block"))
            expected = {"train": each[at.train], "test": each[~at.train], "all": each}
            losses = found["removed_loss"].sel(place=place, frequency=k)
            assert_allclose(losses, [expected[s].mean() for s in split], rtol=1e-6)
    removed = found["removed_loss"].sel(split="all")
    bearing = removed / found["loss"].sel(split="all")
    assert_allclose(found["load_bearing"], bearing, rtol=1e-9)
    rules = {
        "gap": by_gap(found["matrix_share"].sel(matrix="unembedding").values),
        "embedding": by_embedding(weights.left_embedding),
        "cluster": by_cluster(found["neuron_fve"].values),
        "ablation": bearing.sel(place="logits").values > 10,
    }
    for name, expected in rules.items():
        assert (found["key_by_rule"].sel(key_rule=name) == expected).all()
    assert (found["key_frequency"] == rules["gap"]).all()
    for name, expected in rules.items():
        differ = (expected != rules["gap"]).sum()
        assert found["key_disagreement"].sel(key_rule=name) == differ


@runs
def test_the_ratio_is_of_test_and_restricted_loss(run):
    along = trained(run).evaluation
    restricted = along["restricted_wave_loss"].sel(place="logits", width="sum", split="all")
    ratio = along["loss"].sel(split="test") / restricted
    assert_allclose(along["test_over_restricted_wave_loss"], ratio, rtol=1e-12)


@runs
@pytest.mark.parametrize("index", [0, -1])
def test_alignment_is_with_the_gradient_of_the_training_loss(run, index):
    at = trained(run)
    architecture = build(at.spec.architecture, at.order)
    w = {n: torch.as_tensor(v.values[index]).double() for n, v in at.checkpoints.items()}
    w = {name: value.requires_grad_() for name, value in w.items()}
    a, b = np.nonzero(at.train)
    left, right = torch.as_tensor(a), torch.as_tensor(b)
    logits = architecture.forward(w, left, right).logits
    torch.nn.functional.cross_entropy(logits, (left + right) % at.order).backward()
    g = torch.cat([value.grad.flatten() for value in w.values()])
    flat = torch.cat([value.detach().flatten() for value in w.values()])
    expected = -(g @ flat) / (g.norm() * flat.norm())
    assert_allclose(at.evaluation["alignment"][index], expected, rtol=1e-4, atol=1e-6)


@runs
def test_phases_are_those_of_the_common_rule(run):
    along = trained(run).evaluation
    found = phases(
        along["step"].values,
        train_accuracy=along["accuracy"].sel(split="train").values,
        test_accuracy=along["accuracy"].sel(split="test").values,
        test_loss=along["loss"].sel(split="test").values,
        excluded_loss=along["excluded_wave_loss"].sel(exclusion="logits").values,
        squared_weights=along["squared_weights"].values,
    )
    assert_allclose(along["phase_boundary"], found.boundary)
    assert_allclose(along["phase_interval"], found.interval)
    assert_allclose(along["decay_time"], 0.01 * along["step"])
    assert along["slingshots"].values[0] == 0


def test_a_network_that_adds_shows_how():
    """cos A cos B neurons: half of each is a wave of a + b, the rest cancels in the readout."""
    found = right().analysis
    own = plain.mask(P, KEYS)
    assert (found["key_by_rule"].values == own).all()
    assert found["key_disagreement"].values.tolist() == [0, 0, 0, 0]
    assert found["key_votes"].values.tolist() == (4 * own).tolist()
    assert found["explained_share"] == 1
    assert found["cluster_size"].values.tolist() == (16 * own).tolist()
    assert_allclose(found["cluster_sum_share"].values[own], 0.5, rtol=1e-5)
    assert_allclose(found["direction_fve"].values[:, own], 1, rtol=1e-5)
    assert_allclose(found["direction_ratio"].values[:, own], 1, rtol=1e-5)
    assert_allclose(found["cube_fve"].sum("frequency"), 1, rtol=1e-5)
    # 16 neurons, each cos(A + B)/2 times 3 cos: 16 * 3/4.
    assert_allclose(found["cube_amplitude"].values, 12 * own, atol=1e-4)
    assert_allclose(found["key_sum_share"], 1, rtol=1e-5)
    assert_allclose(found["clock_share"].sum(), 1, rtol=1e-5)
    assert found["unembedding_residual"] < 1e-6
    whole = found["loss"].sel(split="all").item()
    losses = found["intervention_loss"].sel(split="all")
    for name in losses["ablation"].values:
        expected = np.log(P) if ": without " in name else whole
        assert_allclose(losses.sel(ablation=name), expected, rtol=1e-3, err_msg=name)
    bearing = found["load_bearing"].values
    assert (bearing[:, own] > 10).all()
    assert_allclose(bearing[:, ~own], 1, rtol=1e-4)


def test_key_frequencies_of_the_last_network_hold_for_all_checkpoints():
    along = right().evaluation
    own = plain.mask(P, KEYS)
    assert (along["key_frequency"].values == own).all()
    first, last = along.isel(step=0), along.isel(step=-1)
    assert_allclose(last["restricted_wave_loss"], last["loss"].sel(split="all"), rtol=1e-3)
    assert_allclose(last["excluded_wave_loss"], np.log(P), rtol=1e-5)
    assert_allclose(last["generalising_share"], 1, rtol=1e-5)
    assert_allclose(last["test_over_restricted_wave_loss"], 1, rtol=1e-3)
    assert first["generalising_share"] < 0.5
    assert np.isfinite(first["excluded_wave_accuracy_by_frequency"]).values.tolist() == own.tolist()
