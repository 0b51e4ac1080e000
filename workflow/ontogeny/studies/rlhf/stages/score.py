"""The scores that preference models give, without PyTorch."""

from collections.abc import Mapping

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from ontogeny.networks.arrays import pooled_logits
from ontogeny.studies.rlhf.stages.read import final

__all__ = ["calibrated_scores", "raw_scores"]


def raw_scores(
    parameters: Mapping[str, NDArray[np.floating]], tokens: NDArray[np.integer]
) -> NDArray[np.float32]:
    """Return the mean over places of the output of a preference model.

    Parameters
    ----------
    parameters : mapping of str to ndarray
    tokens : (..., T + 1) ndarray of int
        With the prompt in place 0.

    Returns
    -------
    (...) ndarray of float32
    """
    found = pooled_logits(parameters, tokens.reshape(-1, tokens.shape[-1]))[:, 0]
    return found.reshape(tokens.shape[:-1]).astype(np.float32, copy=False)


def calibrated_scores(
    checkpoints: xr.Dataset, calibration: xr.Dataset, tokens: NDArray[np.integer]
) -> NDArray[np.float32]:
    """Return raw scores, less the offset and over the temperature of a preference model.

    Parameters
    ----------
    checkpoints, calibration : Dataset
        Of the preference model, as stored; the final checkpoint scores.
    tokens : (..., T + 1) ndarray of int

    Returns
    -------
    (...) ndarray of float32
    """
    offset, temperature = (np.float32(calibration[name]) for name in ("offset", "temperature"))
    return (raw_scores(final(checkpoints), tokens) - offset) / temperature
