"""Runs given as arrays and functions: what a network shows is measured, the rest is absent."""

import json
from dataclasses import replace
from functools import cache
from unittest.mock import patch

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose

from ontogeny.config.training import Optimiser
from ontogeny.studies.composition import config
from ontogeny.studies.composition.addition import reading
from ontogeny.studies.composition.addition.figures.run import addition_followups
from ontogeny.studies.composition.addition.measures import Snapshot
from ontogeny.studies.composition.addition.reading import ResidueRun, decay_time, read_run
from ontogeny.studies.composition.addition.stages import analysis_of, evaluation_of
from ontogeny.studies.composition.addition.waves import cyclic_frame
from ontogeny.studies.composition.config import Style
from ontogeny.studies.composition.irreps.analysis import evidence, group_means, phases
from ontogeny.training import ParameterBuffer, decay, rate, train
from studies.composition.addition.runs import RUNS, trained

runs = pytest.mark.parametrize("name", RUNS)
OF_LOGITS = {
    "intervention_accuracy", "intervention_loss", "accuracy", "clock_share", "cube_amplitude",
    "cube_coefficient", "cube_cosine", "cube_fve", "cube_fve_of_key", "distance_irrelevance",
    "excluded_wave_accuracy",
    "excluded_wave_accuracy_by_frequency", "excluded_wave_loss", "excluded_wave_loss_by_frequency",
    "excluded_wave_loss_largest", "generalising_share", "key_by_rule", "key_disagreement",
    "key_frequency", "key_margin", "key_sum_share", "key_votes", "load_bearing", "logit_margin",
    "logit_norm", "logit_transform_norm", "loss", "parity_energy", "pizza_share", "removed_loss",
    "restricted_wave_accuracy", "restricted_wave_loss", "softmax_collapse", "sum_share",
    "test_over_restricted_wave_loss", "uniform_loss",
}  # fmt: skip
OF_TRAINING_PAIRS = {name for name in OF_LOGITS if name.startswith("excluded_")} | {
    "logit_margin", "softmax_collapse", "test_over_restricted_wave_loss",
}  # fmt: skip


@cache
def whole(name):
    at = trained(name)
    return read_run(at.table, at.checkpoints, at.history)


def showing(name, *parts, train=True):
    """A run made of arrays, whose networks show their logits and some further parts."""
    given = whole(name)

    def snapshot(index):
        network = given.snapshot(index)
        return Snapshot(network.logits, **{part: getattr(network, part) for part in parts})

    return ResidueRun(
        order=given.order,
        train=given.train if train else None,
        answer=given.answer,
        step=given.step,
        snapshot=snapshot,
    )


def both(run, key_rule=None):
    found = analysis_of(run, key_rule)
    return found, evaluation_of(run, found["key_frequency"].values)


def agree(part, complete, *, but=()):
    """Variables are those of the complete dataset, at the coordinates that there are."""
    for variable in set(part.data_vars) - {"key_votes", *but}:
        chosen = complete[variable].sel({dim: part[dim].values for dim in part[variable].dims})
        assert part[variable].attrs == chosen.attrs
        assert_allclose(part[variable], chosen, rtol=1e-12, err_msg=variable)


@runs
@pytest.mark.parametrize("rule", ["embedding", "cluster"])
def test_the_parts_of_a_stored_network_give_its_own_numbers(name, rule):
    parts = ("hidden", "embeddings", "unembedding", "through", "parameters")
    run = showing(name, *parts)
    found, along = both(run, rule)
    complete, complete_along = both(whole(name), rule)
    agree(found, complete)
    agree(along, complete_along)
    assert "hidden layer" not in found.attrs["absent"]
    assert found.attrs["absent"].splitlines() == along.attrs["absent"].splitlines()
    of_architecture = (
        "attention",
        "score",
        "isolated",
        "gradient",
        "head",
        "output",
        "neuron_input",
    )
    lacking = set(complete.data_vars) - set(found.data_vars)
    assert all(each.startswith(("alignment", *of_architecture)) for each in lacking)
    assert set(complete_along.variables) - set(along.variables) == {
        "alignment", "slingshots", "decay_time",
    }  # fmt: skip
    assert "absent" not in complete.attrs


@runs
def test_logits_alone_give_what_rests_on_them(name):
    found, along = both(showing(name))
    assert set(found.data_vars) == OF_LOGITS
    complete, complete_along = both(whole(name), "ablation")
    agree(found, complete)
    of_weights = {"milestone": "peak of the squared weights"}, {"boundary": "cleanup"}
    agree(
        *(each.drop_sel(of_weights[0]).drop_sel(of_weights[1]) for each in (along, complete_along))
    )
    assert along["milestone_step"].sel(of_weights[0]).isnull()
    assert along["phase_boundary"].sel(of_weights[1]).isnull()
    assert set(found["place"].values) == {"logits"}
    assert set(found["exclusion"].values) == {"logits", "cubes"}
    assert set(found["key_rule"].values) == {"ablation"}
    assert set(along.data_vars) & set(complete_along) >= {"phase_boundary", "milestone_step"}
    assert set(found.indexes) == set(found.dims) == {dim for x in found.values() for dim in x.dims}
    for part in ("hidden layer", "embeddings", "neuron-to-logit map", "weights", "gradient"):
        assert any(f"The {part}" in line for line in found.attrs["absent"].splitlines())
    for variable in found.data_vars:
        assert f" {variable}," not in found.attrs["absent"]


@runs
def test_without_training_pairs_there_is_one_split(name):
    found, along = both(showing(name, train=False))
    assert set(found.data_vars) == OF_LOGITS - OF_TRAINING_PAIRS
    complete, complete_along = both(whole(name), "ablation")
    agree(found, complete)
    agree(along, complete_along)
    for each in (found, along):
        assert each["split"].values.tolist() == ["all"]
        assert each.attrs["absent"].startswith("The training pairs are not known")
    assert not {"phase_boundary", "milestone_step", "boundary"} & set(along.variables)


def test_what_passes_through_the_hidden_layer_follows_from_it():
    found, _ = both(showing("two layers", "hidden", "unembedding"))
    assert found["place"].values.tolist() == ["logits", "neurons"]
    agree(found, both(whole("two layers"))[0], but=("spectrum_gini", "gini_permuted"))
    assert found["matrix"].values.tolist() == ["unembedding"]
    hidden, _ = both(showing("two layers", "hidden"))
    assert hidden["place"].values.tolist() == ["logits"]
    assert "neuron_fve" in hidden
    assert not {"neuron_unembedding_share", "cluster_unembedding_share"} & set(hidden)


def test_a_rule_that_reads_what_is_not_known_is_refused():
    with pytest.raises(ValueError, match="`key_rule` = 'gap' reads a part of the network"):
        analysis_of(showing("mlp"), "gap")


def test_a_stored_run_without_a_known_split_has_one_split():
    at = trained("mlp")
    history = at.history.sel(split=["all"] if "all" in at.history["split"] else [])
    run = read_run(at.table, at.checkpoints, history.drop_vars("train_index"))
    found, along = both(run, "embedding")
    assert run.train is run.gradient is None
    assert found["split"].values.tolist() == along["split"].values.tolist() == ["all"]
    assert not (OF_TRAINING_PAIRS | {"alignment", "efficiency"}) & set(found)
    agree(found, both(whole("mlp"), "embedding")[0])


def trained_elsewhere(name, **optimiser):
    """The run as if its checkpoints had been files; an optimiser that is not said is default."""
    at = trained(name)
    spec = json.loads(at.checkpoints.attrs["spec"])
    spec["weights"] = [{"step": int(k), "sha256": "0"} for k in at.checkpoints["step"].values]
    spec["optimiser"] = config.Optimiser(**optimiser).model_dump(mode="json")
    checkpoints = at.checkpoints.assign_attrs(spec=json.dumps(spec))
    return read_run(at.table, checkpoints, at.history)


def test_nothing_is_measured_by_an_optimiser_that_nobody_said():
    run = trained_elsewhere("mlp")
    found, along = both(run)
    assert run.train is not None
    assert run.gradient is run.decay_time is None
    assert not {"alignment", "decay_time"} & {*found.variables, *along.variables}
    for each in (found, along):
        assert "The optimiser is not known: no decay_time." in each.attrs["absent"].splitlines()
        assert "is not known: no alignment." in each.attrs["absent"]
    agree(along, both(whole("mlp"))[1])
    addition_followups.draw(addition_followups.numbers(along), Style(), "without alignment")


def test_an_optimiser_that_is_said_is_used():
    said = {"learning_rate": 0.01}
    _, along = both(trained_elsewhere("mlp", **said))
    assert_allclose(along["decay_time"], 0.01 * along["step"])
    assert_allclose(along["alignment"], both(whole("mlp"))[1]["alignment"], rtol=1e-12)
    assert "absent" not in along.attrs


# Phases and decay


@runs
def test_phases_are_those_of_the_excluded_logit_loss_of_irreps(name):
    """With the same key irreps and key frequencies."""
    at, run = trained(name), whole(name)
    key = np.arange(run.order // 2) != 1
    along, frame = evaluation_of(run, key), cyclic_frame(run.order)
    excluded = []
    for index in range(len(run.step)):
        network, matrices = at.network(index)
        means = group_means(network, frame)
        of_irreps = np.concatenate([[False], key])
        found = evidence(network, matrices, run.train, frame, means=means, key=of_irreps)
        excluded.append(found.excluded_logit_loss)
    near = along["excluded_wave_loss"].sel(exclusion="logits")
    assert_allclose(excluded, near, rtol=1e-6)
    found = phases(
        run.step,
        train_accuracy=along["accuracy"].sel(split="train").values,
        test_accuracy=along["accuracy"].sel(split="test").values,
        test_loss=along["loss"].sel(split="test").values,
        excluded_loss=np.array(excluded),
        squared_weights=along["squared_weights"].values,
    )
    assert_allclose(along["phase_boundary"], found.boundary)
    assert_allclose(along["phase_interval"], found.interval)


CHANGES = [{"step": 3, "weight_decay": 0.0}, {"step": 12, "weight_decay": 2.0}]
OPTIMISERS = [
    {},
    {"warm_up": 5},
    {"weight_decay_schedule": CHANGES},
    {"learning_rate_decay": {"shape": "cosine", "until": 15, "to": 0.2}},
    {
        "warm_up": 4,
        "weight_decay_schedule": CHANGES,
        "learning_rate_decay": {"shape": "linear", "until": 9},
    },
    {"warm_up": 9, "learning_rate_decay": {"shape": "cosine", "until": 4}},
]


@pytest.mark.parametrize("settings", OPTIMISERS, ids=str)
def test_decay_time_sums_what_the_trainer_applies(settings):
    optimiser = Optimiser.model_validate({"learning_rate": 0.01, "weight_decay": 0.5} | settings)
    step, total, expected = np.array([0, 1, 4, 13, 20]), 0.0, []
    for update in range(21):
        if update in step:
            expected.append(total)
        total += rate(optimiser, update) * decay(optimiser, update)
    assert_allclose(decay_time(optimiser, step), expected, rtol=1e-12)
    assert_allclose(decay_time(optimiser, step[[3, 1, 3]]), np.array(expected)[[3, 1, 3]])


@pytest.mark.parametrize("settings", OPTIMISERS[:3], ids=str)
def test_a_long_constant_rate_takes_no_loop(settings):
    optimiser = Optimiser.model_validate({"learning_rate": 0.01, "weight_decay": 0.5} | settings)
    with patch.object(reading, "rate", side_effect=rate) as asked:
        early, late = decay_time(optimiser, np.array([20, 10**8]))
    assert asked.call_count < 20
    constant = 0.01 * decay(optimiser, 20)
    assert_allclose(late - early, (10**8 - 20) * constant, rtol=1e-12)


@pytest.mark.parametrize("settings", OPTIMISERS, ids=str)
def test_weights_without_a_gradient_shrink_by_it(settings):
    """Under the trainer itself; what is neglected is the square of rate times decay."""
    optimiser = Optimiser.model_validate(
        {"learning_rate": 1e-4, "weight_decay": 0.5, "precision": "float64"} | settings
    )
    buffer = ParameterBuffer({"w": torch.ones(3)}, dtype=torch.float64)

    def objective(parameters, gradient, update=0):
        gradient["w"].zero_()
        return torch.zeros(())

    train(
        buffer,
        objective,
        lambda parameters: {"loss": np.zeros(2)},
        optimiser=optimiser,
        checkpoints=(0, 20),
    )
    shrunk = -np.log(buffer.parameters["w"].numpy())
    assert_allclose(shrunk, decay_time(optimiser, np.array([20]))[0], rtol=1e-3)


def test_snapshots_are_values():
    network = Snapshot(np.zeros((3, 3, 3)))
    assert network.matrices == {}
    assert network.through is None
    given = replace(network, hidden=lambda: np.ones((3, 3, 2)), unembedding=np.ones((3, 2)))
    assert_allclose(given.through, 2)
    assert list(given.matrices) == ["unembedding"]
