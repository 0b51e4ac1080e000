"""Which experiment another one builds on, and which read the labels of a rater."""

import pytest

from ontogeny.studies.noisy_labels.config import TUNABLE, Experiment
from ontogeny.studies.noisy_labels.parents import parent_of, reads_rater, wanted_parent

PLAIN = {"rater": "r", "seeds": [0, 1]}


def experiment(strategy, **fields):
    return Experiment.model_validate(PLAIN | {"strategy": strategy} | fields)


def parent(child, **others):
    return parent_of({**others, "child": child}, "child")


@pytest.mark.parametrize("strategy", TUNABLE)
def test_a_tuned_network_goes_on_from_its_twin(strategy):
    child = experiment(strategy, tuned=True)
    assert wanted_parent(child) == (strategy, False)
    assert parent(child, other=experiment("clean"), twin=experiment(strategy)) == "twin"
    assert parent(child) is None
    assert not reads_rater(child)


@pytest.mark.parametrize(
    ("child", "strategy"),
    [
        (experiment("loss-correction", transition="by-network"), "noisy"),
        (experiment("relabelled"), "clean"),
    ],
)
def test_some_ask_another_network(child, strategy):
    assert parent(child, a=experiment(strategy, tuned=strategy == "noisy")) is (
        None if strategy == "noisy" else "a"
    )
    assert parent(child, a=experiment("naive"), b=experiment(strategy)) == "b"
    assert reads_rater(child) is (strategy == "noisy")


@pytest.mark.parametrize("strategy", ["clean", "naive", "oracle", "loss-correction", "weighted"])
def test_others_build_on_nothing(strategy):
    child = experiment(strategy)
    assert wanted_parent(child) is None
    assert parent(child, a=experiment("noisy"), b=experiment("clean")) is None


@pytest.mark.parametrize(
    "different",
    [
        {"rater": "s"},
        {"clean_share": 0.1},
        {"seeds": [0]},
        {"network": {"hidden": 3}},
        {"optimiser": {"batch": 3}},
        {"schedule": {"epochs": 3}},
    ],
    ids=lambda fields: next(iter(fields)),
)
def test_a_parent_has_all_seeds_and_agrees_in_what_both_read(different):
    for child, strategy in (
        (experiment("naive", tuned=True), "naive"),
        (experiment("relabelled"), "clean"),
        (experiment("loss-correction", transition="by-network"), "noisy"),
    ):
        assert parent(child, a=experiment(strategy, **different)) is None


@pytest.mark.parametrize(
    "different",
    [{"tuning": {"epochs": 3}}, {"seeds": [2, 1, 0]}, {"transition": "by-group"}],
    ids=lambda fields: next(iter(fields)),
)
def test_a_parent_may_differ_in_what_one_of_them_does_not_read(different):
    child = experiment("naive", tuned=True)
    assert parent(child, a=experiment("naive", **different)) == "a"


@pytest.mark.parametrize(
    ("strategy", "field", "own", "other"),
    [
        ("loss-correction", "transition", "by-group", "by-rater"),
        ("weighted", "noisy_weight", 0.25, 0.5),
    ],
)
def test_a_twin_has_the_same_variant(strategy, field, own, other):
    child = experiment(strategy, tuned=True, **{field: own})
    twins = {each: experiment(strategy, **{field: each}) for each in (other, own)}
    assert parent(child, one=twins[other], two=twins[own]) == "two"
    assert parent(child, one=twins[other]) is None


@pytest.mark.parametrize("strategy", ["clean", "oracle"])
def test_true_labels_need_no_rater(strategy):
    assert not reads_rater(experiment(strategy))


@pytest.mark.parametrize("strategy", ["few-noisy", "naive", "noisy"])
def test_other_labels_do(strategy):
    assert reads_rater(experiment(strategy))
