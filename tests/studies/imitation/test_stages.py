"""The stages of a run: datasets that are described, stored, and drawn from streams of their own."""

import numpy as np
import pytest
import xarray as xr
from numpy.testing import assert_allclose, assert_array_equal
from pydantic import TypeAdapter

from ontogeny.storage import read, write
from ontogeny.studies.imitation.analysis.laws import LAWS
from ontogeny.studies.imitation.analysis.simulation import Event, demonstrated_event
from ontogeny.studies.imitation.config import Class, Learning
from ontogeny.studies.imitation.labels import DIMENSIONS
from ontogeny.studies.imitation.stages.classes import model_class
from ontogeny.studies.imitation.stages.exact import enumerated
from ontogeny.studies.imitation.stages.reading import STREAMS, problem_of, stream
from ontogeny.studies.imitation.stages.simulations import simulated

TEXTS = ["the cat sat on the mat", "abracadabra", "aaaaaaab"]
KINDS = {
    "enumerated": {"kind": "enumerated", "steps": 3},
    "whole past": {"kind": "history", "policies": 3, "past": {"kind": "whole", "steps": 2}},
    "random": {"kind": "random", "states": 3, "actions": 3, "policies": 5},
    "grid": {"kind": "grid", "policies": 21},
    "treacherous": {"kind": "treacherous", "states": 3, "copies": 3, "others": 2, "betrayal": 4},
    "hazard": {"kind": "treacherous", "betrayal": 4, "hazard": True},
    "characters": {
        "kind": "history",
        "policies": 3,
        "past": {"kind": "characters", "order": 1},
    },
}


def made(name, seed=0):
    return model_class(TypeAdapter(Class).validate_python(KINDS[name]), seed, TEXTS)


def learning(**given):
    schedule = {"steps": 12, "histories": 6} | given.pop("schedule", {})
    return Learning.model_validate({"seed": 0, "schedule": schedule, "alpha": 0.05} | given)


def described(found):
    for name, variable in found.variables.items():
        assert variable.attrs["long_name"], name
        assert variable.attrs["units"], name
    assert {str(dim) for dim in found.dims} <= set(DIMENSIONS)


def stored(found, tmp_path):
    """Check that a dataset is described and comes back from its file."""
    described(found)
    write(found, tmp_path / "found.nc")
    xr.testing.assert_equal(read(tmp_path / "found.nc"), found)


@pytest.mark.parametrize("name", KINDS)
def test_classes_are_stored_as_they_are(name, tmp_path):
    found = made(name)
    stored(found, tmp_path)
    assert_allclose(found["action_probability"].sum("action"), 1)
    assert_allclose(found["observation_probability"].sum("observation"), 1)


@pytest.mark.parametrize("contains_demonstrator", [True, False])
@pytest.mark.parametrize(("name", "steps"), [("enumerated", 3), ("whole past", 2)])
def test_enumerations_are_stored_as_they_are(name, steps, contains_demonstrator, tmp_path):
    given = learning(contains_demonstrator=contains_demonstrator)
    found = enumerated(made(name), given, steps)
    stored(found, tmp_path)
    assert found["law"].values.tolist() == list(LAWS)
    assert found["total"] == pytest.approx(1, abs=1e-12)
    excess = found["left"] - found["right"]
    if contains_demonstrator:
        assert (excess < 1e-12).all()
        assert abs(excess.sel(law="D4")) < 1e-12
        assert (found["sequence_left"] - found["sequence_right"] < 1e-12).all()
    else:
        assert excess.isnull().all()
        for measure in (
            "weight",
            "kept",
            "kept_logs",
            "kept_divergence",
            "kept_distance",
            "information",
        ):
            assert found[measure].isnull()
        for measure in ("queries", "cubes", "logs", "divergence", "distance", "excess"):
            assert found[measure].notnull()


@pytest.mark.parametrize("learner", ["conservative", "cloning", "demonstrator"])
@pytest.mark.parametrize("name", ["random", "grid", "treacherous", "hazard", "characters"])
def test_simulations_are_stored_as_they_are(name, learner, tmp_path):
    found = simulated(made(name), learning(learner=learner, event={"action": 1, "state": 0}))
    stored(found, tmp_path)
    assert found["time"].values[[0, -1]].tolist() == [0, 11]
    assert found.sizes["history"] == 6
    means = found[["theta", "cubes", "queries", "harm"]]
    assert means.to_array().notnull().all()


def test_the_identity_is_the_mean_over_histories():
    found = simulated(made("random"), learning(schedule={"histories": 500}))
    initial = np.sqrt(found["prior"] / found["weight"])
    assert (abs(found["identity"] - initial) <= 4 * found["identity_error"]).all()


def test_one_history_has_no_standard_error():
    found = simulated(made("random"), learning(schedule={"histories": 1}))
    assert found["theta_error"].isnull().all()
    assert found["theta"].notnull().all()


def test_a_standard_error_is_that_of_the_mean():
    found = simulated(made("random"), learning(schedule={"histories": 40}))
    cubes = found["cubes_of_history"]
    last = found.isel(time=-1)
    assert last["cubes"] == pytest.approx(float(cubes.mean()))
    assert last["cubes_error"] == pytest.approx(float(cubes.std(ddof=1)) / np.sqrt(40))


def test_an_event_lasts_to_the_end_unless_it_says_otherwise():
    policy_class = made("random")
    for event, stop in (({"action": 1, "start": 2}, 12), ({"action": 1, "stop": 5}, 5)):
        given = learning(event=event)
        exact = demonstrated_event(
            problem_of(policy_class, given), Event(1, None, event.get("start", 0), stop), 12
        )
        found = simulated(policy_class, given)
        assert_allclose(found["demonstrated_harm"], exact[found["time"].values], rtol=1e-15)


def test_without_an_event_nothing_happens():
    found = simulated(made("random"), learning())
    assert found["demonstrated_harm"].isnull().all()
    assert not found["harm_of_history"].any()
    assert (found["harm_mass_of_history"] == 0).all()


@pytest.mark.parametrize("stage", ["simulated", "enumerated"])
def test_results_are_determined_by_their_seed(stage):
    if stage == "simulated":
        policy_class = made("random")
        first, again, other = (simulated(policy_class, learning(seed=seed)) for seed in (0, 0, 1))
    else:
        policy_class = made("enumerated")
        first, again, other = (
            enumerated(policy_class, learning(seed=seed), 3) for seed in (0, 0, 1)
        )
    xr.testing.assert_identical(first, again)
    assert not first.equals(other)


@pytest.mark.parametrize("name", ["enumerated", "random", "whole past", "treacherous"])
def test_a_seed_draws_another_class(name):
    xr.testing.assert_identical(made(name), made(name))
    assert not made(name, 0).equals(made(name, 1))


def test_class_and_histories_and_events_are_drawn_from_streams_of_their_own():
    """No number is drawn twice, and each stream begins where it always does."""
    drawn = [tuple(stream(seed, of).random(100)) for seed in (0, 1) for of in STREAMS]
    assert len({each for draws in drawn for each in draws}) == 200 * len(STREAMS)
    assert drawn[0] == tuple(stream(0, STREAMS[0]).random(100))


def test_the_demonstrator_acts_alike_whatever_alpha_is():
    """Another alpha, the same random numbers."""
    policy_class = made("random")
    one, other = (
        simulated(policy_class, learning(learner="demonstrator", alpha=alpha, event={"action": 1}))
        for alpha in (0.5, 0.001)
    )
    assert_array_equal(one["harm_of_history"], other["harm_of_history"])
    assert not one["top_size"].equals(other["top_size"])
