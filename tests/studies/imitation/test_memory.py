import pytest

from ontogeny.studies.imitation.checks import resolve
from ontogeny.studies.imitation.config import CHARACTERS
from ontogeny.studies.imitation.memory import class_memory, run_memory

SMALL = 600
"""What the libraries take, rounded up, and a little more [MB]."""


def asked(kind, **experiment):
    section = resolve(
        {"classes": {"c": kind}, "experiments": {"e": {"class": "c", "seeds": [0]} | experiment}}
    )
    found = section.classes["c"]
    return class_memory(found), run_memory(section.experiments["e"], found)


@pytest.mark.parametrize("kind", ["enumerated", "random", "grid", "treacherous"])
def test_small_classes_ask_for_little(kind):
    assert max(asked({"kind": kind})) <= SMALL


def test_models_of_long_contexts_ask_for_all_their_probabilities():
    past = {"kind": "characters", "order": 3}
    needed = 32 * CHARACTERS**4 * 8 / 1e6
    assert min(asked({"kind": "history", "past": past})) > needed + 300


def test_large_classes_of_any_kind_ask_for_all_their_probabilities():
    large = {"states": 1000, "policies": 10_000}
    assert min(asked({"kind": "random"} | large)) > 1000 * 10_000 * 4 * 8 / 1e6 + 300
    past = {"kind": "whole", "steps": 10, "observations": 1}
    states = 2**10 - 1
    whole = {"kind": "history", "policies": 10_000, "past": past}
    assert min(asked(whole)) > states * 10_000 * 2 * 8 / 1e6


def test_a_run_asks_for_all_its_histories():
    many = {"steps": 10, "histories": 100_000}
    assert asked({"kind": "random"}, schedule=many)[1] > 100_000 * 16 * 4 * 8 / 1e6 + 300
    every = {"kind": "enumerated", "observations": 1, "policies": 32, "steps": 10}
    assert asked(every)[1] > 4**10 * 32 * 2 * 8 / 1e6 + 300
