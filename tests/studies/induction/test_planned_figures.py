import pytest

from ontogeny.studies.induction.config import Network, resolve
from ontogeny.studies.induction.planned_figures import figures_of_run, overview_figures


def planned(*experiments, corpora=("p",), kind="phrases"):
    section = {
        "corpora": {name: {"kind": kind} for name in corpora},
        "defaults": {"corpus": corpora[0], "seeds": [0]},
        "experiments": {f"e{number}": each for number, each in enumerate(experiments)},
    }
    return set(overview_figures(resolve(section, {})))


@pytest.mark.parametrize(
    ("network", "figures"),
    [
        ({"layers": 1}, ["ablations", "attribution"]),
        ({"layers": 1, "smeared_keys": True}, ["patterns", "ablations", "attribution"]),
        ({"layers": 2}, ["patterns", "ablations", "attribution", "evaluators"]),
    ],
)
def test_a_run_has_the_figures_that_its_heads_can_fill(network, figures):
    assert figures_of_run(Network(**network)) == figures


def on(*corpora, **network):
    return [{"corpus": corpus, "network": {"layers": 2} | network} for corpus in corpora]


def test_repeats_need_three_corpora_of_phrases():
    three = ("p", "q", "r")
    assert "repeats" not in planned(*on("p", "q"), corpora=three)
    assert "repeats" in planned(*on(*three), corpora=three)
    assert "repeats" not in planned(*on(*three), corpora=three, kind="markov")
    assert "repeats" not in planned(*on(*three, d_mlp=8), corpora=three)


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
    assert ("claims" in planned(*experiments)) == drawn
