"""The section of the study: defaults, sweeps, and one message for all that is wrong."""

import copy
from pathlib import Path

import pytest

from ontogeny.config import ConfigurationError, specification
from ontogeny.studies.rlhf.config import PolicyTraining
from rlhf_section import VALID, changed, read


def test_defaults_are_merged_into_every_experiment():
    found = read(VALID)
    assert {name: each.seeds for name, each in found.experiments.items()} == dict.fromkeys(
        ("base", "narrow", "gold"), (0, 1)
    )
    assert {each.schedule.iterations for each in found.experiments.values()} == {6}
    assert found.defaults is None


def test_a_section_of_worlds_alone_is_whole():
    found = read({"worlds": {"exact": {"kind": "enumerated"}}})
    assert found.worlds["exact"].vocabulary == 8
    assert found.experiments == {}


def test_lists_are_sweeps_except_where_a_list_is_meant():
    raw = changed(
        ("experiments/base/kl_penalty", [0.0, 0.1]),
        ("tranches/many", {"policy": ["start", "narrow"], "draw": 9}),
        ("preferences/grid", {"tranches": ["first", "second"], "pairs": [10, 20], "seeds": [3]}),
        ("tranches/online/runs", ["base-kl-penalty-0"]),
    )
    found = read(raw)
    assert {"base-kl-penalty-0", "base-kl-penalty-0p1"} < {*found.experiments}
    assert {"many-policy-start", "many-policy-narrow"} < {*found.tranches}
    assert found.tranches["online"].iterations == (2, 4)
    grid = [found.preferences[f"grid-pairs-{number}"] for number in (10, 20)]
    assert [each.pairs for each in grid] == [10, 20]
    assert {each.tranches for each in grid} == {("first", "second")}


def test_a_specification_reads_back():
    found = read(VALID)
    assert type(found).model_validate(specification(found)) == found
    training = found.experiments["gold"].training(1)
    assert PolicyTraining.model_validate(specification(training)) == training
    assert (training.seed, training.kl_penalty) == (1, 0.3)


def test_the_size_of_an_enumerated_world_is_bounded():
    raw = changed(("worlds/exact", {"kind": "enumerated", "vocabulary": 27, "length": 3}))
    assert read(raw).worlds["exact"].vocabulary ** 3 == 19_683


def test_judges_may_share_comparisons_where_it_is_said():
    raw = changed(("preferences/twin", {"tranches": ["first"], "epochs": 2}))
    raw["experiments"]["base"]["judges"] = ["twin"]
    with pytest.raises(ConfigurationError, match="is not a test of it"):
        read(raw)
    raw["experiments"]["base"]["same_tranches"] = True
    assert read(raw).experiments["base"].judges == ("twin",)


def test_the_reward_may_be_named_among_the_judges():
    assert read(changed(("experiments/base/judges", ["proxy", "judge"])))


def test_a_run_against_gold_may_be_judged_by_any_preference_model():
    raw = changed(("preferences/twin", {"tranches": ["exact"], "epochs": 2}))
    raw["experiments"]["gold"]["judges"] = ["exact", "twin"]
    assert read(raw)


TWO = {"tranches": ["first", "second"]}
WRONG = [
    # keys and values by themselves
    ([("worldz", {})], ["`rlhf.worldz`", "did you mean `worlds`?"]),
    ([("worlds", {})], ["`rlhf.worlds`: must hold at least 1"]),
    (
        [("worlds/exact/kind", "enumerate")],
        ["worlds.exact.kind` = 'enumerate'", "did you mean `enumerated`?"],
    ),
    (
        [("worlds/exact/prompts", 2)],
        ["worlds.exact.prompts` = 2: unknown key of the kind `enumerated`"],
    ),
    ([("worlds/long/prompts", 4)], ["worlds.long.prompts` = 4", "or equal to 3"]),
    ([("worlds/long/vocabulary", 1)], ["worlds.long.vocabulary` = 1", "or equal to 2"]),
    ([("worlds/exact/skew", "right")], ["exact.skew` = 'right'", "none, positive"]),
    ([("worlds/real", {"kind": "pairs"})], ["worlds.real.file`: is missing"]),
    (
        [("worlds/real", {"kind": "pairs", "file": ""})],
        ["worlds.real.file` = '': is empty; give the name of a file"],
    ),
    (
        [("worlds/real", {"kind": "pairs", "file": "no/such.jsonl.gz"})],
        ["`rlhf.worlds.real.file` = 'no/such.jsonl.gz': does not exist; correct the path"],
    ),
    (
        [("preferences/gold", {"tranches": ["first"]})],
        ["preferences.gold", "is the name of the true score; choose another name"],
    ),
    (
        [("tranches/best/judge", "gold")],
        ["tranches.best.judge` = 'gold': is the name of the true score; choose another name"],
    ),
    ([("preferences/proxy/tranches", "first")], ["tranches` = 'first': must be a list"]),
    ([("experiments/base/judges", "judge")], ["base.judges` = 'judge': must be a list"]),
    ([("preferences/proxy/tranches", [])], ["proxy.tranches` = []", "must hold at least 1"]),
    ([("preferences/proxy/last_share", 1.5)], ["last_share` = 1.5", "or equal to 1"]),
    ([("preferences/proxy/seeds", [1, 1])], ["proxy.seeds` = [1, 1]", "more than once"]),
    ([("experiments/base/kl_penalty", -1)], ["base.kl_penalty` = -1", "or equal to 0"]),
    ([("experiments/base/prompt", "harmful")], ["base.prompt` = 'harmful'", "`harmless`?"]),
    ([("experiments/base/ppo", {"clip": 0})], ["ppo.clip` = 0", "greater than 0"]),
    ([("tranches/online/iterations", [-1])], ["online.iterations", "or equal to 0"]),
    ([("analysis", {"bins": 1})], ["`rlhf.analysis.bins` = 1", "or equal to 2"]),
    # names of what is not there
    (
        [("policies/start/world", "longer")],
        ["policies.start.world` = 'longer': is not a world whose sequences are sampled; known are"],
    ),
    (
        [("tranches/first/policy", "stat")],
        ["tranches.first.policy` = 'stat': is not a start policy; known are exact, start"],
    ),
    (
        [("tranches/best/judge", "none")],
        ["tranches.best.judge` = 'none': is not a preference model; known are proxy, judge"],
    ),
    (
        [("tranches/online/runs", ["bse"])],
        ["tranches.online.runs` = 'bse': is not an experiment; known are base, narrow, gold"],
    ),
    (
        [("preferences/proxy/tranches", ["frst"])],
        ["preferences.proxy.tranches` = 'frst': is not a set of comparisons; known are first"],
    ),
    (
        [("preferences/proxy/tested_on", ["frst"])],
        ["preferences.proxy.tested_on` = 'frst': is not a set of comparisons; known are first"],
    ),
    (
        [("experiments/base/policy", "stat")],
        ["experiments.base.policy` = 'stat': is not a start policy; known are"],
    ),
    (
        [("experiments/base/reward", "prxy")],
        ["experiments.base.reward` = 'prxy': is not a score; known are gold, proxy, judge"],
    ),
    (
        [("experiments/base/judges", ["gold"])],
        ["experiments.base.judges` = 'gold': is not a preference model; known are proxy"],
    ),
    *(
        (
            [("analysis", {key: ["stat"]})],
            [f"`rlhf.analysis.{key}` = 'stat': is not a start policy; known are exact"],
        )
        for key in ("best_of", "detection")
    ),
    (
        [("preferences", {}), ("tranches", {})],
        ["experiments.base.judges` = 'judge': is not a preference model, and there is none"],
    ),
    # worlds and networks
    (
        [("worlds/exact", {"kind": "enumerated", "vocabulary": 12})],
        [
            "`rlhf.worlds.exact.vocabulary` = 12: makes 12^4 sequences, but a world of kind "
            "enumerated has at most 20,000; lower it or `length`, or choose the kind sequences"
        ],
    ),
    (
        [("worlds/long/refusal_tokens", 32)],
        ["worlds.long.refusal_tokens` = 32: must be below `vocabulary`, 32"],
    ),
    (
        [("policies/start/network", {"d_model": 30})],
        ["policies.start.network.d_model` = 30: must be even, and a multiple of `heads`, 4"],
    ),
    (
        [("preferences/proxy/network", {"d_model": 9, "heads": 3})],
        ["preferences.proxy.network.d_model` = 9: must be even, and a multiple of `heads`, 3"],
    ),
    # cycles
    (
        [("tranches/best/judge", "mixture"), ("tranches/best/best_of", 4)],
        [
            "`rlhf.tranches.best`: depends on itself, by way of preferences.mixture <- "
            "tranches.best; change a `judge`, `runs`, `tranches` or `reward` among these"
        ],
    ),
    (
        [("experiments/base/reward", "mixture")],
        [
            "`rlhf.tranches.online`: depends on itself, by way of experiments.base <- "
            "preferences.mixture <- tranches.online; change a `judge`, `runs`, `tranches` or "
            "`reward` among these"
        ],
    ),
    # what breaks together
    (
        [("experiments/base/prompt", "skill")],
        [
            "`rlhf.experiments.base.prompt` = 'skill': is not a prompt of the world 'long', which "
            "has helpful, harmless; choose another, or in a world of kind sequences raise "
            "`prompts`"
        ],
    ),
    (
        [("tranches/exact/prompt", "harmless")],
        ["`rlhf.tranches.exact.prompt` = 'harmless': is not a prompt of the world 'exact', which"],
    ),
    (
        [("tranches/first/best_of", 4)],
        ["`rlhf.tranches.first.best_of` = 4: above 1 it needs a `judge`, and with 1 there is"],
    ),
    (
        [("tranches/first/judge", "judge")],
        ["`rlhf.tranches.first.best_of` = 1: above 1 it needs a `judge`, and with 1 there is"],
    ),
    (
        [("tranches/best/runs", ["base"]), ("tranches/best/iterations", [2])],
        ["`rlhf.tranches.best.best_of` = 4: must be 1 where `runs` are sampled"],
    ),
    (
        [("tranches/online/iterations", [])],
        [
            "`rlhf.tranches.online.iterations` = []: must say when the policies of `runs` are "
            "sampled, and be empty without them"
        ],
    ),
    (
        [("tranches/first/iterations", [3])],
        ["`rlhf.tranches.first.iterations` = [3]: must say when the policies of `runs` are"],
    ),
    (
        [("tranches/online/iterations", [2, 7])],
        [
            "`rlhf.tranches.online.iterations` = [2, 7]: must be at most 6, the iterations of "
            "'base'"
        ],
    ),
    (
        [("tranches/second/draw", 0)],
        [
            "`rlhf.tranches.second.draw` = 0: 'first' draws the same pairs, but for their number; "
            "give it another `draw`, or remove one of them"
        ],
    ),
    (
        [("tranches/best/judge", "elsewhere")],
        ["`rlhf.tranches.best.judge` = 'elsewhere': is of another world than the policy"],
    ),
    (
        [("tranches/online/runs", ["gold"])],
        ["`rlhf.tranches.online.runs` = 'gold': is of another world than the policy"],
    ),
    *(
        (
            [(f"preferences/proxy/{key}", ["first", "elsewhere"])],
            [f"`rlhf.preferences.proxy.{key}` = 'elsewhere': is of another world than 'first'"],
        )
        for key in ("tranches", "tested_on")
    ),
    *(
        (
            [(f"experiments/base/{key}", value)],
            [f"`rlhf.experiments.base.{key}` = 'elsewhere': is of another world than the policy"],
        )
        for key, value in (("reward", "elsewhere"), ("judges", ["elsewhere"]))
    ),
    (
        [("preferences/proxy/tranches", ["first", "first"])],
        ["`rlhf.preferences.proxy.tranches` = ['first', 'first']: holds 'first' more than once"],
    ),
    (
        [("preferences/proxy/last_weight", 2)],
        [
            "`rlhf.preferences.proxy.last_weight` = 2: needs at least two `tranches`; name another "
            "one first, or take it out"
        ],
    ),
    *(
        (
            [("preferences/proxy", given)],
            [
                "`rlhf.preferences.proxy.last_share` = 0.5: needs at least two `tranches` and a "
                "number of `pairs`"
            ],
        )
        for given in (
            TWO | {"last_share": 0.5},
            {"tranches": ["first"], "pairs": 10, "last_share": 0.5},
        )
    ),
    (
        [("preferences/proxy/pairs", 1001)],
        [
            "`rlhf.preferences.proxy.pairs` = 1001: takes 1001 of 'first', which has 1000; lower "
            "it, or raise `rlhf.tranches.first.pairs`"
        ],
    ),
    (
        [("preferences/proxy", TWO | {"pairs": 1500, "last_share": 0.1})],
        ["`rlhf.preferences.proxy.pairs` = 1500: takes 1350 of 'first', which has 1000; lower"],
    ),
    (
        [("experiments/base/ppo", {"samples": 100})],
        ["`rlhf.experiments.base.ppo.minibatch` = 128: must divide `samples`, 100"],
    ),
    (
        [("preferences/twin", TWO), ("experiments/base/judges", ["twin"])],
        [
            "`rlhf.experiments.base.judges` = 'twin': learned from first as the reward 'proxy' "
            "did, and so is not a test of it; choose another, or set `same_tranches: true`"
        ],
    ),
    (
        [("analysis", {"detection": ["exact"]})],
        [
            "`rlhf.analysis.detection` = 'exact': only worlds of kind sequences have foreign "
            "sequences; take it out"
        ],
    ),
    (
        [("preferences/mixture/seeds", [0, 2])],
        [
            "`rlhf.experiments.base.seeds` = [0, 1]: lacks [2], which the preference model "
            "'mixture' needs, since 'online' samples it"
        ],
    ),
    (
        [("preferences/judge/tested_on", ["online"]), ("preferences/judge/seeds", [5])],
        ["lacks [5], which the preference model 'judge' needs, since 'online' samples it"],
    ),
    (
        [("experiments/again", {"policy": "start", "reward": "proxy", "seeds": [1]})],
        ["`rlhf.experiments.again`: has the same run as 'base', seed 1; remove one of them"],
    ),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "said"), WRONG, ids=lambda value: str(value)[:60])
def test_wrong_values_are_refused_with_key_value_rule_and_remedy(changes, said):
    with pytest.raises(ConfigurationError) as refused:
        read(changed(*changes))
    for part in said:
        assert part in str(refused.value)


def test_real_comparisons_have_no_policies():
    file = str(Path(__file__).parents[3] / "config/test/judged.json")
    raw = {
        "worlds": {"real": {"kind": "pairs", "file": file, "layout": "judged"}},
        "policies": {"start": {"world": "real"}},
    }
    with pytest.raises(ConfigurationError) as refused:
        read(raw)
    assert (
        "`rlhf.policies.start.world` = 'real': is not a world whose sequences are sampled"
        in str(refused.value)
    )


def test_a_section_without_worlds_says_so():
    with pytest.raises(ConfigurationError) as refused:
        read({"policies": {}})
    assert str(refused.value) == "`rlhf.worlds`: is missing; give it: worlds by name"


def test_all_problems_are_in_one_message():
    raw = changed(
        ("experiments/base/ppo", {"samples": 100}),
        ("tranches/second/draw", 0),
        ("preferences/proxy/pairs", 2000),
    )
    with pytest.raises(ConfigurationError) as refused:
        read(raw)
    assert len(str(refused.value).splitlines()) == 3


def test_names_that_are_not_there_are_all_in_one_message():
    raw = changed(("policies/start/world", "w"), ("experiments/base/reward", "r"))
    raw["tranches"]["best"]["judge"] = "j"
    with pytest.raises(ConfigurationError) as refused:
        read(raw)
    assert len(str(refused.value).splitlines()) == 3


@pytest.mark.parametrize("name", ["proxy", "judge"])
def test_what_a_set_is_only_tested_on_makes_no_cycle(name):
    raw = copy.deepcopy(VALID)
    raw["preferences"][name]["tested_on"] = ["best", "online"]
    assert read(raw)
