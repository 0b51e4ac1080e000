"""What is stored of a run, against slow definitions and networks whose end is known."""

import numpy as np
import pytest
import xarray as xr
from numpy.testing import assert_allclose

from composition_trained import RUNS, trained
from ontogeny.studies.composition.networks.build import build
from ontogeny.studies.composition.prediction.algebra import powers, shares, structure, winners
from ontogeny.studies.composition.prediction.reading import neuron_functions
from ontogeny.studies.composition.prediction.scores import SCORES, neuron_scores
from ontogeny.studies.composition.prediction.scoring import set_auc
from ontogeny.studies.composition.prediction.stage import KNOWLEDGE, STRONG, prediction


def predicted(run, **replaced):
    found = trained(run)
    inputs = {
        name: getattr(found, name)
        for name in ("table", "irreps", "checkpoints", "history", "analysis", "evaluation")
    }
    return prediction(**(inputs | replaced), flow_steps=10)


def functions(run, index):
    found = trained(run)
    architecture = build(found.spec.architecture, len(found.product))
    parameters = {name: value.values[index] for name, value in found.checkpoints.items()}
    return neuron_functions(architecture, parameters)


@pytest.fixture(params=RUNS)
def run(request):
    return request.param


def test_auc_of_neurons_is_the_share_of_irreps_with_a_smaller_score(run):
    found, frame = predicted(run), trained(run).frame
    winner = winners(functions(run, -1), frame)
    for index in (0, -1):
        scores = neuron_scores(functions(run, index), frame, structure(frame))
        for name in ("power", "alignment"):
            shares_below = [
                np.mean([(score[w] > score[r]) + 0.5 * (score[w] == score[r]) for r in others])
                for score, w in zip(scores[name], winner, strict=True)
                if w > 0
                for others in [[r for r in range(1, len(frame.irreps)) if r != w]]
            ]
            wanted = np.mean(shares_below) if shares_below else np.nan
            assert_allclose(found["neuron_auc"].sel(score=name)[index], wanted)


def test_winners_are_the_largest_shares_of_the_final_checkpoint(run):
    found, frame = predicted(run), trained(run).frame
    share = shares(powers(functions(run, -1), frame))
    named = [*frame.irreps, "none"]
    assert list(found["winner"].values) == [named[w] for w in winners(functions(run, -1), frame)]
    assert_allclose(found["winner_share"], share.max(axis=1), rtol=1e-6)
    assert_allclose(found["neuron_share"][-1], share[found["example"].values])
    assert found["neurons_with_winner"] > 0
    assert found["settled"][-1] == 1


def test_strong_irreps_and_what_tells_them(run):
    found, source = predicted(run), trained(run)
    strong = source.analysis["logit_similarity"].values > STRONG
    strong[0] = False
    assert list(found["strong"].values) == list(strong)
    similarity = found["network_score"].sel(score="similarity")
    assert_allclose(similarity[:, 1:], source.evaluation["test_logit_similarity"][:, 1:])
    for k in (0, -1):
        wanted = set_auc(similarity[k].values, strong)
        assert_allclose(found["set_auc"].sel(score="similarity")[k], wanted)


def test_flows_and_gradients_are_those_of_the_initial_weights_alone(run):
    found = predicted(run)
    late = ["quadratic flow", "ReLU flow", "gradient"]
    assert found["neuron_auc"].isel(step=slice(1, None)).sel(score=late).isnull().all()
    assert found["network_score"][0].sel(score="quadratic flow")[1:].notnull().all()
    has_gradient = run != "C7, transformer"
    assert ("initial_gradient" in found) == has_gradient
    assert ("no gradient of the loss" in found.attrs.get("absent", "")) == (not has_gradient)


def test_phases_are_those_of_abelian_groups(run):
    found = predicted(run)
    assert ("neuron_phase" in found) == (run == "C7, transformer")
    if run == "C7, transformer":
        assert found["neurons_with_winner"] > 0
        cosine = np.cos(found["phase_misalignment"])
        assert_allclose(cosine.mean(), found["winner_alignment"][-1])


def with_accuracy(run, train, test):
    evaluation = trained(run).evaluation
    accuracy = evaluation["accuracy"].copy()
    accuracy.loc[{"split": "train"}] = train
    accuracy.loc[{"split": "test"}] = test
    return evaluation.assign(accuracy=accuracy)


def test_knowledge_counts_by_the_step_at_which_test_accuracy_is_learned():
    run = "S3, mlp"
    step = trained(run).evaluation["step"].values
    assert {0, 1, 2, 5, 40} <= set(step)
    assert not {3, 4} & set(step)
    evaluation = with_accuracy(run, np.where(step >= 5, 1.0, 0.5), np.where(step >= 40, 1.0, 0.5))
    found = predicted(run, evaluation=evaluation)
    assert found["target_step"] == 40
    assert found["target_reached"]
    # 0, 0.4, 1.2 and 4 of 40 steps
    assert list(found["knowledge"].values) == [*KNOWLEDGE, "memorised"]
    assert list(found["knowledge_step"].values) == [0, 0, 1, 5, 5]


def test_a_run_that_never_generalises_counts_by_its_last_step_and_says_so():
    run = "S3, mlp"
    found = predicted(run, evaluation=with_accuracy(run, 0.5, 0.5))
    assert found["target_step"] == 60
    assert not found["target_reached"]
    assert np.isnan(found["knowledge_step"].sel(knowledge="memorised"))
    assert "still learning" in found.attrs["warnings"]


def test_fifths_are_by_power_in_the_initial_network():
    found = predicted("Q8, bilinear")
    power = found["network_score"][0].sel(score="power").values[1:]
    fifth = found["power_fifth"].values
    assert fifth[0] == -1
    order = np.argsort(power)
    assert (np.diff(fifth[1:][order]) >= 0).all()
    assert set(fifth[1:]) == {0, 1, 3, 4}  # of four irreps none is in the middle


def test_scores_have_one_order():
    assert tuple(predicted("S3, mlp")["score"].values) == SCORES


def test_the_same_run_gives_the_same_numbers():
    xr.testing.assert_identical(predicted("S3, mlp"), predicted("S3, mlp"))
