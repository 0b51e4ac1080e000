"""What became of a training run, in single numbers."""

import numpy as np
import xarray as xr
from numpy.typing import ArrayLike, NDArray

from ontogeny.labels import variable

__all__ = ["LEARNED_ACCURACY", "first_step", "is_learned", "outcomes", "spikes"]

LEARNED_ACCURACY = 0.99
"""The accuracy from which on a task counts as learned."""


def is_learned(accuracy: ArrayLike | float) -> NDArray[np.bool_]:
    """Return where an accuracy is at least `LEARNED_ACCURACY`."""
    return np.asarray(np.asarray(accuracy) >= LEARNED_ACCURACY)


def outcomes(history: xr.Dataset) -> dict[str, xr.Variable]:
    """Return what became of a run.

    Parameters
    ----------
    history : Dataset
        Of the run.

    Returns
    -------
    dict of str to Variable
        Without dimensions. Steps are those of checkpoints, NaN where a run did not get so far. What
        is of test pairs is NaN in a run without them. The number of spikes is NaN where the
        training loss of the updates is not known, as for networks trained elsewhere.
    """
    step = history["step"].values
    unknown = np.full(len(step), np.nan)
    loss, accuracy = (
        {
            split: history[name].sel(split=split).values if split in history["split"] else unknown
            for split in ("train", "test")
        }
        for name in ("loss", "accuracy")
    )
    steps = {
        "memorised_step": (is_learned(accuracy["train"]), f"training accuracy {LEARNED_ACCURACY}"),
        "generalised_step": (is_learned(accuracy["test"]), f"test accuracy {LEARNED_ACCURACY}"),
        "below_one_step": (loss["test"] < 1, "a test loss below 1 nat"),
    }
    found = {
        name: variable((), first_step(step, passed), f"first checkpoint with {about}")
        for name, (passed, about) in steps.items()
    }
    found["last_step"] = variable((), float(step[-1]), "step of the final checkpoint")
    found["peak_test_loss"] = variable((), loss["test"].max(), "largest test loss", "nat")
    for name, values in loss.items():
        found[f"{name}_loss"] = variable(
            (), values[-1], f"{name} loss at the final checkpoint", "nat"
        )
        found[f"{name}_accuracy"] = variable(
            (), accuracy[name][-1], f"{name} accuracy at the final checkpoint"
        )
    losses = history["update_loss"].values
    count = float(len(spikes(losses))) if len(losses) else np.nan
    found["spikes"] = variable((), count, "spikes of the training loss")
    return found


def first_step(step: NDArray[np.integer], passed: NDArray[np.bool_]) -> float:
    """Return the first step at which something holds; NaN when it never does."""
    return float(step[np.argmax(passed)]) if passed.any() else np.nan


def spikes(
    loss: NDArray[np.float64], *, factor: float = 10.0, within: int = 10
) -> NDArray[np.int64]:
    """Return the updates at which the training loss begins to spike.

    A spike begins where the loss is more than `factor` times the least of the `within` updates
    before it, and was not at the update before. Cyclic spikes of this kind, slingshots, come with
    steps of the optimiser that are far too large, late in training [1]_, or with a loss of too low
    a precision (arXiv 2301.05217, appendix D.2).

    Parameters
    ----------
    loss : (U,) ndarray [nat]
        Before each update.
    factor : float
    within : int

    Returns
    -------
    (N,) ndarray of int64

    References
    ----------
    .. [1] V. Thilak et al., "The slingshot mechanism", arXiv 2206.04817.

    Examples
    --------
    >>> spikes(np.array([1.0, 0.1, 0.1, 5.0, 6.0, 0.1, 0.1]))
    array([3])
    """
    if len(loss) < 2:
        return np.zeros(0, dtype=np.int64)
    padded = np.concatenate([np.full(within, np.inf), loss[:-1]])
    least = np.lib.stride_tricks.sliding_window_view(padded, within).min(axis=1)
    high = loss > factor * least
    return np.flatnonzero(high & ~np.concatenate([[False], high[:-1]]))
