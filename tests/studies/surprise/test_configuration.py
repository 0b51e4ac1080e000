"""The section of the study: defaults, sweeps, and one message for all that is wrong."""

import copy
import math

import pytest

from ontogeny.config import ConfigurationError, specification
from ontogeny.studies.surprise.config import Mixture, Network, Parity, Training
from ontogeny.studies.surprise.study import STUDY
from ontogeny.study import Places, read_sections

MIXTURE = {"kind": "mixture", "tasks": {"copy": {"kind": "copy"}, "sort": {"kind": "sort"}}}
VALID = {
    "surprise": {
        "worlds": {"parity": {"kind": "parity"}, "mixture": MIXTURE},
        "defaults": {"world": "parity", "seeds": [0]},
        "experiments": {
            "one": {"schedule": {"steps": 100}},
            "several": {"network": {"width": [8, 16, 24, 32]}, "seeds": [3, 4]},
            "text": {"world": "mixture", "network": {"width": 64}},
        },
    }
}


def read(raw):
    return read_sections(raw, [STUDY])[0]["surprise"]


def changed(path, value):
    raw = copy.deepcopy(VALID)
    *above, last = path.split("/")
    node = raw
    for key in above:
        node = node.setdefault(key, {})
    node[last] = value
    return raw


def plan_of(raw):
    return STUDY.plan(STUDY, read(raw), Places("test"))


def training(found, name, seed=0):
    experiment = found.experiments[name]
    return experiment.training(seed, found.worlds[experiment.world])


def test_defaults_are_merged_into_every_experiment():
    found = read(VALID)
    assert found.worlds["parity"] == Parity()
    assert found.experiments["one"].seeds == (0,)
    assert [found.experiments[f"several-width-{w}"].network.width for w in (8, 16, 24, 32)] == [
        8, 16, 24, 32,
    ]  # fmt: skip
    assert found.defaults is None


def test_worlds_are_swept():
    raw = changed("surprise/worlds/parity/alpha", [0.2, "4e-1"])
    raw["surprise"]["defaults"]["world"] = ["parity-alpha-0p2", "parity-alpha-0p4"]
    raw["surprise"]["experiments"] = {"tails": {}}
    found = read(raw)
    assert [found.worlds[e.world].alpha for e in found.experiments.values()] == [0.2, 0.4]


def test_the_world_decides_the_minibatch_and_the_rate_of_learning():
    found = read(VALID)
    parity, text = (training(found, name).optimiser for name in ("one", "text"))
    assert (parity.batch, parity.learning_rate) == (2048, 3e-3)
    assert text.batch == 48
    assert text.learning_rate == pytest.approx(3e-3 * math.sqrt(1 / 2), rel=1e-15)
    own = read(changed("surprise/experiments/text/optimiser", {"batch": 7, "learning_rate": 1}))
    assert training(own, "text").optimiser.batch == 7
    assert training(own, "text").optimiser.learning_rate == pytest.approx(math.sqrt(1 / 2))


def test_a_default_written_out_changes_no_specification():
    raw = changed("surprise/experiments/one", {"optimiser": {"batch": 2048, "warm_up": 0}})
    raw["surprise"]["experiments"]["one"]["schedule"] = {"steps": "1e2"}
    plain, written = (specification(training(read(each), "one")) for each in (VALID, raw))
    assert plain == written


def test_a_specification_reads_back():
    found = read(VALID)
    assert type(found).model_validate(specification(found)) == found
    assert Training.model_validate(specification(training(found, "text"))) == training(
        found, "text"
    )


def test_runs_are_described_by_what_they_are():
    plan = plan_of(VALID)
    assert plan.described("several-width-16", 4) == {
        "experiment": "several-width-16", "seed": 4, "setting": "several",
        "family": "several, seed 4", "world": "parity", "width": 16, "layers": 2,
        "steps": 4000, "tasks": 64, "alpha": 0.4,
    }  # fmt: skip
    assert "alpha" not in plan.described("text", 0)


def test_published_models_need_no_experiment(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    rows = "".join(f"{n}e6,{6e13 * n**2},{3 - n / 10}\n" for n in range(1, 9))
    (tmp_path / "p.csv").write_text(f"Model Size,Training FLOP,loss\n{rows}", encoding="utf-8")
    table = {"kind": "points", "file": "p.csv"}
    raw = {"surprise": {"worlds": {"points": {"kind": "published", "table": table}}}}
    plan = plan_of(raw)
    assert plan.joined() == ["published_scaling"]
    assert plan.given_paths() == ["p.csv"]
    on_it = changed("surprise/worlds/points", raw["surprise"]["worlds"]["points"])
    on_it["surprise"]["experiments"]["one"]["world"] = "points"
    with pytest.raises(ConfigurationError, match=r"experiments\.one\.world` = 'points': "):
        read(on_it)


WORLDS, ONE = "surprise/worlds", "surprise/experiments/one"
TASKS = f"{WORLDS}/mixture/tasks"
WRONG = [
    ("surprise/wolds", {}, ["`surprise.wolds`", "did you mean `worlds`?"]),
    (f"{WORLDS}/parity/kind", "parit", ["worlds.parity.kind` = 'parit'", "mean `parity`?"]),
    (f"{WORLDS}/parity/alpha", 0, ["`surprise.worlds.parity.alpha` = 0: must be greater than 0"]),
    (f"{WORLDS}/parity/bits", 33, ["`surprise.worlds.parity.bits` = 33", "equal to 32"]),
    (f"{WORLDS}/parity/order", 40, ["worlds.parity.order` = 40: must be at most the 32 `bits`"]),
    (f"{WORLDS}/parity/tasks", 10**5, ["parity.tasks` = 100000: must be at most 4960", "give"]),
    (f"{TASKS}/copy", {"kind": "copi"}, ["tasks.copy.kind` = 'copi'", "did you mean `copy`?"]),
    (f"{TASKS}/copy", {"kind": "copy", "share": 1}, ["copy.share` = 1:", "less than 1"]),
    (
        f"{TASKS}/copy",
        {"kind": "copy", "share": 0.95},
        ["`surprise.worlds.mixture.tasks`: the shares 0.95 + 0.1 = 1.05 must be less", "lower"],
    ),
    (f"{TASKS}/copy", {"kind": "copy", "letters": 17}, ["copy.letters` = 17", "equal to 16"]),
    (
        f"{TASKS}/copy",
        {"kind": "copy", "letters": 16},
        ["mixture.tasks.copy`: a problem has 35 characters", "the context of 64", "at least 70"],
    ),
    (f"{TASKS}/copy", {"kind": "copy", "digits": 1}, ["copy.digits`", "unknown key of the kind"]),
    (
        f"{WORLDS}/mixture/files",
        ["no/such.txt"],
        ["`surprise.worlds.mixture.files` = 'no/such.txt': does not exist; correct the path"],
    ),
    (
        f"{TASKS}/again",
        {"kind": "sort", "share": 0.2},
        ["tasks.again`: its prompts cannot be told from those of 'sort'", "or change its `digits`"],
    ),
    (f"{TASKS}/rating", {"kind": "rating", "rank": 27}, ["rating.rank` = 27", "equal to 26"]),
    (f"{ONE}/world", "parit", ["one.world` = 'parit': is not a world; known are parity, mixture"]),
    (
        f"{ONE}/network",
        {"layers": 3},
        ["one.network.layers` = 3: is not read", "leave it out", "`surprise.defaults`"],
    ),
    (f"{ONE}/network", {"width": 1}, ["one.network.width` = 1", "equal to 2"]),
    (
        "surprise/experiments/text/network",
        {"width": 33},
        ["text.network.width` = 33: must be a multiple of 4", "give 32 or 36"],
    ),
    (
        "surprise/experiments/several/network",
        {"width": [8, 16]},
        ["experiments.several.network.width` = [8, 16]", "at least 4 widths", "or one alone"],
    ),
    (
        f"{ONE}/schedule",
        {"early_stop": {"test_loss": 0.1}},
        ["one.schedule.early_stop` = {test_loss: 0.1", "must be null", "leave it out"],
    ),
    (f"{ONE}/seeds", [1, 1], ["one.seeds` = [1, 1]", "more than once"]),
    (
        "surprise/experiments/again",
        {"network": {"width": 16}, "seeds": [4]},
        ["`surprise.experiments.again`: has the same network as 'several-width-16'", "seed 4"],
    ),
    (
        "surprise/expected",
        ["longer-copy", "longer-ad"],
        ["`surprise.expected` = 'longer-ad': is not a probe of any mixture; known are longer-copy"],
    ),
    ("surprise/analysis/least_sizes", 3, ["analysis.least_sizes` = 3", "equal to 4"]),
    ("surprise/analysis/learned", 1, ["analysis.learned` = 1:", "less than 1"]),
    ("surprise/figures", {"parity_law": {}}, ["`surprise.figures.parity_law`", "unknown key"]),
    ("surprise/own_figures", {"corpus": []}, ["own_figures.corpus", "one of run, study"]),
    ("surprise/worlds", {}, ["`surprise.worlds`", "at least 1"]),
    ("surprise", [], ["`surprise`", "mapping"]),
]


@pytest.mark.parametrize(("path", "value", "said"), WRONG, ids=lambda value: str(value)[:40])
def test_wrong_values_are_refused_with_key_value_rule_and_remedy(path, value, said):
    with pytest.raises(ConfigurationError) as refused:
        read(changed(path, value))
    for part in said:
        assert part in str(refused.value)


@pytest.mark.parametrize(
    ("one", "other", "remedy"),
    [
        ({"kind": "add"}, {"kind": "add", "reversed": True}, "or change its `digits`"),
        ({"kind": "table"}, {"kind": "table", "modulus": 7}, "remove one of them\n"),
        ({"kind": "records", "bias": 0.2}, {"kind": "records"}, "remove one of them\n"),
    ],
)
def test_tasks_whose_prompts_cannot_be_told_apart_are_refused(one, other, remedy):
    raw = changed(TASKS, {"one": one, "other": other})
    with pytest.raises(
        ConfigurationError, match=r"tasks\.other`: its prompts .* of 'one'"
    ) as refused:
        read(raw)
    assert remedy in f"{refused.value}\n"


def test_tasks_of_one_kind_whose_prompts_differ_in_length_are_allowed():
    kinds = {"two": {"kind": "add"}, "one": {"kind": "add", "digits": 1, "reversed": True}}
    assert {*read(changed(TASKS, kinds)).worlds["mixture"].tasks} == {"one", "two"}


def test_a_mixture_may_be_text_alone():
    assert read(changed(TASKS, {})).worlds["mixture"].tasks == {}


def test_all_problems_are_in_one_message():
    raw = changed(f"{ONE}/network", {"layers": 3})
    raw["surprise"]["worlds"]["mixture"]["tasks"]["sort"]["share"] = 0.95
    with pytest.raises(ConfigurationError) as refused:
        read(raw)
    assert "layers` = 3" in str(refused.value)
    assert "shares" in str(refused.value)


def test_texts_that_are_too_short_are_refused_before_any_job(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a").write_text("short", encoding="utf-8")
    (tmp_path / "b").write_text("x" * 100_000, encoding="utf-8")
    read(changed(f"{WORLDS}/mixture/files", "b"))
    for files, said in (("a", "too short|leaves|holds out"), (["b", "./b"], "is the same file")):
        with pytest.raises(ConfigurationError, match=said):
            read(changed(f"{WORLDS}/mixture/files", files))


def test_defaults_of_worlds_can_be_used():
    assert Mixture.model_validate(MIXTURE).length == 64
    assert Network().width == 32
