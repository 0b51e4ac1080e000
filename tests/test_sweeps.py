"""Lists in an experiment, and the experiments that they stand for."""

import pytest

from ontogeny.config import ConfigurationError, read_sections
from ontogeny.studies.composition.config import resolve
from ontogeny.sweeps import expanded

LISTS = {"seeds", "betas"}


def sweep(**entries):
    return expanded(entries, lists=LISTS, at="experiments")


def read(**experiment):
    plain = {"group": "C7", "seeds": [0, 1], "architecture": {"kind": "mlp"}}
    raw = {"composition": {"experiments": {"e": plain | experiment}}}
    return read_sections(raw, {"composition": resolve})["composition"]


def test_what_is_no_sweep_stays_as_it_is():
    plain = {"seeds": [0, 1], "data": {"fraction": 0.3}, "betas": [0.9, 0.98]}
    assert sweep(a=plain, b=None) == ({"a": plain, "b": None}, {})


def test_several_lists_make_every_combination():
    found, sweeps = sweep(a={"data": {"fraction": [0.1, 0.25]}, "decay": [0, 1], "seeds": [3]})
    assert list(found) == [
        "a-fraction-0p1-decay-0",
        "a-fraction-0p1-decay-1",
        "a-fraction-0p25-decay-0",
        "a-fraction-0p25-decay-1",
    ]
    assert found["a-fraction-0p25-decay-0"] == {
        "data": {"fraction": 0.25}, "decay": 0, "seeds": [3],
    }  # fmt: skip
    assert sweeps["a"]["a-fraction-0p1-decay-1"] == {"data.fraction": 0.1, "decay": 1}


def test_a_field_that_is_a_list_sweeps_over_lists():
    found, sweeps = sweep(a={"betas": [[0.9, 0.98], [0.9, 0.999]]})
    assert found["a-betas-1"]["betas"] == [0.9, 0.999]
    assert sweeps["a"]["a-betas-0"] == {"betas": [0.9, 0.98]}


@pytest.mark.parametrize(
    "entries",
    [{"a": {"x": [1, 1]}}, {"a": {"x": [1, 2]}, "a-x-2": {"x": 5}}],
    ids=["a value twice", "the name of another"],
)
def test_two_experiments_of_one_name_are_refused(entries):
    with pytest.raises(ConfigurationError, match=r"`experiments\.a`: two experiments"):
        sweep(**entries)


def test_a_configuration_is_swept():
    found = read(optimiser={"weight_decay": [0.3, 1, 3]}, data={"fraction": [0.4, 0.6]})
    assert len(found.experiments) == 6
    one = found.experiments["e-weight-decay-0p3-fraction-0p6"]
    assert (one.optimiser.weight_decay, one.data.fraction, one.seeds) == (0.3, 0.6, (0, 1))
    assert found.sweeps["e"]["e-weight-decay-3-fraction-0p4"] == {
        "optimiser.weight_decay": 3,
        "data.fraction": 0.4,
    }
    assert read().sweeps == {}


def test_a_bad_value_of_a_sweep_is_named():
    with pytest.raises(ConfigurationError, match="fraction"):
        read(data={"fraction": [0.4, 1.5]})


def test_a_name_that_is_no_text_is_left_to_validation():
    """YAML reads `off` as false."""
    with pytest.raises(ConfigurationError, match="False"):
        read_sections(
            {"composition": {"experiments": {False: {"optimiser": {"weight_decay": [0, 1]}}}}},
            {"composition": resolve},
        )


@pytest.mark.parametrize("field", [{"seeds": [[0], [1]]}, {"weights": [["a.pt"], ["b.pt"]]}])
def test_seeds_and_weights_are_not_swept(field):
    with pytest.raises(ConfigurationError, match="cannot be swept"):
        read(**field)


@pytest.mark.parametrize("steps", [[5, 5], [9, 3]])
def test_changes_of_weight_decay_ascend(steps):
    changes = [{"step": step, "weight_decay": 0} for step in steps]
    with pytest.raises(ConfigurationError, match="ascending steps"):
        read(optimiser={"weight_decay_schedule": changes})


def test_quadratic_labels_ask_for_a_cyclic_group():
    assert read(data={"labels": "quadratic"}).experiments["e"].data.labels == "quadratic"
    with pytest.raises(ConfigurationError, match="cyclic group"):
        read(group="S3", data={"labels": "quadratic"})
