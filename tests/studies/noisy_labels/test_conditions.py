import pytest

from ontogeny.studies.noisy_labels.conditions import conditions_of
from ontogeny.studies.noisy_labels.study import STUDY
from ontogeny.study import read_sections


def conditions(**experiments):
    """The conditions of experiments, each with a seed of its own."""
    section = {
        "corpora": {"c": {"kind": "generated"}, "d": {"kind": "generated"}},
        "raters": {name: {"kind": "network", "corpus": name} for name in "cd"},
        "defaults": {"rater": "c", "seeds": [0]},
        "experiments": {
            name: {"seeds": [seed]} | each for seed, (name, each) in enumerate(experiments.items())
        },
    }
    found, *_ = read_sections({"noisy_labels": section}, [STUDY])
    return conditions_of(found["noisy_labels"])


DROPOUT = {"network": {"dropout": 0.5}}


def test_what_most_experiments_have_is_usual():
    assert conditions(a={}, b=DROPOUT, c={"strategy": "one-hot"}) == {
        "a": "",
        "b": "network.dropout 0.5",
        "c": "",
    }
    several = conditions(a={}, b=DROPOUT, c=DROPOUT | {"schedule": {"epochs": 2}})
    assert several["a"].startswith("network.dropout 0.2")
    assert several["b"] == ""
    assert several["c"] == "schedule.epochs 2"


def test_of_equals_the_first_is_usual():
    assert conditions(a=DROPOUT, b={})["a"] == ""


def test_corpora_have_what_is_usual_for_them():
    assert set(conditions(a={}, b={}, c=DROPOUT | {"rater": "d"}).values()) == {""}


@pytest.mark.parametrize(
    ("own", "change"),
    [
        ({"strategy": "clean"}, {"schedule": {"epochs": 2}}),
        ({}, {"schedule": {"clean_epochs": 2}}),
        ({}, {"tuning": {"epochs": 2}}),
        ({}, {"schedule": {"naive_looks": 1}}),
        ({}, {"clean_share": 0.2}),
        ({"strategy": "loss-correction"}, {"transition": "by-group"}),
    ],
)
def test_what_an_experiment_does_not_read_and_what_is_told_apart_otherwise_is_no_condition(
    own, change
):
    assert set(conditions(a=own, b=own, c=own | change).values()) == {""}


def test_tuned_networks_depend_on_their_tuning():
    tuned = {"tuned": True}
    found = conditions(
        p={"seeds": [0, 1, 2, 3]}, a=tuned, b=tuned, c=tuned | {"tuning": {"epochs": 2}}
    )
    assert found == {"p": "", "a": "", "b": "", "c": "tuning.epochs 2"}
