import numpy as np
import pytest
import xarray as xr

from ontogeny.studies.composition.summary import (
    Outcome,
    outcomes_of_history,
    outcomes_of_runs,
    summary,
)

NAN = float("nan")


def test_outcomes_are_read_by_experiment_and_seed():
    joined = xr.Dataset(
        {
            "test_accuracy": ("run", [0.99, 0.5]),
            "circuit_end": ("run", [1600.0, NAN]),
            "experiment_of_run": ("run", np.array(["a", "b"], dtype=object)),
            "seed_of_run": ("run", [3, 0]),
        }
    )
    found = outcomes_of_runs(joined)
    assert found["a", 3] == Outcome(0.99, 1600.0)
    assert found["b", 0].accuracy == 0.5
    assert np.isnan(found["b", 0].circuit_end)


def test_a_history_gives_the_final_accuracy():
    history = xr.Dataset(
        {"accuracy": (("split", "step"), [[1.0, 1.0], [0.9, 0.7]])},
        {"split": ["train", "test"]},
    )
    assert outcomes_of_history(history).accuracy == 0.7


def test_networks_of_unknown_training_pairs_are_named_and_not_counted():
    outcomes = {("a", 0): Outcome(1.0, 1600.0)}
    assert summary({"a": (0,), "theirs": (0, 1)}, outcomes, unknown=["theirs"]) == [
        "composition: 1 of 1 networks generalised (test accuracy of at least 0.99 at the final "
        "checkpoint)",
        "  a       1 of 1  circuit formed by step 1,600",
        "  theirs  -       training pairs unknown",
    ]


def test_a_history_without_test_pairs_gives_the_training_accuracy():
    history = xr.Dataset({"accuracy": (("split", "step"), [[0.5, 1.0]])}, {"split": ["train"]})
    assert outcomes_of_history(history).accuracy == 1.0


def test_networks_trained_on_all_pairs_are_counted_by_what_they_learned():
    outcomes = {("a", 0): Outcome(0.5), ("b", 0): Outcome(1.0), ("b", 1): Outcome(0.9)}
    seeds = {"b": (0, 1), "a": (0,)}
    learned = (
        "1 of 2 networks trained on all pairs learned them (accuracy of at least 0.99 at the "
        "final checkpoint)"
    )
    assert summary(seeds, outcomes, untested=["b"]) == [
        "composition: 0 of 1 networks generalised (test accuracy of at least 0.99 at the final "
        f"checkpoint), {learned}",
        "  a  0 of 1",
        "  b  1 of 2  trained on all pairs",
    ]
    assert summary({"b": (0, 1)}, outcomes, untested=["b"]) == [
        f"composition: {learned}",
        "  b  1 of 2  trained on all pairs",
    ]


def test_each_experiment_has_a_line_with_when_its_circuits_formed():
    outcomes = {
        ("a", 0): Outcome(1.0, 1600.0),
        ("a", 1): Outcome(0.99, 2000.0),
        ("a", 2): Outcome(0.9899, 50.0),
        ("theirs", 0): Outcome(1.0, NAN),
        ("of another configuration", 0): Outcome(1.0, 10.0),
    }
    assert summary({"a": (0, 1, 2), "theirs": (0,)}, outcomes) == [
        "composition: 3 of 4 networks generalised (test accuracy of at least 0.99 at the final "
        "checkpoint)",
        "  a       2 of 3  circuit formed by step 1,800 (1,600 to 2,000)",
        "  theirs  1 of 1",
    ]


@pytest.mark.parametrize("outcomes", [{}, {("a", 0): Outcome(0.2), ("a", 1): Outcome(NAN)}])
def test_networks_that_were_not_trained_long_enough_are_counted(outcomes):
    headline, line = summary({"a": (0, 1)}, outcomes)
    assert headline.startswith("composition: 0 of 2 networks generalised")
    assert line == "  a  0 of 2"
