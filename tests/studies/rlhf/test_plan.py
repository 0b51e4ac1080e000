"""What each job reads, and what decides whether it is made again."""

import json
from pathlib import Path
from types import SimpleNamespace

import pytest

from ontogeny.studies.rlhf.about import about_run, about_world
from ontogeny.studies.rlhf.config import Enumerated, Network, Pairs, Sequences, StartRun
from ontogeny.studies.rlhf.memory import network_memory, samples_memory
from ontogeny.studies.rlhf.stages.world import world_dataset
from rlhf_section import VALID, changed, plan_of

BASE = "results/test/rlhf"
ROOT = Path(__file__).parents[3]
JUDGED = {"kind": "pairs", "file": "config/test/judged.json", "layout": "judged"}


def wildcards(**names):
    return SimpleNamespace(**names)


def of_world(plan, name):
    return wildcards(world=plan.stored_worlds.names[name])


def world_file(plan, name):
    return f"{BASE}/worlds/{plan.stored_worlds.names[name]}.nc"


def network(name, seed=0):
    """The files of a preference model that is asked for scores."""
    folder = f"{BASE}/preferences/{name}/seed{seed}"
    return [f"{folder}/checkpoints.nc", f"{folder}/calibration.nc"]


def specifications(plan):
    """Return the specification of every result, by rule and then name and seed."""
    section = plan.section
    found = {
        **{("world", n): plan.world_specification(of_world(plan, n)) for n in section.worlds},
        **{
            (rule, name, 0): function(wildcards(**{kind: name, "seed": "0"}))
            for kind, names, functions in (
                ("policy", section.policies, {"start": plan.start_training, "probe": plan.probes}),
                ("tranche", section.tranches, {"compare": plan.tranche_specification}),
                (
                    "preference",
                    section.preferences,
                    {"prefer": plan.preference_training, "measure": plan.preference_measures},
                ),
                (
                    "experiment",
                    section.experiments,
                    {"train": plan.training, "evaluate": plan.evaluation_specification},
                ),
            )
            for name in names
            for rule, function in functions.items()
        },
    }
    found["comparison"] = plan.comparison_specification()
    return found


def differing(*changes):
    """Return the rules, with names, whose specification a change makes another."""
    before, after = specifications(plan_of()), specifications(plan_of(changed(*changes)))
    return {key if key == "comparison" else key[:2] for key in before if after[key] != before[key]}


# Inputs


def test_a_start_policy_reads_its_world_alone():
    plan = plan_of()
    assert plan.world_of_policy(wildcards(policy="narrow")) == world_file(plan, "long")


@pytest.mark.parametrize(
    ("tranche", "judge", "runs"),
    [
        ("first", [], []),
        ("best", network("proxy", 1), []),
        ("online", [], [f"{BASE}/base/seed1/checkpoints.nc"]),
    ],
)
def test_comparisons_read_what_is_sampled_and_who_judges(tranche, judge, runs):
    plan, of = plan_of(), wildcards(tranche=tranche, seed="1")
    assert plan.tranche_inputs("world")(of) == [world_file(plan, "long")]
    assert plan.tranche_inputs("start")(of) == [f"{BASE}/policies/start/seed1/checkpoints.nc"]
    assert plan.tranche_inputs("judge")(of) == judge
    assert plan.tranche_inputs("runs")(of) == runs


def test_a_preference_model_reads_its_comparisons_and_measures_read_others():
    plan = plan_of()
    of = wildcards(preference="judge", seed="1")
    files = [f"{BASE}/tranches/{name}/seed1.nc" for name in ("second", "first")]
    assert plan.tranches_of_preference(tested=False)(of) == files[:1]
    assert plan.tranches_of_preference(tested=True)(of) == files
    assert plan.world_of_preference(of) == world_file(plan, "long")
    start = plan.start_of_preference("probes")(of)
    assert start == f"{BASE}/policies/start/seed1/probes.nc"


def test_comparisons_that_are_named_twice_are_read_once():
    plan = plan_of(changed(("preferences/judge/tested_on", ["first", "second"])))
    of = wildcards(preference="judge", seed="0")
    assert len(plan.tranches_of_preference(tested=True)(of)) == 2


@pytest.mark.parametrize(
    ("experiment", "world", "reward", "judges"),
    [
        ("base", "long", network("proxy", 1), network("proxy", 1) + network("judge", 1)),
        ("narrow", "long", network("proxy", 1), network("proxy", 1)),
        ("gold", "exact", [], network("exact", 1)),
    ],
)
def test_a_run_reads_its_reward_and_an_evaluation_all_judges(experiment, world, reward, judges):
    plan, of = plan_of(), wildcards(experiment=experiment, seed="1")
    policy = {"base": "start", "narrow": "narrow", "gold": "exact"}[experiment]
    assert plan.world_of_run(of) == world_file(plan, world)
    assert plan.start_of_run("checkpoints")(of) == f"{BASE}/policies/{policy}/seed1/checkpoints.nc"
    assert plan.reward_of_run(of) == reward
    assert plan.judges_of_run(of) == judges


def test_judges_are_named_in_the_order_of_their_files():
    plan, of = plan_of(), wildcards(experiment="base", seed="0")
    assert plan.evaluation_specification(of)["judges"] == ["proxy", "judge"]
    files = plan.judges_of_run(of)
    assert [path.split("/")[4] for path in files[::2]] == ["preferences"] * 0 + ["proxy", "judge"]


def test_the_best_of_several_samples_is_scored_by_all_that_score_runs_from_there():
    plan = plan_of(changed(("analysis", {"best_of": ["start"], "detection": ["narrow", "start"]})))
    of = wildcards(policy="start", seed="0")
    assert plan.preferences_on_policy(of) == ["judge", "proxy"]
    assert plan.files_of_preferences(of) == network("judge") + network("proxy")
    assert plan.best_of_specification(of) == {"preferences": ["judge", "proxy"], "elsewhere": []}


def test_preference_models_of_another_start_policy_are_named():
    """`narrow` is trained against `proxy`, which belongs to `start`."""
    plan = plan_of(changed(("analysis", {"best_of": ["narrow"]})))
    of_run = plan.evaluation_specification(wildcards(experiment="narrow", seed="0"))
    assert (of_run["judges"], of_run["elsewhere"]) == (["proxy"], ["proxy"])
    of_policy = plan.best_of_specification(wildcards(policy="narrow", seed="0"))
    assert of_policy == {"preferences": ["proxy"], "elsewhere": ["proxy"]}
    assert plan.evaluation_specification(wildcards(experiment="base", seed="0"))["elsewhere"] == []


def test_start_policies_with_measures_of_their_own_have_the_seeds_of_their_readers():
    plan = plan_of(changed(("analysis", {"best_of": ["start"], "detection": ["narrow", "start"]})))
    assert plan.policies_with("best_of") == [("start", 0), ("start", 1)]
    assert [name for name, _ in plan.policies_with("detection")] == ["narrow"] * 2 + ["start"] * 2
    assert plan.files_of("best_of")[0] == f"{BASE}/policies/start/seed0/best_of.nc"


def test_the_kind_of_a_world_decides_its_rule(monkeypatch):
    monkeypatch.chdir(ROOT)
    plan = plan_of(changed(("worlds/real", JUDGED)))
    names = plan.stored_worlds.names
    assert plan.worlds_of(real=True) == names["real"]
    others = {names[name] for name in ("exact", "long", "other")}
    assert set(plan.worlds_of(real=False).split("|")) == others
    assert plan.pair_worlds() == ["real"]
    assert plan.given_of_world(of_world(plan, "real")) == ["config/test/judged.json"]
    assert plan.given_of_world(of_world(plan, "long")) == []
    assert plan.given_paths() == ["config/test/judged.json"]
    assert plan.files_of("pairs") == [f"{BASE}/pairs.nc"]
    assert plan_of().worlds_of(real=True) == "(?!)"
    assert plan_of().files_of("pairs") == []


def test_measures_of_all_preference_models_that_are_asked_for_are_compared():
    plan = plan_of()
    assert plan.preference_models() == [
        ("exact", 0), ("exact", 1), ("judge", 0), ("judge", 1), ("mixture", 0),
        ("proxy", 0), ("proxy", 1),
    ]  # fmt: skip
    assert len(plan.files_of("measures")) == 7


# What is made again


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        # another judge evaluates and trains nothing
        (
            [("experiments/base/judges", [])],
            {("evaluate", "base"), "comparison"},
        ),
        (
            [("experiments/narrow/judges", ["judge"])],
            {("evaluate", "narrow"), "comparison"},
        ),
        # a preference model that is fitted otherwise is an input of its policies
        (
            [("preferences/proxy/epochs", 9)],
            {("prefer", "proxy"), "comparison"},
        ),
        ([("tranches/first/pairs", 900)], {("compare", "first"), "comparison"}),
        ([("policies/start/probes", {"fresh": 700})], {("probe", "start")}),
        ([("policies/start/epochs", 3)], {("start", "start")}),
        (
            [("worlds/long/lines", 7)],
            {("world", "long"), ("start", "start"), ("start", "narrow")},
        ),
        (
            [("analysis", {"bins": 5})],
            {("measure", name) for name in VALID["preferences"]},
        ),
        (
            [("analysis", {"evaluation": {"samples": 7}})],
            {("evaluate", name) for name in VALID["experiments"]},
        ),
        ([("preferences/judge/tested_on", [])], {("measure", "judge")}),
        (
            [("experiments/gold/kl_penalty", 0.5)],
            {("train", "gold"), ("evaluate", "gold"), "comparison"},
        ),
        ([("experiments/gold/optimiser", {"learning_rate": 1e-3})], {("train", "gold")}),
        (
            [("experiments/narrow/schedule", {"iterations": 7})],
            {("train", "narrow"), "comparison"},
        ),
        ([("experiments/base/same_tranches", True)], set()),
        ([("run_figures", "none")], set()),
    ],
)  # fmt: skip
def test_a_change_is_seen_by_what_reads_it(changes, expected):
    assert differing(*changes) == expected


def test_the_updates_of_an_iteration_are_known_to_all_that_count_in_iterations():
    """Evaluations, and comparisons that sample the run."""
    found = differing(("experiments/base/ppo", {"passes": 4}))
    assert found - {"comparison"} == {
        ("train", "base"),
        ("evaluate", "base"),
        ("compare", "online"),
    }


def test_seeds_are_in_the_specification_of_what_draws():
    plan = plan_of()
    for function, name in (
        (plan.start_training, {"policy": "start"}),
        (plan.tranche_specification, {"tranche": "first"}),
        (plan.preference_training, {"preference": "proxy"}),
        (plan.training, {"experiment": "base"}),
        (plan.evaluation_specification, {"experiment": "base"}),
        (plan.detection_specification, {"policy": "start"}),
    ):
        first, other = (function(wildcards(**name, seed=seed)) for seed in "01")
        assert first != other


def renamed():
    """Return the section with other names for all its parts."""
    text = json.dumps(VALID)
    for kind in ("worlds", "policies", "tranches", "preferences", "experiments"):
        for name in VALID[kind]:
            if name != "gold":
                text = text.replace(f'"{name}"', f'"new-{name}"')
    raw = json.loads(text.replace('"new-judge": "', '"judge": "'))  # the key of a set
    raw["defaults"] = VALID["defaults"]
    return raw


def test_names_are_not_in_the_specification_of_what_is_trained():
    before, after = specifications(plan_of()), specifications(plan_of(renamed()))
    for key, spec in before.items():
        if key[0] in {"world", "start", "probe", "compare", "prefer", "train"}:
            name = key[1] if key[1] == "gold" else f"new-{key[1]}"
            assert after[key[0], name, *key[2:]] == spec, key


def test_the_first_draws_of_comparisons_are_those_of_what_is_written():
    """So no two sets hold the same pairs."""
    plan = plan_of()
    specs = [
        json.dumps(plan.tranche_specification(wildcards(tranche=name, seed="0")))
        for name in ("first", "second", "best", "online")
    ]
    assert len(set(specs)) == 4


# What results say


def test_runs_are_described_by_what_they_are():
    plan = plan_of()
    found = plan.described("base", 1)
    assert {name: found[name] for name in ("experiment", "seed", "policy", "world", "kind")} == {
        "experiment": "base", "seed": 1, "policy": "start", "world": "long", "kind": "sequences",
    }  # fmt: skip
    assert (found["reward"], found["judge"], found["prompts"]) == ("proxy", "judge", 2)
    assert (found["d_model"], found["reward_d_model"]) == (64, 64)
    assert plan.described("gold", 0)["reward_d_model"] == 0
    assert not found["mixes_online"]


def test_preference_models_are_described_by_what_they_are():
    found = plan_of().described_preference("mixture", 0)
    assert found["tranches"] == "first + best + online"
    assert (found["policy"], found["world"], found["mixes_online"]) == ("start", "long", True)
    assert found["last_share"] == -1


def test_claims_are_of_the_kinds_of_worlds_that_there_are():
    assert {each.name for each in plan_of().claims()} == {"enumerated_claims", "sequences_claims"}
    raw = {"worlds": {"exact": {"kind": "enumerated"}}}
    assert {each.name for each in plan_of(raw).claims()} == {"enumerated_claims"}


def test_results_say_what_they_are_of():
    world_spec = Enumerated(vocabulary=3, length=2, lines=20)
    world = world_dataset(world_spec).assign_attrs(about_world(world_spec))
    spec = StartRun(network=Network(d_model=8, layers=1, heads=2), seed=0)
    found = about_run(spec, spec.network, "start policy", world)
    assert found["network"] == "start policy, 1 layer of width 8"
    assert found["data"] == "responses of 2 tokens, from a vocabulary of 3"
    written = json.loads(found["configuration"])
    assert written["world"]["lines"] == 20
    assert written["optimiser"]["batch"] == 128
    assert written["epochs"] == 2


# Memory


def test_the_memory_that_jobs_ask_for_grows_as_what_they_take_does():
    small, large = Network(d_model=8), Network(d_model=256)
    world, longer = Sequences(), Sequences(length=64)
    assert network_memory(small, world, 10) < network_memory(large, world, 10)
    assert network_memory(large, world, 10) < network_memory(large, world, 500)
    assert network_memory(small, world, 10) < network_memory(small, longer, 10)
    assert samples_memory(small, world, 1000) < samples_memory(small, world, 10_000_000)
    assert network_memory(Network(), Sequences(), 60) <= 4000
    assert samples_memory(small, Pairs(file="a"), 0) < 2000


def test_a_repeated_attempt_may_take_more():
    plan = plan_of()
    for function, name in (
        (plan.policy_memory, {"policy": "start"}),
        (plan.tranche_memory, {"tranche": "best"}),
        (plan.preference_memory, {"preference": "proxy"}),
        (plan.run_memory, {"experiment": "base"}),
    ):
        of = wildcards(**name, seed="0")
        assert function(of, 2) == 2 * function(of, 1) > 1000
