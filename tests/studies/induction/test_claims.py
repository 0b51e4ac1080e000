"""Each claim of the study on runs in which it holds, does not hold, or that are too few."""

import numpy as np
import pytest

from induction_runs import joined
from ontogeny.claims import VERDICTS, verdict
from ontogeny.studies.induction.claims import CLAIMS

HOLDS, FAILS, FEW = VERDICTS
NAMES = [claim.name for claim in CLAIMS]


def verdict_on(name, results):
    (claim,) = [claim for claim in CLAIMS if claim.name == name]
    found = claim.measure(results)
    return verdict(found, side=claim.side, threshold=claim.threshold, minimum=claim.minimum)


def of(results, experiment):
    return results["experiment_of_run"] == experiment


@pytest.fixture(scope="module")
def good():
    """Return planted runs; each three times, since shares of so few have wide intervals.

    Without its previous-token head the made network attends evenly, and so still knows which tokens
    there were; trained ones do not.
    """
    found = joined()
    found = found.assign(previous_full_lost=1.5 * found["previous_full_lost"])
    return found.isel(run=np.tile(np.arange(found.sizes["run"]), 3))


def test_there_are_at_least_eight_with_names_of_their_own():
    assert len(set(NAMES)) == len(NAMES) >= 8
    assert all(claim.minimum >= 3 for claim in CLAIMS)


@pytest.mark.parametrize("name", NAMES)
def test_it_holds(good, name):
    assert verdict_on(name, good) == HOLDS


def constant(name, value):
    """Return a change that gives a variable one value everywhere."""
    return lambda good: {name: good[name] * 0 + value}


BROKEN = {
    "phase-change": constant("window_start", np.nan),
    "change-is-sharp": constant("window_fall", 0.1),
    "one-layer-does-not-change": constant("score_change", -0.4),
    "one-layer-has-no-induction-head": constant("prefix_after", 0.5),
    "heads-form": lambda good: {"prefix_after": good["prefix_before"]},
    "together": constant("middles_apart", 0.3),
    "bump": constant("bump_height", 0.05),
    "paths-turn": constant("turn", 10.0),
    "one-layer-goes-straight": constant("turn", 60.0),
    "smeared-keys-suffice": lambda good: {
        "final_score": good["final_score"].where(~of(good, "one-layer-smeared"), 0.0)
    },
    "smeared-keys-are-earlier": constant("window_middle", 700.0),
    "induction-heads-carry": constant("induction_lost", 0.3),
    "other-heads-do-not": constant("others_lost", 0.5),
    "knock-out-undoes": constant("projection", 0.1),
    "previous-token-heads-act-by-patterns": constant("previous_full_lost", 0.1),
    "copying-is-in-the-weights": constant("ov_eigenvalue", 0.2),
    "copying-agrees": constant("copying_correlation", 0.1),
    "matching-agrees": constant("matching_correlation", 0.1),
    "keys-compose": constant("composition_excess", 0.5),
    "exact-attention-suffices": constant("idealised_share", 0.4),
    "repeats-are-predicted": constant("gain_after", 0.1),
    "broken-patterns-get-worse": constant("break_change", -0.1),
}


@pytest.mark.parametrize("name", NAMES)
def test_it_does_not_hold(good, name):
    broken = {key: value.astype(float) for key, value in BROKEN[name](good).items()}
    assert verdict_on(name, good.assign(broken)) == FAILS


@pytest.mark.parametrize("name", NAMES)
def test_there_are_not_enough_runs(good, name):
    assert verdict_on(name, good.isel(run=slice(5))) == FEW


def test_only_runs_of_the_kind_that_a_claim_speaks_of_count(good):
    two = good.isel(run=np.flatnonzero(of(good, "two-layers").values))
    for name in NAMES:
        (claim,) = [claim for claim in CLAIMS if claim.name == name]
        if "one layer" in claim.statement or "smeared" in claim.statement:
            assert claim.measure(two).runs == 0, name


def test_a_run_without_a_control_on_its_corpus_does_not_count(good):
    other = good["corpus_of_run"].copy(data=["other"] * good.sizes["run"])
    alone = good.assign(corpus_of_run=other.where(of(good, "one-layer-smeared"), "phrases"))
    assert verdict_on("smeared-keys-suffice", alone) == FEW
