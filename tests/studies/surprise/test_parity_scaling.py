"""Families of parity networks: planted laws come out, and what is missing is missing."""

import numpy as np
import pytest
import xarray as xr
from numpy.testing import assert_allclose, assert_array_equal
from scipy.stats import somersd

from ontogeny.scaling import band, fit, forecast, gain, predict, quanta
from ontogeny.storage import read, write
from parity_runs import LN2, WIDTHS, family, scaling, size_of


@pytest.fixture(scope="module")
def found():
    """Return three seeds, a family of fewer widths on more tasks, and one that is too small."""
    return scaling(
        *(family(seed=seed) for seed in range(3)),
        family("many", widths=WIDTHS[:5], tasks=100, alpha=0.8, world="many", steps=1600),
        family("few", widths=WIDTHS[:4], diverged=WIDTHS[3:4]),
    )


def changed(runs, **variables):
    """Return runs whose evaluations have some variables changed by a function."""
    for run in runs:
        evaluation = run.results["evaluation"]
        new = {name: change(evaluation[name]) for name, change in variables.items()}
        run.results["evaluation"] = evaluation.assign(new)
    return runs


def test_families_are_told_apart(found):
    assert found["family"].values.tolist() == [
        "parity, seed 0", "parity, seed 1", "parity, seed 2", "many, seed 0", "few, seed 0",
    ]  # fmt: skip
    assert found["setting"].values.tolist() == ["parity", "many", "few"]
    assert found["tasks_of_family"].values.tolist() == [64, 64, 64, 100, 64]
    assert found["left_out"].values.tolist() == [0, 0, 0, 0, 1]


def test_a_family_lacks_what_it_does_not_have(found):
    many, parity = found.sel(family="many, seed 0"), found.isel(family=0)
    assert many["loss"].notnull().values.tolist() == [True] * 5 + [False] * 3
    assert parity["probability"].notnull().sum() == 64
    assert_array_equal(many["parameters"][:5], [size_of(width, 100) for width in WIDTHS[:5]])
    few = found.sel(family="few, seed 0")
    assert few["loss"].notnull().sum() == 3
    for name in ("exponent", "known_exponent", "residual", "constants", "agreement", "gain"):
        assert few[name].isnull().all()
    assert few["failure"].values.tolist() == ["has 3 sizes, needs at least 4"] * 3
    assert found["failure"].isel(family=0).values.tolist() == [""] * 3


@pytest.mark.parametrize("last", [0, 2000])
def test_a_world_whose_networks_all_diverged_has_no_numbers(tmp_path, last):
    """Some of them before any checkpoint but the first."""
    runs = family(diverged=WIDTHS)
    for run in runs:
        run.results["evaluation"] = run.results["evaluation"].sel(step=slice(last))
    found = scaling(runs)
    write(found, tmp_path / "scaling.nc")
    found = read(tmp_path / "scaling.nc")
    assert found["left_out"].values.tolist() == [len(WIDTHS)]
    for name in ("parameters", "loss", "accuracy", "exponent", "gain", "agreement"):
        assert found[name].isnull().all()


def test_the_order_of_runs_does_not_matter():
    runs = family()
    xr.testing.assert_identical(scaling(runs), scaling(runs[::-1]))


def test_losses_are_those_after_training_and_after_a_quarter():
    runs = family()
    found = scaling(runs).isel(family=0)
    for width, run in zip(WIDTHS, runs, strict=True):
        loss = run.results["evaluation"]["loss"]
        assert found["loss"].sel(width=width) == loss.sel(step=4000)
        assert found["loss_quarter"].sel(width=width) == loss.sel(step=1000)
    assert found["steps_quarter"] == 1000


def test_the_quarter_is_the_last_checkpoint_before_it():
    runs = changed(family())
    for run in runs:
        run.results["evaluation"] = run.results["evaluation"].drop_sel(step=1000)
    assert scaling(runs)["steps_quarter"].values == [250]


def test_exponents_are_slopes_of_logarithms(found):
    one = found.isel(family=0)
    across = np.log(one["parameters"])
    for name, loss in (("exponent", "loss"), ("exponent_quarter", "loss_quarter")):
        assert float(one[name]) == pytest.approx(np.polyfit(across, np.log(one[loss]), 1)[0])
    mean = np.log(found["loss"].isel(family=slice(3)).mean("family"))
    slope, at_one = np.polyfit(across, mean, 1)
    assert float(found["exponent_of_setting"].sel(setting="parity")) == pytest.approx(slope)
    assert_allclose(np.log(found["law_of_setting"].sel(setting="parity")), at_one + slope * across)
    assert_array_equal(found["endless_exponent"], [-0.4, -0.4, -0.4, -0.8, -0.4])


def test_the_exponent_of_the_frequencies_alone():
    """Loss by what a number of the most frequent tasks leaves, the number in proportion to N."""
    found = scaling(family()).isel(family=0)
    size = found["parameters"].values
    middle = len(WIDTHS) // 2
    count = float(found["learned_tasks"][middle]) * size / size[middle]
    p = found["probability"].values
    left = [
        LN2 * (p[int(k) :].sum() - (k - int(k)) * p[int(k)]) for k in count
    ]  # a share of the next task
    slope = np.polyfit(np.log(size), np.log(left), 1)[0]
    assert float(found["known_exponent"]) == pytest.approx(slope)


def test_networks_that_learn_in_proportion_have_that_exponent():
    found = scaling(*(family(seed=seed, slope=1.0) for seed in range(3)))
    assert_allclose(found["exponent"], found["known_exponent"], atol=0.08)


def test_the_exponent_over_data_is_that_of_the_largest_network():
    runs = changed(family(), loss=lambda loss: 2 * (loss["step"] + 1e-9) ** -0.3)
    assert float(scaling(runs)["data_exponent"][0]) == pytest.approx(-0.3)


def test_learned_tasks_and_what_the_others_cost(found):
    one = found.isel(family=0)
    p = one["probability"].values
    for width in WIDTHS:
        accuracy = one["accuracy"].sel(width=width).values
        learned = [j for j in range(64) if accuracy[j] > 0.9]
        assert one["learned_tasks"].sel(width=width) == len(learned)
        rest = LN2 * sum(p[j] for j in range(64) if j not in learned)
        assert float(one["unlearned_loss"].sel(width=width)) == pytest.approx(rest)
    for task in range(64):
        curve = one["accuracy"].sel(task=task).values
        first = next((w for w, a in zip(WIDTHS, curve, strict=True) if a > 0.9), np.inf)
        assert one["learned_width"][task] == first
        size = size_of(first, 64) if np.isfinite(first) else np.inf
        assert one["learned_parameters"][task] == size


def test_forecasts_of_the_loss_are_made_from_the_smallest_sizes_alone(found):
    one = found.isel(family=0)
    size, loss = one["parameters"].values, one["loss"].values
    for cut in (4, 6):
        for law in ("power", "offset"):
            predicted = one["loss_forecast"].sel(law=law, cut=cut).values
            parameters = fit(law, size[:cut], loss[:cut]).parameters
            assert np.isnan(predicted[:cut]).all()
            assert_allclose(predicted[cut:], predict(law, parameters, size[cut:]))
            error = one["loss_miss"].sel(law=law, cut=cut)
            assert_allclose(error[cut:], predicted[cut:] / loss[cut:] - 1)
    shorter = found.sel(family="many, seed 0", law="power")["loss_forecast"]
    assert shorter.notnull().sum("width").values.tolist() == [1, 0, 0, 0]


def test_an_exact_power_law_is_predicted_exactly():
    runs = [run for seed in range(3) for run in family(seed=seed)]
    for run in runs:
        evaluation = run.results["evaluation"]
        loss = 0 * evaluation["loss"] + 5 * float(evaluation["parameters"]) ** -0.3
        run.results["evaluation"] = evaluation.assign(loss=loss)
    found = scaling(runs)
    error = found["loss_miss"].sel(law="power").values
    assert np.nanmax(abs(error)) < 1e-9
    assert_allclose(found["exponent"], -0.3)


@pytest.mark.parametrize("law", ["power", "offset"])
def test_a_band_says_which_share_of_seeds_it_covers(found, law):
    of_law = found.sel(setting="parity", law=law)
    losses = found["loss"].isel(family=slice(3))
    for cut in found["cut"].values:
        for place, width in enumerate(WIDTHS):
            lower, upper = of_law["band"].sel(cut=cut, width=width).values
            share = of_law["covered"].sel(cut=cut, width=width)
            if place < cut:
                assert np.isnan([lower, upper, share]).all()
            else:
                seen = losses.sel(width=width).values
                assert share == np.mean((seen >= lower) & (seen <= upper))


def test_a_band_is_made_from_the_smallest_sizes_of_all_seeds(found):
    of_seeds = found["loss"].isel(family=slice(3)).values
    size, cut = found["parameters"].values[0], 5
    for law in ("power", "offset"):
        ends = band(law, size[:cut], of_seeds[:, :cut], size[cut:])
        assert_allclose(
            found["band"].sel(setting="parity", law=law, cut=cut)[cut:], np.transpose(ends)
        )


def test_abilities_are_predicted_at_the_next_size(found):
    one, cut = found.isel(family=0), 5
    size, accuracy = one["parameters"].values, one["accuracy"].values
    predicted = one["ability_forecast"].sel(cut=cut)
    for task in (0, 5, 40):
        for name in ("logistic", "power-of-error", "as-last-seen"):
            alone = forecast(
                name, size[:cut], accuracy[:cut, task], size[cut : cut + 1], chance=0.5
            )
            assert float(predicted.sel(forecaster=name)[task]) == pytest.approx(alone[0], abs=1e-4)
    loss = one["loss_forecast"].sel(law="power", cut=cut)[cut]
    assert_array_equal(
        predicted.sel(forecaster="quanta")[:64], quanta(one["probability"].values[:64], loss)
    )


def test_misses_are_of_tasks_that_were_at_the_floor(found):
    one, cut = found.isel(family=0), 5
    accuracy = one["accuracy"].values[:, :64]
    floor = [task for task in range(64) if max(accuracy[:cut, task]) <= 0.55]
    assert 40 < len(floor) < 64
    for name in found["forecaster"].values:
        predicted = one["ability_forecast"].sel(cut=cut, forecaster=name).values
        expected = np.mean([abs(predicted[task] - accuracy[cut, task]) for task in floor])
        assert float(one["miss_from_floor"].sel(cut=cut, forecaster=name)) == pytest.approx(
            expected
        )
    assert np.flatnonzero(one["from_floor"].sel(cut=cut).notnull()).tolist() == floor


def test_gains_are_over_a_factor_of_two(found):
    one = found.isel(family=0)
    for task in (0, 4, 10):
        assert one["gain"][task] == gain(one["parameters"], one["accuracy"].sel(task=task))
    assert one["gain"].notnull().sum() == 64


def test_agreement_is_somers_d_of_ranks_by_widths():
    """Learned in the order of their frequency but for two tasks, which are exchanged."""
    swap = np.arange(64)
    swap[[1, 8]] = swap[[8, 1]]
    runs = changed(family(), task_accuracy=lambda each: each.copy(data=each.values[:, swap]))
    found = scaling(runs).isel(family=0)
    expected = somersd(found["learned_width"].values, np.arange(64)).statistic
    assert float(found["agreement"]) == pytest.approx(expected)
    assert 0.5 < expected < 1


@pytest.mark.parametrize(("order", "expected"), [(1, 1.0), (-1, -1.0)])
def test_agreement_has_its_ends(order, expected):
    runs = changed(family(), task_accuracy=lambda each: each.copy(data=each.values[:, ::order]))
    assert scaling(runs)["agreement"].values == [expected]


def test_seeds_differ_in_where_they_learn(found):
    spread = found["spread_of_crossing"]
    assert (spread.sel(setting="parity")[:10] >= 0).all()
    assert spread.sel(setting=["many", "few"]).isnull().all()
    same = scaling(family(seed=0), [*changed_seed(family(seed=0), 1)])
    assert_allclose(same["spread_of_crossing"][0, :10], 0, atol=1e-12)


def changed_seed(runs, seed):
    """Return runs that are said to be of another seed."""
    for run in runs:
        setting = run.about["setting"]
        yield type(run)(
            run.about | {"seed": seed, "family": f"{setting}, seed {seed}"}, run.results
        )


def test_without_a_size_beyond_a_cut_nothing_is_predicted(tmp_path):
    found = scaling(family(widths=(16, 32, 64, 128)))
    assert found.sizes["cut"] == 0
    assert found["exponent"].notnull().all()
    write(found, tmp_path / "scaling.nc")
    xr.testing.assert_equal(read(tmp_path / "scaling.nc"), found)


def test_a_family_all_of_whose_networks_diverged_is_counted():
    found = scaling(family(), family("lost", diverged=WIDTHS))
    lost = found.sel(family="lost, seed 0")
    assert lost["left_out"] == len(WIDTHS)
    assert lost["loss"].isnull().all()
    assert np.isnan(lost["steps_quarter"])
