"""Scores that judge: the true one, and those of preference models."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from ontogeny.studies.rlhf.config import GOLD
from ontogeny.studies.rlhf.stages.score import calibrated_scores
from ontogeny.studies.rlhf.worlds.gold import gold

__all__ = ["Judge", "judges_of", "moments"]


@dataclass(frozen=True)
class Judge:
    """A score of responses.

    Attributes
    ----------
    score : callable
        From sequences (..., T + 1) to their scores (...), in float32 or float64.
    of_probes : (side, pair) ndarray
        Scores of the probes.
    """

    score: Callable[[NDArray[np.integer]], NDArray[np.floating]]
    of_probes: NDArray[np.float64]


def judges_of(
    world: xr.Dataset,
    probes: xr.Dataset,
    preferences: Mapping[str, tuple[xr.Dataset, xr.Dataset]],
) -> dict[str, Judge]:
    """Return the true score and the calibrated scores of preference models by name, gold first.

    Parameters
    ----------
    world, probes : Dataset
    preferences : mapping of str to tuple of Dataset
        Checkpoints and calibration of each.
    """
    found = {GOLD: Judge(partial(gold, world), _of_probes(probes["gold"]))}
    for name, (checkpoints, calibration) in preferences.items():
        score = partial(calibrated_scores, checkpoints, calibration)
        found[name] = Judge(score, _of_probes(calibration["score"]))
    return found


def _of_probes(score: xr.DataArray) -> NDArray[np.float64]:
    return score.transpose("side", "pair").values.astype(np.float64)


def moments(
    scores: NDArray[np.float64], probability: NDArray[np.float64]
) -> tuple[float, float, float]:
    """Return mean, standard deviation and third central moment of scores with probabilities."""
    mean = float(probability @ scores)
    centred = scores - mean
    return mean, float(np.sqrt(probability @ centred**2)), float(probability @ centred**3)
