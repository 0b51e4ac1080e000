"""Each claim on runs in which it holds, does not hold, and has too few runs."""

from functools import cache

import numpy as np
import pytest

from ontogeny.claims import VERDICTS, verdict
from ontogeny.studies.composition.prediction.claims import CLAIMS
from ontogeny.studies.composition.prediction.pairs import SHARED_SPLIT
from predicted_runs import along_scores, joined, run

HOLDS, FAILS, FEW = VERDICTS
NAMES = [claim.name for claim in CLAIMS]

ARCHITECTURES = {"tied-mlp": "quadratic_flow", "mlp": "quadratic_flow", "transformer": "trilinear"}


def found_by(name, results):
    (claim,) = [claim for claim in CLAIMS if claim.name == name]
    return claim.measure(results)


def verdict_on(name, results):
    (claim,) = [claim for claim in CLAIMS if claim.name == name]
    found = claim.measure(results)
    return verdict(found, side=claim.side, threshold=claim.threshold, minimum=claim.minimum)


def winners(seed, data_seed):
    """Return winners: half follow from the initial weights, half from both seeds."""
    weights, both = (
        np.random.default_rng([5, seed]),
        np.random.default_rng([6, seed, data_seed % 2**32]),
    )
    return np.concatenate([weights.integers(1, 7, 30), both.integers(1, 7, 30)])


def half_strong(seed, data_seed):
    """Return three of the six non-trivial irreps of C13."""
    chosen = np.random.default_rng([7, seed, data_seed % 2**32]).permutation(6)[:3]
    return np.isin(np.arange(7), chosen + 1)


def one_run(architecture, seed, data_seed, **about):
    tables = {
        "set_auc": along_scores(
            0.6, **{ARCHITECTURES[architecture]: [0.95, 0.96, 0.97, 1.0], "similarity": 0.99}
        ),
        "neuron_top": along_scores(0.3, alignment=[0.8, 0.9, 0.9, 0.9]),
        "neuron_auc_among_strong": along_scores(0.5, power=0.8),
    }
    given = {
        "winner": winners(seed, data_seed),
        "strong": half_strong(seed, data_seed),
        "neurons": 60,
        **tables,
        **about,
    }
    return run(architecture=architecture, seed=seed, data_seed=data_seed, **given)


@cache
def with_others(**about):
    """Return eight initial weights with four splits each, and four others if they are described."""
    runs = [one_run("tied-mlp", seed, split) for seed in range(8) for split in range(4)]
    kind = dict(about)
    if kind.pop("all_strong", False):
        kind["strong"] = np.arange(7) > 0
    others = [
        one_run("tied-mlp", seed, split, **kind) for seed in range(20, 24) for split in range(4)
    ]
    return joined(runs + others * bool(about))


@pytest.fixture(scope="module")
def good():
    """Three settings, eight initial weights with four splits each."""
    return joined(
        [
            one_run(architecture, seed, data_seed)
            for architecture in ARCHITECTURES
            for seed in range(8)
            for data_seed in range(4)
        ]
    )


@pytest.mark.parametrize("name", NAMES)
def test_it_holds(good, name):
    assert verdict_on(name, good) == HOLDS


def set_to(variable, value, **at):
    """Return a change of a variable at some labels."""

    def change(good):
        values = good[variable].copy(deep=True)
        values.loc[at] = value
        return {variable: values}

    return change


BROKEN = {
    "neurons-are-told": set_to("known_neuron_auc", 0.5, knowledge="weights", score="power"),
    "misalignment-decides": set_to("known_neuron_top", 0.1, knowledge="weights", score="alignment"),
    "misalignment-decides-tied": set_to(
        "known_neuron_top", 0.1, knowledge="weights", score="alignment"
    ),
    "set-is-told": set_to("known_set_auc", 0.5, knowledge="weights"),
    "chosen-while-memorising": set_to(
        "known_set_auc", 0.8, knowledge="memorised", score="similarity"
    ),
    "set-before-neurons": set_to(
        "known_neuron_auc_among_strong", 1.0, knowledge="memorised", score="power"
    ),
    "data-has-a-say": lambda good: {"same_winner": good["same_winner"] * 0 + 0.9},
    "not-arbitrary": lambda good: {"same_winner": good["same_winner"] * 0 + 0.2},
}


@pytest.mark.parametrize("name", NAMES)
def test_it_does_not_hold(good, name):
    assert verdict_on(name, good.assign(BROKEN[name](good))) == FAILS


ELSEWHERE = {
    "neurons-are-told": set_to("known_neuron_auc", 0.5, knowledge="3 %", score="power"),
    "misalignment-decides": set_to("known_neuron_top", 0.1, knowledge="weights", score="power"),
    "misalignment-decides-tied": lambda good: {
        "known_neuron_top": good["known_neuron_top"].where(
            good["architecture_of_run"] == "tied-mlp", 0.1
        )
    },
    "set-is-told": set_to("known_set_auc", 0.5, knowledge="weights", score="power"),
    "chosen-while-memorising": set_to("known_set_auc", 0.8, knowledge="memorised", score="power"),
    "set-before-neurons": set_to("known_neuron_auc", 1.0, knowledge="memorised", score="power"),
    "data-has-a-say": lambda good: {
        "same_winner": good["same_winner"].where(
            good["pair_kind"] == "same weights, other split", 1.0
        )
    },
    "not-arbitrary": lambda good: {
        "same_winner": good["same_winner"].where(good["pair_kind"] != "neither", 1.0)
    },
}


@pytest.mark.parametrize("name", NAMES)
def test_other_numbers_do_not_matter(good, name):
    changed = good.assign(ELSEWHERE[name](good))
    assert found_by(name, changed) == found_by(name, good)


@pytest.fixture(scope="module")
def few():
    return joined([one_run("mlp", seed, seed % 2) for seed in range(4)])


@pytest.mark.parametrize("name", NAMES)
def test_there_are_not_enough_runs(few, name):
    assert verdict_on(name, few) == FEW


OF_RUNS = [name for name in NAMES if name not in ("data-has-a-say", "not-arbitrary")]
OF_SETS = ("set-is-told", "chosen-while-memorising", "set-before-neurons")


@pytest.mark.parametrize("name", NAMES)
def test_only_runs_that_reach_the_accuracy_count(name):
    found = found_by(name, with_others(reached=False))
    assert found == found_by(name, with_others())
    assert found.runs == {"data-has-a-say": 7, "not-arbitrary": 14}.get(name, 8)


@pytest.mark.parametrize("name", OF_SETS)
def test_claims_about_sets_count_runs_that_have_strong_irreps_and_others(name):
    """Initial weights of a run that uses every irrep are a control nevertheless."""
    found = found_by(name, with_others(all_strong=True))
    if name != "set-is-told":
        assert found == found_by(name, with_others())
    assert found.runs == 8


@pytest.mark.parametrize("name", [name for name in NAMES if name not in OF_SETS])
def test_claims_about_neurons_count_runs_whose_irreps_are_all_strong(name):
    alone, beside = found_by(name, with_others()), found_by(name, with_others(all_strong=True))
    assert beside.runs > alone.runs


@pytest.mark.parametrize("name", OF_RUNS)
def test_a_second_split_of_the_same_weights_is_no_second_run(good, name):
    assert found_by(name, good).runs == (8 if name.endswith("tied") else 24)
    first = good.isel(run=good["data_seed_of_run"] == 0)
    assert found_by(name, first) == found_by(name, good)


def test_every_setting_counts_alike(good):
    """Many runs of one setting do not decide for the others."""
    more = [one_run("mlp", seed, 0, setting="many") for seed in range(10, 26)]
    few = [one_run("transformer", seed, 0) for seed in range(4)]
    results = joined(more + few)
    change = set_to("known_neuron_auc", 0.9, knowledge="weights", score="power")
    changed = change(results)["known_neuron_auc"]
    changed[:16] = 0.6
    found = found_by("neurons-are-told", results.assign(known_neuron_auc=changed))
    assert found.value == pytest.approx((0.1 + 0.4) / 2)
    assert found.runs == 20


def test_a_setting_with_two_runs_has_no_interval_and_is_left_out():
    runs = [one_run("mlp", seed, seed) for seed in range(6)]
    lone = [one_run("transformer", seed, seed) for seed in range(2)]
    for name in ("neurons-are-told", "chosen-while-memorising"):
        assert found_by(name, joined(runs + lone)) == found_by(name, joined(runs))


def test_pairs_that_count_are_disjoint(good):
    """Seven pairs of equal weights and seven of equal splits have 28 of the 32 runs."""
    assert found_by("data-has-a-say", good).runs == 21
    assert found_by("not-arbitrary", good).runs == 42


def test_each_architecture_has_its_score(good):
    by_kind = {kind: good.isel(run=good["architecture_of_run"] == kind) for kind in ARCHITECTURES}
    for kind, score in ARCHITECTURES.items():
        change = set_to("known_set_auc", 0.5, knowledge="weights", score=score.replace("_", " "))
        changed = by_kind[kind].assign(change(by_kind[kind]))
        assert verdict_on("set-is-told", by_kind[kind]) == HOLDS
        assert verdict_on("set-is-told", changed) == FAILS


def test_runs_that_never_memorise_say_nothing_of_that_moment():
    runs = [one_run("mlp", seed, seed, memorised=np.nan) for seed in range(8)]
    for name in ("chosen-while-memorising", "set-before-neurons"):
        assert found_by(name, joined(runs)).runs == 0


def test_runs_on_all_pairs_do_not_memorise_and_are_controls_for_each_other():
    """Beside eight runs with test pairs, eight without them add nothing to what is memorised."""
    plain = [one_run("mlp", seed, seed) for seed in range(8)]
    whole = [one_run("tied-mlp", seed, SHARED_SPLIT, memorised=np.nan) for seed in range(8)]
    for name in ("chosen-while-memorising", "set-before-neurons"):
        assert found_by(name, joined(plain + whole)) == found_by(name, joined(plain))
    assert found_by("set-is-told", joined(whole)).runs == 8
