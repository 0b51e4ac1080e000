"""Claims and the rule for verdicts, on datasets made by hand."""

import numpy as np
import pytest
import xarray as xr

from ontogeny.claims import VERDICTS, Claim, joined, judge, verdict
from ontogeny.estimates import Estimate, share
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
