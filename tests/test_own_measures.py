"""Measures of the user's own along checkpoints, and what is said of functions that fail."""

import numpy as np
import pytest
import xarray as xr

from ontogeny.config import ConfigurationError
from ontogeny.own_files import imported
from ontogeny.own_measures import along_steps

TEXT = """
import xarray as xr


def measures(weights, step):
    each = xr.DataArray(weights**2, dims="unit", attrs={"long_name": "square"})
    return {"total": weights.sum(), "square": each}
"""
WEIGHTS = {0: np.array([1.0, 2.0]), 10: np.array([3.0, 4.0])}


def measured(tmp_path, text=TEXT):
    path = tmp_path / "mine.py"
    path.write_text(text)
    checkpoints = [
        (step, {"weights": each, "step": step}.__getitem__) for step, each in WEIGHTS.items()
    ]
    return along_steps(imported(str(path)).measures, checkpoints, file=str(path))


def test_measures_are_followed_along_checkpoints(tmp_path):
    found = measured(tmp_path)
    np.testing.assert_array_equal(found["total"], [3, 7])
    np.testing.assert_array_equal(found["square"], [[1, 4], [9, 16]])
    assert found["square"].dims == ("step", "unit")
    assert found["square"].attrs == {"long_name": "square", "units": "1"}
    assert found["total"].attrs["long_name"] == "total"
    assert found.attrs["title"] == "Measures of mine.py"
    assert list(found["step"].values) == [0, 10]


def test_what_is_not_asked_for_is_not_computed():
    def given(name):
        assert name == "a"
        return 1.0

    found = along_steps(lambda a: {"b": a}, [(0, given)], file="mine.py")
    xr.testing.assert_equal(found["b"], xr.DataArray([1.0], {"step": [0]}, "step", "b"))


def test_an_error_of_what_is_given_does_not_blame_the_file():
    def given(name):
        raise KeyError(name)

    with pytest.raises(KeyError):
        along_steps(lambda a: {"b": a}, [(0, given)], file="mine.py")


@pytest.mark.parametrize(
    ("returned", "said"),
    [
        ("{'a': 1 // (10 - step)}", "step 10: ZeroDivisionError: "),
        ("step", "step 0: TypeError: must return the value of each measure by name"),
        ("None", "and returns None"),
        ("{'a': 'text'}", "`a` must be a number or an xarray.DataArray, and is of the type `str`"),
        ("{'a': weights}", "`a` must be a number or an xarray.DataArray"),
        ("{'a': None}", "and is None"),
        ("{'step': 1}", "neither the name nor a dimension `step`"),
        ("{'a': xr.DataArray([1, 2], dims='step')}", "neither the name nor a dimension `step`"),
    ],
)
def test_a_function_that_is_not_right_is_named_in_one_line(tmp_path, returned, said):
    text = f"import xarray as xr\n\n\ndef measures(weights, step):\n    return {returned}\n"
    with pytest.raises(ConfigurationError) as caught:
        measured(tmp_path, text)
    assert str(caught.value).startswith(f"{tmp_path / 'mine.py'}: `measures` at step ")
    assert said in str(caught.value)
    assert len(str(caught.value).splitlines()) == 1


def test_values_that_do_not_fit_along_steps_are_named(tmp_path):
    text = TEXT.replace("weights**2", "weights[: 1 + (step > 0)]")
    with pytest.raises(
        ConfigurationError, match=r"mine\.py: the values of `measures` at all steps"
    ):
        measured(tmp_path, text)
