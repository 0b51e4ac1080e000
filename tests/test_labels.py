import numpy as np
import pytest

from ontogeny.labels import DIMENSIONS, coordinate, dataset, variable


def test_a_variable_has_a_description_and_a_unit():
    loss = variable("step", [1.0, 2.0], "loss", "nat")
    assert loss.attrs == {"long_name": "loss", "units": "nat"}
    assert loss.dims == ("step",)


def test_an_unknown_dimension_is_refused():
    with pytest.raises(ValueError, match=r"`dims` .* \['epoch'\]"):
        variable(("epoch", "step"), np.zeros((1, 1)), "x")


def test_coordinates_are_described_by_the_one_table():
    made = dataset({"x": variable("step", [0.0], "x")}, {"step": [7]}, title="t")
    assert made["step"].attrs["long_name"] == DIMENSIONS["step"]
    assert made.attrs == {"title": "t"}
    assert coordinate("split", ["train"]).attrs["units"] == "1"


def test_dimensions_are_singular_nouns():
    assert not [name for name in DIMENSIONS if name.endswith("s") and name != "bias"]
