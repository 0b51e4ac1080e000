"""All runs in one dataset: what was measured, what is proved of it, and what runs do not have."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.stats import binomtest

from imitation_runs import LEARNERS, joined, run, runs_of
from ontogeny import storage
from ontogeny.joins import Run
from ontogeny.studies.imitation.claims import CLAIMS
from ontogeny.studies.imitation.comparison import comparison
from ontogeny.studies.imitation.labels import DIMENSIONS


def one(of, **changes):
    """Return the row of a run, some variables of whose result are changed."""
    given = of.results["results"]
    changed = {
        name: given[name].copy(data=np.broadcast_to(value, given[name].shape))
        for name, value in changes.items()
    }
    return comparison([Run(of.about, {"results": given.assign(changed)})]).isel(run=0)


def exact(**fields):
    return run("exact", "tiny", **({"alpha": 0.1} | fields))


def simulated(class_name="traitors", **fields):
    return run("simulated", class_name, **fields)


# What was measured


MEANS = (
    "queries", "cubes", "information", "divergence", "kept_divergence", "logs", "kept_logs"
)  # fmt: skip


@pytest.mark.parametrize("name", MEANS)
def test_means_over_histories_with_their_errors(name):
    of = simulated()
    each = of.results["results"][f"{name}_of_history"].values
    found = one(of)
    assert float(found[name]) == pytest.approx(each.mean())
    assert float(found[f"{name}_error"]) == pytest.approx(each.std(ddof=1) / np.sqrt(len(each)))


@pytest.mark.parametrize("name", [*MEANS, "distance", "kept_distance", "excess"])
def test_exact_numbers_are_those_of_the_enumeration(name):
    of, found = exact(), one(exact())
    assert float(found[name]) == float(of.results["results"][name])
    if f"{name}_error" in found:
        assert float(found[f"{name}_error"]) == 0


@pytest.mark.parametrize(
    ("name", "stored"),
    [("left_out", "kept"), ("harm", "harm"), ("harm_kept", "harm_kept")],
)
def test_probabilities_have_wilson_intervals(name, stored):
    of = simulated()
    happened = of.results["results"][f"{stored}_of_history"].values
    if name == "left_out":
        happened = ~happened
    found = one(of)
    assert float(found[name]) == happened.mean()
    interval = binomtest(int(happened.sum()), len(happened)).proportion_ci(method="wilson")
    assert_allclose(found[f"{name}_interval"], [interval.low, interval.high])


def test_an_exact_probability_is_its_interval():
    of = exact(alpha=0.3)
    found = one(of)
    assert 0 < float(found["left_out"]) < 1
    assert float(found["left_out"]) == pytest.approx(1 - float(of.results["results"]["kept"]))
    assert_array_equal(found["left_out_interval"], [found["left_out"]] * 2)


def test_rounding_does_not_make_a_probability_negative():
    assert float(one(exact(), kept=1 + 2e-16)["left_out"]) == 0


def test_an_infinite_divergence_has_no_error():
    of = simulated()
    values = of.results["results"]["divergence_of_history"].values.copy()
    values[0] = np.inf
    found = one(of, divergence_of_history=values)
    assert np.isinf(found["divergence"])
    assert np.isnan(found["divergence_error"])


# Over time


def test_curves_are_at_the_times_of_any_run():
    short, long = simulated(steps=30), run("long", "random", steps=60)
    found = comparison([short, long, exact()])
    for place, of in enumerate((short, long)):
        given = of.results["results"]
        for curve, name in (("theta", "theta"), ("queries", "queries")):
            row = found[f"{curve}_curve"].isel(run=place)
            assert_array_equal(row.sel(time=given["time"]), given[name])
            others = ~np.isin(found["time"], given["time"])
            assert row.values[others].size == 0 or np.isnan(row.values[others]).all()
    assert int(found["time"][-1]) == 59
    assert np.isnan(found["theta_curve"].isel(run=0).sel(time=59))
    assert np.isnan(found["theta_curve"].isel(run=2)).all()


def test_without_an_event_there_is_no_harm():
    found = comparison([run("random", "random")])
    for name in ("harm", "harm_kept", "demonstrated_harm", "harm_curve", "harm_bound_d10"):
        assert np.isnan(found[name]).all(), name
    traitors = comparison([simulated()])
    assert np.isfinite(traitors["harm_curve"]).all()
    assert float(traitors["demonstrated_curve"][0, -1]) == float(traitors["demonstrated_harm"][0])


def test_theta_before_and_after_the_betrayal():
    of = simulated()
    time = of.results["results"]["time"].values
    found = one(of, theta=time.astype(float), theta_error=2.0 * time)
    stored = time.tolist()
    before = np.mean([step for step in range(10, 20) if step in stored])
    after = np.mean([step for step in range(20, 26) if step in stored])
    assert float(found["theta_before"]) == pytest.approx(before)
    assert float(found["theta_after"]) == pytest.approx(after)
    assert float(found["theta_before_error"]) == pytest.approx(2 * before)
    assert float(found["theta_after_error"]) == pytest.approx(2 * after)


def test_the_ratio_of_theta_needs_both_steps_and_a_query():
    long = run("long", "random", steps=410)
    time = long.results["results"]["time"].values
    assert float(one(long, theta=1.0 / (1 + time))["theta_ratio"]) == pytest.approx(11 / 401, 0.02)
    assert np.isnan(one(long, theta=0.0)["theta_ratio"])
    assert np.isnan(one(run("short", "random"))["theta_ratio"])


def at_times(of, time):
    """Return a run with only some of its stored times."""
    return Run(of.about, {"results": of.results["results"].sel(time=time)})


@pytest.mark.parametrize(
    ("time", "is_near"),
    [
        ([10, 380, 429], True),
        ([10, 379, 420, 429], True),
        ([10, 379, 421, 429], False),
        ([9, 400, 429], False),
        ([11, 400, 429], False),
    ],
)
def test_the_ratio_of_theta_is_of_times_near_both_steps(time, is_near):
    of = run("long", "random", steps=430, times_per_decade=10_000)
    found = one(at_times(of, time), theta=0.5)
    assert np.isfinite(found["theta_ratio"]) == is_near


@pytest.mark.parametrize(("left_out", "is_known"), [(5, True), (6, False)])
def test_theta_before_the_betrayal_is_of_at_least_half_of_the_steps(left_out, is_known):
    of = simulated(times_per_decade=1_000)
    time = [step for step in range(60) if not 10 <= step < 10 + left_out]
    found = comparison([at_times(of, time)])
    assert np.isfinite(found["theta_before"][0]) == is_known
    assert np.isfinite(found["theta_after"][0])


@pytest.mark.parametrize(("left_out", "is_known"), [(3, True), (4, False)])
def test_theta_after_the_betrayal_is_of_at_least_half_of_the_steps(left_out, is_known):
    of = simulated(times_per_decade=1_000)
    time = [step for step in range(60) if not 20 <= step < 20 + left_out]
    found = comparison([at_times(of, time)])
    assert np.isfinite(found["theta_after"][0]) == is_known
    assert np.isfinite(found["theta_before"][0])


def test_slopes_are_exponents_of_the_last_factor_six():
    coins = run("coins", "coins", steps=200)
    time = coins.results["results"]["time"].values + 1.0
    early = time < time[-1] / 6
    theta = np.where(early, 0.5, time ** (-1 / 3))
    found = one(coins, theta=theta, queries=np.where(early, 1.0, 3 * time ** (2 / 3)))
    assert float(found["theta_slope"]) == pytest.approx(-1 / 3)
    assert float(found["queries_slope"]) == pytest.approx(2 / 3)
    assert np.isnan(one(run("random", "random"))["theta_slope"])


# Bounds


def test_bounds_under_a_uniform_prior():
    found = one(run("random", "random", alpha=0.01))
    count, alpha, actions = 8, 0.01, 3
    bounds = {
        "left_out_bound": alpha * count,
        "information_bound": np.log(count),
        "cubes_bound": 2 * (count - 1) * alpha**-1.5,
        "cubes_bound_of_any_prior": 1.5 * np.sqrt(3) * alpha**-2 * (count - 1),
        "recalled_cubes_bound": actions * alpha**-3 * (24 * count + 12),
        "queries_bound": (60**2 * 2 * (count - 1) * alpha**-1.5) ** (1 / 3),
    }
    for name, bound in bounds.items():
        assert float(found[name]) == pytest.approx(bound), name


@pytest.mark.parametrize("ties", ["first", "last"])
@pytest.mark.parametrize("class_name", ["random", "tiny"])
def test_bounds_under_an_unequal_prior(class_name, ties):
    of = run("unequal", class_name, prior="geometric", ties=ties, alpha=0.1)
    count = of.about["policies"]
    prior = 0.8 ** np.arange(count)
    prior /= prior.sum()
    truth = 0 if ties == "first" else count - 1
    found = one(of)
    assert float(found["weight"]) == pytest.approx(prior[truth])
    roots = np.sqrt(prior / prior[truth]).sum() - 1
    assert float(found["cubes_bound"]) == pytest.approx(2 * 0.1**-1.5 * roots)


def test_bounds_on_harm_solve_their_equations():
    of = simulated(alpha=0.1, ties="first")
    found = one(of, demonstrated_harm=1e-300)
    assert float(found["logs"]) > float(found["kept_logs"])  # some histories leave d out
    log_p = np.log(1e-300)
    b = float(found["harm_bound_d8a"])
    assert b < 1
    logs = of.results["results"]["logs_of_history"].values.mean()
    assert b * (np.log(b) - log_p) == pytest.approx(logs)
    b = float(found["harm_bound_d8"])
    assert b < 1
    assert b * (np.log(b) - log_p) ** 3 == pytest.approx(60**2 * float(found["cubes"]))
    mass = of.results["results"]["harm_mass_of_history"].values
    assert float(found["harm_bound_d10"]) == pytest.approx(mass.mean())
    error = mass.std(ddof=1) / np.sqrt(len(mass))
    assert float(found["harm_bound_d10_error"]) == pytest.approx(error)


def test_what_is_impossible_has_bounds_of_zero():
    found = one(simulated("never"))
    for name in ("harm_kept", "demonstrated_harm", "harm_bound_d8", "harm_bound_d8a",
                 "harm_bound_d10"):  # fmt: skip
        assert float(found[name]) == 0, name


@pytest.mark.parametrize(
    ("fields", "missing"),
    [
        ({"learner": "mixture"}, {"harm_bound_d8a", "harm_bound_d10"}),
        ({"learner": "cloning"}, {"cubes_bound", "queries_bound", "harm_bound_d8a"}),
        ({"contains_demonstrator": False},
         {"left_out", "harm_kept", "left_out_bound", "information", "cubes_bound",
          "harm_bound_d10"}),
    ],
)  # fmt: skip
def test_a_bound_is_there_only_for_runs_that_it_is_proved_of(fields, missing):
    found, whole = one(simulated(**fields)), one(simulated())
    for name in missing:
        assert np.isnan(found[name]), name
        assert np.isfinite(whole[name]), name
    assert np.isfinite(found["harm"])


# The identity of D4


@pytest.mark.parametrize("learner", LEARNERS)
@pytest.mark.parametrize("prior", ["uniform", "geometric"])
def test_simulations_agree_with_the_identity(learner, prior):
    """The largest of eight differences that are nearly normal."""
    found = one(simulated("random", learner=learner, prior=prior, histories=400))
    assert float(found["identity_deviation"]) < 4


def test_the_identity_deviates_where_it_deviates_most():
    given = simulated("random").results["results"]
    sides = np.sqrt(given["prior"] / given["weight"]).values
    error = np.where(given["identity_error"] > 0, given["identity_error"], 0)
    sides[2] += 2.5 * error[2]
    sides[3] -= 6 * error[3]
    assert float(one(simulated("random"), identity=sides)["identity_deviation"]) == pytest.approx(6)


def test_a_side_without_variance_must_be_exact():
    of = simulated("random")
    sides = of.results["results"]["identity"].values.copy()
    (truth,) = np.flatnonzero(of.results["results"]["identity_error"] < 1e-12)
    sides[truth] += 1e-9
    error = of.results["results"]["identity_error"].values.copy()
    error[truth] = 0
    changed = one(of, identity=sides, identity_error=error)
    assert np.isinf(changed["identity_deviation"])


def test_there_is_no_identity_of_an_enumeration_or_without_the_demonstrator():
    found = comparison([exact(), simulated(contains_demonstrator=False)])
    assert np.isnan(found["identity_deviation"]).all()


# Laws


def test_sides_of_laws_are_those_of_each_enumeration():
    found = comparison([exact(), simulated()])
    for side in ("left", "right"):
        assert_array_equal(found[side].isel(run=0), exact().results["results"][side])
        assert np.isnan(found[side].isel(run=1)).all()


def test_no_law_is_broken():
    found = joined()
    known = found["exact_of_run"] & found["contains_demonstrator_of_run"]
    assert_array_equal(found["worst_excess"].notnull(), known)
    assert float(found["worst_excess"].max()) < 1e-12


def excess_of(law, change, right=1.0):
    """Return the worst excess when both sides of a law are planted."""
    given = exact().results["results"]
    sides = {side: given[side].copy() for side in ("left", "right")}
    sides["left"].loc[law], sides["right"].loc[law] = right + change, right
    changed = {side: each.values for side, each in sides.items()}
    return float(one(exact(), **changed)["worst_excess"])


@pytest.mark.parametrize("law", ["D1", "D2", "D3", "D5", "D5'", "D6", "D7", "D8a", "D10", "D11"])
def test_a_law_that_is_broken_is_seen(law):
    assert excess_of(law, 0.25) == pytest.approx(0.25)
    assert excess_of(law, -0.25) < 1e-12


@pytest.mark.parametrize("change", [0.25, -0.25])
def test_an_equality_is_broken_on_either_side(change):
    assert excess_of("D4", change) == pytest.approx(0.25)


@pytest.mark.parametrize("law", ["D4", "D5", "D6"])
def test_an_excess_is_relative_to_a_right_side_above_one(law):
    """Rounding of sides of 3e14 is of the order of 1; twice the right side is a broken law."""
    assert excess_of(law, 1.0, right=3e14) < 1e-12
    assert excess_of(law, 3e14, right=3e14) == pytest.approx(1)
    assert excess_of(law, 0.25, right=0.5) == pytest.approx(0.25)


def test_a_bound_that_is_infinite_is_kept():
    given = exact().results["results"]
    right = given["right"].copy()
    right.loc["D5"] = np.inf
    assert abs(float(one(exact(), right=right.values)["worst_excess"])) < 1e-12


def test_an_excess_of_a_sequence_is_relative_too():
    given = exact().results["results"]
    sides = [given[f"sequence_{side}"].values.copy() for side in ("left", "right")]
    sides[0][3], sides[1][3] = 5.0, 4.0
    found = one(exact(), sequence_left=sides[0], sequence_right=sides[1])
    assert float(found["worst_excess"]) == pytest.approx(0.25)


def test_one_sequence_can_break_a_law():
    given = exact().results["results"]
    left = given["sequence_left"].values.copy()
    left[3] = float(given["sequence_right"][3]) + 0.125
    assert float(one(exact(), sequence_left=left)["worst_excess"]) == pytest.approx(0.125)


LAW_NAMES = ("D1", "D2", "D3", "D4", "D5", "D5'", "D6", "D7", "D8", "D8a", "D9", "D10", "D11")
OF_PLAUSIBLE = ("D7", "D8a", "D10", "D11")


@pytest.mark.parametrize("law", LAW_NAMES)
def test_a_law_that_is_not_a_number_does_not_hold(law):
    assert np.isnan(excess_of(law, np.nan))


def test_a_sequence_that_is_not_a_number_does_not_hold():
    left = exact().results["results"]["sequence_left"].values.copy()
    left[3] = np.nan
    assert np.isnan(one(exact(), sequence_left=left)["worst_excess"])


@pytest.mark.parametrize("law", OF_PLAUSIBLE)
def test_laws_of_histories_with_the_demonstrator_do_not_count_where_there_are_none(law):
    given = exact().results["results"]
    left = given["left"].copy()
    left.loc[law] = float(given["right"].sel(law=law)) + 0.25
    found = comparison(
        [exact(), Run(exact().about, {"results": given.assign(left=left, kept=0 * given["kept"])})]
    )
    assert float(found["worst_excess"][1]) < 1e-12
    assert np.isnan(found["left"].sel(law=law)[1])
    assert_array_equal(found["looseness"], comparison([exact()])["looseness"])


def test_other_laws_count_also_where_the_demonstrator_is_never_plausible():
    given = exact().results["results"]
    for law in set(LAW_NAMES) - set(OF_PLAUSIBLE):
        left, right = given["left"].copy(), given["right"].copy()
        left.loc[law], right.loc[law] = 1.25, 1.0
        found = one(exact(), left=left.values, right=right.values, kept=0.0)
        assert float(found["worst_excess"]) == pytest.approx(0.25), law


def test_looseness_is_that_of_the_tightest_run():
    found = comparison([exact(alpha=alpha) for alpha in (0.05, 0.1, 0.3)] + [simulated()])
    for law in ("D3", "D5", "D6"):
        sides = found[["left", "right"]].sel(law=law).isel(run=slice(3))
        least = (sides["right"] / sides["left"]).min()
        assert float(found["looseness"].sel(law=law)) == pytest.approx(float(least))
    assert np.isnan(found["looseness"].sel(law="D9"))  # its left sides are 0


def test_without_the_demonstrator_some_action_is_more_likely():
    found = comparison([exact(seed=1, contains_demonstrator=False)])
    assert float(found["excess"][0]) > 0
    for name in ("worst_excess", "left_out", "left_out_bound", "cubes_bound"):
        assert np.isnan(found[name][0]), name
    assert np.isfinite(found["distance"][0])


# Seeds of an experiment


def test_mean_lowest_and_highest_are_over_seeds():
    found = joined()
    for name in ("cubes", "queries", "left_out", "harm", "theta_curve"):
        for experiment in ("random-0.1", "traitors-mixture"):
            runs = found[name].isel(run=found["experiment_of_run"].values == experiment)
            of = found[f"{name}_of_experiment"].sel(experiment=experiment)
            for which, statistic in (("mean", "mean"), ("lowest", "min"), ("highest", "max")):
                expected = getattr(runs, statistic)("run", skipna=False)
                assert_allclose(of.sel(over_seeds=which), expected, err_msg=name)


def test_experiments_are_described_as_their_runs():
    found = joined()
    for place, experiment in enumerate(found["experiment_of_run"].values):
        for name in ("kind", "learner", "alpha", "steps", "hazard", "exact", "class"):
            of = found[f"{name}_of_experiment"].sel(experiment=experiment)
            assert of.item() == found[f"{name}_of_run"][place].item()


# The dataset


def test_all_dimensions_have_a_meaning():
    assert set(joined().dims) <= set(DIMENSIONS)


@pytest.mark.parametrize("place", [slice(0, 5), slice(5, None)])
def test_names_do_not_depend_on_what_runs_there_are(place):
    """Enumerated runs alone, or simulated ones, have the variables of both."""
    assert set(comparison(runs_of(0)[place])) == set(joined())


@pytest.mark.parametrize("place", [slice(0, 5), slice(None)])
def test_a_stored_comparison_is_judged_the_same(tmp_path, place):
    found = comparison(runs_of(0)[place])
    storage.write(found, tmp_path / "comparison.nc")
    read = storage.read(tmp_path / "comparison.nc")
    for claim in CLAIMS:
        before, after = claim.measure(found), claim.measure(read)
        assert_array_equal([before.value, before.runs], [after.value, after.runs])
