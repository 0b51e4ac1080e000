"""What stored networks are: their final parameters, and their shape."""

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from ontogeny.studies.rlhf.config import Network

__all__ = ["final", "network_of"]


def final(checkpoints: xr.Dataset) -> dict[str, NDArray[np.floating]]:
    """Return the parameters of the final checkpoint by name."""
    return {str(name): values.values[-1] for name, values in checkpoints.items()}


def network_of(checkpoints: xr.Dataset) -> Network:
    """Return the shape that the network of a run was configured with."""
    sizes = checkpoints.sizes
    return Network(d_model=sizes["residual"], layers=sizes["layer"], heads=sizes["head"])
