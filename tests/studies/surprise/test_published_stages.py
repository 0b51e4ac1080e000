"""Stages of published worlds, on fabricated tables and on the real ones where they are."""

import numpy as np
import pytest
import xarray as xr
from numpy.testing import assert_allclose, assert_array_equal

from ontogeny.storage import read, read_texts, write
from ontogeny.studies.surprise.files import files_of
from ontogeny.studies.surprise.labels import DIMENSIONS
from ontogeny.studies.surprise.published.least import LEAST_SIZES
from ontogeny.studies.surprise.stages.published_scaling import published_scaling
from ontogeny.studies.surprise.stages.published_world import published_world
from published_models import SIZES, WORLDS, long_world, real, scaled, stored, wide_world


def test_the_planted_law_is_found_and_foreseen():
    found = scaled().sel(family="long, plain", law="offset")
    constants = found["loss_constants"].sel(constant=["floor", "scale", "exponent"])
    assert_allclose(constants, [1.0, 1e7, 0.4], rtol=1e-3)
    assert_allclose(found["loss_miss"].sel(cut=4), 0, atol=1e-5)
    assert_allclose(found["loss_fitted"].values[:5], 1 + (1e7 / np.array([*SIZES.values()])) ** 0.4,
                    rtol=1e-5)  # fmt: skip


def test_opposite_bumps_cancel_in_the_mean():
    found = scaled().sel(family="long, plain")
    assert_allclose(found["mean_miss"].sel(cut=4), 0, atol=1e-12)
    assert_allclose(found["roughness"], 0, atol=1e-12)
    misses = found["task_miss"].sel(cut=4, task=["story", "quiz"])
    assert_allclose(misses.sum(), 0, atol=1e-12)
    assert (abs(misses) > 0.01).all()
    assert found["is_averaged"].sel(task=["story", "quiz", "addition"]).values.tolist() == [
        True, True, False,
    ]  # fmt: skip


def test_a_jump_is_unforeseen_and_its_score_of_emergence_has_its_null():
    found = scaled().sel(family="wide, hare", task="addition")
    assert float(found["unforeseen"].sel(cut=LEAST_SIZES).isel(size=4)) > 0.6
    assert_allclose(found["jump"], 0.69)
    assert_allclose(found["emergence"], 0.9 / np.median([0.01, 0.01, 0.01, 0.69, 0.2]))
    assert 0 < float(found["emergence_null"]) < 0.5


def test_the_joint_law_of_points_is_found():
    found = scaled().sel(world="points")
    names = ["floor", "factor_size", "exponent_size", "factor_data", "exponent_data"]
    assert_allclose(found["joint"].sel(constant=names), [1.8, 480, 0.35, 2000, 0.37], rtol=1e-2)
    assert int(found["joint_points"]) == 12
    assert found["joint_failure"].item() == ""


def test_residuals_are_the_distances_of_models_from_what_compute_lets_expect():
    found = scaled()
    distance = (found["model_score"] - found["fitted"]).sel(task="addition")
    of_reference = (found["reference_score"] - found["reference_fitted"]).sel(task="addition")
    world = found.sel(world="wide", task="addition")
    assert_allclose(world["residual"], np.sqrt((distance**2).mean()))
    assert_allclose(world["reference_residual"], np.sqrt((of_reference**2).mean()))
    assert int(world["models"]) == found.sizes["model"] == 12
    assert float(world["residual"]) > 10 * float(world["reference_residual"])
    order = np.argsort(found["compute"].values)
    assert (np.diff(found["fitted"].sel(task="addition").values[order]) >= 0).all()


@pytest.mark.parametrize("world", WORLDS)
def test_what_a_world_does_not_have_is_nan(world):
    found = scaled().sel(world=world)
    assert np.isfinite(found["residual"].sel(task="addition")) == (world == "wide")
    assert np.isfinite(found["joint_objective"]) == (world == "points")
    assert found["reference"].item() == ("MMLU" if world == "wide" else "")


@pytest.mark.parametrize("names", [("long",), ("wide",), ("points",), ("points", "long")])
def test_a_world_has_the_same_results_beside_others_and_alone(names):
    alone, together = scaled(*names), scaled()
    assert set(alone) == set(together)
    for name, values in alone.items():
        assert values.dtype.kind == together[name].dtype.kind, name
        beside = together[name].sel({dim: alone[dim] for dim in values.dims})
        xr.testing.assert_equal(values, beside)


def test_families_of_fewer_sizes_end_with_nan():
    found = scaled()
    assert found.sizes["size"] == 6
    assert found["name"].sel(family="long, plain").values[-1] == ""
    assert np.isnan(found["parameters"].sel(family="long, plain").values[-1])
    assert np.isnan(found["loss_miss"].sel(family="long, plain", cut=5)).all()


def test_every_variable_has_known_dimensions_a_name_and_a_unit():
    for name, values in scaled().variables.items():
        assert set(values.dims) <= set(DIMENSIONS)
        assert values.attrs["long_name"], name
        assert values.attrs["units"], name


def test_the_fewest_sizes_leave_nothing_to_predict():
    few = long_world()
    few = few.model_copy(
        update={
            "table": few.table.model_copy(
                update={"parameters": dict([*SIZES.items()][:LEAST_SIZES])}
            )
        }
    )
    specs = {"few": few, "wide": wide_world()}
    found = published_scaling(specs, stored(specs)).sel(family="few, plain")
    assert np.isnan(found["loss_predicted"]).all()
    assert np.isfinite(found["loss_fitted"].values[:, :LEAST_SIZES]).all()
    assert (found["loss_fit_failure"] == "").all()


def test_a_family_without_losses_says_why_it_has_no_law():
    no_loss = published_scaling({"wide": wide_world()}, stored({"wide": wide_world()}))
    assert (no_loss["loss_failure"] == "needs at least 4 sizes, there are 0").all()
    assert (no_loss["loss_fit_failure"] != "").all()


@pytest.mark.parametrize("world", WORLDS)
def test_results_survive_their_files(world, tmp_path):
    spec = WORLDS[world]
    write(published_world(spec, read_texts(files_of(spec))), tmp_path / "world.nc")
    again = published_scaling({world: spec}, {world: read(tmp_path / "world.nc")})
    write(again, tmp_path / "scaling.nc")
    back = read(tmp_path / "scaling.nc")
    assert back.sizes == scaled(world).sizes
    assert_array_equal(back["residual"], scaled(world)["residual"])
    assert_array_equal(back["loss_miss"], scaled(world)["loss_miss"])


def test_the_real_tables_give_their_known_numbers():
    found = real()
    if found is None:
        pytest.skip("needs the published tables")
    misses = found["loss_miss"].sel(family="pythia, deduplicated", law="offset")
    assert_allclose(misses, [-0.001, -0.030, -0.038, -0.029], atol=6e-4)
    adds = ["arithmetic_3da_2_acc", "arithmetic_2da_2_acc"]
    assert_allclose(found["residual"].sel(world="llms", task=adds), [0.161, 0.192], atol=5e-4)
    of_loss = found.sel(family="pythia, deduplicated")
    assert_allclose(of_loss["loss_emergence"], 18, atol=0.2)
    of_adding = found.sel(family="arithmetic, Pythia", task=adds)
    assert_allclose(of_adding["emergence"], [25, 20], atol=0.3)
    joint = found.sel(world="chinchilla")
    assert_allclose(joint["joint_objective"], 1.01827e-3, rtol=1e-5)
    assert_allclose(joint["joint"].sel(constant="exponent_size"), 0.3473, atol=2e-5)
