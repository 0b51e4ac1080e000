"""The runs of a sweep in one dataset."""

import numpy as np
import pytest
import xarray as xr

from ontogeny.storage import read, write
from ontogeny.studies.composition.config import Style
from ontogeny.studies.composition.figures import sweep as figure
from ontogeny.studies.composition.sweep import SweptRun, sweep

FRACTION, DECAY = "data.fraction", "optimiser.weight_decay"


def history(step, *, test):
    """Training is perfect from the second checkpoint on; test accuracy as given."""
    step = np.array(step)
    train = (np.arange(len(step)) > 0).astype(float)
    accuracy = np.stack([train, np.array(test)], axis=1)
    return xr.Dataset(
        {
            "accuracy": (("step", "split"), accuracy),
            "loss": (("step", "split"), 4 * (1 - accuracy) + 1e-3),
            "update_loss": ("update", np.ones(int(step[-1]))),
        },
        {"step": step, "split": np.array(["train", "test"], dtype=object)},
    )


def two_fields():
    runs = []
    for fraction in (0.5, 0.25):
        for decay in (1, 0):
            for seed in (7, 3):
                learned = 20 if fraction == 0.5 and decay and seed == 3 else 30
                step = [0, 10, 20] if learned == 20 else [0, 10, 15, 30]
                test = [0.0] * (len(step) - 1) + [1.0 if decay else 0.1]
                runs.append(
                    SweptRun({FRACTION: fraction, DECAY: decay}, seed, history(step, test=test))
                )
    return runs


def test_swept_fields_become_dimensions():
    found = sweep(two_fields())
    assert found["generalised_step"].dims == (FRACTION, DECAY, "seed")
    assert found[FRACTION].values.tolist() == [0.5, 0.25]
    assert found["seed"].values.tolist() == [3, 7]
    one = found.sel({FRACTION: 0.5, DECAY: 1, "seed": 3})
    assert float(one["generalised_step"]) == 20
    assert np.isnan(found["generalised_step"].sel({DECAY: 0})).all()
    assert (found["memorised_step"] == 10).all()
    assert float(found["test_accuracy"].sel({FRACTION: 0.25, DECAY: 0, "seed": 7})) == 0.1


def test_curves_are_nan_where_a_run_has_no_checkpoint():
    found = sweep(two_fields())
    assert found["step"].values.tolist() == [0, 10, 15, 20, 30]
    curve = found["loss_curve"].sel({FRACTION: 0.5, DECAY: 1, "seed": 3, "split": "test"}).values
    np.testing.assert_allclose(curve, [4.001, 4.001, np.nan, 0.001, np.nan])
    other = found["loss_curve"].sel({FRACTION: 0.25, DECAY: 1, "seed": 3, "split": "train"}).values
    np.testing.assert_allclose(other, [4.001, 0.001, 0.001, np.nan, 0.001])


def test_a_run_that_is_missing_is_nan():
    runs = two_fields()
    found = sweep(runs[:-1])
    gone = runs[-1]
    assert np.isnan(float(found["last_step"].sel({**gone.values, "seed": gone.seed})))
    assert int(np.isfinite(found["last_step"]).sum()) == len(runs) - 1


def test_values_that_are_no_numbers_become_text(tmp_path):
    schedules = [[], [{"step": 700, "weight_decay": 0}]]
    runs = [
        SweptRun({"optimiser.weight_decay_schedule": each}, 0, history([0, 10], test=[0, 1.0]))
        for each in schedules
    ]
    write(sweep(runs), tmp_path / "sweep.nc", {})
    found = read(tmp_path / "sweep.nc")
    assert found["optimiser.weight_decay_schedule"].values.tolist() == [
        "[]",
        '[{"step": 700, "weight_decay": 0}]',
    ]


def test_schedules_are_said_in_words():
    schedules = [[], [{"step": 700, "weight_decay": 0}]]
    runs = [
        SweptRun({"optimiser.weight_decay_schedule": each}, 0, history([0, 10], test=[0, 1.0]))
        for each in schedules
    ]
    numbers = figure.numbers(sweep(runs))
    assert numbers["setting"].values.tolist() == ["no change", "0 from step 700"]


@pytest.mark.parametrize("fields", [[FRACTION], [DECAY], [FRACTION, DECAY]])
def test_figure_has_a_curve_for_each_run_and_split(fields):
    values = {(*(run.values[f] for f in fields), run.seed): run for run in two_fields()}
    runs = [
        SweptRun({f: run.values[f] for f in fields}, run.seed, run.history)
        for run in values.values()
    ]
    numbers = figure.numbers(sweep(runs))
    assert numbers.sizes["setting"] == 2 ** len(fields)
    drawn = figure.draw(numbers, Style())
    left, right = drawn.axes
    assert len(left.lines) == 2 * len(runs)
    marks = sum(len(line.get_xdata()) for line in right.lines)
    assert marks == 2 * len(runs)
