"""Networks trained elsewhere, as a notebook gives them."""

import numpy as np
import pytest
import torch
from numpy.testing import assert_array_equal

from ontogeny.given_networks import as_array, problems_of_networks, steps_of

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


def test_steps_are_whole_numbers_by_which_networks_are_given():
    assert steps_of({np.int64(5): "a", 0: "b"}) == [0, 5]


@pytest.mark.parametrize(
    ("networks", "said"),
    [
        ([np.ones((50, 50))], "`networks` is of the type list; give a mapping of steps"),
        ({}, "is empty"),
        ({-1: 0}, "has the key -1"),
        ({1.5: 0}, "has the key 1.5"),
        ({"a": 0}, "has the key 'a'"),
        ({True: 0}, "has the key true"),
    ],
)
def test_other_keys_are_refused(networks, said):
    with pytest.raises(ValueError, match=said):
        steps_of(networks)


def test_what_is_wrong_with_all_files_is_said_once():
    item = {step: f"{step}.pt" for step in range(100)}
    said = problems_of_networks([item], [0], lambda _: "lacks W_E")
    assert said == ["` = '0.pt' and 99 more files: lacks W_E"]
    said = problems_of_networks(
        [item], [0], lambda file: f"lacks {file[0]}" if file < "2" else None
    )
    assert len(said) == 2
