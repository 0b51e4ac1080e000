import json

import pytest
import xarray as xr

from ontogeny.studies.imitation.checks import resolve
from ontogeny.studies.imitation.config import Learning
from ontogeny.studies.imitation.records import about_class, about_run

WORDS = [
    ({"kind": "enumerated"}, "4 policies that see the last of 2 observations, 2 actions"),
    ({"kind": "random", "states": 3}, "16 random policies in 3 states, 4 actions"),
    ({"kind": "grid"}, "201 policies, one for each probability of an action"),
    ({"kind": "treacherous"}, "20 copies that betray at step 50 among 11 others"),
    (
        {"kind": "treacherous", "others": 0, "hazard": True},
        "20 copies that betray at step 50, with a hazard",
    ),
    (
        {"kind": "history", "policies": 4, "past": {"kind": "whole"}},
        "4 policies that see the whole past, 2 actions, 2 observations",
    ),
    (
        {"kind": "history", "past": {"kind": "characters"}},
        "32 policies that see the last 2 characters of texts",
    ),
    (
        {"kind": "history", "past": {"kind": "characters", "order": 1}},
        "32 policies that see the last character of texts",
    ),
]


@pytest.mark.parametrize(("kind", "words"), WORDS, ids=lambda value: str(value)[:40])
def test_a_class_is_said_in_words_and_with_every_default(kind, words):
    experiment = {"class": "c", "seeds": [0]}
    found = resolve({"classes": {"c": kind}, "experiments": {"e": experiment}}).classes["c"]
    about = about_class(found)
    assert about["data"] == words
    assert set(json.loads(about["class_configuration"])) == set(type(found).model_fields)


def test_a_run_says_what_its_class_is_and_every_default():
    stored = xr.Dataset(attrs={"class": "c", "data": "words", "class_configuration": '{"x": 1}'})
    about = about_run(Learning(seed=3), stored, steps=7)
    configuration = json.loads(about.pop("configuration"))
    assert about == {"class": "c", "data": "words", "steps": 7}
    assert set(configuration) == {*Learning.model_fields, "class"}
    assert (configuration["seed"], configuration["class"]) == (3, {"x": 1})
