"""A checkpoint of a stored run: which one is best, and its parameters to start from."""

import torch
import xarray as xr
from torch import Tensor

__all__ = ["best_step", "parameters_at"]


def best_step(values: xr.DataArray, *, highest: bool = False) -> int:
    """Return the step of the checkpoint with the lowest value, the first one of equals.

    Parameters
    ----------
    values : DataArray
        A measure along ``step``, for example ``history["loss"].sel(split="test")``. Checkpoints at
        which it is not a number are not chosen.
    highest : bool
        Return that with the highest value instead.

    Raises
    ------
    ValueError
        If the measure is not a number at any checkpoint.

    Examples
    --------
    >>> values = xr.DataArray([3.0, 1.0, 1.0], {"step": [0, 10, 20]})
    >>> best_step(values), best_step(values, highest=True)
    (10, 0)
    """
    if values.isnull().all():
        msg = f"{values.name or 'the measure'} is not a number at any checkpoint"
        raise ValueError(msg)
    found = values.argmax("step") if highest else values.argmin("step")
    return int(values["step"][int(found)])


def parameters_at(checkpoints: xr.Dataset, step: int | None = None) -> dict[str, Tensor]:
    """Return the parameters of a stored network, for a run that starts from it.

    Parameters
    ----------
    checkpoints : Dataset
        From `checkpoints_dataset`.
    step : int, optional
        The checkpoint; without it, the last one.

    Returns
    -------
    dict of str to Tensor
        In the order and type in which they were trained; copies.

    Raises
    ------
    ValueError
        If there is no checkpoint of that step.
    """
    steps = checkpoints["step"].values.tolist()
    if step is not None and step not in steps:
        msg = f"`step` must be a step of a checkpoint, one of {steps}, not {step}"
        raise ValueError(msg)
    place = -1 if step is None else steps.index(step)
    return {
        str(name): torch.tensor(values.transpose("step", ...).values[place])
        for name, values in checkpoints.data_vars.items()
    }
