"""What each job reads, and what decides whether it is made again."""

import copy
import json
from types import SimpleNamespace

import pytest

from ontogeny.studies.noisy_labels.about import about_corpus, about_run
from ontogeny.studies.noisy_labels.checks import resolve
from ontogeny.studies.noisy_labels.corpora.comments import PARTS
from ontogeny.studies.noisy_labels.facts import facts_of_runs
from ontogeny.studies.noisy_labels.memory import corpus_memory, rater_memory, run_memory
from ontogeny.studies.noisy_labels.stages.corpus import generated_corpus
from ontogeny.studies.noisy_labels.study import STUDY
from ontogeny.study import Places, read_sections

BASE = "results/test/noisy_labels"
RAW = {
    "corpora": {
        "generated": {
            "kind": "generated", "rater": 60, "study": 60, "development": 50, "test": 50,
            "features": 3,
        },
        "other": {"kind": "generated", "seed": 1},
    },
    "raters": {
        "biased": {"kind": "network", "corpus": "generated", "keep": 0.2},
        "plain": {"kind": "network", "corpus": "generated"},
        "elsewhere": {"kind": "network", "corpus": "other"},
    },
    "defaults": {"rater": "biased", "seeds": [0, 1]},
    "experiments": {
        "clean": {"strategy": "clean"},
        "oracle": {"strategy": "oracle"},
        "few-noisy": {"strategy": "few-noisy"},
        "noisy": {"strategy": "noisy"},
        "naive": {"strategy": "naive"},
        "naive-plain": {"strategy": "naive", "rater": "plain"},
        "naive-elsewhere": {"strategy": "naive", "rater": "elsewhere"},
        "multi-head": {"strategy": "multi-head"},
        "multi-head-tuned": {"strategy": "multi-head", "tuned": True},
        "correction": {"strategy": "loss-correction"},
        "by-network": {"strategy": "loss-correction", "transition": "by-network"},
        "relabelled": {"strategy": "relabelled"},
    },
}  # fmt: skip


def plan_of(raw=RAW):
    section = read_sections({"noisy_labels": copy.deepcopy(raw)}, [STUDY])[0]["noisy_labels"]
    return STUDY.plan(STUDY, section, Places("test"))


def wildcards(**names):
    return SimpleNamespace(**names)


def of_corpus(plan, name):
    return wildcards(corpus=plan.stored_corpora.names[name])


def of_rater(plan, name):
    return wildcards(rater=plan.stored_raters.names[name])


def words_of(specification):
    return json.dumps(specification).split('"')


def corpus_file(plan, name):
    return f"{BASE}/corpora/{plan.stored_corpora.names[name]}.nc"


@pytest.mark.parametrize(
    ("experiment", "rater", "parent"),
    [
        ("clean", None, None),
        ("oracle", None, None),
        ("few-noisy", "biased", None),
        ("noisy", "biased", None),
        ("naive", "biased", None),
        ("naive-plain", "plain", None),
        ("correction", "biased", None),
        ("multi-head-tuned", None, "multi-head"),
        ("by-network", "biased", "noisy"),
        ("relabelled", None, "clean"),
    ],
)
def test_a_run_reads_its_rater_and_the_run_that_it_builds_on(experiment, rater, parent):
    plan = plan_of()
    of_run = wildcards(experiment=experiment, seed="1")
    assert plan.corpus_of_run(of_run) == corpus_file(plan, "generated")
    rated = [f"{BASE}/raters/{plan.stored_raters.names[rater]}.nc"] if rater else []
    assert plan.raters_of_run(of_run) == rated
    assert plan.parents_of_run(of_run) == (
        [f"{BASE}/{parent}/seed1/checkpoints.nc"] if parent else []
    )
    chosen = plan.experiments_with_parent(parent=True).split("|")
    assert (experiment in chosen) == (parent is not None)
    others = plan.experiments_with_parent(parent=False).split("|")
    assert {*chosen, *others} == {*RAW["experiments"]}


def test_a_run_reads_the_corpus_of_its_rater():
    plan = plan_of()
    elsewhere = wildcards(experiment="naive-elsewhere", seed="0")
    assert plan.corpus_of_run(elsewhere) == corpus_file(plan, "other")
    assert plan.corpus_of_rater(of_rater(plan, "elsewhere")) == corpus_file(plan, "other")
    assert plan.names_of_corpora() == ["generated", "other"]


def changed(path, value):
    raw = copy.deepcopy(RAW)
    *above, last = path.split("/")
    node = raw
    for key in above:
        node = node[key]
    node[last] = value
    return raw


def test_a_changed_rater_changes_the_runs_that_read_it_and_no_corpus():
    before, after = plan_of(), plan_of(changed("raters/biased/keep", 0.5))
    corpora, raters = (
        [getattr(plan, kind).specifications for plan in (before, after)]
        for kind in ("stored_corpora", "stored_raters")
    )
    assert corpora[0] == corpora[1]
    assert raters[0]["biased"] != raters[1]["biased"]
    assert raters[0]["plain"] == raters[1]["plain"]
    for name in RAW["experiments"]:
        of_run = wildcards(experiment=name, seed="0")
        reads_biased = before.raters_of_run(of_run) == [before.rater_file("biased")]
        assert (before.training(of_run) != after.training(of_run)) == reads_biased


def test_names_of_a_corpus_and_of_a_rater_are_not_in_specifications():
    raw = copy.deepcopy(RAW)
    raw["corpora"]["renamed"] = raw["corpora"].pop("generated")
    raw["raters"]["other-name"] = raw["raters"].pop("biased") | {"corpus": "renamed"}
    raw["raters"]["plain"]["corpus"] = "renamed"
    raw["defaults"]["rater"] = "other-name"
    before, after = plan_of(), plan_of(raw)
    for new, old in (("other-name", "biased"), ("plain", "plain")):
        assert after.rater_file(new) == before.rater_file(old)
        specified = before.rater_specification(of_rater(before, old))
        assert after.rater_specification(of_rater(after, new)) == specified
        assert {old, "generated"}.isdisjoint(words_of(specified))
    assert after.corpus_file("renamed") == before.corpus_file("generated")
    assert after.corpus_specification(of_corpus(after, "renamed")) == before.corpus_specification(
        of_corpus(before, "generated")
    )
    of_run = wildcards(experiment="naive", seed="0")
    assert after.training(of_run) == before.training(of_run)


def test_raters_of_one_specification_share_their_labels_where_they_have_the_same_corpus():
    raw = copy.deepcopy(RAW)
    raw["raters"]["same"] = dict(raw["raters"]["plain"])
    names = plan_of(raw).stored_raters.names
    assert names["same"] == names["plain"]
    assert len(set(names.values())) == 3


def test_thresholds_of_the_comparison_train_nothing():
    before, after = plan_of(), plan_of(RAW | {"analysis": {"bins": 7}})
    of_run = wildcards(experiment="naive", seed="0")
    assert before.training(of_run) == after.training(of_run)
    assert before.comparison_specification() != after.comparison_specification()


def test_runs_are_described_by_what_they_are():
    plan = plan_of()
    assert plan.described("multi-head-tuned", 1) == {
        "experiment": "multi-head-tuned", "seed": 1, "recipe": "multi-head, tuned",
        "strategy": "multi-head", "tuned": True, "source": "generated", "corpus": "generated",
        "rater": "biased", "clean_share": 0.05, "variant": "", "conditions": "",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("experiment", "variant", "recipe"),
    [
        ({"strategy": "naive", "noisy_weight": 0.25}, "", "naive"),
        ({"strategy": "loss-correction"}, "by-rater", "loss-correction"),
        (
            {"strategy": "loss-correction", "transition": "by-group"},
            "by-group",
            "loss-correction by-group",
        ),
        ({"strategy": "weighted"}, "by 0.5", "weighted"),
        ({"strategy": "weighted", "noisy_weight": 0.25}, "by 0.25", "weighted by 0.25"),
    ],
)
def test_a_recipe_names_what_departs_from_the_default(experiment, variant, recipe):
    found = plan_of(RAW | {"experiments": {"one": experiment}}).described("one", 0)
    assert (found["variant"], found["recipe"]) == (variant, recipe)


def test_the_kind_of_a_corpus_and_of_a_rater_decides_its_rule():
    plan = plan_of()
    corpora, raters = plan.stored_corpora.names, plan.stored_raters.names
    assert plan.corpora_of(generated=True) == "|".join(sorted(corpora.values()))
    assert plan.raters_of(networks=True) == "|".join(sorted(raters.values()))
    for nothing in (plan.corpora_of(generated=False), plan.raters_of(networks=False)):
        assert nothing == "(?!)"


def test_results_say_what_they_are_of():
    section = resolve(copy.deepcopy(RAW))
    spec = section.corpora["generated"]
    corpus = generated_corpus(spec)
    assert (corpus["part"].values == PARTS.index("study")).sum() == 60
    corpus.attrs |= about_corpus(spec) | {"corpus": "generated"}
    training = section.experiments["multi-head-tuned"].training(0)
    found = about_run(training, corpus)
    assert found["corpus"] == "generated"
    assert found["network"] == "64 channels, multi-head, tuned"
    assert found["data"] == "60 generated comments"
    written = json.loads(found["configuration"])
    assert written["corpus"]["rater"] == 60
    assert written["strategy"] == "multi-head"
    assert written["optimiser"]["learning_rate"] == 5e-4


@pytest.mark.parametrize(
    ("experiments", "facts"),
    [
        ({"a": {"strategy": "naive"}}, set()),
        ({"a": {"strategy": ["naive", "clean"]}}, {"several-strategies"}),
        (
            {"a": {"strategy": "naive", "tuned": [False, True]}},
            {"several-strategies", "tuned"},
        ),
        ({"a": {"rater": ["biased", "plain"]}}, {"several-raters"}),
        ({"a": {"rater": ["biased", "elsewhere"]}}, set()),
        (
            {"a": {"rater": "biased"}, "b": {"rater": "plain", "strategy": "clean"}},
            set(),
        ),
        ({"a": {"seeds": [0, 1, 2]}}, {"enough-runs"}),
    ],
)
def test_figures_are_drawn_of_what_there_is(experiments, facts):
    assert facts_of_runs(resolve(copy.deepcopy(RAW) | {"experiments": experiments})) == facts


def test_the_memory_that_jobs_ask_for_grows_as_what_they_take_does():
    section = resolve(copy.deepcopy(RAW))
    small, large = section.corpora["generated"], section.corpora["other"]
    naive = section.experiments["naive"]
    assert max(corpus_memory(small), run_memory(naive, small)) <= 1000
    assert corpus_memory(large) > corpus_memory(small)
    assert run_memory(naive, large) > run_memory(naive, small)
    longer = naive.model_copy(
        update={"schedule": naive.schedule.model_copy(update={"epochs": 500})}
    )
    assert run_memory(longer, small) > run_memory(naive, small) + 400
    stopped = section.raters["plain"].model_copy(update={"accuracy": 0.9, "epochs": 200})
    assert rater_memory(stopped, small) > rater_memory(section.raters["plain"], small)
