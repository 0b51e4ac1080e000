"""What is stored of runs of every kind: architectures, all pairs, large groups."""

from functools import cache

import numpy as np
import pytest
import xarray as xr
from numpy.testing import assert_allclose, assert_array_equal

from composition_trained import train
from ontogeny.studies.composition.networks.architectures.mlp import MLP
from ontogeny.studies.composition.prediction.algebra import structure
from ontogeny.studies.composition.prediction.flow import quadratic_flow
from ontogeny.studies.composition.prediction.gradient import gradient_score, loss_gradient
from ontogeny.studies.composition.prediction.reading import neuron_functions
from ontogeny.studies.composition.prediction.stage import prediction

STAGE = "ontogeny.studies.composition.prediction.stage"
INPUTS = ("table", "irreps", "checkpoints", "history", "analysis", "evaluation")

TIED = {"kind": "tied-mlp", "hidden": 12, "activation": "square"}
BIASED = {"kind": "mlp", "embedding": 8, "hidden": 10, "biases": True}
DEEP = {
    "kind": "deep-transformer",
    "layers": 2,
    "d_model": 8,
    "heads": 2,
    "d_head": 4,
    "d_mlp": 10,
}
KINDS = {
    "tied": ("C7", TIED, 0.6),
    "tied, all pairs": ("C7", TIED, 1.0),
    "biased": ("S3", BIASED, 0.6),
    "biased, all pairs": ("S3", BIASED, 1.0),
    "deep": ("C5", DEEP, 0.6),
    "no irrep but one": ("C3", BIASED, 0.6),
}
"""Group, architecture, share of training pairs."""

NO_GRADIENT = (
    "The hidden layer is not a function of the two embeddings alone: no gradient of the loss by "
    "what neurons read."
)
NO_MEMORY = "All pairs are trained on: no step at which the training pairs are memorised."


@cache
def source(kind):
    group, architecture, fraction = KINDS[kind]
    return train(group, 0.1, architecture, fraction=fraction)


def predicted(kind, **replaced):
    inputs = {name: getattr(source(kind), name) for name in INPUTS}
    return prediction(**(inputs | replaced), flow_steps=10)


def functions(kind):
    found = source(kind)
    parameters = {name: value.values[0] for name, value in found.checkpoints.items()}
    return neuron_functions(found.architecture, parameters)


@pytest.mark.parametrize("kind", KINDS)
def test_a_run_of_each_kind_says_what_it_lacks(kind):
    lines = predicted(kind).attrs.get("absent", "").splitlines()
    expected = [NO_GRADIENT] * (kind == "deep") + [NO_MEMORY] * ("all pairs" in kind)
    assert lines == expected


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_not_absent_is_there(kind):
    found = predicted(kind)
    first = found["network_score"][0, :, 1:].notnull().all("irrep")
    lacking = {"alignment"} | ({"gradient"} if kind == "deep" else set())
    assert {str(name) for name in found["score"][~first.values].values} == lacking
    assert ("initial_gradient" in found) == (kind != "deep")
    assert found["initial_power"].notnull().all()


@pytest.mark.parametrize("kind", ["tied, all pairs", "biased, all pairs"])
def test_runs_on_all_pairs_count_by_training_accuracy_and_memorise_nothing(kind):
    evaluation = source(kind).evaluation
    accuracy = xr.where(evaluation["step"] >= 5, 1.0, 0.5) + 0 * evaluation["accuracy"]
    found = predicted(kind, evaluation=evaluation.assign(accuracy=accuracy))
    assert found["target_step"] == 5
    assert found["target_reached"]
    assert np.isnan(found["knowledge_step"].sel(knowledge="memorised"))
    assert found["target_reached"].attrs["long_name"] == "whether training accuracy reaches 0.99"
    assert "warnings" not in found.attrs or "still learning" not in found.attrs["warnings"]
    assert_array_equal(found["learned_step"], evaluation["all_pairs_learned_step"])
    similarity = found["network_score"].sel(score="similarity")
    assert_allclose(similarity[:, 1:], evaluation["logit_similarity"][:, 1:])


@pytest.mark.parametrize(
    ("kind", "said"), [("tied", "Test accuracy"), ("tied, all pairs", "Training accuracy")]
)
def test_a_run_that_is_still_learning_says_which_accuracy(kind, said):
    evaluation = source(kind).evaluation
    low = evaluation.assign(accuracy=0 * evaluation["accuracy"])
    warnings = predicted(kind, evaluation=low).attrs["warnings"].splitlines()
    assert any(line.startswith(f"{said} never reaches 0.99") for line in warnings)


def test_the_gradient_is_that_of_the_logits_with_their_bias():
    found, frame = source("biased"), source("biased").frame
    bias = np.random.default_rng(0).normal(size=6)
    checkpoints = found.checkpoints.copy(deep=True)
    checkpoints["b_U"][0] = bias
    changed = predicted("biased", checkpoints=checkpoints)["initial_gradient"]
    parameters = {str(name): value.values[0] for name, value in checkpoints.items()}
    assert isinstance(found.architecture, MLP)
    read = neuron_functions(found.architecture, parameters)
    assert_allclose(read.constant, bias, rtol=1e-6)
    slope = loss_gradient(read, frame.product, found.train, joins="sum")
    assert_allclose(changed, gradient_score(read, slope, frame), atol=1e-6)
    without = predicted("biased")["initial_gradient"]
    assert abs(changed - without).max() > 1e-3


def test_a_tied_network_is_followed_by_squares():
    found, frame = source("tied"), source("tied").frame
    slope = loss_gradient(functions("tied"), frame.product, found.train, joins="square")
    expected = gradient_score(functions("tied"), slope, frame)
    assert_allclose(predicted("tied")["initial_gradient"], expected, atol=1e-5)


def test_irreps_of_the_flow_are_those_with_the_largest_share_at_its_end():
    frame = source("tied").frame
    share = quadratic_flow(functions("tied"), frame, structure(frame), steps=10)
    names = np.array(frame.irreps)[share.argmax(axis=1)]
    assert_array_equal(predicted("tied")["initial_flow"], names)


def test_a_neuron_without_weights_ends_in_no_irrep():
    checkpoints = source("tied").checkpoints.copy(deep=True)
    checkpoints["W_E"][0, :, 3] = 0
    checkpoints["W_U"][0, 3, :] = 0
    flow = predicted("tied", checkpoints=checkpoints)["initial_flow"].values
    assert flow[3] == "none"
    assert "none" not in np.delete(flow, 3)


def test_groups_above_the_limit_have_no_flow(monkeypatch):
    monkeypatch.setattr(f"{STAGE}.MOST_ELEMENTS", 7)
    assert "absent" not in predicted("tied").attrs
    monkeypatch.setattr(f"{STAGE}.MOST_ELEMENTS", 6)
    found = predicted("tied")
    assert found.attrs["absent"] == "The group has more than 6 elements: no sphere flow."
    late = ["quadratic flow", "ReLU flow"]
    assert found["network_score"].sel(score=late).isnull().all()
    assert "initial_flow" not in found


def test_large_networks_have_no_relu_flow(monkeypatch):
    monkeypatch.setattr(f"{STAGE}.MOST_PAIRS", 12 * 7**2)
    assert "absent" not in predicted("tied").attrs
    monkeypatch.setattr(f"{STAGE}.MOST_PAIRS", 12 * 7**2 - 1)
    found = predicted("tied")
    assert found.attrs["absent"] == "Pairs times neurons are more than 587: no ReLU flow."
    assert found["network_score"].sel(score="ReLU flow").isnull().all()
    assert found["network_score"][0].sel(score="quadratic flow")[1:].notnull().all()


def test_unknown_training_pairs_are_refused():
    history = source("biased").history.drop_vars("train_index")
    with pytest.raises(ValueError, match="training pairs are not known"):
        predicted("biased", history=history)
