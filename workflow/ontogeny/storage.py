"""The only module that opens result files.

Datasets are netCDF-4 files with a checksum (Fletcher-32) on every chunk. Behind the last byte of
the format stands a digest (SHA-256) of all bytes before it, which every netCDF reader passes over
and which is compared here before a reader of the format sees the file: damage inside its structure
can make one return wrong numbers, or not return at all. Files are written beside their name and
moved into place when complete, and hold no time, host or path: the same dataset gives the same
bytes.
"""

import csv
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

from ontogeny.given_files import decoded, problem_of_text

__all__ = [
    "StorageError",
    "file_digest",
    "keep",
    "read",
    "read_arrays",
    "read_cayley_table",
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
    """Return the multiplication table that a CSV or netCDF file holds.

    A CSV file has one line for each left factor: either only the products, as indices from 0, or
    with the labels of the elements in its first line and first column (the corner may hold
    anything) and labels as products. A netCDF file has a variable ``product(left, right)`` of
    indices and, if it likes, ``label(element)``.

    Returns
    -------
    table : (n, n) ndarray of int64
    labels : tuple of str

    Raises
    ------
    StorageError
        If there is no such file or it does not hold a square table of known labels.
    """
    path = Path(path)
    if not path.is_file():
        msg = f"{path}: there is no such file; correct `table` in the configuration"
        raise StorageError(msg)
    if path.suffix == ".csv":
        with path.open(newline="", encoding="utf-8") as lines:
            rows = [[cell.strip() for cell in row] for row in csv.reader(lines) if row]
        return _indexed(rows, path)
    try:
        dataset = xr.load_dataset(path, engine="netcdf4")
        table = dataset["product"].transpose("left", "right").values.astype(np.int64)
    except (OSError, KeyError, ValueError) as error:
        msg = f"{path}: holds no variable `product(left, right)` ({error})"
        raise StorageError(msg) from error
    found = dataset["label"].values if "label" in dataset else range(len(table))
    return table, tuple(map(str, found))


def _indexed(rows: list[list[str]], path: Path) -> tuple[NDArray[np.int64], tuple[str, ...]]:
    widths = {len(row) for row in rows}
    if widths != {len(rows)}:
        msg = (
            f"{path}: a table has as many columns as lines; this one has {len(rows)} lines of "
            f"{', '.join(map(str, sorted(widths)))} columns"
        )
        raise StorageError(msg)
    labels = [str(index) for index in range(len(rows))]
    if not all(cell in labels for row in rows for cell in row):
        labels, rows = rows[0][1:], list(rows[1:])
        if [row[0] for row in rows] != labels:
            msg = f"{path}: the first column must name the elements in the order of the first line"
            raise StorageError(msg)
        rows = [row[1:] for row in rows]
    index = {label: number for number, label in enumerate(labels)}
    unknown = [cell for row in rows for cell in row if cell not in index]
    if unknown or len(index) != len(labels):
        raise StorageError(
            f"{path}: the product {unknown[0]!r} is the label of no element"
            if unknown
            else f"{path}: a label stands twice in the first line"
        )
    return np.array([[index[cell] for cell in row] for row in rows]), tuple(labels)


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
