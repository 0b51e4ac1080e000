"""The network of a run at a step."""

from collections.abc import Callable
from typing import Any

import numpy as np
import xarray as xr

from ontogeny.notebook._runs import results_of, told_by

__all__ = ["network_at"]


def network_at(run: xr.DataTree, step: int | np.integer) -> Callable[..., Any]:
    """Return the network of a run at a step, as a function of its inputs in NumPy.

    Of ``composition`` it takes left and right factors, indices of the elements, and returns an
    object with ``logits`` (..., n) and ``hidden`` (..., h), in float64. Of ``induction`` it takes
    tokens (..., T) and returns logits (..., T, V). Other studies: the function ``network`` of
    ``ontogeny.studies.<study>.opened`` says it. PyTorch is imported where the study needs it.

    Parameters
    ----------
    run : DataTree
        From `ontogeny.open_run`.
    step : int
        Of a stored checkpoint.

    Raises
    ------
    ValueError
        If no network is stored at this step, or the run has none.
    """
    results = results_of(run)
    told = told_by(run.attrs["study"])
    if "checkpoints" not in results or not hasattr(told, "network"):
        msg = f"this run of {run.attrs['study']} has no stored networks"
        raise ValueError(msg)
    steps = results["checkpoints"]["step"].values
    place = np.flatnonzero(steps == step)
    if not len(place):
        nearest = steps[np.argsort(np.abs(steps - step), kind="stable")[:4]]
        msg = (
            f"no network is stored at step {step}; the nearest of the {len(steps)} stored steps "
            f"are {', '.join(map(str, np.sort(nearest)))}, the last is {steps[-1]}"
        )
        raise ValueError(msg)
    network: Callable[..., Any] = told.network(results, int(place[0]))
    return network
