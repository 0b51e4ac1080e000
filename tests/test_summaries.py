from types import SimpleNamespace

import numpy as np
import pytest
import xarray as xr

from ontogeny.claims import VERDICTS
from ontogeny.storage import write
from ontogeny.study import Places, Plan, Summary
from ontogeny.workflow.snakemake_parts import SnakemakeChangedError
from ontogeny.workflow.summaries import closing, duration, has_all_results

PLACES = Places("mine")


def test_times_are_in_words():
    assert [duration(t) for t in (0.2, 59.6, 3599.0, 3600.0)] == [
        "0 s",
        "1 min 0 s",
        "59 min 59 s",
        "1 h 0 min",
    ]


class OneStudy(Plan):
    """A study that says what a result has."""

    experiments = targets = subjects = joined = NotImplemented

    def __init__(self, name):
        self.name = name

    def summary(self, read):
        runs = int(read(PLACES.result(self.name, "comparison"))["runs"])
        return Summary(f"{runs} of 3 networks of {self.name} generalised", f"formed by {runs}")


class Silent(OneStudy):
    """A study that has nothing to say."""

    def summary(self, read):
        return Plan.summary(self, read)


def judged(verdicts):
    names = np.array([f"claim-{place}" for place in range(len(verdicts))], dtype=object)
    return xr.Dataset({"verdict": ("claim", np.array(verdicts, dtype=object))}, {"claim": names})


def results(folder, verdicts=()):
    """Write the results of two studies, the verdicts on claims and the page."""
    for number, name in enumerate(("one", "two")):
        path = folder / PLACES.result(name, "comparison")
        path.parent.mkdir(parents=True)
        write(xr.Dataset({"runs": number}), path)
    if verdicts:
        write(judged(verdicts), folder / PLACES.result("claims"))
    (folder / PLACES.result("index", suffix=".html")).touch()


def test_the_last_lines_have_networks_circuits_claims_time_and_the_page(tmp_path):
    holds, fails, undecided = VERDICTS
    results(tmp_path, [holds, undecided, holds, fails, undecided])
    plans = {"one": OneStudy("one"), "quiet": Silent("quiet"), "two": OneStudy("two")}
    assert closing(plans, PLACES, folder=tmp_path, seconds=62.0).splitlines() == [
        "0 of 3 networks of one generalised; 1 of 3 networks of two generalised.",
        "Formed by 0; formed by 1.",
        "Claims: 2 hold, 1 does not hold, 2 undecided.",
        "The run took 1 min 2 s.",
        "Open results/mine/index.html in a browser to see what came out.",
    ]


def test_long_runs_that_decide_what_is_open_are_counted(tmp_path):
    holds, fails, undecided = VERDICTS
    results(tmp_path, [holds, undecided, undecided, undecided])
    write(judged([fails, fails, undecided, holds]), tmp_path / "long.nc")
    plans = {"quiet": Silent("quiet")}
    said = closing(plans, PLACES, folder=tmp_path, outcomes=["long.nc"]).splitlines()
    assert said[0] == (
        "Claims: 1 holds, 0 do not hold, 3 undecided on these runs; "
        "long runs decide 2 of the latter."
    )


def test_nothing_is_said_of_what_there_is_not(tmp_path):
    results(tmp_path)
    assert closing({"quiet": Silent("quiet")}, PLACES, folder=tmp_path).splitlines() == [
        "Open results/mine/index.html in a browser to see what came out.",
    ]


def snakemake(*, targets=(), jobs=(), dry=False, planned=True):
    return SimpleNamespace(
        scheduler="there" if planned else None,
        dryrun=dry,
        dag_settings=SimpleNamespace(targets=targets),
        dag=jobs,
    )


@pytest.mark.parametrize(
    ("ended", "has_run", "expected"),
    [
        (snakemake(jobs=["train"]), True, True),
        (snakemake(jobs=["train"]), False, False),
        (snakemake(), False, True),
        (snakemake(targets=["all"]), False, True),
        (snakemake(targets=None), False, True),
        (snakemake(targets=["groups"]), True, False),
        (snakemake(dry=True), False, False),
        (snakemake(planned=False), False, False),
    ],
)
def test_results_are_all_there_when_all_were_asked_for_and_nothing_is_left(
    ended, has_run, expected
):
    assert has_all_results(ended, has_run=has_run) == expected


def test_a_snakemake_that_says_its_targets_otherwise_is_named():
    ended = snakemake()
    del ended.dag_settings.targets
    with pytest.raises(SnakemakeChangedError, match=r"has no `SimpleNamespace\.targets`"):
        has_all_results(ended, has_run=True)
