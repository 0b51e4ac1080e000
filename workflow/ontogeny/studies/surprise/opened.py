"""What a run says of itself when it is opened: outcome, abilities, the network at a step."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import ArrayLike, NDArray

from ontogeny.joins.outcomes import first_step
from ontogeny.networks import arrays
from ontogeny.studies.surprise.config import Analysis
from ontogeny.studies.surprise.titles import title

__all__ = ["columns", "data", "facts", "network", "phases", "title", "words"]

Results = Mapping[str, xr.Dataset]

_LEARNED = Analysis().learned
"""A task with an accuracy above this is learned, as the scaling analysis has it by default."""


def data(about: Mapping[str, Any]) -> dict[str, str]:
    """Return the file of the world of a run by name, from the folder of the study."""
    return {"world": f"worlds/{about['world']}.nc"} if "world" in about else {}


def columns(results: Results) -> dict[str, Any]:
    """Return the outcome of a run, one value a column."""
    if "evaluation" not in results:
        return {}
    evaluation = results["evaluation"]
    learned = _learned(evaluation)
    return {
        "parameters": int(evaluation["parameters"]),
        "loss": float(evaluation["loss"][-1]),
        "tasks": learned.sizes["task"],
        "learned_tasks": int(learned.isel(step=-1).sum()),
        "first_learned_step": first_step(evaluation["step"].values, learned.any("task").values),
    }


def words(results: Results) -> dict[str, str]:
    """Return the outcome of a run, when it first learned a task, and what it learned, in words."""
    found = columns(results)
    if not found:
        return {}
    first = found["first_learned_step"]
    count, tasks = found["learned_tasks"], found["tasks"]
    return {
        "outcome": f"loss {found['loss']:.3g} nat, {found['parameters']:,} parameters",
        "circuit": "no task was learned"
        if np.isnan(first)
        else f"first task learned by step {first:,.0f}",
        "learned": f"{count} of {tasks} tasks (accuracy above {_LEARNED:g})",
    }


def phases(results: Results) -> xr.DataArray | None:
    """Return None: tasks are learned one after another."""
    del results
    return None


def facts(results: Results) -> set[str]:
    """Return what is true of a run, so that figures can need it."""
    return {"parity" if "W_T" in results["checkpoints"] else "mixture"}


def network(results: Results, place: int) -> Callable[..., NDArray[np.float32]]:
    """Return the network of a checkpoint.

    On parity it is a function from tasks (B,), counted from 0, and bits (B, n) to the logit of the
    answer 1, (B,); on a mixture one from tokens (B, T) to logits (B, T, V).

    Parameters
    ----------
    results : mapping
        With ``checkpoints``.
    place : int
        Of the checkpoint.
    """
    parameters = {str(name): each[place].values for name, each in results["checkpoints"].items()}

    def on_parity(task: ArrayLike, bits: ArrayLike) -> NDArray[np.float32]:
        before = parameters["W_T"][np.asarray(task)] + np.asarray(bits) @ parameters["W_B"]
        found = np.maximum(before + parameters["b_in"], 0) @ parameters["u"] + parameters["c"]
        return np.asarray(found)

    def on_mixture(tokens: ArrayLike) -> NDArray[np.float32]:
        return np.asarray(arrays.logits(parameters, np.asarray(tokens)))

    return on_parity if "W_T" in parameters else on_mixture


def _learned(evaluation: xr.Dataset) -> xr.DataArray:
    """Return whether each task is learned at each checkpoint, (step, task)."""
    if "task_accuracy" in evaluation:
        accuracy = evaluation["task_accuracy"]
    else:
        accuracy = evaluation["exact"].sel(shots="most").dropna("task", how="all")
    return accuracy > _LEARNED
