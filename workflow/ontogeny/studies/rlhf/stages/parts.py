"""Parts of stored comparisons, and differences of their two scores."""

from collections.abc import Sequence

import numpy as np
import xarray as xr
from numpy.typing import NDArray

__all__ = ["part_of", "right_difference"]


def part_of(pairs: xr.Dataset, parts: Sequence[str], name: str) -> xr.Dataset:
    """Return the pairs of one part."""
    return pairs.isel(pair=pairs["part"].values == parts.index(name))


def right_difference(pairs: xr.Dataset, score: str) -> NDArray[np.float64]:
    """Return the score of the chosen response of each pair less that of the other, (pair,)."""
    first, second = pairs[score].transpose("side", "pair").values.astype(np.float64)
    return np.where(pairs["chosen"].values == 0, first - second, second - first)
