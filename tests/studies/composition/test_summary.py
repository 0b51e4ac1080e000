import numpy as np
import pytest
import xarray as xr

from ontogeny.studies.composition.summary import (
    Outcome,
    finding,
    outcomes_of_history,
    outcomes_of_runs,
    summary,
)

NAN = float("nan")
LEARNED = Outcome(1.0, 117.0, 1550.0, 850.0)
SECOND = Outcome(0.995, 120.0, 1650.0, 900.0)
FITTED = Outcome(0.2, memorised=300.0)
GROUPS = {"a": "C59", "b": "S5"}


@pytest.mark.parametrize("generalised", ["test_step", "generalised_step"])
def test_outcomes_are_read_by_experiment_and_seed(generalised):
    joined = xr.Dataset(
        {
            "test_accuracy": ("run", [0.99, 0.5]),
            "memorised_step": ("run", [100.0, 200.0]),
            generalised: ("run", [1500.0, NAN]),
            "circuit_end": ("run", [1600.0, NAN]),
            "experiment_of_run": ("run", np.array(["a", "b"], dtype=object)),
            "seed_of_run": ("run", [3, 0]),
        }
    )
    found = outcomes_of_runs(joined)
    assert found["a", 3] == Outcome(0.99, 100.0, 1500.0, 1600.0)
    assert found["b", 0].accuracy == 0.5
    assert np.isnan(found["b", 0].circuit_end)


def test_a_history_gives_the_final_accuracy():
    history = xr.Dataset(
        {"accuracy": (("split", "step"), [[1.0, 1.0], [0.9, 0.7]])},
        {"split": ["train", "test"]},
    )
    assert outcomes_of_history(history).accuracy == 0.7
    only = history.sel(split=["train"])
    assert outcomes_of_history(only).accuracy == 1.0


def test_networks_are_counted_and_their_circuits_dated():
    runs = {("a", 0): LEARNED, ("a", 1): SECOND, ("b", 0): FITTED}
    assert summary(runs) == (
        "2 of 3 networks generalised",
        "the phase of circuit formation ended between steps 850 and 900",
    )
    assert summary({("a", 0): LEARNED}) == (
        "1 of 1 network generalised",
        "the phase of circuit formation ended at step 850",
    )
    assert summary({("b", 0): FITTED}) == ("0 of 1 network generalised", "")
    assert summary({}) == ("", "")


def test_networks_trained_on_all_pairs_are_counted_by_what_they_learned():
    runs = {("a", 0): FITTED, ("b", 0): Outcome(1.0), ("b", 1): Outcome(0.9)}
    learned = "1 of 2 networks trained on all pairs learned them"
    assert summary(runs, untested=["b"]).networks == f"0 of 1 network generalised; {learned}"
    alone = {run: each for run, each in runs.items() if run[0] == "b"}
    assert finding(alone, GROUPS, untested=["b"]) == f"{learned}."


FINDINGS = {
    "The network on C59 fits its training pairs by step 117 but generalises only at step 1,550; "
    "the phase of circuit formation ends at step 850.": {("a", 0): LEARNED},
    "Both networks on C59 fit their training pairs by step 120 but generalise only between steps "
    "1,550 and 1,650; the phase of circuit formation ends between steps 850 and 900.": {
        ("a", 0): LEARNED,
        ("a", 1): SECOND,
    },
    "1 of 2 networks on C59 and S5 fits its training pairs by step 117 but generalises only at "
    "step 1,550; the phase of circuit formation ends at step 850.": {
        ("a", 0): LEARNED,
        ("b", 0): FITTED,
    },
    "All 3 networks on C59 fit their training pairs by step 600 and generalise between steps 550 "
    "and 1,650.": {
        ("a", 0): LEARNED,
        ("a", 1): SECOND,
        ("a", 2): Outcome(1.0, memorised=600.0, generalised=550.0),
    },
    "The network on C59 generalises at step 9.": {("a", 0): Outcome(1.0, generalised=9.0)},
    "Both networks on C59 generalise.": {("a", 0): LEARNED, ("a", 1): Outcome(1.0)},
    "The network on S5 does not generalise within its training, though it fits its training "
    "pairs.": {("b", 0): FITTED},
    "The network on S5 does not generalise within its training.": {("b", 0): Outcome(0.1)},
    "None of 2 networks on S5 generalises within its training, though 1 of 2 networks fits its "
    "training pairs.": {("b", 0): FITTED, ("b", 1): Outcome(0.1)},
    "None of 2 networks on S5 generalises within its training, though both networks fit their "
    "training pairs.": {("b", 0): FITTED, ("b", 1): FITTED},
    "None of 2 networks on S5 generalises within its training.": {
        ("b", 0): Outcome(0.1),
        ("b", 1): Outcome(0.1),
    },
    "": {},
}


@pytest.mark.parametrize("said", FINDINGS)
def test_a_finding_has_the_steps_of_the_networks_that_generalise(said):
    assert finding(FINDINGS[said], GROUPS) == said


def test_of_many_groups_the_number_is_told():
    names = [f"e{number}" for number in range(5)]
    groups = {name: f"C{7 + number}" for number, name in enumerate(names)}
    said = finding({(name, 0): LEARNED for name in names}, groups)
    assert said.startswith("All 5 networks on 5 groups fit")
