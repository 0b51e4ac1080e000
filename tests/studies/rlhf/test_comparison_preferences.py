"""Preference models as rows, and how their accuracy grows with pairs and size."""

from dataclasses import replace

import numpy as np
import pytest

from rlhf_comparison import Preference, compared, seeds_of

GRID = [
    each
    for pairs in (300, 1000, 3000)
    for d_model in (8, 32, 64)
    for each in seeds_of(Preference(f"p{pairs}-d{d_model}", pairs=pairs, d_model=d_model))
]


def test_models_are_rows_with_their_measures():
    model = Preference(error=(0.05, 0.02))
    found = compared(models=[model]).isel(preference_model=0)
    assert found["tested_on"].values.tolist() == ["probes", "base", "online"]
    assert found["kind_of_tested_on"].values.tolist() == ["probes", "start", "snapshots"]
    assert found["accuracy_on"].sel(tested_on="online") == pytest.approx(model.online)
    assert found["calibration_error"].sel(scaling="raw") == pytest.approx(0.05)
    assert found["temperature"] == pytest.approx(1.2)
    assert found["preference_of_preference_model"] == "first"


def test_a_model_without_a_share_of_its_last_set_has_none():
    found = compared(models=[Preference(), Preference("x", last_share=0.25)])
    np.testing.assert_array_equal(found["last_share_of_preference_model"], [np.nan, 0.25])


def test_models_of_several_prompts_are_measured_on_each():
    models = [Preference(), Preference("mixed", of_prompts=(0.7, 0.6))]
    found = compared(models=models)
    np.testing.assert_array_equal(found["prompt"], ["helpful", "harmless"])
    np.testing.assert_array_equal(found["accuracy_of_prompt"], [[np.nan] * 2, [0.7, 0.6]])


def test_coefficients_of_pairs_and_size_are_recovered():
    found = compared(models=GRID)
    assert found.sizes["grid"] == 1
    np.testing.assert_allclose(found["coefficient_of_pairs"], 0.02)
    np.testing.assert_allclose(found["coefficient_of_parameters"], 0.01)
    np.testing.assert_allclose(found["scaling_r_squared"], 1)


def test_a_grid_holds_every_model_once():
    found = compared(models=GRID).isel(grid=0)
    assert found["grid_accuracy"].shape == (3, 3, 3)
    for model in GRID:
        of = found["grid_accuracy"].sel(
            seed=model.seed, grid_pairs=model.pairs, grid_parameters=model.parameters
        )
        assert of == pytest.approx(model.on_probes)
    np.testing.assert_allclose(found["mean_grid_accuracy"], found["grid_accuracy"].mean("seed"))
    assert found["grid_ceiling"] == pytest.approx(0.79)


def test_one_size_gives_the_coefficient_of_pairs_alone():
    found = compared(models=[each for each in GRID if each.d_model == 8])
    np.testing.assert_allclose(found["coefficient_of_pairs"], 0.02)
    assert found["coefficient_of_parameters"].isnull().all()


def test_two_sizes_are_fitted_but_have_no_coefficient():
    found = compared(models=[each for each in GRID if each.d_model != 8])
    np.testing.assert_allclose(found["coefficient_of_pairs"], 0.02)
    assert found["coefficient_of_parameters"].isnull().all()


@pytest.mark.parametrize(
    "changes",
    [{"epochs": 20}, {"tranches": "other"}, {"policy": "wide"}, {"last_share": 0.5}],
    ids=str,
)
def test_models_of_a_grid_agree_in_all_else(changes):
    others = [replace(each, **changes) if each.pairs == 300 else each for each in GRID]
    found = compared(models=others)
    assert found.sizes["grid"] == 2
    assert "grid_pairs" in found["mean_grid_accuracy"].dims


def test_two_numbers_of_pairs_and_two_sizes_are_no_grid():
    few = [each for each in GRID if each.pairs < 3000 and each.d_model < 64]
    assert compared(models=few).sizes["grid"] == 0
