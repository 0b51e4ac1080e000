import pytest

from ontogeny.studies.noisy_labels.study import STUDY
from ontogeny.study import Places, read_sections


def recipe(**experiment):
    """The recipe of an experiment, as the comparison is told it."""
    section = {
        "corpora": {"c": {"kind": "generated"}},
        "raters": {"r": {"kind": "network", "corpus": "c"}},
        "defaults": {"rater": "r", "seeds": [0]},
        "experiments": {"it": experiment},
    }
    if experiment.get("tuned"):
        section["experiments"]["parent"] = experiment | {"tuned": False}
    found, *_ = read_sections({"noisy_labels": section}, [STUDY])
    return STUDY.plan(STUDY, found["noisy_labels"], Places("test")).described("it", 0)["recipe"]


@pytest.mark.parametrize(
    ("experiment", "expected"),
    [
        ({"strategy": "clean"}, "clean"),
        ({"strategy": "multi-head", "tuned": True}, "multi-head, tuned"),
        ({"strategy": "loss-correction"}, "loss-correction"),
        ({"strategy": "loss-correction", "transition": "by-rater"}, "loss-correction"),
        ({"strategy": "loss-correction", "noisy_weight": 0.3}, "loss-correction"),
        ({"strategy": "loss-correction", "transition": "by-group"}, "loss-correction by-group"),
        (
            {"strategy": "loss-correction", "transition": "by-group", "tuned": True},
            "loss-correction by-group, tuned",
        ),
        ({"strategy": "naive", "transition": "by-group"}, "naive"),
        ({"strategy": "weighted"}, "weighted"),
        ({"strategy": "weighted", "noisy_weight": 0.3}, "weighted by 0.3"),
    ],
)
def test_a_recipe_says_how_a_strategy_departs_from_the_default(experiment, expected):
    assert recipe(**experiment) == expected
