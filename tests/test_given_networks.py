"""Networks trained elsewhere, as a notebook gives them."""

import numpy as np
import pytest
import torch
from numpy.testing import assert_array_equal

from ontogeny.given_networks import as_array

VALUES = [[0.5, -1.25], [3.0, 0.0]]


@pytest.mark.parametrize(
    ("given", "dtype"),
    [
        (VALUES, "float64"),
        (np.array(VALUES, np.float16), "float16"),
        (torch.tensor(VALUES, dtype=torch.float64, requires_grad=True), "float64"),
        (torch.tensor(VALUES, dtype=torch.bfloat16, requires_grad=True), "float32"),
        (torch.tensor(VALUES, dtype=torch.float16), "float32"),
    ],
)
def test_arrays_and_tensors_of_any_width_have_the_same_values(given, dtype):
    found = as_array(given)
    assert found.dtype == dtype
    assert_array_equal(found, VALUES)


def test_whole_numbers_stay_whole():
    assert as_array(torch.tensor([3, 4])).dtype == "int64"
