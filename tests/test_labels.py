from dataclasses import dataclass
from typing import Annotated

import numpy as np
import pytest
import xarray as xr

from ontogeny.labels import DIMENSIONS, Labels, Measure, coordinate, dataset, variable


@dataclass(frozen=True)
class Found:
    loss: Annotated[np.ndarray, Measure("split", "cross-entropy", "nat")]
    margin: Annotated[float, Measure((), "margin")]


@dataclass(frozen=True)
class Written:
    loss: 'Annotated[float, Measure((), "cross-entropy", "nat")]'


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


def test_measures_are_the_fields_with_their_descriptions():
    loss = np.array([1.0, 2.0])
    made = Labels(DIMENSIONS).measures(Found(loss, margin=3.0))
    assert [*made] == ["loss", "margin"]
    xr.testing.assert_identical(made["loss"], variable("split", loss, "cross-entropy", "nat"))
    xr.testing.assert_identical(made["margin"], variable((), 3.0, "margin"))


def test_types_of_measures_may_be_written_as_texts():
    """As they are below `from __future__ import annotations`."""
    made = Labels(DIMENSIONS).measures(Written(2.0))
    xr.testing.assert_identical(made["loss"], variable((), 2.0, "cross-entropy", "nat"))


def test_measures_along_a_dimension_are_those_of_each():
    each = [Found(np.array([1.0, 2.0]), 3.0), Found(np.array([4.0, 5.0]), 6.0)]
    made = xr.Dataset(Labels(DIMENSIONS).measures_along("step", each))
    for place, one in enumerate(each):
        single = xr.Dataset(Labels(DIMENSIONS).measures(one))
        xr.testing.assert_identical(made.isel(step=place), single)


def test_a_measure_of_an_unknown_dimension_is_refused():
    @dataclass(frozen=True)
    class Wrong:
        loss: Annotated[float, Measure("epoch", "loss")]

    with pytest.raises(ValueError, match="epoch"):
        Labels(DIMENSIONS).measures(Wrong(loss=0.5))


def test_a_field_without_a_description_is_refused():
    @dataclass(frozen=True)
    class Bare:
        loss: float

    with pytest.raises(TypeError, match="`loss` of Bare has no `Measure`"):
        Labels(DIMENSIONS).measures(Bare(loss=0.5))
