"""Each claim of the study on runs in which it holds, does not hold, or that are too few."""

import numpy as np
import pytest
import xarray as xr

from imitation_runs import joined, run
from ontogeny.claims import VERDICTS, verdict
from ontogeny.studies.imitation.claims import CLAIMS, LEAST
from ontogeny.studies.imitation.comparison import comparison

HOLDS, FAILS, FEW = VERDICTS
NAMES = [claim.name for claim in CLAIMS]


def claim_of(name):
    (claim,) = [claim for claim in CLAIMS if claim.name == name]
    return claim


def verdict_on(name, results):
    claim = claim_of(name)
    found = claim.measure(results)
    return verdict(found, side=claim.side, threshold=claim.threshold, minimum=claim.minimum)


def where(results, experiments, given, other):
    """Return a quantity that is another one in runs of some experiments."""
    return given.where(~results["experiment_of_run"].isin(experiments), other)


def described(results, field, value):
    """Return results all of whose runs are said to have one value of a field."""
    values = np.array([value] * results.sizes["run"])
    return results.assign_coords({f"{field}_of_run": ("run", values)})


@pytest.fixture(scope="module")
def good():
    """Return runs in which what 20 histories on small classes cannot show is planted."""
    found = joined()
    planted = {
        "theta_slope": found["theta_slope"] * 0 - 1 / 3,
        "queries_slope": found["queries_slope"] * 0 + 2 / 3,
        "theta_ratio": found["theta_ratio"] * 0 + 1e-3,
        "excess": abs(found["excess"]),
        "left_out": found["left_out"] / 100,
        "information": found["information_bound"] / 2,
        "harm": where(
            found, ["traitors-conservative"], found["harm"], 1.1 * found["demonstrated_harm"]
        ),
    }
    steps = found["steps_of_run"].where(found["kind_of_run"] != "grid", 10_000)
    return found.assign(planted).assign_coords(steps_of_run=steps)


def test_names_are_their_own():
    assert len(set(NAMES)) == len(NAMES)
    assert all(claim.minimum == LEAST == 5 for claim in CLAIMS)


@pytest.mark.parametrize("name", NAMES)
def test_it_holds(good, name):
    assert verdict_on(name, good) == HOLDS


def constant(name, value):
    """Return a change that gives a quantity one value wherever a run has it."""
    return lambda good: {name: good[name] * 0 + value}


def times(name, other, factor):
    """Return a change that makes a quantity a multiple of another one."""
    return lambda good: {name: good[other] * factor}


BROKEN = {
    "all-laws-exact": constant("worst_excess", 1e-9),
    "truth-stays": constant("left_out_interval", 1.0),
    "cubes-below-bound": times("cubes", "cubes_bound", 1.1),
    "bound-is-loose": times("cubes", "cubes_bound", 0.2),
    "information-budget": times("information", "information_bound", 1.1),
    "queries-diminish": constant("theta_ratio", 0.1),
    "third-root-at-least": constant("theta_slope", -0.5),
    "third-root-at-most": constant("theta_slope", -0.2),
    "two-thirds-at-least": constant("queries_slope", 0.5),
    "two-thirds-at-most": constant("queries_slope", 0.8),
    "unlikely-stays-unlikely": times("harm", "demonstrated_harm", 2.0),
    "mixture-betrays": times("harm", "demonstrated_harm", 1.0),
    "sampling-betrays": times("harm", "demonstrated_harm", 1.0),
    "cloning-betrays": constant("harm", 0.5),
    "too-greedy-alpha": constant("harm", 0.1),
    "asks-when-models-part": times("theta_after", "theta_before", 1.0),
    "impossible-stays-impossible": constant("harm_kept", 0.1),
    "needs-the-truth": constant("excess", -0.1),
}


@pytest.mark.parametrize("name", NAMES)
def test_it_does_not_hold(good, name):
    assert verdict_on(name, good.assign(BROKEN[name](good))) == FAILS


@pytest.mark.parametrize("name", NAMES)
def test_there_are_not_enough_seeds(good, name):
    four = good.isel(run=good["seed_of_run"].values < LEAST - 1)
    assert claim_of(name).measure(four).runs == LEAST - 1
    assert verdict_on(name, four) == FEW


@pytest.mark.parametrize("name", NAMES)
def test_runs_count_by_what_they_are(good, name):
    renamed = described(good, "experiment", "any")
    assert claim_of(name).measure(renamed) == claim_of(name).measure(good)


@pytest.mark.parametrize("name", NAMES)
def test_runs_with_one_seed_are_one_unit(good, name):
    """Repeated runs change neither the value nor its interval."""
    found, twice = (
        claim_of(name).measure(good.isel(run=np.tile(np.arange(good.sizes["run"]), copies)))
        for copies in (1, 2)
    )
    assert twice.runs == found.runs
    assert twice.value == pytest.approx(found.value)
    assert twice.upper == pytest.approx(found.upper)


TREACHEROUS = [
    "unlikely-stays-unlikely", "mixture-betrays", "sampling-betrays", "cloning-betrays",
    "too-greedy-alpha", "asks-when-models-part",
]  # fmt: skip
OTHERWISE = {
    "kind": "random", "ties": "first", "hazard": True, "harm_probability": 0.5, "alpha": 0.5,
    "contains_demonstrator": False, "prior": "geometric", "learner": "most-probable",
    "own_event": True,
}  # fmt: skip


@pytest.mark.parametrize("field", OTHERWISE)
@pytest.mark.parametrize("name", TREACHEROUS)
def test_betrayal_is_judged_on_plain_classes_with_the_demonstrator_last(good, name, field):
    assert claim_of(name).measure(described(good, field, OTHERWISE[field])).runs == 0


@pytest.mark.parametrize(
    ("name", "field", "value"),
    [
        ("all-laws-exact", "contains_demonstrator", False),
        ("all-laws-exact", "exact", False),
        ("needs-the-truth", "contains_demonstrator", True),
        ("truth-stays", "alpha", 0.05),
        ("truth-stays", "learner", "mixture"),
        ("truth-stays", "prior", "geometric"),
        ("cubes-below-bound", "exact", True),
        ("queries-diminish", "kind", "treacherous"),
        ("third-root-at-least", "kind", "random"),
        ("third-root-at-most", "steps", 9_999),
        ("two-thirds-at-most", "learner", "cloning"),
        ("impossible-stays-impossible", "harm_probability", 1e-6),
        ("impossible-stays-impossible", "learner", "mixture"),
        ("impossible-stays-impossible", "own_event", True),
    ],
)  # fmt: skip
def test_other_runs_do_not_count(good, name, field, value):
    assert claim_of(name).measure(described(good, field, value)).runs == 0


@pytest.mark.parametrize(("copies", "runs"), [(9, 0), (10, LEAST)])
def test_a_greedy_alpha_has_no_place_for_all_copies(good, copies, runs):
    """With alpha 0.1 there are ten places for the copies and the demonstrator."""
    found = described(good, "copies", copies)
    assert claim_of("too-greedy-alpha").measure(found).runs == runs


def test_one_broken_law_of_one_run_is_enough(good):
    exact = good["exact_of_run"] & good["contains_demonstrator_of_run"]
    place = int(np.flatnonzero(exact)[-1])
    worst = good["worst_excess"].values.copy()
    worst[place] = 0.01
    broken = good.assign(worst_excess=("run", worst))
    assert claim_of("all-laws-exact").measure(broken).value == 0.01
    assert verdict_on("all-laws-exact", broken) == FAILS


@pytest.mark.parametrize("kind", ["enumerated", "history"])
def test_laws_are_judged_of_seeds_with_both_kinds(good, kind):
    others = good["exact_of_run"] & (good["kind_of_run"] != kind)
    assert claim_of("all-laws-exact").measure(good.isel(run=others.values)).runs == 0
    later = good.isel(run=(~good["exact_of_run"] | others | (good["seed_of_run"] > 0)).values)
    assert claim_of("all-laws-exact").measure(later).runs == LEAST - 1


def test_a_law_that_is_not_a_number_does_not_hold(good):
    exact = good["exact_of_run"] & good["contains_demonstrator_of_run"]
    unknown = good["worst_excess"].copy()
    unknown[int(np.flatnonzero(exact)[-1])] = np.nan
    assert verdict_on("all-laws-exact", good.assign(worst_excess=unknown)) != HOLDS


@pytest.mark.parametrize(
    ("name", "quantity", "bound"),
    [
        ("truth-stays", "left_out", "left_out_bound"),
        ("cubes-below-bound", "cubes", "cubes_bound"),
        ("information-budget", "information", "information_bound"),
    ],
)
def test_other_runs_of_a_seed_do_not_hide_a_broken_bound(good, name, quantity, bound):
    broken = where(good, ["abyss-conservative"], good[quantity], 1.5 * good[bound])
    limits = where(good, ["abyss-conservative"], good["left_out_interval"], 1.5 * good[bound])
    changed = {quantity: broken, "left_out_interval": limits}
    assert verdict_on(name, good.assign(changed)) == FAILS


@pytest.mark.parametrize("name", ["truth-stays", "cubes-below-bound", "information-budget"])
def test_a_mean_above_its_bound_by_chance_breaks_no_claim(good, name):
    """The bound is inside of the interval of every run."""
    names = ("left_out", "cubes", "information")
    by_chance = {name: 1.05 * good[f"{name}_bound"] for name in names}
    by_chance |= {f"{name}_error": 0.1 * good[f"{name}_bound"] for name in names[1:]}
    limits = good["left_out_bound"] * xr.DataArray([0.9, 1.2], dims="end")
    by_chance["left_out_interval"] = limits.transpose("run", "end")
    assert verdict_on(name, good.assign(by_chance)) == HOLDS


def test_a_bound_that_promises_nothing_cannot_be_kept(good):
    nothing = good.assign(left_out_bound=good["left_out_bound"] * 0 + 1)
    assert claim_of("truth-stays").measure(nothing).runs == 0


@pytest.mark.parametrize("name", [name for name in NAMES if name.startswith(("third", "two-"))])
def test_exponents_are_of_grids_that_are_not_resolved(good, name):
    half = good["policies_of_run"] / 2
    resolved = good.assign(queries=good["queries"] * 0 + half**2)
    assert claim_of(name).measure(resolved).runs == 0
    nearly = good.assign(queries=good["queries"] * 0 + half**2 - 0.1)
    assert claim_of(name).measure(nearly).runs == LEAST


def test_a_cloning_learner_that_sees_the_betrayal_does_not_count():
    seen = comparison(
        [run("seen", "traitors", seed, learner="cloning", demonstrations=21) for seed in (0, 1)]
    )
    assert claim_of("cloning-betrays").measure(seen).runs == 0
