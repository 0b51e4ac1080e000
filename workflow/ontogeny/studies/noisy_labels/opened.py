"""What a run says of itself when it is opened: outcome, and the network at a step."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import ArrayLike, NDArray

from ontogeny.studies.noisy_labels.networks.forward import clean_logit
from ontogeny.studies.noisy_labels.titles import title

__all__ = ["columns", "data", "facts", "network", "phases", "title", "words"]

Results = Mapping[str, xr.Dataset]


def data(about: Mapping[str, Any]) -> dict[str, str]:
    """Return the file of the corpus of a run by name, from the folder of the study."""
    return {"corpus": f"corpora/{about['corpus']}.nc"} if "corpus" in about else {}


def columns(results: Results) -> dict[str, Any]:
    """Return the outcome of a run, one value a column."""
    if "history" not in results:
        return {}
    history = results["history"].sel(split="development")
    best = int(results["scores"]["chosen"]) if "scores" in results else int(history["step"][-1])
    return {"chosen_step": best, "development_auc": float(history["auc"].sel(step=best))}


def words(results: Results) -> dict[str, str]:
    """Return the outcome of a run in words."""
    found = columns(results)
    if not found:
        return {}
    auc, step = found["development_auc"], found["chosen_step"]
    return {"outcome": f"AUC {auc:.3f} on development at the chosen step, {step:,}"}


def phases(results: Results) -> xr.DataArray | None:
    """Return None: these runs have no phases."""
    del results
    return None


def facts(results: Results) -> set[str]:
    """Return what is true of a run, so that figures can need it."""
    del results
    return set()


def network(results: Results, place: int) -> Callable[[ArrayLike], NDArray[np.float32]]:
    """Return the network of a checkpoint, as a function from tokens (N, L) to logits (N,).

    Tokens are padded with 0 after the end; a logit is that of toxic, for a labeller who is right.

    Parameters
    ----------
    results : mapping
        With ``checkpoints``.
    place : int
        Of the checkpoint.
    """
    checkpoints = results["checkpoints"]
    parameters = {
        str(name): each[place].values.astype(np.float32) for name, each in checkpoints.items()
    }
    return lambda tokens: clean_logit(parameters, np.asarray(tokens, dtype=np.int32))
