"""What a run says of itself when it is opened: outcome, and the network at a step."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import ArrayLike, NDArray

from ontogeny.networks import arrays
from ontogeny.studies.rlhf.titles import title

__all__ = ["columns", "data", "facts", "network", "phases", "title", "words"]

Results = Mapping[str, xr.Dataset]


def data(about: Mapping[str, Any]) -> dict[str, str]:
    """Return no files: the results of a run say all that its figures show."""
    del about
    return {}


def columns(results: Results) -> dict[str, Any]:
    """Return the outcome of a policy or a preference model, one value a column."""
    if "evaluation" in results:
        evaluation = results["evaluation"]
        score = evaluation["score"].sel(judge="gold").values
        peak = int(np.nanargmax(score))
        return {
            "kl": float(evaluation["kl"][-1]),
            "gold_score": float(score[-1]),
            "peak_gold_score": float(score[peak]),
            "peak_step": int(evaluation["step"][peak]),
        }
    if "measures" in results:
        measures = results["measures"]
        of = {str(each): measures.sel(tested_on=each) for each in measures["tested_on"].values}
        return {f"accuracy_on_{name}": float(each["accuracy"]) for name, each in of.items()}
    if "history" in results and "loss" in results["history"]:
        return {"loss": float(results["history"]["loss"][-1, 0])}
    return {}


def words(results: Results) -> dict[str, str]:
    """Return the outcome of a policy or a preference model in words."""
    found = columns(results)
    if "kl" in found:
        score, peak = found["gold_score"], found["peak_gold_score"]
        return {
            "outcome": f"true score {score:.3g} at the end, KL {found['kl']:.3g} nat",
            "peak": f"true score {peak:.3g} at step {found['peak_step']:,}",
        }
    if "loss" in found:
        return {"outcome": f"loss {found['loss']:.3g} nat"}
    accuracies = [f"{value:.3g} {name[9:].replace('_', ' ')}" for name, value in found.items()]
    return {"outcome": f"accuracy {', '.join(accuracies)}"} if accuracies else {}


def phases(results: Results) -> xr.DataArray | None:
    """Return None: these runs have no phases."""
    del results
    return None


def facts(results: Results) -> set[str]:
    """Return what is true of a run, so that figures can need it."""
    return {"enumerated"} if "probability" in results.get("evaluation", ()) else set()


def network(results: Results, place: int) -> Callable[[ArrayLike], NDArray[np.floating]]:
    """Return the network of a checkpoint, as a function of tokens (B, T), prompts first.

    A policy gives the logits of the next token (B, T, V), and after them, where it has a critic,
    the value; a preference model gives scores (B,), before their calibration.

    Parameters
    ----------
    results : mapping
        With ``checkpoints``.
    place : int
        Of the checkpoint.
    """
    parameters = {str(name): each[place].values for name, each in results["checkpoints"].items()}
    if parameters["W_U"].shape[1] == 1:
        return lambda tokens: arrays.pooled_logits(parameters, np.asarray(tokens))[:, 0]
    return lambda tokens: arrays.logits(parameters, np.asarray(tokens))
