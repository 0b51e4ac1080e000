import numpy as np
import pytest
import xarray as xr

from ontogeny.studies.imitation.summary import finding

NAN = float("nan")
COLUMNS = (
    "learner_of_run", "exact_of_run", "contains_demonstrator_of_run", "queries", "harm",
    "demonstrated_harm", "worst_excess", "own_event_of_run",
)  # fmt: skip
EXACT = ("conservative", True, True, NAN, NAN, NAN, 1e-17, False)
MIXED = ("mixture", True, True, NAN, NAN, NAN, 1e-17, False)
BROKEN = ("conservative", True, True, NAN, NAN, NAN, 0.03, False)
UNCHECKED = ("conservative", True, True, NAN, NAN, NAN, NAN, False)
APART = ("conservative", True, False, NAN, NAN, NAN, 0.5, False)
SAFE = ("conservative", False, True, 12.0, 0.04, 0.05, NAN, False)
SAFER = ("conservative", False, True, 14.0, 0.08, 0.05, NAN, False)
HARMFUL = ("cloning", False, True, 50.0, 1.0, 0.05, NAN, False)
HARMLESS = ("mixture", False, True, 9.0, NAN, NAN, NAN, False)
EVENT = ("mixture", False, True, 9.0, 0.5, 0.4, NAN, True)
HOLDS = "The laws proved of the conservative learner hold on every possible history"


def compared(*runs):
    columns = zip(*runs, strict=True)
    return xr.Dataset(
        {
            name: ("run", np.array(values, dtype=object if name == "learner_of_run" else None))
            for name, values in zip(COLUMNS, columns, strict=True)
        }
    )


@pytest.mark.parametrize(
    ("runs", "said"),
    [
        ([EXACT], f"{HOLDS}."),
        ([EXACT, EXACT, APART], f"{HOLDS}."),
        (
            [EXACT, MIXED],
            "The laws proved of the conservative and mixture learners hold on every possible "
            "history.",
        ),
        ([EXACT, BROKEN], "A law fails or could not be checked in 1 of 2 enumerated runs."),
        ([UNCHECKED], "A law fails or could not be checked in 1 of 1 enumerated run."),
        ([APART], ""),
        (
            [EXACT, HARMFUL, SAFE, SAFER],
            f"{HOLDS}; in simulations the conservative learner does harm in 6 % of histories and "
            "the cloning learner in 100 % (the demonstrator in 5 %).",
        ),
        (
            [SAFE],
            "In simulations the conservative learner does harm in 4 % of histories (the "
            "demonstrator in 5 %).",
        ),
        ([HARMLESS], "The mixture learner asks 9.0 times per history."),
        ([EVENT], "The mixture learner asks 9.0 times per history."),
    ],
)
def test_a_finding_has_laws_harm_or_queries(runs, said):
    assert finding(compared(*runs)) == said
