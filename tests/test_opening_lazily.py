"""Datasets whose values are read when they are used."""

import numpy as np
import pytest
import xarray as xr

from ontogeny.storage import LostError, StorageError, open_lazily, read, write


@pytest.fixture
def path(tmp_path):
    made = xr.Dataset(
        {
            "large": (("step", "word"), np.arange(40_000.0).reshape(20, 2000)),
            "kind": ("step", np.array([f"kind {n}" for n in range(20)])),
            "none": ((), np.nan),
        },
        {"step": np.arange(20)},
        {"title": "A title"},
    )
    write(made, tmp_path / "made.nc", identity="0" * 64)
    return tmp_path / "made.nc"


def test_it_is_what_is_read_at_once(path):
    xr.testing.assert_identical(open_lazily(path).load(), read(path))


def test_values_are_read_when_they_are_used(path):
    found = open_lazily(path)
    assert not found["large"].variable._in_memory
    assert found["large"][3].values[0] == 6000
    assert not found["large"].variable._in_memory


@pytest.mark.parametrize("place", [100, 5000, -200, -1])
def test_damage_anywhere_is_refused_by_name(path, place):
    content = bytearray(path.read_bytes())
    content[place] ^= 1
    path.write_bytes(content)
    with pytest.raises(LostError, match=r"made\.nc: is damaged"):
        open_lazily(path)


def test_files_that_are_no_datasets_are_refused(tmp_path):
    with pytest.raises(LostError, match="there is no such file"):
        open_lazily(tmp_path / "none.nc")
    (tmp_path / "other.nc").write_text("something else")
    with pytest.raises(LostError, match="not a dataset of this project"):
        open_lazily(tmp_path / "other.nc")
    with pytest.raises(StorageError):
        open_lazily(tmp_path)
