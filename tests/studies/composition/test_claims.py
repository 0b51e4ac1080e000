"""Each claim of the study on datasets in which it holds, does not hold, and has too few runs."""

import numpy as np
import pytest

from composition_runs import joined, run
from ontogeny.claims import VERDICTS, judge, verdict
from ontogeny.studies.composition.irreps.claims import CLAIMS

HOLDS, FAILS, FEW = VERDICTS
NAMES = [claim.name for claim in CLAIMS]


def verdict_on(name, results):
    (claim,) = [claim for claim in CLAIMS if claim.name == name]
    found = claim.measure(results)
    return verdict(found, side=claim.side, threshold=claim.threshold, minimum=claim.minimum)


@pytest.fixture(scope="module")
def good():
    """40 MLPs and six transformers on S5 as the paper has them."""
    learned = [{"sign": 1, "standard": 2}, {"sign": 1, "standard": 2, "(2,2,1)": 3}]
    mlps = [run(learned[seed % 2], seed=seed, logits=0.6) for seed in range(40)]
    others = [
        run({"sign": 1}, seed=seed, architecture="transformer", logits=0.6) for seed in range(6)
    ]
    return joined(mlps + others)


def test_there_are_at_least_twelve_with_names_of_their_own():
    assert len(set(NAMES)) == len(NAMES) >= 12
    assert all(claim.minimum >= 4 for claim in CLAIMS)


@pytest.mark.parametrize("name", NAMES)
def test_it_holds(good, name):
    assert verdict_on(name, good) == HOLDS


def constant(name, value):
    """Return a change that gives a variable one value everywhere."""
    return lambda good: {name: good[name] * 0 + value}


def among_irreps(name, irrep, value):
    """Return a change that gives one irrep's column of a variable a value."""

    def change(good):
        values = good[name].copy(deep=True)
        values.loc[{"irrep": irrep}] = value
        return {name: values}

    return change


BROKEN = {
    "weak-universality": constant("excluded_hidden_loss", 1.0),
    "strong-universality-fails": lambda good: {"key": good["key"] & False},
    "restricted-reaches-test": constant("restricted_hidden_loss", 0.01),
    "excluded-exceeds-uniform": constant("excluded_hidden_loss", 4.0),
    "embeddings-in-key": constant("key_right_embedding_fve", 0.7),
    "unembedding-in-key": constant("key_unembedding_fve", 0.5),
    "hidden-has-product": constant("key_hidden_product_fve", 0.002),
    "logits-are-characters": constant("logit_fve_total", 0.2),
    "few-irreps": constant("key_rank", 0.8),
    "lower-degree-first": lambda good: {"order_agreement": -good["order_agreement"]},
    "sign-first": among_irreps("learned_step", "sign", 1e6),
    "transformer-fewer-irreps": lambda good: {"key_irreps": -good["key_irreps"]},
    "phases-in-order": constant("memorisation_end", 1e6),
    "circuit-before-test": constant("restricted_step", 1000.0),
    "weights-fall": constant("cleanup_ratio", 1.02),
    "delay": constant("test_step", 15.0),
    "six-never": among_irreps("key", "(3,1,1)", True),
    "orbit-predicts": lambda good: {"choice_agreement": -good["choice_agreement"]},
    "orbit-beats-degree": lambda good: {
        "choice_agreement": good["choice_agreement"].copy(
            data=good["choice_agreement"].values[:, ::-1]
        )
    },
}


@pytest.mark.parametrize("name", NAMES)
def test_it_does_not_hold(good, name):
    assert verdict_on(name, good.assign(BROKEN[name](good))) == FAILS


@pytest.mark.parametrize("name", NAMES)
def test_there_are_not_enough_runs(good, name):
    assert verdict_on(name, good.isel(run=[0, 1, 40])) == FEW


@pytest.mark.parametrize("name", NAMES)
def test_only_runs_that_have_grokked_count(good, name):
    assert verdict_on(name, good.assign(grokked=good["grokked"] & False)) == FEW


def test_every_irrep_key_is_no_evidence(good):
    """Networks that have not grokked may pass the threshold with every irrep."""
    full = {f"key_{place}_embedding_{kind}": good["key_left_embedding_fve"] * 0 + 1.0
            for place in ("left", "right") for kind in ("fve", "chance")}  # fmt: skip
    assert verdict_on("embeddings-in-key", good.assign(full)) == FAILS


def test_pairs_are_disjoint_and_of_one_experiment(good):
    (claim,) = [claim for claim in CLAIMS if claim.name == "strong-universality-fails"]
    assert claim.measure(good).runs == 20 + 3
    odd = good.isel(run=[0, 1, 2, 40])
    assert claim.measure(odd).runs == 1


def test_runs_that_were_not_followed_say_nothing_about_training(good):
    alone = good.assign(memorised_step=good["memorised_step"] * np.nan)
    for name in ("phases-in-order", "circuit-before-test", "weights-fall", "delay"):
        assert verdict_on(name, alone) == FEW


def test_a_group_without_sign_or_without_s5_has_no_runs_for_their_claims():
    cyclic = joined([run({"freq_1": 1}, of="C7", seed=seed) for seed in range(8)])
    found = judge(CLAIMS, cyclic, study="composition")
    for name in ("sign-first", "six-never", "transformer-fewer-irreps", "orbit-predicts"):
        assert int(found["runs"].sel(claim=name)) == 0
        assert str(found["verdict"].sel(claim=name).values) == FEW
