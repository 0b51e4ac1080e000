"""Datasets as netCDF files."""

import errno
import fcntl
import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from ontogeny.storage._contents import content_of
from ontogeny.storage._errors import CAUSES, StorageError, refused
from ontogeny.storage._moving import moved_into_place
from ontogeny.storage._seals import refuse_damage, sealed
from ontogeny.unlocked import netCDF4

__all__ = ["read", "unreadable", "with_fixed_text", "write"]


def write(
    dataset: xr.Dataset,
    path: str | Path,
    attributes: Mapping[str, str] | None = None,
    *,
    identity: str = "",
) -> None:
    """Write a dataset, with the attributes of its provenance, as one netCDF file.

    Text is stored as characters of fixed length, since netCDF4 can end Python when a file with
    text of variable length is opened twice. A missing text becomes the empty one.

    Parameters
    ----------
    dataset : Dataset
    path : path
        Where it belongs; the file appears there only when complete.
    attributes : mapping of str, optional
        From `ontogeny.provenance.attributes`; none for one with its provenance in a file beside it.
    identity : str
        Of the result, in hexadecimal.

    Raises
    ------
    StorageError
        If the file cannot be written; what was at `path` stays.
    ValueError
        If a text holds what no netCDF file can: a null character or half a surrogate pair.
    """
    _refuse_unstorable_text(dataset)
    dataset = with_fixed_text(dataset.assign_attrs({**dataset.attrs, **(attributes or {})}))
    encoding = {str(name): _encoding(dataset[name]) for name in dataset.variables}
    with moved_into_place(path) as beside:
        try:
            dataset.to_netcdf(beside, engine="netcdf4", format="NETCDF4", encoding=encoding)
        except (OSError, RuntimeError) as error:
            _try_plainly(beside, dataset.nbytes)
            msg = (
                f"{path}: cannot be written: netCDF4 says {str(error)!r}, though the disk takes as "
                f"many bytes; most likely {CAUSES[errno.ENOMEM]}"
            )
            raise StorageError(msg) from error
        sealed(beside, identity)


def with_fixed_text(dataset: xr.Dataset) -> xr.Dataset:
    """Return a dataset with every text as an array of fixed width (``<U``)."""
    texts = {}
    for name, variable in dataset.variables.items():
        if variable.dtype.kind not in "OT":
            continue
        values = [None if _is_missing(value) else value for value in variable.values.flat]
        found = [isinstance(value, str) for value in values if value is not None]
        if all(found) and (found or not values):
            fixed = np.array([value or "" for value in values], dtype=np.str_)
            texts[name] = (variable.dims, fixed.reshape(variable.shape), variable.attrs)
    return dataset.assign(texts)


def _is_missing(value: object) -> bool:
    return value is None or value is pd.NA or (isinstance(value, float) and value != value)


def _refuse_unstorable_text(dataset: xr.Dataset) -> None:
    for name, variable in dataset.variables.items():
        for text in variable.values.flat if variable.dtype.kind in "OTU" else ():
            try:
                wrong = isinstance(text, str) and b"\0" in text.encode()
            except UnicodeEncodeError:
                wrong = True
            if wrong:
                msg = (
                    f"`{name}`: the text {text!r} cannot be stored; remove its null characters and "
                    "halves of surrogate pairs"
                )
                raise ValueError(msg)


def _encoding(values: xr.DataArray) -> dict[str, Any]:
    if values.dtype.kind == "U":
        return {"dtype": "S1", "char_dim_name": f"{values.name}_characters"}
    encoding: dict[str, Any] = {"_FillValue": None} if values.dtype.kind == "f" else {}
    if values.dtype.kind in "OS" or values.ndim == 0 or values.size == 0:
        return encoding
    chunks = values.shape
    if values.dims[0] == "step" and values.ndim > 1:
        chunks = (1, *values.shape[1:])
    encoding = {"zlib": True, "complevel": 1, "shuffle": True, "fletcher32": True}
    return encoding | {"chunksizes": chunks, "_FillValue": None}


def _try_plainly(beside: Path, size: int) -> None:
    """Do to a file what netCDF4 failed to do, since it says "HDF error" whatever the cause.

    Raises
    ------
    OSError
        The true cause, if the file cannot be written or locked.
    """
    zeros = bytes(2**20)
    with beside.open("ab") as file:
        for _ in range(size // len(zeros) + 1):
            file.write(zeros)
        file.flush()
        os.fsync(file.fileno())
        with suppress(BlockingIOError):
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def read(path: str | Path, *, rule: str = "") -> xr.Dataset:
    """Return the whole dataset that a file holds.

    Parameters
    ----------
    path : path
        A file that `write` made.
    rule : str
        Rule of the workflow that makes it, for the message.

    Returns
    -------
    Dataset
        In memory; texts are arrays of fixed width (``<U``).

    Raises
    ------
    LostError
        If the file is missing, damaged, or none of this project's.
    StorageError
        If it may be whole but cannot be read: rights, memory, the disk.
    """
    path = Path(path)
    content = content_of(path, "; run the workflow with the configuration that it belongs to")
    refuse_damage(content, path, rule)
    try:
        return with_fixed_text(xr.load_dataset(content, engine="netcdf4").drop_encoding())
    except Exception as error:
        raise unreadable(path, error) from error


def unreadable(path: Path, error: Exception) -> StorageError:
    """Return what to say when bytes cannot be parsed that are as they were written."""
    if isinstance(error, MemoryError):
        return refused(path, "read", error)
    return StorageError(
        f"{path}: cannot be read, though it is whole (its digest is right): netCDF4 "
        f"{netCDF4.__version__} says {str(error)!r}; either {CAUSES[errno.ENOMEM]}, or this "
        "version cannot read the file: install that of requirements.lock"
    )
