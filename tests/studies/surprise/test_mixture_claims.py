"""Each claim on networks on a mixture where it holds, where it does not, and of too few."""

import numpy as np
import pytest

from ontogeny.claims import VERDICTS, verdict
from ontogeny.studies.surprise.claims.mixture import CLAIMS
from surprise_runs import TASKS, WIDTHS, mixture_family, mixture_run, scaling_of

HOLDS, FAILS, FEW = VERDICTS
NAMES = [claim.name for claim in CLAIMS]


def measured(name, results):
    (claim,) = [claim for claim in CLAIMS if claim.name == name]
    return claim, claim.measure(results)


def verdict_on(name, results):
    claim, found = measured(name, results)
    return verdict(found, side=claim.side, threshold=claim.threshold, minimum=claim.minimum)


def where_task(results, name, task, value):
    """Return a quantity that has another value for one task."""
    return results[name].where(results["task"] != task, value)


@pytest.fixture(scope="module")
def good():
    """Return five families in which every claim holds."""
    runs = [run for seed in range(5) for run in mixture_family(seed)]
    return scaling_of(runs)


def test_names_are_their_own():
    assert len(set(NAMES)) == len(NAMES)
    assert all(claim.minimum == 3 for claim in CLAIMS)


@pytest.mark.parametrize("name", NAMES)
def test_it_holds(good, name):
    assert verdict_on(name, good) == HOLDS


BROKEN = {
    "mixture-loss-follows-a-law": lambda good: {"residual": good["residual"] + 0.2},
    "abilities-are-unforeseen": lambda good: {"largest_miss": good["largest_miss"] * 0.1},
    "some-stay-at-floor": lambda good: {"at_floor": good["at_floor"] * 0},
    "some-are-smooth": lambda good: {"smoothness": good["smoothness"].clip(max=0.9)},
    "metric-makes-part": lambda good: {"explained": good["explained"] - 0.5},
    "bias-follows-the-prompt": lambda good: {"ratio": 1 / good["ratio"]},
}


@pytest.mark.parametrize("name", NAMES)
def test_it_does_not_hold(good, name):
    assert verdict_on(name, good.assign(BROKEN[name](good))) == FAILS


@pytest.mark.parametrize("name", NAMES)
def test_two_families_are_too_few(good, name):
    assert verdict_on(name, good.isel(family=slice(2))) == FEW


@pytest.mark.parametrize("name", NAMES)
def test_two_sizes_are_too_few(name):
    runs = [run for seed in range(3) for run in mixture_family(seed, widths=WIDTHS[:2])]
    expected = HOLDS if name == "bias-follows-the-prompt" else FEW
    assert verdict_on(name, scaling_of(runs)) == expected


@pytest.mark.parametrize("name", NAMES)
def test_families_of_another_setting_do_not_count(good, name):
    """A sixth family that would break the claim, with another depth, changes nothing."""
    other = good.isel(family=[0])
    other = other.assign(BROKEN[name](other))
    other = other.assign(setting_of_family=other["setting_of_family"].copy(data=["deep"]))
    both = good.merge(
        other.assign_coords(family=["deep, seed 0"]), join="outer", compat="no_conflicts"
    ).sel(family=[*good["family"].values, "deep, seed 0"])
    assert measured(name, both)[1] == measured(name, good)[1]


def test_the_two_sharpest_tasks_count(good):
    assert set(TASKS) > {"reverse", "sort"}
    blunt = where_task(good, "largest_miss", "table", 0.9)
    _, before = measured("abilities-are-unforeseen", good)
    _, after = measured("abilities-are-unforeseen", good.assign(largest_miss=blunt))
    expected = good["largest_miss"].sel(task=["reverse", "sort"]).mean()
    assert before.value == after.value == pytest.approx(float(expected))


def test_single_characters_and_tasks_at_the_floor_say_nothing_of_the_metric(good):
    explained = where_task(good, "explained", "table", -9.0)
    explained = explained.where(good["task"] != "add", -9.0)
    _, before = measured("metric-makes-part", good)
    _, after = measured("metric-makes-part", good.assign(explained=explained))
    assert before == after


def test_ratios_without_an_answer_are_left_out(good):
    ratio = good["ratio"].copy()
    ratio[0, -1, 0] = np.inf
    ratio[1, -1, 0] = np.nan
    _, found = measured("bias-follows-the-prompt", good.assign(ratio=ratio))
    assert found.runs == 3
    assert np.isfinite(found.value)


@pytest.mark.parametrize("name", NAMES)
def test_networks_that_all_diverged_are_too_few(name):
    assert verdict_on(name, scaling_of([mixture_run(width, ends_at=10) for width in WIDTHS])) == FEW
