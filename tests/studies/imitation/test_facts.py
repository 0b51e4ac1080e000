import pytest

from ontogeny.studies.imitation.checks import resolve
from ontogeny.studies.imitation.facts import can_ask, facts_of_runs
from ontogeny.studies.imitation.stages.classes import model_class
from ontogeny.studies.imitation.stages.simulations import simulated
from ontogeny.studies.imitation.study import STUDY

CLASSES = {
    "tiny": {"kind": "enumerated"},
    "past": {"kind": "history", "past": {"kind": "whole"}},
    "coins": {"kind": "grid"},
    "traitors": {"kind": "treacherous"},
    "abyss": {"kind": "treacherous", "hazard": True},
    "rare": {"kind": "treacherous", "harm_probability": 0},
    "rarer": {"kind": "treacherous", "harm_probability": 1e-6},
    "random": {"kind": "random"},
    "rare-abyss": {"kind": "treacherous", "hazard": True, "harm_probability": 1e-6},
    "few": {"kind": "treacherous", "copies": 2},
    "copies": {"kind": "treacherous", "copies": 2, "others": 0},
    "pair": {"kind": "random", "policies": 2},
    "small": {"kind": "random", "policies": 4},
    "large": {"kind": "random", "policies": 64},
}


def facts(*experiments):
    named = {f"e{number}": each for number, each in enumerate(experiments)}
    return facts_of_runs(
        resolve({"classes": CLASSES, "defaults": {"seeds": [0]}, "experiments": named})
    )


def on(*classes, **more):
    return [{"class": name} | more for name in classes]


PLAIN = {"asks"}
EVENT = {"event": {"action": 0}}
NOT_PLAIN = [{"learner": "mixture"}, {"prior": "geometric"}, {"contains_demonstrator": False}]
ALPHAS, THREE = [0.01, 0.02, 0.03], ("small", "random", "large")
RARE = ("traitors", "rare", "rarer")


@pytest.mark.parametrize(
    ("experiments", "found"),
    [
        (on("tiny"), {"enumerated"}),
        (on("past"), {"enumerated"}),
        (on("tiny", contains_demonstrator=False), set()),
        (on("coins"), PLAIN),
        (on("traitors"), PLAIN),
        (on("abyss"), PLAIN | {"hazard"}),
        (on("abyss", **EVENT), PLAIN),
        (on("small", "large"), PLAIN),
        (on(*THREE), PLAIN | {"several-sizes"}),
        *((on(*THREE, **other), PLAIN) for other in NOT_PLAIN),
        ([*on("small", "large"), *on("random", alpha=0.02)], PLAIN),
        ([*on("small", "large"), *on("random", ties="first")], PLAIN),
        ([*on("small", "large"), *on("random", schedule={"steps": 9})], PLAIN),
        (on(*RARE[:2]), PLAIN),
        (on(*RARE), PLAIN | {"rarity"}),
        *((on(*RARE, ties="first", **other), PLAIN) for other in (*NOT_PLAIN, EVENT)),
        (on(*RARE, alpha=1 / 32), PLAIN),
        (on(*RARE[:2], "rare-abyss"), PLAIN | {"hazard"}),
        (on("traitors", learner=["mixture", "cloning"]), PLAIN | {"several-learners"}),
        (on("traitors", learner=["mixture", "cloning"], **EVENT), PLAIN),
        (on("random", learner=["mixture", "cloning"]), PLAIN),
        ([*on("traitors"), *on("rare", learner="mixture")], PLAIN),
        (on("random", alpha=ALPHAS[:2]), PLAIN),
        (on("random", alpha=ALPHAS), PLAIN | {"several-alphas"}),
        (on("tiny", alpha=ALPHAS), {"enumerated", "several-alphas"}),
        *((on("random", alpha=ALPHAS, **other), PLAIN) for other in (*NOT_PLAIN, EVENT)),
        ([*on("random", alpha=ALPHAS[:2]), *on("small", alpha=0.3)], PLAIN),
        (on("random", seeds=[0, 1, 2, 3]), PLAIN),
        (on("random", seeds=[0, 1, 2, 3, 4]), PLAIN | {"enough-runs"}),
    ],
)
def test_figures_need_runs_that_show_something(experiments, found):
    experiments = [{"seeds": [0]} | each for each in experiments]
    assert facts(*experiments) == found
    assert found <= {*STUDY.facts["study"]}


@pytest.mark.parametrize(
    ("experiment", "asks"),
    [
        ({"class": "random", "learner": "demonstrator"}, False),
        ({"class": "random", "learner": "cloning", "alpha": 1}, True),
        ({"class": "random", "alpha": 0.5}, True),
        ({"class": "random", "alpha": 0.51}, False),
        ({"class": "random", "alpha": 0.51, "learner": "thompson"}, False),
        ({"class": "random", "alpha": 0.44, "prior": "geometric"}, True),
        ({"class": "random", "alpha": 0.45, "prior": "geometric"}, False),
        ({"class": "pair"}, True),
        ({"class": "pair", "contains_demonstrator": False}, False),
        ({"class": "few", "alpha": 0.33}, True),
        ({"class": "copies", "alpha": 0.5}, False),
        ({"class": "copies", "alpha": 0.33}, True),
        ({"class": "copies", "alpha": 0.5, "ties": "first"}, True),
        ({"class": "copies", "alpha": 0.5, "ties": "first", "contains_demonstrator": False}, False),
    ],
)
def test_a_learner_that_can_never_ask_is_known_from_its_configuration(experiment, asks):
    """And a simulation agrees."""
    raw = {"classes": CLASSES, "experiments": {"one": experiment | {"seeds": [0]}}}
    section = resolve(raw)
    one = section.experiments["one"]
    kind = section.classes[one.class_name]
    assert can_ask(one, kind) is asks
    assert ("asks" in facts_of_runs(section)) is asks
    found = simulated(model_class(kind, 0), one.learning(0, kind))
    assert bool(found["theta"].max() > 0) is asks
