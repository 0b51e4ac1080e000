"""Which checkpoint is the best, by a measure along steps."""

import numpy as np
import pytest
import xarray as xr

from ontogeny.training import best_step


def along(*values):
    return xr.DataArray(list(values), {"step": 10 * np.arange(len(values))}, name="loss")


@pytest.mark.parametrize(
    ("values", "lowest", "highest"),
    [
        ((3.0, 1.0, 2.0), 10, 0),
        ((2.0, 1.0, 1.0, 2.0), 10, 0),
        ((np.nan, 5.0, 6.0, np.nan), 10, 20),
        ((4.0,), 0, 0),
    ],
)
def test_the_first_of_the_best_checkpoints_is_chosen(values, lowest, highest):
    assert best_step(along(*values)) == lowest
    assert best_step(along(*values), highest=True) == highest


def test_a_measure_without_numbers_chooses_nothing():
    with pytest.raises(ValueError, match="loss is not a number at any checkpoint"):
        best_step(along(np.nan, np.nan))
