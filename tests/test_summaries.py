from types import SimpleNamespace

import pytest
import xarray as xr

from ontogeny.storage import write
from ontogeny.study import Places, Plan
from ontogeny.workflow.snakemake_parts import SnakemakeChangedError
from ontogeny.workflow.summaries import (
    closing,
    duration,
    has_all_results,
    span,
    study_lines,
    summary,
)


def test_a_summary_has_studies_paths_and_time():
    text = summary([["One study.", "  a  1 of 1"], ["Another."]], ["results/x.png"], seconds=61.0)
    assert text == (
        "\nOne study.\n  a  1 of 1\n\nAnother.\n\nLook first at\n  results/x.png\n\n"
        "Finished in 1 min 1 s.\n"
    )


def test_nothing_is_said_of_what_is_not_known():
    assert summary([["One study."]], []) == "\nOne study.\n"


def test_columns_are_aligned_and_names_stay_text():
    rows = [("1e3", "10 of 10", "step 5"), ("longer", "0 of 1", "")]
    assert study_lines("Headline", rows) == [
        "Headline",
        "  1e3     10 of 10  step 5",
        "  longer  0 of 1",
    ]


def test_of_many_experiments_the_first_are_shown():
    lines = study_lines("Headline", [(f"e{number}", "1 of 1", "") for number in range(15)])
    assert len(lines) == 14
    assert lines[-1] == "  and 3 more experiments"


def test_steps_are_a_median_with_a_range():
    assert span([1600.0]) == span([1600.0, 1600.0]) == "step 1,600"
    assert span([2000.0, 1500.0]) == "step 1,750 (1,500 to 2,000)"
    assert span([30.0, 10.0, 20.0]) == "step 20 (10 to 30)"


def test_times_are_in_words():
    assert [duration(t) for t in (0.2, 59.6, 3599.0, 3600.0)] == [
        "0 s",
        "1 min 0 s",
        "59 min 59 s",
        "1 h 0 min",
    ]


PLACES = Places("mine")


class OneStudy(Plan):
    """A study that tells a number of a result, with more figures than are shown."""

    experiments = targets = subjects = joined = NotImplemented

    def __init__(self, name):
        self.name = name

    def summary(self, read):
        return [f"{self.name}: {int(read(PLACES.result(self.name, 'comparison'))['runs'])} runs"]

    def highlights(self):
        return [PLACES.result(self.name, "figures", name, suffix="") for name in "abcd"]


def touch(folder, path):
    (folder / path).parent.mkdir(parents=True, exist_ok=True)
    (folder / path).touch()


def test_the_last_lines_have_each_study_and_the_first_figures_that_are_there(tmp_path):
    for number, name in enumerate(("one", "two")):
        path = tmp_path / PLACES.result(name, "comparison")
        path.parent.mkdir(parents=True)
        write(xr.Dataset({"runs": number}), path)
    touch(tmp_path, "results/mine/claims.html")
    for name in "bcd":
        touch(tmp_path, f"results/mine/two/figures/{name}.png")
    plans = {name: OneStudy(name) for name in ("one", "two")}
    assert closing(plans, PLACES, folder=tmp_path, seconds=2.0).splitlines() == [
        "",
        "one: 0 runs",
        "",
        "two: 1 runs",
        "",
        "Look first at",
        "  results/mine/claims.html",
        "  results/mine/two/figures/b.png",
        "  results/mine/two/figures/c.png",
        "",
        "Finished in 2 s.",
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
