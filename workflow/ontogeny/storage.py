"""The only module that opens result files.

Datasets are netCDF-4 files with a checksum (Fletcher-32) on every chunk. Behind the last byte of
the format stands a digest (SHA-256) of all bytes before it, which every netCDF reader passes over
and which is compared here before a reader of the format sees the file: damage inside its structure
can make one return wrong numbers, or not return at all. Files are written beside their name and
moved into place when complete, and hold no time, host or path: the same dataset gives the same
bytes.
"""

import glob
import hashlib
import json
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import netCDF4
import numpy as np
import xarray as xr
from numpy.typing import NDArray

from ontogeny.given_files import decoded, problem_of, problem_of_text
from ontogeny.given_generators import parsed_generators
from ontogeny.given_tables import parsed_table

__all__ = [
    "StorageError",
    "file_digest",
    "keep",
    "read",
    "read_arrays",
    "read_cayley_table",
    "read_generators",
    "read_provenance",
    "read_texts",
    "write",
    "write_arrays",
    "write_provenance",
    "write_text",
]

_MARK = b"\nontogeny sha256 "
_TRAILER = len(_MARK) + 64


class StorageError(RuntimeError):
    """A file cannot be used; the message says which, why, and what to run."""


def write(
    dataset: xr.Dataset, path: str | Path, attributes: Mapping[str, str] | None = None
) -> None:
    """Write a dataset, with the attributes of its provenance, as one netCDF file.

    Parameters
    ----------
    dataset : Dataset
    path : path
        Where it belongs; the file appears there only when complete.
    attributes : mapping of str, optional
        From `ontogeny.provenance.attributes`; none for a dataset whose provenance lies beside it.
    """
    dataset = dataset.assign_attrs({**dataset.attrs, **(attributes or {})})
    encoding = {str(name): _encoding(dataset[name]) for name in dataset.variables}
    with _moved_into_place(path) as beside:
        dataset.to_netcdf(beside, engine="netcdf4", format="NETCDF4", encoding=encoding)
        trailer = _MARK + file_digest(beside).encode()
        with beside.open("ab") as file:
            file.write(trailer)


@contextmanager
def _moved_into_place(path: str | Path) -> Iterator[Path]:
    """Give a name beside a path, whose file gets the path when the block ends without an error.

    What killed writers of the same path have left is removed.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    for left in path.parent.glob(f".{glob.escape(path.name)}.*"):
        left.unlink(missing_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        yield beside
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def write_provenance(attributes: Mapping[str, str], path: str | Path) -> None:
    """Write the attributes of a dataset's provenance as a JSON file of their own.

    For datasets whose bytes must not change when only the code that made them did.
    """
    with _moved_into_place(path) as beside:
        beside.write_text(json.dumps(dict(attributes), indent=1) + "\n", encoding="utf-8")


def write_text(text: str, path: str | Path) -> None:
    """Write a text, for people or other programs to read; it appears there only when complete."""
    with _moved_into_place(path) as beside:
        beside.write_text(text, encoding="utf-8")


def read_provenance(path: str | Path) -> dict[str, object]:
    """Return the attributes of a stored result without reading it; empty when they are unreadable.

    Parameters
    ----------
    path : path
        A netCDF file of `write`, or a JSON file of `write_provenance`.
    """
    path = Path(path)
    try:
        if path.suffix == ".json":
            return dict(json.loads(path.read_text(encoding="utf-8")))
        if _damage(path):
            return {}
        with netCDF4.Dataset(path) as stored:
            return {name: stored.getncattr(name) for name in stored.ncattrs()}
    except (OSError, ValueError):
        return {}


def _damage(path: Path) -> str:
    """Say what is wrong with the bytes of a file that `write` made; nothing when it is whole."""
    content = path.read_bytes()
    mark, digest = content[-_TRAILER:-64], content[-64:]
    if mark != _MARK:
        return "is no dataset of this project, or not complete"
    if digest != hashlib.sha256(memoryview(content)[:-_TRAILER]).hexdigest().encode():
        return "is damaged, its content differs from its digest"
    return ""


def _encoding(values: xr.DataArray) -> dict[str, Any]:
    if values.dtype.kind in "OUS" or values.ndim == 0:
        return {"_FillValue": None} if values.dtype.kind == "f" else {}
    chunks = values.shape
    if values.dims[0] == "step" and values.ndim > 1:
        chunks = (1, *values.shape[1:])
    encoding: dict[str, Any] = {"zlib": True, "complevel": 1, "shuffle": True, "fletcher32": True}
    return encoding | {"chunksizes": chunks, "_FillValue": None}


def read(path: str | Path, *, rule: str = "") -> xr.Dataset:
    """Return the whole dataset that a file holds.

    Parameters
    ----------
    path : path
        A file that `write` made.
    rule : str
        Rule of the workflow that makes it, for the message.

    Raises
    ------
    StorageError
        If the file is missing, damaged, or none of this project's.
    """
    path = Path(path)
    remedy = f"delete it and run `snakemake {path}`" + (f" (rule `{rule}`)" if rule else "")
    try:
        damage = _damage(path)
        if not damage:
            return xr.load_dataset(path, engine="netcdf4").drop_encoding()
    except FileNotFoundError:
        msg = f"{path}: there is no such file; run `snakemake {path}`"
        raise StorageError(msg) from None
    except Exception as error:
        msg = f"{path}: cannot be read ({error}); {remedy}"
        raise StorageError(msg) from error
    msg = f"{path}: {damage}; {remedy}"
    raise StorageError(msg)


def file_digest(path: str | Path) -> str:
    """Return the SHA-256 of a file's bytes, in hexadecimal."""
    with Path(path).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_arrays(arrays: Mapping[str, NDArray[Any]], path: str | Path) -> None:
    """Write named arrays as one file, which appears at `path` only when complete."""
    with _moved_into_place(path) as beside, beside.open("wb") as file:
        np.savez(file, allow_pickle=False, **arrays)
        file.flush()
        os.fsync(file.fileno())


def read_arrays(path: str | Path) -> dict[str, NDArray[Any]]:
    """Return the arrays that `write_arrays` stored.

    Raises
    ------
    StorageError
        If the file is damaged; every array has a checksum.
    """
    try:
        with Path(path).open("rb") as file, np.load(file, allow_pickle=False) as arrays:
            return {name: arrays[name] for name in arrays.files}
    except Exception as error:
        msg = f"{path}: cannot be read ({error}); delete it"
        raise StorageError(msg) from error


def keep(path: str | Path, folder: str | Path) -> None:
    """Give a finished file a second name in a folder, so that it stays when the first one goes.

    It takes no further space where the file system knows hard links, and is a copy elsewhere.
    """
    path, folder = Path(path), Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    kept = folder / path.name
    kept.unlink(missing_ok=True)
    try:
        kept.hardlink_to(path)
    except OSError:
        shutil.copyfile(path, kept)


def read_cayley_table(path: str | Path) -> tuple[NDArray[np.int64], tuple[str, ...]]:
    """Return the multiplication table that a file of the user holds.

    Parameters
    ----------
    path : path
        Text or netCDF, as `ontogeny.given_tables.parsed_table` reads it.

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
        return parsed_table(_given(path), path.suffix)
    except ValueError as error:
        msg = f"{path}: {error}"
        raise StorageError(msg) from error


def read_generators(path: str | Path, *, depth: int) -> list[Any]:
    """Return the generators of a group that a file of the user holds, as they stand there.

    Parameters
    ----------
    path : path
        Text, YAML, JSON or ``.npy``, as `ontogeny.given_generators.parsed_generators` reads it.
    depth : int
        Nested lists of one generator: 1 of an image list, 2 of a matrix.

    Raises
    ------
    StorageError
        It names the file and what is wrong with it.
    """
    path = Path(path)
    try:
        return parsed_generators(_given(path), depth=depth, suffix=path.suffix)
    except ValueError as error:
        msg = f"{path}: {error}"
        raise StorageError(msg) from error


def _given(path: Path) -> bytes:
    """Return the bytes of a file of the user, or say in a ValueError why it cannot be read."""
    problem = problem_of(path)
    if problem is not None:
        raise ValueError(problem)
    return path.read_bytes()


def read_texts(paths: Iterable[str | Path]) -> list[str]:
    """Return the texts of UTF-8 files, each line ended by a line feed.

    Raises
    ------
    StorageError
        If a file cannot be read, or is no text in UTF-8: its name, what is wrong and the remedy.
    """
    texts = []
    for path in paths:
        problem = problem_of_text(path)
        if problem is not None:
            msg = f"{path} {problem}"
            raise StorageError(msg)
        texts.append(decoded(Path(path).read_bytes()))
    return [text.replace("\r\n", "\n").replace("\r", "\n") for text in texts]
