"""All networks on parity in one dataset: laws, forecasts, and single abilities."""

from collections.abc import Sequence

import numpy as np
import xarray as xr
from numpy.typing import ArrayLike, NDArray

from ontogeny.joins import Run
from ontogeny.labels import text
from ontogeny.scaling import LAWS
from ontogeny.studies.surprise.families import (
    CONTROL,
    Array,
    Grid,
    Take,
    Variables,
    final,
    is_complete,
    labels_of,
)
from ontogeny.studies.surprise.labels import dataset, variable
from ontogeny.studies.surprise.laws import (
    CONSTANTS,
    bands_of_settings,
    cut_labels,
    exponent_of,
    forecasts_of_loss,
    laws_of_loss,
    laws_of_settings,
)
from ontogeny.studies.surprise.stages.parity_abilities import (
    FORECASTERS_OF_PARITY,
    Tasks,
    abilities,
    exponents,
    forecasts,
)

__all__ = ["parity_scaling"]

LN2 = float(np.log(2))
"""Loss of a task that is not learned [nat]."""

_DESCRIBED = {
    "world": "world of the family",
    "setting": "configuration of the family without its seed",
    "seed": "seed of the family",
    "alpha": "frequencies of tasks fall like j^-(1 + alpha)",
    "tasks": "number of tasks",
    "steps": "updates of its training",
}


def parity_scaling(runs: Sequence[Run], *, learned: float, least_sizes: int) -> xr.Dataset:
    """Join the runs on parity into families, and predict the large from the small.

    A run whose evaluation ends before its steps diverged: it is left out.

    Parameters
    ----------
    runs : sequence of Run
        At least one. Described by ``family``, ``setting``, ``world``, ``seed``, ``alpha``,
        ``tasks``, ``steps`` and ``width``, with the result ``evaluation``.
    learned : float
        A task is learned when its accuracy exceeds this.
    least_sizes : int
        A family with fewer sizes is not fitted, and the smallest cut has as many.

    Returns
    -------
    Dataset
        By ``family`` and ``width``, NaN where a family lacks a width, task or step: size, loss
        after training and after a quarter of it, learned tasks, and loss along training; laws of
        the loss, exponents and forecasts; how single tasks depend on size.

    Raises
    ------
    ValueError
        If two runs of a family have the same width.
    """
    grid = Grid(runs)
    kept = [run for run in runs if is_complete(run)]
    task = labels_of(runs, "evaluation", "task")
    step = np.sort(labels_of(kept, "evaluation", "step").astype(np.int64))
    parameters, loss, early, accuracy = (
        grid.table(kept, final("parameters")),
        grid.table(kept, final("loss")),
        grid.table(kept, _early("loss")),
        grid.table(kept, final("task_accuracy"), task=task),
    )
    probability = grid.of_family(runs, lambda run: run.results["evaluation"]["probability"],
                                 task=task)  # fmt: skip
    tasks = Tasks(parameters, grid.widths, probability, accuracy, accuracy > learned)
    curves = {name: grid.table(kept, _curve(name), step=step) for name in _CURVES}
    forecast = forecasts_of_loss(parameters, loss, least_sizes=least_sizes)
    early_miss = forecasts_of_loss(parameters, early, least_sizes=least_sizes)["loss_miss"]
    setting = grid.about("setting")
    along = ("family", "width")
    found = {
        "left_out": grid.left_out(),
        "parameters": variable(along, parameters, "parameters"),
        "loss": variable(along, loss, "cross-entropy after training", "nat"),
        "loss_error": variable(
            along, grid.table(kept, final("loss_error")), "standard error of the loss", "nat"
        ),
        "loss_quarter": variable(along, early, "cross-entropy after a quarter of training", "nat"),
        "steps_quarter": variable(
            "family", grid.of_family(kept, _early("step")), "updates after which that is"
        ),
        **_learned(tasks),
        "accuracy": variable((*along, "task"), accuracy, "accuracy of the task after training"),
        "probability": variable(("family", "task"), probability, "probability of the task"),
        **{
            f"{name}_curve": variable((*along, "step"), curves[name], about, units)
            for name, (about, units) in _CURVES.items()
        },
        **laws_of_loss(parameters, loss, least_sizes=least_sizes),
        **laws_of_settings(parameters, loss, setting, least_sizes=least_sizes),
        **exponents(tasks, early, least_sizes=least_sizes),
        **_data_exponents(parameters, step, curves),
        "endless_exponent": variable(
            "family",
            -np.array(grid.about("alpha"), dtype=np.float64),
            "exponent with endless tasks and endless training",
        ),
        **forecast,
        "loss_miss_quarter": variable(
            ("family", "law", "cut", "width"),
            early_miss.values,
            "loss predicted over loss seen, less 1, after a quarter of training",
        ),
        **bands_of_settings(parameters, loss, setting, least_sizes=least_sizes),
        **forecasts(tasks, forecast["loss_forecast"].values, least_sizes=least_sizes),
        **abilities(tasks, setting, least_sizes=least_sizes),
    }
    coordinates: dict[str, ArrayLike | xr.Variable] = {
        "family": text(grid.families),
        "setting": text(dict.fromkeys(setting)),
        **grid.described(_DESCRIBED),
        "width": grid.widths,
        "step": step,
        "task": task,
        "law": text(LAWS),
        "constant": text(CONSTANTS),
        "cut": cut_labels(parameters, least_sizes),
        "forecaster": text(FORECASTERS_OF_PARITY),
        "end": text(("lower", "upper")),
    }
    return dataset(found, coordinates, title="Families of networks on worlds of parity")


FIRST_STEP = 100
"""Exponents along data are fitted from this step on, when training has got under way."""

_CURVES = {
    "loss": ("cross-entropy along training", "nat"),
    "data": ("examples used in training", "1"),
    "compute": ("compute of training", "FLOP"),
}


def _early(name: str) -> Take:
    """Return what takes a value after the last checkpoint of the first quarter of training."""

    def take(run: Run) -> xr.DataArray:
        each = run.results["evaluation"][name]
        return each.sel(step=each["step"] <= run.about["steps"] / CONTROL).isel(step=-1)

    return take


def _curve(name: str) -> Take:
    return lambda run: run.results["evaluation"][name]


def _learned(tasks: Tasks) -> Variables:
    """Return how many tasks each network has learned, and what the others cost."""
    cost = LN2 * np.nan_to_num(tasks.probability)
    left = np.where(tasks.is_learned, 0, cost[:, None]).sum(axis=2)
    known = np.isfinite(tasks.parameters)
    along = ("family", "width")
    return {
        "learned_tasks": variable(
            along, np.where(known, tasks.is_learned.sum(axis=2), np.nan), "learned tasks"
        ),
        "unlearned_loss": variable(
            along,
            np.where(known, left, np.nan),
            "ln 2 times the summed probability of tasks that are not learned",
            "nat",
        ),
    }


def _data_exponents(
    parameters: Array, step: NDArray[np.int64], curves: dict[str, Array]
) -> Variables:
    """Return the exponents along the training of the largest network of each family."""
    found = np.full(len(parameters), np.nan)
    late = step >= FIRST_STEP
    for row, sizes in enumerate(parameters):
        if np.isfinite(sizes).any():
            largest = row, int(np.nanargmax(sizes))
            found[row] = exponent_of(curves["data"][largest][late], curves["loss"][largest][late])
    return {
        "data_exponent": variable(
            "family",
            found,
            "exponent of the loss of the largest network over data, from step 100 on",
        )
    }
