import pytest

from ontogeny.studies.imitation.checks import resolve
from ontogeny.studies.imitation.facts import facts_of_runs
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


@pytest.mark.parametrize(
    ("experiments", "found"),
    [
        (on("tiny"), {"enumerated"}),
        (on("past"), {"enumerated"}),
        (on("coins"), {"simulated"}),
        (on("random"), {"simulated"}),
        (on("traitors"), {"simulated"}),
        (on("abyss"), {"simulated", "hazard"}),
        (on("small", "large"), {"simulated"}),
        (on("small", "large", "random"), {"simulated", "several-sizes"}),
        (on("traitors", "rare"), {"simulated"}),
        (on("traitors", "rare", "rarer"), {"simulated", "rarity"}),
        (on("traitors", learner=["mixture", "cloning"]), {"simulated", "several-learners"}),
        (on("random", learner=["mixture", "cloning"]), {"simulated"}),
        ([*on("traitors"), *on("rare", learner="mixture")], {"simulated"}),
        (on("random", alpha=[0.1, 0.2]), {"simulated"}),
        (on("random", alpha=[0.1, 0.2, 0.3]), {"simulated", "several-alphas"}),
        (on("random", alpha=[0.1, 0.2, 0.3], learner="mixture"), {"simulated"}),
        ([*on("random", alpha=[0.1, 0.2]), *on("small", alpha=0.3)], {"simulated"}),
        (on("random", seeds=[0, 1, 2, 3]), {"simulated"}),
        (on("random", seeds=[0, 1, 2, 3, 4]), {"simulated", "enough-runs"}),
    ],
)
def test_figures_need_runs_that_show_something(experiments, found):
    experiments = [{"seeds": [0]} | each for each in experiments]
    assert facts(*experiments) == found
    assert found <= {*STUDY.facts["study"]}
