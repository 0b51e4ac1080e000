"""Measures of the user's own: read, refused, and followed along checkpoints."""

import numpy as np
import pytest
import xarray as xr

from ontogeny.config import ConfigurationError
from ontogeny.own_measures import along_steps, own_function, read_own_measures

TEXT = """
import xarray as xr


def measures(weights, step):
    each = xr.DataArray(weights**2, dims="unit", attrs={"long_name": "square"})
    return {"total": weights.sum(), "square": each}
"""


def written(tmp_path, text=TEXT, name="mine.py"):
    path = tmp_path / name
    path.write_text(text)
    return str(path)


def read(*paths, taken=()):
    return read_own_measures(paths, known=("weights", "step"), taken=taken, at="own_measures")


def test_a_file_says_what_it_asks_for(tmp_path):
    (found,) = read(written(tmp_path))
    assert (found.name, found.asks) == ("mine", ("weights", "step"))


def test_measures_are_followed_along_checkpoints(tmp_path):
    weights = {0: np.array([1.0, 2.0]), 10: np.array([3.0, 4.0])}
    checkpoints = [
        (step, {"weights": each, "step": step}.__getitem__) for step, each in weights.items()
    ]
    found = along_steps(own_function(written(tmp_path)), checkpoints)
    np.testing.assert_array_equal(found["total"], [3, 7])
    np.testing.assert_array_equal(found["square"], [[1, 4], [9, 16]])
    assert found["square"].dims == ("step", "unit")
    assert found["square"].attrs == {"long_name": "square", "units": "1"}
    assert found["total"].attrs["long_name"] == "total"
    assert list(found["step"].values) == [0, 10]


def test_what_is_not_asked_for_is_not_computed():
    def given(name):
        assert name == "a"
        return 1.0

    found = along_steps(lambda a: {"b": a}, [(0, given)])
    xr.testing.assert_equal(found["b"], xr.DataArray([1.0], {"step": [0]}, "step", "b"))


@pytest.mark.parametrize(
    ("text", "name", "said"),
    [
        ("def measures(", "m.py", "is not Python"),
        ("def measure(): ...", "m.py", "has no function `measures`"),
        ("def measures(weigths): ...", "m.py", "did you mean `weights`?"),
        (TEXT, "my-measure.py", "letters, digits and underscores"),
        (TEXT, "history.py", "there is a result called `history` already"),
    ],
)
def test_wrong_files_are_refused(tmp_path, text, name, said):
    path = written(tmp_path, text, name)
    with pytest.raises(ConfigurationError) as caught:
        read(path, taken=["history"])
    assert said in str(caught.value)
    assert f"`own_measures` = {path!r}" in str(caught.value)


def test_all_problems_are_said_at_once(tmp_path):
    with pytest.raises(ConfigurationError) as caught:
        read(str(tmp_path / "none.py"), written(tmp_path, "", "empty.py"), written(tmp_path))
    assert len(str(caught.value).splitlines()) == 2


def test_one_name_twice_is_refused(tmp_path):
    (tmp_path / "below").mkdir()
    with pytest.raises(ConfigurationError, match="already; rename the file"):
        read(written(tmp_path), written(tmp_path / "below"))
