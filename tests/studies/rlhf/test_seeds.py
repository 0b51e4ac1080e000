"""Which seeds each part exists for: those of what reads it."""

import pytest

from ontogeny.studies.rlhf.seeds import (
    policy_of_preference,
    seeds_of_policy,
    seeds_of_preferences,
)
from rlhf_section import VALID, changed, read


def test_preference_models_have_the_seeds_of_all_that_reads_them():
    assert seeds_of_preferences(read(VALID)) == {
        "proxy": (0, 1),  # reward of `base` and `narrow`, and judge of `best` for `mixture`
        "judge": (0, 1),
        "exact": (0, 1),
        "elsewhere": (),
        "mixture": (0,),
    }


@pytest.mark.parametrize(
    ("changes", "name", "expected"),
    [
        ([("preferences/proxy/seeds", [5])], "proxy", (0, 1, 5)),
        ([("experiments/base/seeds", [0, 1, 3])], "judge", (0, 1, 3)),
        ([("experiments/base/seeds", [0, 1, 3])], "elsewhere", ()),
        # by way of comparisons that it has judged,
        ([("preferences/late", {"tranches": ["best"], "seeds": [7]})], "proxy", (0, 1, 7)),
        # and of runs against it that are sampled
        (
            [
                ("experiments/base/seeds", [0, 1, 8]),
                ("preferences/late", {"tranches": ["online"], "seeds": [8]}),
            ],
            "proxy",
            (0, 1, 8),
        ),
    ],
)
def test_seeds_follow_what_asks_for_them(changes, name, expected):
    assert seeds_of_preferences(read(changed(*changes)))[name] == expected


def test_start_policies_have_the_seeds_of_runs_and_preference_models():
    section = read(changed(("preferences/judge/seeds", [4])))
    found = {name: seeds_of_policy(section, name) for name in section.policies}
    assert found == {"exact": (0, 1), "start": (0, 1, 4), "narrow": (0, 1), "other": ()}


def test_a_preference_model_belongs_to_the_policy_of_its_first_comparisons():
    section = read(VALID)
    assert policy_of_preference(section, "mixture") == "start"
    assert policy_of_preference(section, "exact") == "exact"


def test_all_that_a_run_reads_has_its_seed():
    section = read(VALID)
    seeds = seeds_of_preferences(section)
    for experiment in section.experiments.values():
        for name in {experiment.reward, *experiment.judges} - {"gold"}:
            assert {*experiment.seeds} <= {*seeds[name]}
        assert {*experiment.seeds} <= {*seeds_of_policy(section, experiment.policy)}
    for name, of_preference in seeds.items():
        assert {*of_preference} <= {*seeds_of_policy(section, policy_of_preference(section, name))}
