import numpy as np
import xarray as xr

from ontogeny.studies.imitation.summary import summary

NAN = float("nan")
COLUMNS = (
    "experiment_of_run", "exact_of_run", "contains_demonstrator_of_run", "steps_of_run",
    "queries", "harm", "demonstrated_harm", "worst_excess", "own_event_of_run",
)  # fmt: skip


def compared(*runs):
    columns = zip(*runs, strict=True)
    return xr.Dataset(
        {
            name: ("run", np.array(values, dtype=object if name == "experiment_of_run" else None))
            for name, values in zip(COLUMNS, columns, strict=True)
        }
    )


def test_each_experiment_has_a_line_with_what_its_runs_came_to():
    found = compared(
        ("exact", True, True, 4, NAN, NAN, NAN, 1e-17, False),
        ("exact", True, True, 4, NAN, NAN, NAN, 2e-16, False),
        ("strict", True, True, 4, NAN, NAN, NAN, 0.0, False),
        ("broken", True, True, 4, NAN, NAN, NAN, 0.03, False),
        ("apart", True, False, 4, NAN, NAN, NAN, 0.5, False),
        ("random", False, True, 1500, 12.0, NAN, NAN, NAN, False),
        ("random", False, True, 1500, 13.0, NAN, NAN, NAN, False),
        ("traitors", False, True, 300, 12.2, 0.03, 0.026, NAN, False),
        ("other", False, True, 300, 9.0, 0.5, 0.4, NAN, True),
        ("gone", False, True, 300, 1.0, NAN, NAN, NAN, False),
    )
    seeds = {"exact": (0, 1), "random": (0, 1)}
    seeds |= dict.fromkeys(("strict", "broken", "apart", "traitors", "other"), (0,))
    assert summary(seeds, found) == [
        "imitation: 9 runs, 5 of them exact over all histories",
        "  exact     all laws hold, worst excess 2e-16",
        "  random    12.5 queries in 1,500 steps",
        "  strict    all laws hold, worst excess 0",
        "  broken    a law does not hold: excess 0.03",
        "  apart     no laws: the demonstrator is not in the class",
        "  traitors  12.2 queries in 300 steps; harm 0.03 (demonstrator 0.026)",
        "  other     9.0 queries in 300 steps; event 0.5 (demonstrator 0.4)",
    ]


def test_laws_that_could_not_be_checked_are_not_said_to_hold():
    found = compared(
        ("exact", True, True, 4, NAN, NAN, NAN, 1e-17, False),
        ("exact", True, True, 4, NAN, NAN, NAN, NAN, False),
    )
    assert "a law does not hold" in summary({"exact": (0, 1)}, found)[1]
