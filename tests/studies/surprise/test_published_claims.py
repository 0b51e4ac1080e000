"""Each claim about published models where it holds, does not hold, or there is too little."""

import numpy as np
import pytest
import xarray as xr
from numpy.testing import assert_allclose

from ontogeny.claims import VERDICTS, judge, verdict
from ontogeny.studies.surprise.claims.published import CLAIMS
from published_models import real, scaled

HOLDS, FAILS, FEW = VERDICTS
NAMES = [claim.name for claim in CLAIMS]


def measured(name, results):
    (claim,) = [claim for claim in CLAIMS if claim.name == name]
    return claim.measure(results)


def verdict_on(name, results):
    (claim,) = [claim for claim in CLAIMS if claim.name == name]
    found = claim.measure(results)
    return verdict(found, side=claim.side, threshold=claim.threshold, minimum=claim.minimum)


def planted(
    *, loss=0.03, unforeseen=0.3, mean=0.01, task=0.03, ability=0.2, reference=0.05, makers="abcdef"
):
    """Return a dataset in which every miss and distance has one size, the signs alternating."""
    families, cuts, sizes, tasks = ["x, 1", "x, 2"], [4, 5, 6, 7], np.arange(8), ["s", "t", "u"]
    sign = np.where(np.arange(4) % 2, -1.0, 1.0)
    models = np.arange(4 * len(makers))
    alternating = np.where(models % 2, -1.0, 1.0)
    beyond = np.arange(8) >= np.array(cuts)[:, None]
    return xr.Dataset(
        {
            "world_of_family": ("family", ["x", "x"]),
            "loss_miss": (("family", "law", "cut"), np.broadcast_to(loss * sign, (2, 2, 4))),
            "unforeseen": (
                ("family", "task", "cut", "size"),
                np.broadcast_to(np.where(beyond, unforeseen, np.nan), (2, 3, 4, 8)),
            ),
            "mean_miss": (("family", "cut"), np.broadcast_to(mean * sign, (2, 4))),
            "task_miss": (("family", "task", "cut"), np.broadcast_to(task * sign, (2, 3, 4))),
            "model_score": (("model", "task"), np.tile(0.5 + ability * alternating, (3, 1)).T),
            "fitted": (("model", "task"), np.full((models.size, 3), 0.5)),
            "reference_score": ("model", 0.5 + reference * alternating),
            "reference_fitted": (("model", "task"), np.full((models.size, 3), 0.5)),
            "family_of_model": ("model", np.repeat([*makers], 4)),
        },
        {
            "family": families, "law": ["power", "offset"], "cut": cuts, "size": sizes,
            "task": tasks, "model": [f"m{number}" for number in models],
        },
    )  # fmt: skip


def test_names_are_their_own():
    assert len(set(NAMES)) == len(NAMES)
    assert all(claim.minimum == 3 for claim in CLAIMS)


CASES = [
    ("real-loss-is-predictable", {}, {"loss": 0.1}),
    ("real-abilities-are-unforeseen", {}, {"unforeseen": 0.05}),
    ("average-is-smooth", {}, {"mean": 0.025}),
    ("compute-does-not-decide", {}, {"ability": 0.08}),
    ("compute-decides-abilities-less", {}, {"reference": 0.15}),
]


def test_every_claim_has_a_case():
    assert [name for name, _, _ in CASES] == NAMES


@pytest.mark.parametrize(("name", "good", "bad"), CASES)
def test_it_holds_or_not_by_what_was_planted(name, good, bad):
    assert verdict_on(name, planted(**good)) == HOLDS
    assert verdict_on(name, planted(**bad)) == FAILS


@pytest.mark.parametrize(
    ("worlds", "names"),
    [("long", NAMES), ("points", NAMES), ("wide", NAMES[:3])],
)
def test_worlds_that_have_no_such_thing_are_not_enough(worlds, names):
    assert [verdict_on(name, scaled(worlds)) for name in names] == [FEW] * len(names)


def test_one_call_judges_all():
    judged = judge(CLAIMS, planted(), study="surprise")
    assert judged["verdict"].values.tolist() == [HOLDS] * len(CLAIMS)


@pytest.mark.parametrize(
    ("name", "value", "runs"),
    [
        ("real-loss-is-predictable", 0.03, 4),
        ("real-abilities-are-unforeseen", 0.3, 3),
        ("average-is-smooth", 1 / 3, 4),
        ("compute-does-not-decide", 0.2, 6),
        ("compute-decides-abilities-less", 4.0, 6),
    ],
)
def test_the_unit_is_what_counts_as_separate_evidence(name, value, runs):
    found = measured(name, planted())
    assert_allclose(found.value, value)
    assert found.runs == runs


def test_families_of_one_world_count_once_and_worlds_each():
    one = planted()
    errors = xr.where(one["family"] == "x, 1", 0.02, 0.06) * xr.ones_like(one["loss_miss"])
    found = measured("real-loss-is-predictable", one.assign(loss_miss=errors))
    assert (found.value, found.runs) == (pytest.approx(0.04), 4)
    assert_allclose([found.lower, found.upper], 0.04)
    two = one.assign(loss_miss=errors, world_of_family=("family", ["x", "y"]))
    found = measured("real-loss-is-predictable", two)
    assert (found.value, found.runs) == (pytest.approx(0.04), 8)
    assert found.lower < 0.035 < 0.045 < found.upper


def test_the_loss_is_judged_by_the_law_with_a_floor():
    found = planted()
    worse = found["loss_miss"] * xr.where(found["law"] == "power", 10, 1)
    assert_allclose(measured("real-loss-is-predictable", found.assign(loss_miss=worse)).value, 0.03)


def test_an_ability_counts_where_it_is_missed_most_from_the_four_smallest():
    found = planted(unforeseen=0.01)
    once = (found["size"] == 6) & (found["cut"] == 4)
    missed = found["unforeseen"].where(~once, 0.4)
    claim = "real-abilities-are-unforeseen"
    assert_allclose(measured(claim, found.assign(unforeseen=missed)).value, 0.4)
    later = found["unforeseen"].where(found["cut"] == 4, 0.9)
    assert_allclose(measured(claim, found.assign(unforeseen=later)).value, 0.01)


def test_few_families_of_models_are_not_enough_however_many_models_they_have():
    assert verdict_on("compute-does-not-decide", planted(makers="ab")) == FEW
    alone = planted(makers="ab").assign(family_of_model=("model", [""] * 8))
    assert measured("compute-does-not-decide", alone).runs == 8


def test_models_without_a_score_do_not_count():
    found = planted()
    unknown = found["model_score"].where(found["family_of_model"] != "a")
    assert measured("compute-does-not-decide", found.assign(model_score=unknown)).runs == 5
    of_a_task = (found["family_of_model"] == "a") & (found["task"] == "s")
    partly = found.assign(model_score=found["model_score"].where(~of_a_task))
    assert_allclose(measured("compute-decides-abilities-less", partly).value, 4)


@pytest.mark.parametrize("name", NAMES)
def test_every_claim_holds_of_the_real_tables(name):
    results = real()
    if results is None:
        pytest.skip("needs the published tables")
    assert verdict_on(name, results) == HOLDS
