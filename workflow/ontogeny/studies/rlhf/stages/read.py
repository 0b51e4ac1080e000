"""What stored networks are: their final parameters, and their shape."""

from collections.abc import Iterable, Sequence

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from ontogeny.studies.rlhf.config import Network

__all__ = ["final", "network_of", "with_calibration"]


def final(checkpoints: xr.Dataset) -> dict[str, NDArray[np.floating]]:
    """Return the parameters of the final checkpoint by name."""
    return {str(name): values.values[-1] for name, values in checkpoints.items()}


def network_of(checkpoints: xr.Dataset) -> Network:
    """Return the shape that the network of a run was configured with."""
    sizes = checkpoints.sizes
    return Network(d_model=sizes["residual"], layers=sizes["layer"], heads=sizes["head"])


def with_calibration(
    names: Iterable[str], files: Sequence[xr.Dataset]
) -> dict[str, tuple[xr.Dataset, xr.Dataset]]:
    """Return the checkpoints and the calibration of each of some preference models by name.

    Parameters
    ----------
    names : iterable of str
    files : sequence of Dataset
        Checkpoints and calibration of the first one, those of the second one, and so on.
    """
    return dict(zip(names, zip(files[::2], files[1::2], strict=True), strict=True))
