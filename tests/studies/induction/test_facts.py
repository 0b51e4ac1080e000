import pytest

from ontogeny.studies.induction.claims import LEAST
from ontogeny.studies.induction.config import Experiment, Network, resolve
from ontogeny.studies.induction.facts import (
    LEAST_RUNS,
    facts_of_experiment,
    facts_of_run,
    facts_of_runs,
)


def facts(*experiments, corpora=("p",), kind="phrases"):
    section = {
        "corpora": {name: {"kind": kind} for name in corpora},
        "defaults": {"corpus": corpora[0], "seeds": [0]},
        "experiments": {f"e{number}": each for number, each in enumerate(experiments)},
    }
    return facts_of_runs(resolve(section))


@pytest.mark.parametrize(
    ("network", "found"),
    [
        ({"layers": 1}, set()),
        ({"layers": 1, "smeared_keys": True}, {"can-induce"}),
        ({"layers": 2}, {"can-induce", "several-layers"}),
    ],
)
def test_induction_needs_two_layers_or_smeared_keys(network, found):
    experiment = Experiment(corpus="p", seeds=(0,), network=Network(**network))
    assert facts_of_run(experiment) == facts_of_experiment(experiment) == found | {"steps"}


def test_several_seeds_are_a_fact_of_an_experiment():
    experiment = Experiment(corpus="p", seeds=(0, 3))
    assert facts_of_experiment(experiment) - facts_of_run(experiment) == {"several-seeds"}


def test_one_network_from_elsewhere_has_one_checkpoint():
    one = Experiment(corpus="p", seeds=(0,), weights="a.pt")
    several = Experiment(corpus="p", seeds=(0,), weights={0: "a.pt", 5: "b.pt"})
    assert "steps" not in facts_of_experiment(one)
    assert "steps" in facts_of_experiment(several)


def on(*corpora, **network):
    return [{"corpus": corpus, "network": {"layers": 2} | network} for corpus in corpora]


def test_repeats_need_three_corpora_of_phrases():
    three = ("p", "q", "r")
    assert "several-phrase-corpora" not in facts(*on("p", "q"), corpora=three)
    assert "several-phrase-corpora" in facts(*on(*three), corpora=three)
    assert "several-phrase-corpora" not in facts(*on(*three), corpora=three, kind="markov")
    assert "several-phrase-corpora" not in facts(*on(*three, d_mlp=8), corpora=three)


ONE, TWO, THREE = ({"network": {"layers": layers}} for layers in (1, 2, 3))
SMEARED = {"network": {"layers": 1, "smeared_keys": True}}


@pytest.mark.parametrize(
    ("experiments", "drawn"),
    [
        ([ONE, TWO], False),
        ([{**TWO, "seeds": [0, 1]}, ONE], False),
        ([{**TWO, "seeds": [0, 1]}, THREE], True),
        ([{**ONE, "seeds": [0, 1, 2]}], True),
        ([{**SMEARED, "seeds": [0, 1, 2]}], False),  # nothing to hold them against
        ([{**SMEARED, "seeds": [0, 1, 2]}, TWO], True),
        ([{"network": {"layers": 1, "d_mlp": 8}, "seeds": [0, 1, 2]}], False),
    ],
)
def test_claims_need_as_many_runs_of_one_kind_as_a_claim_does(experiments, drawn):
    assert ("enough-runs" in facts(*experiments)) == drawn


def test_the_runs_that_claims_need_are_those_of_the_claims():
    assert LEAST_RUNS == LEAST
