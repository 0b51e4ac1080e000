"""Measures of several results as rows."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from ontogeny.joins.rows import stacked

__all__ = ["rows_of"]


def rows_of(
    results: Sequence[xr.Dataset], name: str, labels: Mapping[str, Any]
) -> NDArray[np.float64]:
    """Return a variable of several results as rows, over labels that they share.

    Parameters
    ----------
    results : sequence of Dataset
        N results; may be none.
    name : str
        Of a variable that some results may lack.
    labels : mapping of str to array_like
        The dimensions of the variable, with all labels that any result has.

    Returns
    -------
    (N, ...) ndarray
        NaN where a result has no value.
    """
    shape = tuple(len(each) for each in labels.values())
    if not results:
        return np.zeros((0, *shape))
    nothing = xr.DataArray(np.full(shape, np.nan), labels, tuple(labels))
    return stacked([each.get(name, nothing) for each in results], **labels)
