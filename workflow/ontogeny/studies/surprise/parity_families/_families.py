"""Families as arrays, and what is measured of their networks.

Symbols: ``F`` families, ``M`` sizes of a family, ``W`` widths that any family has, ``J`` tasks,
``S`` steps.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from ontogeny.joins import Run
from ontogeny.labels import text
from ontogeny.studies.surprise.labels import variable

__all__ = [
    "Array",
    "Family",
    "Row",
    "by_task",
    "by_width",
    "described",
    "families_of",
    "kin_of",
    "measured",
    "steps_of",
    "widths_of",
]

Array = NDArray[np.float64]
Row = dict[str, xr.Variable]

CONTROL = 4
"""The control of what a whole training shows is this part of it, one over this number."""

LN2 = float(np.log(2))
"""Loss of a task that is not learned [nat]."""


@dataclass(frozen=True, eq=False)
class Family:
    """Networks that differ in width alone, those that diverged left out.

    Attributes
    ----------
    about : mapping
        What the configuration says of all of them.
    left_out : int
        Networks that diverged.
    probability : (J,) ndarray
        Of each task.
    width : (M,) ndarray of int
        Ascending.
    size : (M,) ndarray
        Numbers of parameters.
    loss, loss_error, loss_quarter : (M,) ndarray
        After the whole training, and after the last checkpoint of its first quarter [nat].
    steps_quarter : float
        That checkpoint; NaN when all networks diverged.
    accuracy : (M, J) ndarray
    curves : sequence of Dataset
        ``loss``, ``data`` and ``compute`` of each size by step.
    """

    about: Mapping[str, Any]
    left_out: int
    probability: Array
    width: NDArray[np.int64]
    size: Array
    loss: Array
    loss_error: Array
    loss_quarter: Array
    steps_quarter: float
    accuracy: Array
    curves: Sequence[xr.Dataset]


def families_of(runs: Sequence[Run]) -> list[Family]:
    """Return the families of some runs, in the order in which these come."""
    members: dict[str, list[Run]] = {}
    for run in runs:
        members.setdefault(run.about["family"], []).append(run)
    return [_family(each) for each in members.values()]


def kin_of(families: Sequence[Family]) -> dict[str, list[Family]]:
    """Return families that differ in their seed alone, by the name that they share."""
    kin: dict[str, list[Family]] = {}
    for family in families:
        kin.setdefault(family.about["kin"], []).append(family)
    return kin


def widths_of(families: Sequence[Family]) -> NDArray[np.int64]:
    """Return the widths that any family has, ascending."""
    return np.unique(np.concatenate([family.width for family in families]))


def steps_of(families: Sequence[Family]) -> NDArray[np.int64]:
    """Return the steps at which any network has a checkpoint, ascending."""
    curves = [curve["step"].values for family in families for curve in family.curves]
    return np.unique(np.concatenate([np.empty(0, dtype=np.int64), *curves]))


def described(families: Sequence[Family]) -> Row:
    """Return what the configuration says of each family, as coordinates."""
    said: dict[str, tuple[str, str]] = {
        "world": ("world", "world"),
        "kin": ("kin", "name that families share which differ in their seed alone"),
        "seed": ("seed", "seed"),
        "alpha": ("alpha", "frequencies of tasks fall like j^-(1 + alpha)"),
        "tasks": ("tasks", "number of tasks"),
        "steps": ("steps", "updates of the whole training"),
    }
    found = {}
    for name, (key, about) in said.items():
        values = [family.about[key] for family in families]
        array = text(values) if isinstance(values[0], str) else np.array(values)
        found[f"{name}_of_family"] = variable("family", array, about)
    return found


def measured(families: Sequence[Family], learned: float) -> Row:
    """Return what is measured of each network, and what it was trained on.

    Parameters
    ----------
    families : sequence of Family
    learned : float
        A task is learned when its accuracy exceeds this.
    """
    along = ("family", "width")
    widths = widths_of(families)
    step = steps_of(families)
    is_learned = [family.accuracy > learned for family in families]
    unlearned = [LN2 * ~each @ f.probability for f, each in zip(families, is_learned, strict=True)]

    def curve(name: str, about: str, units: str) -> xr.Variable:
        rows = [
            np.array(
                [c[name].reindex(step=step).values for c in f.curves], dtype=np.float64
            ).reshape(-1, len(step))
            for f in families
        ]
        return variable((*along, "step"), by_width(families, rows, widths), about, units)

    def sizes(rows: Sequence[Array], about: str, units: str = "1") -> xr.Variable:
        return variable(along, by_width(families, rows, widths), about, units)

    return {
        "left_out": variable("family", [f.left_out for f in families], "networks that diverged"),
        "parameters": sizes([f.size for f in families], "parameters"),
        "loss": sizes([f.loss for f in families], "cross-entropy after training", "nat"),
        "loss_error": sizes([f.loss_error for f in families], "standard error of the loss", "nat"),
        "loss_quarter": sizes(
            [f.loss_quarter for f in families], "cross-entropy after a quarter of training", "nat"
        ),
        "steps_quarter": variable(
            "family", [f.steps_quarter for f in families], "updates after which that is"
        ),
        "learned_tasks": sizes(
            [each.sum(axis=1).astype(np.float64) for each in is_learned], "learned tasks"
        ),
        "unlearned_loss": sizes(
            unlearned, "ln 2 times the summed probability of tasks that are not learned", "nat"
        ),
        "accuracy": variable(
            (*along, "task"),
            by_width(families, [_padded(f.accuracy, families) for f in families], widths),
            "accuracy of the task after training",
        ),
        "probability": by_task(families, [f.probability for f in families], "probability"),
        "loss_curve": curve("loss", "cross-entropy along training", "nat"),
        "data": curve("data", "examples seen", "1"),
        "compute": curve("compute", "compute of training", "FLOP"),
    }


def by_width(families: Sequence[Family], rows: Sequence[Array], widths: NDArray[np.int64]) -> Array:
    """Return arrays whose first axis is that of the sizes of a family, over all widths."""
    found = np.full((len(families), len(widths), *rows[0].shape[1:]), np.nan)
    for place, (family, row) in enumerate(zip(families, rows, strict=True)):
        found[place, np.searchsorted(widths, family.width)] = row
    return found


def by_task(
    families: Sequence[Family], rows: Sequence[Array], about: str, units: str = "1"
) -> xr.Variable:
    """Return arrays whose last axis is that of the tasks of a family, by family and task."""
    values = np.array([_padded(row, families) for row in rows])
    return variable(("family", "task"), values, f"{about} of the task", units)


def _padded(row: Array, families: Sequence[Family]) -> Array:
    """Return an array with NaN for tasks that other families have."""
    most = max(len(family.probability) for family in families)
    found = np.full((*row.shape[:-1], most), np.nan)
    found[..., : row.shape[-1]] = row
    return found


def _family(runs: Sequence[Run]) -> Family:
    ordered = sorted(runs, key=lambda run: int(run.about["width"]))
    evaluations = [run.results["evaluation"] for run in ordered]
    stay = [
        place
        for place, (run, found) in enumerate(zip(ordered, evaluations, strict=True))
        if int(found["step"][-1]) >= run.about["steps"]
    ]
    kept = [evaluations[place] for place in stay]
    last = [found.isel(step=-1) for found in kept]
    steps = ordered[0].about["steps"]
    early = [found.sel(step=found["step"] <= steps / CONTROL).isel(step=-1) for found in kept]
    tasks = evaluations[0].sizes["task"]
    return Family(
        about={name: ordered[0].about[name] for name in ordered[0].about if name != "width"},
        left_out=len(ordered) - len(stay),
        probability=evaluations[0]["probability"].values,
        width=np.array([ordered[place].about["width"] for place in stay], dtype=np.int64),
        size=_column(last, "parameters"),
        loss=_column(last, "loss"),
        loss_error=_column(last, "loss_error"),
        loss_quarter=_column(early, "loss"),
        steps_quarter=float(early[0]["step"]) if early else np.nan,
        accuracy=np.array([found["task_accuracy"].values for found in last]).reshape(-1, tasks),
        curves=[found[["loss", "data", "compute"]] for found in kept],
    )


def _column(results: Sequence[xr.Dataset], name: str) -> Array:
    return np.array([float(found[name]) for found in results], dtype=np.float64)
