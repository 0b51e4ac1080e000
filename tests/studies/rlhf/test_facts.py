"""What is true of runs, so that figures are drawn of what there is."""

from pathlib import Path

import pytest

from ontogeny.studies.rlhf.facts import facts_of_run, facts_of_runs
from ontogeny.studies.rlhf.study import STUDY
from rlhf_section import VALID, changed, read

BARE = {
    "worlds": {"long": {"kind": "sequences"}},
    "policies": {
        "start": {"world": "long"},
        "narrow": {"world": "long", "network": {"d_model": 8}},
    },
    "tranches": {"first": {"policy": "start"}, "second": {"policy": "start", "draw": 1}},
    "preferences": {"proxy": {"tranches": ["first"]}, "judge": {"tranches": ["second"]}},
}
ROOT = Path(__file__).parents[3]
ONE = {"policy": "start", "reward": "proxy", "seeds": [0]}
BOTH = {"policies", "preferences"}


def grid(**swept):
    return {"grid": {"tranches": ["second"], "seeds": [0]} | swept}


@pytest.mark.parametrize(
    ("part", "given", "facts"),
    [
        ("experiments", {}, set()),
        ("experiments", {"a": ONE}, BOTH),
        ("experiments", {"a": ONE | {"reward": "gold"}}, {"policies"}),
        ("experiments", {"a": ONE | {"judges": ["judge"]}}, BOTH | {"judged"}),
        ("experiments", {"a": ONE | {"seeds": [0, 1, 2]}}, BOTH | {"enough-runs"}),
        ("experiments", {"a": ONE | {"policy": ["start", "narrow"]}}, BOTH | {"sizes"}),
        (
            "experiments",
            {"a": ONE, "b": ONE | {"policy": "narrow", "reward": "judge"}},
            BOTH,
        ),
        (
            "experiments",
            {"a": ONE | {"policy": ["start", "narrow"], "reward": "gold"}},
            {"policies"},
        ),
        ("preferences", grid(pairs=[10, 20]), {"preferences"}),
        ("preferences", grid(pairs=[10, 20, 30]), {"preferences", "scaling"}),
        ("preferences", grid(network={"d_model": [8, 16, 32]}), {"preferences", "scaling"}),
        ("tranches", {"best": {"policy": "start", "best_of": 2, "judge": "judge"}}, {"online"}),
        ("worlds", {"other": {"kind": "sequences", "prompts": 2}}, {"conflict"}),
        (
            "worlds",
            {"real": {"kind": "pairs", "file": "config/test/judged.json", "layout": "judged"}},
            {"pairs"},
        ),
    ],
)
def test_facts_of_all_runs_are_what_the_configuration_has(part, given, facts, monkeypatch):
    monkeypatch.chdir(ROOT)
    raw = BARE | {part: BARE.get(part, {}) | given}
    assert facts_of_runs(read(raw)) == facts


def test_foreign_sequences_are_to_be_detected():
    raw = changed(("analysis", {"detection": ["start"]}))
    assert "detection" in facts_of_runs(read(raw))
    assert "detection" not in facts_of_runs(read(changed()))


def test_sets_that_sample_runs_are_online():
    raw = changed(("tranches/best", {"policy": "start", "draw": 2}))
    assert "online" in facts_of_runs(read(raw))


def test_the_world_of_a_run_says_whether_it_is_enumerated():
    section = read(VALID)
    assert {name: set(facts_of_run(section, name)) for name in section.experiments} == {
        "base": set(), "narrow": set(), "gold": {"enumerated"},
    }  # fmt: skip


def test_all_facts_are_known_to_the_study():
    section = read(VALID)
    assert facts_of_runs(section) <= {*STUDY.facts["study"]}
    assert facts_of_run(section, "gold") <= {*STUDY.facts["run"]}
