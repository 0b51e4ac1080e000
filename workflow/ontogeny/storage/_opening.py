"""Datasets whose values are read when they are used."""

import hashlib
from pathlib import Path

import xarray as xr

from ontogeny.storage._datasets import unreadable, with_fixed_text
from ontogeny.storage._errors import DELETE_IT, LostError, missing, refused
from ontogeny.storage._seals import TRAILER, seal

__all__ = ["open_lazily"]

_PIECE = 2**20


def open_lazily(path: str | Path) -> xr.Dataset:
    """Return the dataset that a file holds, with values that are read only when they are used.

    The whole file is compared with its digest first, a piece at a time, since what is damaged
    inside HDF5's structure can be read as wrong numbers.

    Parameters
    ----------
    path : path
        A file that `write` made. It must stay as it is while the dataset is used.

    Returns
    -------
    Dataset
        Texts are in memory, as arrays of fixed width (``<U``).

    Raises
    ------
    LostError
        If the file is missing, damaged, or none of this project's.
    StorageError
        If it may be whole but cannot be read: rights, memory, the disk.
    """
    path = Path(path)
    if seal(path).digest != _digest(path):
        msg = f"{path}: is damaged, its content differs from its digest; {DELETE_IT}"
        raise LostError(msg)
    try:
        found = xr.open_dataset(path, engine="netcdf4", cache=True)
        return with_fixed_text(found.drop_encoding())
    except Exception as error:
        raise unreadable(path, error) from error


def _digest(path: Path) -> str:
    """Return the SHA-256 of all that comes before the last line of a file, in hexadecimal."""
    found = hashlib.sha256()
    try:
        left = path.stat().st_size - TRAILER
        with path.open("rb") as file:
            while left > 0 and (piece := file.read(min(left, _PIECE))):
                found.update(piece)
                left -= len(piece)
    except FileNotFoundError:
        raise missing(path) from None
    except OSError as error:
        raise refused(path, "read", error) from error
    return found.hexdigest()
