"""Files of the user that give a group: its table or its generators."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ontogeny.storage import StorageError, read_given
from ontogeny.studies.composition.catalogue.parsed_generators import parsed_generators
from ontogeny.studies.composition.catalogue.parsed_tables import parsed_table

__all__ = ["read_cayley_table", "read_generators"]


def read_cayley_table(path: str | Path) -> tuple[NDArray[np.int64], tuple[str, ...]]:
    """Return the multiplication table that a file of the user holds.

    Parameters
    ----------
    path : path
        Text or netCDF, as `parsed_table` reads it.

    Returns
    -------
    table : (n, n) ndarray of int64
        Indices from 0.
    labels : tuple of n str

    Raises
    ------
    StorageError
        It names the file, what is wrong with it, and where.
    """
    path = Path(path)
    try:
        return parsed_table(read_given(path), path.suffix)
    except ValueError as error:
        msg = f"{path}: {error}"
        raise StorageError(msg) from error


def read_generators(path: str | Path, *, depth: int) -> list[Any]:
    """Return the generators of a group that a file of the user holds, as they stand there.

    Parameters
    ----------
    path : path
        Text, YAML, JSON or ``.npy``, as `parsed_generators` reads it.
    depth : int
        Nested lists of one generator: 1 of an image list, 2 of a matrix.

    Raises
    ------
    StorageError
        It names the file and what is wrong with it.
    """
    path = Path(path)
    try:
        return parsed_generators(read_given(path), depth=depth, suffix=path.suffix)
    except ValueError as error:
        msg = f"{path}: {error}"
        raise StorageError(msg) from error
