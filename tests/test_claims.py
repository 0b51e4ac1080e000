"""Claims and the rule for verdicts, on datasets made by hand."""

from importlib import import_module

import numpy as np
import pytest
import xarray as xr

from ontogeny.claims import (
    VERDICTS,
    Claim,
    joined,
    judge,
    outlook,
    runs_needed,
    verdict,
)
from ontogeny.estimates import Estimate, mean, share
from ontogeny.figures import figures_of
from ontogeny.known_studies import STUDIES
from ontogeny.studies.composition.addition import claims as of_addition
from ontogeny.studies.composition.irreps import claims as of_irreps
from ontogeny.studies.induction import claims as of_induction

HOLDS, FAILS, FEW = VERDICTS
OF_STUDIES = {"irreps": of_irreps, "addition": of_addition, "induction": of_induction}


@pytest.mark.parametrize("study", OF_STUDIES)
def test_claims_are_said_in_one_form(study):
    claims = OF_STUDIES[study].CLAIMS
    assert len({each.title for each in claims}) == len(claims)
    for each in claims:
        assert each.title[0].isupper(), each.name
        assert not each.title.endswith("."), each.name
        assert each.statement[0].isupper(), each.name
        assert each.statement.endswith("."), each.name


def test_no_two_claims_have_one_name():
    names = [claim.name for module in OF_STUDIES.values() for claim in module.CLAIMS]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("study", STUDIES, ids=lambda study: study.name)
def test_a_claim_is_shown_by_a_figure_of_its_study(study):
    figures = {figure.name for level in study.levels for figure in figures_of(study, level)}
    claims = [claim for each in study.claims for claim in import_module(each.module).CLAIMS]
    assert {claim.figure for claim in claims} - {""} <= figures


@pytest.mark.parametrize(
    ("ends", "side", "expected"),
    [
        ((0.6, 0.9), "above", HOLDS),
        ((0.1, 0.4), "above", FAILS),
        ((0.4, 0.6), "above", FEW),
        ((0.1, 0.4), "below", HOLDS),
        ((0.6, 0.9), "below", FAILS),
        ((0.4, 0.6), "below", FEW),
        ((0.5, 0.9), "above", FEW),
        ((np.nan, np.nan), "above", FEW),
    ],
)
def test_the_whole_interval_must_lie_on_one_side(ends, side, expected):
    found = Estimate(float(np.mean(ends)), *map(float, ends), 10)
    assert verdict(found, side=side, threshold=0.5, minimum=10) == expected
    assert verdict(found, side=side, threshold=0.5, minimum=11) == FEW


def claim(name, **changes):
    given = {
        "title": f"Title of {name}",
        "statement": "x <true> & more",
        "source": "a paper, section 1",
        "quantity": "share of runs",
        "side": "above",
        "threshold": 0.5,
        "minimum": 5,
        "measure": lambda results: share(results["x"].values),
    }
    return Claim(name=name, **(given | changes))


def results(*, true, false):
    return xr.Dataset({"x": ("run", np.array([True] * true + [False] * false))})


def test_judge_measures_every_claim():
    claims = [claim("a"), claim("b", side="below"), claim("c", minimum=50)]
    found = judge(claims, results(true=18, false=2), study="test")
    assert found["verdict"].values.tolist() == [HOLDS, FAILS, FEW]
    assert found["value"].values.tolist() == [0.9] * 3
    assert found["runs"].values.tolist() == [20] * 3
    interval = found["interval"].sel(claim="a").values
    assert interval.tolist() == [share([True] * 18 + [False] * 2).lower, interval[1]]
    assert all({"long_name", "units"} <= set(v.attrs) for v in found.variables.values())


def test_studies_are_joined_in_order():
    one = judge([claim("a"), claim("b")], results(true=9, false=0), study="first")
    two = judge([claim("a")], results(true=0, false=9), study="second")
    both = joined([one, two])
    assert both["study"].values.tolist() == ["first", "first", "second"]
    assert both["verdict"].values.tolist() == [HOLDS, HOLDS, FAILS]


def test_runs_of_one_kind_are_noted_beside_verdicts():
    names = np.array(["one", "one", "two"])
    results = xr.Dataset({"experiment_of_run": ("run", names)})
    claims = [
        claim("some", measure=lambda found: Estimate(0.9, 0.8, 1.0, found.sizes["run"])),
        claim("none", measure=lambda found: Estimate(np.nan, np.nan, np.nan, 0)),
    ]
    assert judge(claims, results, study="mine")["note"].values.tolist() == ["", ""]
    judged = judge(claims, results.isel(run=[0, 1]), study="mine")
    said = "All runs are of one kind, the experiment one: they say nothing of others."
    assert judged["note"].values.tolist() == [said, ""]
    assert judged.attrs["warnings"] == said
    others = judge(claims, results, study="others").assign_coords(claim=["a", "b"])
    for both in (joined([judged, others]), joined([others, judged])):
        assert both.attrs["warnings"] == said


SAMPLES = [
    share([True] * a + [False] * b) for a, b in [(0, 3), (3, 0), (9, 3), (16, 2), (1, 30)]
] + [mean(np.random.default_rng(k).normal(0.5, 0.4, k)) for k in range(3, 12)]


@pytest.mark.parametrize("found", SAMPLES, ids=str)
@pytest.mark.parametrize("minimum", [3, 8, 20])
def test_a_claim_is_decided_exactly_when_it_has_the_runs_that_it_needs(found, minimum):
    for threshold in (0.1, 0.4, 0.6, 0.75):
        needed = runs_needed(found, threshold=threshold, minimum=minimum)
        said = verdict(found, side="above", threshold=threshold, minimum=minimum)
        assert (said != FEW) == (needed <= found.runs)
        assert (said != FEW) == (not outlook(found, threshold=threshold, minimum=minimum))


@pytest.mark.parametrize(
    ("found", "needed", "said"),
    [
        (Estimate(np.nan, np.nan, np.nan, 0), np.nan, "No run of this configuration measures this"),
        (Estimate(np.nan, np.nan, np.nan, 4), np.nan, "The runs of this configuration leave the"),
        (Estimate(0.7, np.nan, np.nan, 2), 5, "It takes at least 5 runs, 3 more than there are."),
        (Estimate(0.7, np.nan, np.nan, 9), 10, "It takes at least 10 runs, 1 more than there are."),
        (Estimate(0.9, 0.8, 1.0, 3), 5, "It takes at least 5 runs, 2 more than there are."),
        (Estimate(0.7, 0.31, 1.1, 8), 31, "About 25 more runs like these would decide it."),
        (Estimate(0.7, 0.47, 0.8, 7), 10, "About 3 more runs"),
        (Estimate(0.7, 0.48, 0.8, 7), 9, "About 2 more runs"),
        (Estimate(0.7, 0.49, 0.8, 7), 8, "It takes about 8 runs like these, 1 more than"),
        (Estimate(0.7, 0.11, 1.3, 50), 436, "About 400 more runs like these would decide it."),
        (
            Estimate(0.51, 0.005, 1.0, 5),
            12752,
            "More runs would hardly decide it: ",
        ),
        (Estimate(0.5, 0.3, 0.7, 8), np.inf, "The value is the threshold itself: more runs"),
    ],
)
def test_the_outlook_says_how_many_more_runs_would_decide(found, needed, said):
    rule = {"threshold": 0.5, "minimum": 5}
    assert runs_needed(found, **rule) == pytest.approx(needed, nan_ok=True)
    assert outlook(found, **rule).startswith(said)


def test_the_outlook_counts_in_the_unit_of_the_claim():
    said = outlook(share([True] * 3), threshold=0.75, minimum=3, unit="pairs of runs")
    assert said == "About 9 more pairs of runs like these would decide it."


def test_judged_claims_say_what_they_need_and_where_they_are_shown():
    claims = [claim("a", figure="seeds"), claim("b", threshold=0.85, unit="seeds")]
    found = joined([judge(claims, results(true=18, false=2), study="test")])
    assert found["outlook"].values.tolist()[0] == ""
    assert found["outlook"].values.tolist()[1].endswith("more seeds like these would decide it.")
    assert found["figure"].values.tolist() == ["seeds", ""]
    assert found["runs_needed"].values[0] <= 20 < found["runs_needed"].values[1]
    assert found["runs_needed"].dtype == np.float64
