"""Titles: the same words in the workflow and in a notebook, and none twice."""

import json
from collections.abc import Callable
from itertools import product
from pathlib import Path
from typing import Any

import pytest
import xarray as xr
import yaml

import ontogeny
from ontogeny.config import canonical
from ontogeny.known_studies import NAMES, STUDIES
from ontogeny.notebook._runs import told_by
from ontogeny.plans import plans_of
from ontogeny.studies.composition.networks.records import description as of_composition
from ontogeny.studies.imitation.records import about_class
from ontogeny.studies.imitation.records import about_run as of_imitation
from ontogeny.studies.induction.records import description as of_induction
from ontogeny.studies.noisy_labels.about import about_corpus
from ontogeny.studies.noisy_labels.about import about_run as of_noisy_labels
from ontogeny.studies.rlhf.about import about_run as of_rlhf
from ontogeny.studies.rlhf.about import about_world as about_rlhf_world
from ontogeny.studies.surprise.about import about_run as of_surprise
from ontogeny.studies.surprise.about import about_world
from ontogeny.study import Places
from opened_runs import stored

CONFIG = Path(__file__).parents[2] / "config"
DEFAULT = yaml.safe_load((CONFIG / "config.yaml").read_text())
MORE: dict[str, dict[str, Any]] = {
    "composition": {
        "split": {"group": "S5", "architecture": {"kind": "mlp"}, "data": {"fraction": 1 / 3}},
        "all": {"group": "C7", "architecture": {"kind": "bilinear"}, "data": {"fraction": 1}},
        "minus": {
            "group": "C7",
            "architecture": {"kind": "deep-transformer", "layers": 3},
            "data": {"labels": "difference"},
        },
    },
    "induction": {"mlps": {"network": {"layers": 2, "d_mlp": 16, "smeared_keys": True}}},
    "imitation": {"demonstrator": {"class": "traitors", "learner": "demonstrator", "seeds": [1]}},
    "surprise": {},
    "noisy_labels": {
        "oracle": {"rater": "biased", "strategy": "oracle", "clean_share": 0.2, "seeds": [0]}
    },
    "rlhf": {},
}


def sections():
    found = {name: dict(DEFAULT[name]) for name in NAMES}
    for name, experiments in MORE.items():
        with_seeds = {key: {"seeds": [3], **each} for key, each in experiments.items()}
        found[name] |= {
            "experiments": found[name]["experiments"] | with_seeds,
            "run_figures": "all",
        }
    return found


PLANS = plans_of(sections(), STUDIES, Places("mine"))


def composition(plan, experiment, seed):
    return of_composition(experiment.training(seed), group=experiment.group)


def induction(plan, experiment, seed):
    corpus = plan.section.corpora[experiment.corpus]
    return of_induction(experiment.training(seed), corpus, corpus=experiment.corpus)


def imitation(plan, experiment, seed):
    kind = plan.section.classes[experiment.class_name]
    policy_class = xr.Dataset(attrs=about_class(kind) | {"class": experiment.class_name})
    return of_imitation(experiment.learning(seed, kind), policy_class, steps=5)


def surprise(plan, experiment, seed):
    world = plan.section.worlds[experiment.world]
    stored_world = xr.Dataset(attrs=about_world(world) | {"world": experiment.world})
    return of_surprise(experiment.training(seed, world), stored_world)


def noisy_labels(plan, experiment, seed):
    corpus = plan.section.corpora[plan.section.raters[experiment.rater].corpus]
    stored_corpus = xr.Dataset(attrs=about_corpus(corpus) | {"corpus": "generated"})
    return of_noisy_labels(experiment.training(seed), stored_corpus)


def rlhf(plan, experiment, seed):
    policy = plan.section.policies[experiment.policy]
    world = xr.Dataset(attrs=about_rlhf_world(plan.section.worlds[policy.world]))
    about = of_rlhf(experiment.training(seed), policy.network, "policy", world)
    return about | {"spec": json.dumps(canonical({"reward": experiment.reward}))}


ABOUT: dict[str, Callable[..., dict[str, Any]]] = {
    each.__name__: each
    for each in (composition, induction, imitation, surprise, noisy_labels, rlhf)
}


@pytest.mark.parametrize("study", NAMES)
def test_results_give_the_title_that_the_plan_gives(study):
    plan = PLANS[study]
    subjects = plan.subjects("run")
    assert subjects
    for subject in subjects:
        name, seed = subject.wildcards["experiment"], int(subject.wildcards["seed"])
        about = ABOUT[study](plan, plan.section.experiments[name], seed)
        results = xr.Dataset(attrs=about | {"experiment": name, "seed": seed})
        found = told_by(study).title({"evaluation": results})
        assert found == subject.title


def test_titles_of_groups_say_network_pairs_and_seed():
    titles = {
        (each.wildcards["experiment"], each.wildcards["seed"]): each.title
        for each in PLANS["composition"].subjects("run")
    }
    assert titles["s5-mlp", "3"] == "S5, MLP, 70 % of the pairs, seed 3 (s5-mlp)"
    assert titles["split", "3"] == "S5, MLP, 33.3 % of the pairs, seed 3 (split)"
    assert titles["all", "3"] == "C7, bilinear network, all pairs, seed 3 (all)"
    assert "C7, a b⁻¹, transformer of 3 layers, 40 % of" in titles["minus", "3"]
    (experiment,) = [
        each.title
        for each in PLANS["composition"].subjects("experiment")
        if each.wildcards["experiment"] == "s5-mlp"
    ]
    assert experiment == "S5, MLP, 70 % of the pairs (s5-mlp)"


@pytest.mark.parametrize(("study", "level"), [*product(NAMES, ["run", "experiment"])])
def test_no_two_titles_of_a_level_are_the_same(study, level):
    if level not in PLANS[study].study.levels:
        return
    titles = [each.title for each in PLANS[study].subjects(level)]
    assert len(set(titles)) == len(titles)


def test_the_title_of_a_sweep_is_what_its_experiments_share():
    raw = {"group": "S5", "data": {"fraction": [0.3, 0.4]}, "seeds": [0]}
    section = {"composition": {"experiments": {"shares": raw | {"architecture": {"kind": "mlp"}}}}}
    (subject,) = plans_of(section, STUDIES, Places("mine"))["composition"].subjects("sweep")
    assert subject.title == "S5, MLP (shares)"


def test_long_titles_have_a_line_for_the_name():
    long = "s5-mlp-optimiser-learning-rate-0.001-weight-decay-0.5"
    title = ontogeny.titles.titled(["S5", "MLP", "70 % of the pairs"], long, seed=0)
    assert title.splitlines() == ["S5, MLP, 70 % of the pairs, seed 0", f"({long})"]


def test_a_figure_of_an_opened_run_has_its_title(tmp_path):
    path = stored(tmp_path)
    run = ontogeny.open_run(path)
    found = ontogeny.draw(run, "losses").get_suptitle()
    assert found == "S3, MLP, 60 % of the pairs, seed 0 (s5-mlp)"
