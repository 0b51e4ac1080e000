"""Each claim on preference models and policies: it can hold and fail, and needs enough seeds."""

from dataclasses import fields, replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest
import yaml

from ontogeny.claims import VERDICTS, verdict
from ontogeny.joins import Run
from ontogeny.studies.rlhf.bases import base_online, base_swap, size_family
from ontogeny.studies.rlhf.claims import enumerated, pairs, sequences
from ontogeny.studies.rlhf.comparison import compare
from ontogeny.studies.rlhf.study import STUDY
from ontogeny.study import Places, read_sections
from rlhf_comparison import (
    S_D,
    TRANCHES,
    Policy,
    Preference,
    compared,
    detection,
    preference_of,
    real_pairs,
    run_of,
    seeds_of,
    swapped,
)

HOLDS, FAILS, FEW = VERDICTS
MODULES = {"enumerated": enumerated, "sequences": sequences, "pairs": pairs}
CLAIMS = {claim.name: claim for module in MODULES.values() for claim in module.CLAIMS}
OF_PAIRS = {claim.name for claim in pairs.CLAIMS}
LINE = S_D * np.sqrt(2)
"""Slope of s sqrt(2 KL) on sqrt(KL)."""

PROMPTS = {"policy": "prompts", "world": "prompts", "pairs": 2000}
SIDES = ("helpful", "harmless")

POLICIES = {
    "narrow": Policy("narrow", policy="narrow", d_model=32, corpus_loss=(2.8, 3.1)),
    "wide": Policy("wide", policy="wide", d_model=128, corpus_loss=(2.8, 2.85)),
    "base": Policy("base", reward="base", reward_pairs=1500, gold=(1.0, 0.2)),
    "mixture": Policy(
        "mixture", reward="mixture", reward_pairs=1500, gold=(1.2, 0.2), mixes_online=True
    ),
    "exact": Policy(
        "exact", kind="enumerated", world="exact", reward="gold", kl_penalty=0.3, gold=(1.0, 0.0)
    ),
    "right": Policy(
        "right", kind="enumerated", world="right", skew="positive", reward="gold",
        gold=(1.1 * LINE, 0.0), frontier=1.2 * LINE,
    ),
    "left": Policy(
        "left", kind="enumerated", world="left", skew="negative", reward="gold",
        gold=(0.9 * LINE, 0.0), frontier=0.95 * LINE,
    ),
}  # fmt: skip
MODELS = {
    "over": Preference("over", epochs=20, pairs=300, error=(0.15, 0.05)),
    "helpful": Preference("helpful", of=("helpful",), of_prompts=(0.7, 0.4), **PROMPTS),
    "harmless": Preference("harmless", of=("harmless",), of_prompts=(0.45, 0.7), **PROMPTS),
    "half": Preference("half", of=SIDES, of_prompts=(0.68, 0.66), **PROMPTS),
    "half-small": Preference("half-small", of=SIDES, of_prompts=(0.6, 0.6), d_model=8, **PROMPTS),
    "rare": Preference("rare", of=SIDES, last_share=0.1, of_prompts=(0.7, 0.5), **PROMPTS),
    "weighted": Preference(
        "weighted", of=SIDES, last_share=0.1, last_weight=2.0, of_prompts=(0.69, 0.56), **PROMPTS
    ),
    "skilled": Preference(
        "skilled", of=(*SIDES, "skill"), of_prompts=(0.675, 0.655, 0.7), **PROMPTS | {"pairs": 3000}
    ),
}


def results(seeds=3, *, policies=True, models=True, found=None, real=None, **changes):
    """Return a comparison in which every claim holds, but for changes to what is in it."""
    starts = {("start", seed): detection(**(found or {})) for seed in range(seeds)}
    return compared(
        all_policies(seeds, changes) if policies else (),
        all_models(seeds, changes) if models else (),
        found=starts,
        pairs=real_pairs(**(real or {})),
    )


def all_policies(seeds, changes):
    found = swapped(replace(Policy(), **changes.get("swap", {})), 5 if seeds == 3 else seeds)
    for name, policy in POLICIES.items():
        found += seeds_of(replace(policy, **changes.get(name, {})), seeds)
    return found


def all_models(seeds, changes):
    found = [
        each
        for count in (300, 1000, 3000)
        for d_model in (8, 32, 64)
        for each in seeds_of(
            replace(
                Preference(f"p{count}-d{d_model}", pairs=count, d_model=d_model, online=0.45),
                **changes.get("grid", {}),
            ),
            seeds,
        )
    ]
    for name, model in MODELS.items():
        found += seeds_of(replace(model, **changes.get(name.replace("-", "_"), {})), seeds)
    return found


@cache
def good():
    return results()


def verdict_on(name, comparison):
    claim = CLAIMS[name]
    found = claim.measure(comparison)
    return verdict(found, side=claim.side, threshold=claim.threshold, minimum=claim.minimum)


FAILING = {
    "nothing-beats-frontier": {"exact": {"frontier": 0.9}},
    "line-is-no-bound": {"right": {"gold": (0.99 * LINE, 0.0)}},
    "gain-below-line": {"left": {"gold": (1.05 * LINE, 0.0)}},
    "ppo-finds-the-optimum": {"exact": {"found": 0.6}},
    "gain-is-root-of-kl": {"swap": {"train": (0.8, 0.25)}},
    "root-beats-line": {"swap": {"train": (0.0, -0.5)}},
    "gain-below-frontier": {"swap": {"frontier": 0.6}},
    "sizes-run-parallel": {"narrow": {"train": (0.4, 0.0)}},
    "entropy-falls": {"swap": {"entropy": (2.8, 2.5)}},
    "judges-agree-early": {"swap": {"test": (0.2, 0.0)}},
    "judges-split-late": {"swap": {"test": (0.8, 0.02)}},
    "gold-turns": {"swap": {"gold": (1.2, 0.0)}},
    "test-turns-later": {"swap": {"test": (0.8, 0.4)}},
    "optimism": {"swap": {"train": (0.1, 0.0)}},
    "more-pairs-better": {"grid": {"by_pairs": -0.02}},
    "larger-better": {"grid": {"by_size": -0.01}},
    "calibrated": {"grid": {"error": (0.05, 0.01)}},
    "temperature-repairs": {"over": {"error": (0.15, 0.14)}},
    "high-scores-harder": {"grid": {"above": 0.1}},
    "policy-judges-worse": {"grid": {"policy_accuracy": 0.9}},
    "better-data-harder": {"grid": {"online": 0.9}, "over": {"online": 0.9}},
    "online-helps": {"mixture": {"gold": (1.0, 0.2)}},
    "conflict": {"helpful": {"of_prompts": (0.7, 0.6)}},
    "larger-less-conflict": {"half_small": {"of_prompts": (0.7, 0.7)}},
    "weight-helps": {"weighted": {"of_prompts": (0.6, 0.5)}},
    "skill-is-free": {"skilled": {"of_prompts": (0.68, 0.6, 0.7)}},
    "tax": {"narrow": {"corpus_loss": (2.8, 2.81)}},
    "relative-beats-plain": {"found": {"plain": 0.9}},
    "conflict-on-real-pairs": {"real": {"across": (0.355, 0.6)}},
    "real-pairs-learnable": {"real": {"excess": 0.0, "half": 0.01}},
}
"""By claim, what makes it false."""


def test_every_claim_is_tested_and_has_a_name_of_its_own():
    names = [claim.name for module in MODULES.values() for claim in module.CLAIMS]
    assert sorted(names) == sorted(FAILING)


@pytest.mark.parametrize("name", CLAIMS)
def test_claims_hold(name):
    assert verdict_on(name, good()) == HOLDS


@pytest.mark.parametrize("name", CLAIMS)
def test_claims_fail(name):
    changes = FAILING[name]
    parts = {
        "policies": not {"swap", *POLICIES}.isdisjoint(changes),
        "models": not {"grid", "half_small", *MODELS}.isdisjoint(changes),
    }
    assert verdict_on(name, results(**parts, **changes)) == FAILS


@pytest.mark.parametrize("name", sorted(set(CLAIMS) - OF_PAIRS))
def test_two_seeds_are_not_enough(name):
    assert verdict_on(name, two_seeds()) == FEW


@cache
def two_seeds():
    return results(seeds=2)


@pytest.mark.parametrize(
    "parts",
    [
        {},
        {"models": seeds_of(Preference())},
        {"policies": [Policy(judge="")]},
        {"policies": seeds_of(Policy(reward="gold", judge=""))},
    ],
    ids=["nothing", "models", "one-run", "true-score"],
)
def test_what_is_not_there_is_not_judged(parts):
    comparison = compared(**parts)
    for name in ("gold-turns", "conflict", "tax", "nothing-beats-frontier", *OF_PAIRS):
        assert verdict_on(name, comparison) == FEW


def test_real_comparisons_alone_are_judged():
    comparison = compared(pairs=real_pairs())
    assert {verdict_on(name, comparison) for name in OF_PAIRS} == {HOLDS}
    assert CLAIMS["conflict-on-real-pairs"].measure(comparison).value == 0.426
    assert CLAIMS["real-pairs-learnable"].measure(comparison).runs == 2307


def test_enumerated_worlds_are_no_findings():
    exact = {"kind": "enumerated", "world": "exact"}
    comparison = compared(
        swapped(replace(Policy(), **exact)),
        seeds_of(Preference(**exact)),
    )
    for claim in sequences.CLAIMS:
        assert claim.measure(comparison).runs == 0


def test_the_base_swap_is_usual_first_and_then_has_the_most_seeds():
    usual = swapped(Policy("usual"), 3)
    unusual = swapped(Policy("a-unusual", conditions="prompt helpful"), 5)
    more = swapped(Policy("more", policy="wide"), 4)
    assert base_swap(compared([*unusual, *usual])) == "usual and usual-x"
    assert base_swap(compared([*unusual, *usual, *more])) == "more and more-x"
    assert base_swap(compared(unusual)) == "a-unusual and a-unusual-x"
    assert base_swap(compared(swapped(Policy(prompts=2)))) is None


def test_the_base_online_pair_is_of_one_prompt():
    policies = [*seeds_of(POLICIES["base"]), *seeds_of(POLICIES["mixture"])]
    assert base_online(compared(policies)) == ["mixture against base"]
    assert base_online(compared([replace(each, prompts=2) for each in policies])) == []


def test_online_claims_take_the_mean_over_pairs_that_differ_in_their_samples():
    base = replace(POLICIES["base"], experiment="base-second", reward="base-second", tranches="b")
    mixed = replace(
        POLICIES["mixture"], experiment="mixture-second", reward="mixture-second", tranches="b + c",
        gold=(0.8, 0.2),
    )  # fmt: skip
    first = [*seeds_of(POLICIES["base"]), *seeds_of(POLICIES["mixture"])]
    comparison = compared([*first, *seeds_of(base), *seeds_of(mixed, 4)])
    assert len(base_online(comparison)) == 2
    found, one = (CLAIMS["online-helps"].measure(each) for each in (comparison, compared(first)))
    assert found.value == pytest.approx(0.5)
    assert one.value > 0.59


def test_accuracy_on_online_pairs_is_averaged_over_models_of_the_same_kinds():
    first = seeds_of(Preference("base", tranches="base", online=0.4))
    second = seeds_of(Preference("base-second", tranches="base-second", online=0.5))
    found = CLAIMS["better-data-harder"].measure(compared(models=[*first, *second]))
    assert found.value == pytest.approx(Preference().on_probes - 0.45)
    assert found.runs == 3


def test_sizes_are_compared_over_both_preference_models():
    families = [
        seeds_of(Policy(f"{reward}-{size}", d_model=size, reward=reward, corpus_loss=(2.8, end)))
        for reward, size, end in (
            ("first", 32, 3.1), ("first", 128, 2.8), ("second", 32, 3.0), ("second", 128, 2.8),
        )
    ]  # fmt: skip
    found = CLAIMS["tax"].measure(compared([run for each in families for run in each]))
    assert found.value == pytest.approx(0.25)


def test_a_family_of_sizes_has_every_size_of_each_seed():
    sizes = [
        replace(each, experiment=f"d{d_model}", d_model=d_model)
        for d_model, seeds in ((32, 3), (64, 2), (128, 3))
        for each in seeds_of(Policy(), seeds)
    ]
    other = seeds_of(Policy("other", reward="second", judge="first"))
    family = size_family(compared([*sizes, *other]), least=3)
    assert sorted(zip(family["seed"], family["d_model"], strict=True)) == [
        (seed, d_model) for seed in (0, 1) for d_model in (32, 64, 128)
    ]
    assert size_family(compared(other), least=2).empty


def test_the_configuration_of_the_study_answers_every_claim():
    """Each claim finds as many runs of `config/rlhf.yaml` as it needs."""
    path = Path(__file__).parents[3] / "config" / "rlhf.yaml"
    raw = yaml.safe_load(path.read_text(encoding="utf-8"))["rlhf"]
    section = read_sections({"rlhf": raw}, [STUDY])[0]["rlhf"]
    spec = STUDY.plan(STUDY, section, Places("test")).comparison_specification()

    def made(kind, about):
        known = {each.name for each in fields(kind)}
        return kind(**{name: value for name, value in about.items() if name in known})

    models = []
    for about in spec["preferences"]:
        model = made(Preference, about)
        if about["prompts"] > 1:
            model = replace(model, of_prompts=(0.6, 0.4, 0.5))
        models.append(Run(about, preference_of(model).results))
    comparison = compare(
        [Run(about, run_of(made(Policy, about)).results) for about in spec["runs"]],
        models,
        tranches=spec["tranches"] | TRANCHES,
        best_of={},
        detection={tuple(each): detection() for each in spec["detection"]},
        pairs=None,
    )
    for claim in (*enumerated.CLAIMS, *sequences.CLAIMS):
        assert claim.measure(comparison).runs >= claim.minimum, claim.name
