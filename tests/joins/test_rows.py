"""Runs as rows of a dataset."""

import numpy as np
import pytest
import xarray as xr
from hypothesis import given
from hypothesis import strategies as st

from ontogeny.joins import Run
from ontogeny.joins.rows import columns, described, labels_of, stacked
from ontogeny.labels import dataset, variable
from ontogeny.storage import read, write


def about(**more):
    return Run({"experiment": "small", "seed": 3} | more, {})


def test_what_runs_are_described_by_is_along_run(tmp_path):
    runs = [about(width=8, wide=False), about(seed=5, width=16, wide=True)]
    found = described(runs, {"width": "number of neurons"})
    assert list(found["run"].values) == ["small, seed 3", "small, seed 5"]
    assert found["seed_of_run"].values.tolist() == [3, 5]
    assert found["seed_of_run"].attrs["long_name"] == "seed of the run"
    assert found["width_of_run"].attrs["long_name"] == "number of neurons"
    assert found["wide_of_run"].dtype == np.bool_
    write(dataset({}, found, title="t"), tmp_path / "runs.nc", {})
    assert list(read(tmp_path / "runs.nc")["experiment_of_run"].values) == ["small", "small"]


def test_replicates_need_not_be_seeds():
    runs = [Run({"experiment": "e", "draw": draw}, {}) for draw in ("a", "b")]
    found = described(runs, replicate="draw")
    assert list(found["run"].values) == ["e, draw a", "e, draw b"]
    assert list(found["draw_of_run"].values) == ["a", "b"]


def test_a_number_that_a_run_does_not_have_is_missing():
    one = {"loss": variable((), np.float32(0.1), "loss", "nat"), "kind": variable((), "mlp", "k")}
    other = {"kind": variable((), "bilinear", "k"), "count": variable((), 3, "number")}
    found = columns([one, other])
    np.testing.assert_array_equal(found["loss"].values, [np.float32(0.1), np.nan])
    np.testing.assert_array_equal(found["count"].values, [np.nan, 3.0])
    assert found["loss"].dtype == np.float64
    assert found["loss"].attrs == {"long_name": "loss", "units": "nat"}
    assert list(found["kind"].values) == ["mlp", "bilinear"]


STEPS = st.lists(st.integers(0, 30), min_size=1, max_size=6, unique=True).map(sorted)


@given(st.lists(STEPS, min_size=1, max_size=4))
def test_values_stand_at_their_labels_and_are_carried_to_the_next(steps):
    arrays = [xr.DataArray(np.array(own) + 0.5, {"step": own}, "step") for own in steps]
    grid = labels_of([array.to_dataset(name="x") for array in arrays], "step")
    assert grid.tolist() == sorted({step for own in steps for step in own})
    at, carried = stacked(arrays, step=grid), stacked(arrays, carried="step", step=grid)
    for row, own in enumerate(steps):
        for column, step in enumerate(grid):
            assert np.isnan(at[row, column]) == (step not in own)
            before = [each for each in own if each <= step]
            expected = before[-1] + 0.5 if before else np.nan
            np.testing.assert_equal(carried[row, column], expected)


@pytest.mark.parametrize("dtype", [np.float32, np.int64, np.bool_])
def test_axes_are_in_the_order_of_the_labels(dtype):
    one = xr.DataArray(
        np.array([[1, 0], [0, 1], [1, 1]], dtype=dtype),
        {"irrep": ["a", "b", "c"], "split": ["train", "test"]},
        ("irrep", "split"),
    )
    found = stacked([one], split=("test", "train"), irrep=np.array(["c", "d", "a"], dtype=object))
    np.testing.assert_array_equal(found, [[[1, np.nan, 0], [1, np.nan, 1]]])
