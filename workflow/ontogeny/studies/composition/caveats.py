"""Where the measures of a network mean nothing."""

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from ontogeny.caveats import key_caveats, phase_caveats
from ontogeny.joins.outcomes import is_learned
from ontogeny.studies.composition.irreps.analysis.order import LEARNED

__all__ = ["addition_caveats", "few_test_pairs", "irreps_caveats"]

_DEVIATIONS = 3


def irreps_caveats(result: xr.Dataset) -> list[str]:
    """Return the caveats of ``analysis.nc`` or ``evaluation.nc``.

    The trivial irrep, the first one, is never key.
    """
    key = result["key"].isel(irrep=slice(1, None))
    return _generalised(result) + key_caveats(key, "irrep", "irreps") + _phases(result)


def addition_caveats(result: xr.Dataset) -> list[str]:
    """Return the caveats of ``addition_analysis.nc`` or ``addition_evaluation.nc``."""
    key = key_caveats(result["key_frequency"], "frequency", "frequencies")
    return _generalised(result) + key + _phases(result)


def few_test_pairs(train: NDArray[np.bool_] | None, n: int) -> list[str]:
    """Return what follows where chance alone can look like an irrep that is learned.

    The similarity of random logits on ``T`` test pairs has the standard deviation
    ``1 / sqrt(T (n - 1))``.

    Parameters
    ----------
    train : (n, n) ndarray of bool or None
        The training set.
    n : int
        Number of elements.
    """
    pairs = 0 if train is None else int((~train).sum())
    if pairs == 0 or _DEVIATIONS / np.sqrt(pairs * (n - 1)) < LEARNED:
        return []
    return [
        f"On {pairs} test pairs chance alone can bring a logit similarity to {LEARNED}: steps at "
        "which irreps are learned say little."
    ]


def _generalised(result: xr.Dataset) -> list[str]:
    splits = [str(split) for split in result["split"].values] if "accuracy" in result else []
    split = next((each for each in ("test", "train") if each in splits), None)
    if split is None:
        return []
    accuracy = result["accuracy"].sel(split=split)
    last = float(accuracy.isel(step=-1) if "step" in accuracy.dims else accuracy)
    if is_learned(last):
        return []
    if split == "train":
        return [f"The network has not learned all pairs: its accuracy is {last:.2g} in the end."]
    return [f"The network has not generalised: its test accuracy is {last:.2g} in the end."]


def _phases(result: xr.Dataset) -> list[str]:
    if "phase_boundary" not in result or result.sizes["step"] < 2:
        return []
    boundary = result["phase_boundary"]
    if "squared_weights" not in result:  # without which no end of cleanup is found
        boundary = boundary.drop_sel(boundary="cleanup")
    return phase_caveats(boundary)
