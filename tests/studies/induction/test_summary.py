import numpy as np
import xarray as xr

from ontogeny.studies.induction.summary import summary

NAN = float("nan")


def compared(runs):
    names, seeds, starts, ends = zip(*runs, strict=True)
    return xr.Dataset(
        {
            "experiment_of_run": ("run", np.array(names, dtype=object)),
            "seed_of_run": ("run", np.array(seeds)),
            "window_start": ("run", np.array(starts)),
            "window_end": ("run", np.array(ends)),
        }
    )


def test_each_experiment_has_a_line_with_its_window():
    runs = [("one", 0, NAN, NAN), ("two", 0, 850.0, 1250.0), ("three", 0, 400.0, 600.0)]
    runs += [("three", 1, 500.0, 900.0), ("gone", 0, 1.0, 2.0)]
    assert summary({"one": (0,), "two": (0,), "three": (0, 1)}, compared(runs)) == [
        "induction: 3 of 4 networks had a phase change, in which they learned to use the context",
        "  one    0 of 1",
        "  two    1 of 1  from step 850 to 1,250",
        "  three  2 of 2  from step 450 to 750 (medians)",
    ]
