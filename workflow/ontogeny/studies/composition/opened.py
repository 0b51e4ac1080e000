"""What a run says of itself when it is opened: outcome, circuit, phases, the network at a step."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np
import xarray as xr
from numpy.typing import ArrayLike, NDArray

from ontogeny.joins.outcomes import is_learned
from ontogeny.studies.composition.carried import training_of
from ontogeny.studies.composition.facts import facts_of_run
from ontogeny.studies.composition.networks.build import build
from ontogeny.studies.composition.titles import title
from ontogeny.studies.composition.words import learned, performance

__all__ = ["Activations", "columns", "data", "facts", "network", "phases", "title", "words"]

Results = Mapping[str, xr.Dataset]

_PAIRS = {"train": "training pairs", "test": "test pairs", "all": "all pairs"}
_KEYS = {
    "evaluation": ("irrep", "key"),
    "analysis": ("irrep", "key"),
    "addition_evaluation": ("frequency", "key_frequency"),
    "addition_analysis": ("frequency", "key_frequency"),
}
"""Results that say what is key, the quickest to open first: of what, and the variable."""


class Activations(NamedTuple):
    """What a network computes for pairs of elements, in float64.

    Attributes
    ----------
    logits : (..., n) ndarray
        By element that the product may be.
    hidden : (..., h) ndarray
        Activations of the hidden layer.
    """

    logits: NDArray[np.float64]
    hidden: NDArray[np.float64]


def data(about: Mapping[str, Any]) -> dict[str, str]:
    """Return the files of the group of a run by name, from the folder of the study."""
    group = about.get("group")
    return {name: f"../groups/{group}/{name}.nc" for name in ("table", "irreps") if group}


def columns(results: Results) -> dict[str, Any]:
    """Return the outcome of a run, one value a column."""
    found: dict[str, Any] = {}
    if "history" in results:
        last = results["history"].isel(step=-1)
        found |= {
            f"{split}_{name}": float(last[name].sel(split=split))
            for name in ("accuracy", "loss")
            for split in map(str, last["split"].values)
        }
    if "test_accuracy" in found:
        found["generalised"] = bool(is_learned(found["test_accuracy"]))
    ends = phases(results)
    if ends is not None:
        found["circuit_start"], found["circuit_end"] = map(float, ends.values[:2])
    names = _learned(results)
    return found | ({} if names is None else {"learned": ", ".join(names)})


def words(results: Results) -> dict[str, str]:
    """Return the outcome of a run, when its circuit formed and what it learned, in words."""
    found = columns(results)
    said = {}
    for split, pairs in _PAIRS.items():
        if f"{split}_accuracy" in found:
            said[pairs] = performance(found[f"{split}_accuracy"], found[f"{split}_loss"])
    if "generalised" in found:
        said["outcome"] = "has generalised" if found["generalised"] else "has not generalised"
    elif "train_accuracy" in found:
        memorised = bool(is_learned(found["train_accuracy"]))
        said["outcome"] = f"has {'' if memorised else 'not '}learned all pairs, its training pairs"
    if "circuit_start" in found and results["history"].sizes["step"] > 1:
        said["circuit"] = _circuit(found["circuit_start"], found["circuit_end"])
    names = _learned(results)
    if names is not None:
        said["learned"] = learned(names) if names else "no irrep on test pairs"
    return said


def phases(results: Results) -> xr.DataArray | None:
    """Return the ends of the phases of a run by their names; None where they are not known."""
    for name in ("evaluation", "addition_evaluation"):
        if name in results and "phase_boundary" in results[name]:
            return results[name]["phase_boundary"]
    return None


def facts(results: Results) -> set[str]:
    """Return what is true of a run, so that figures can need it."""
    history = results.get("history", xr.Dataset())
    checkpoints = results.get("checkpoints")
    return set(
        facts_of_run(
            steps=history.sizes.get("step", 0) > 1,
            split="test" in history.get("split", xr.DataArray([])).values,
            initial="step" in history and int(history["step"][0]) == 0,
            residues="addition_analysis" in results,
            kind=None if checkpoints is None else training_of(checkpoints).architecture.kind,
        )
    )


def network(results: Results, place: int) -> Callable[[ArrayLike, ArrayLike], Activations]:
    """Return the network of a checkpoint, as a function of left and right factors.

    Parameters
    ----------
    results : mapping
        With ``table`` and ``checkpoints``.
    place : int
        Of the checkpoint.
    """
    checkpoints, order = results["checkpoints"], results["table"].sizes["element"]
    architecture = build(training_of(checkpoints).architecture, order)
    parameters = {
        str(name): each[place].values.astype(np.float64) for name, each in checkpoints.items()
    }

    def at(left: ArrayLike, right: ArrayLike) -> Activations:
        pairs = np.broadcast_arrays(*(_elements(each, order) for each in (left, right)))
        shape = pairs[0].shape
        found = architecture.forward(parameters, *(each.ravel() for each in pairs))
        return Activations(
            found.logits[:, :order].reshape(*shape, order),
            found.hidden.reshape(*shape, found.hidden.shape[1]),
        )

    return at


def _elements(given: ArrayLike, order: int) -> NDArray[np.int64]:
    """Return factors as indices of elements."""
    found = np.asarray(given, dtype=np.int64 if np.size(given) == 0 else None)
    is_right = found.dtype.kind in "iu" and ((found >= 0) & (found < order)).all()
    if not is_right:
        msg = f"the factors must be indices of elements, whole numbers from 0 to {order - 1}"
        raise ValueError(msg)
    return found.astype(np.int64)


def _learned(results: Results) -> list[str] | None:
    """Return what a network uses; None where it is not known.

    These are the key irreps that it has learned on test pairs; all key irreps, or else key
    frequencies, where that is not known.
    """
    for name, (dimension, key) in _KEYS.items():
        if name in results:
            found = results[name]
            chosen = found[key].values
            if "test_logit_similarity" in found and "learned_step" in found:
                chosen = chosen & np.isfinite(found["learned_step"].values)
            return [str(each) for each in found[dimension].values[chosen]]
    return None


def _circuit(start: float, end: float) -> str:
    if np.isnan(start) and np.isnan(end):
        return "memorisation did not end within the run"
    if np.isnan(start):
        return f"formed by step {end:,.0f}"
    if np.isnan(end):
        return f"formation began at step {start:,.0f} and did not end within the run"
    return f"formed between steps {start:,.0f} and {end:,.0f}"
