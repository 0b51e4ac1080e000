"""The only module that opens result files.

Datasets are netCDF-4 files with a checksum (Fletcher-32) on every chunk. Two lines are appended,
which other readers ignore: the identity of the result (`ontogeny.provenance.identity`), where it
has one, and a SHA-256 of all that comes before it. That is verified here before HDF5 sees the file,
since damage inside HDF5's structure can make it return wrong numbers, or not return at all. Files
are written beside their name and moved into place when complete, and hold no time, host or path:
the same dataset gives the same bytes. docs/files.md says more.
"""

import errno
import fcntl
import glob
import hashlib
import io
import json
import os
import re
import secrets
import shutil
import time
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from ontogeny.given_files import LFS_POINTER, decoded, problem_of, problem_of_text, unpacked
from ontogeny.unlocked import netCDF4

__all__ = [
    "LostError",
    "Seal",
    "StorageError",
    "content_digest",
    "copy",
    "file_digest",
    "keep",
    "read",
    "read_arrays",
    "read_given",
    "read_provenance",
    "read_texts",
    "refused",
    "remove",
    "require_whole",
    "seal",
    "write",
    "write_arrays",
    "write_bytes",
    "write_provenance",
    "write_text",
]

_MARK = b"\nontogeny sha256 "
_TRAILER = len(_MARK) + 64
_IDENTITY = b"\nontogeny identity "
_ABANDONED = 7 * 24 * 3600.0
"""Seconds without a change after which an unfinished file has no writer, wherever that was."""

_CAUSES: dict[int | None, str] = {
    errno.EACCES: "this user has no right to do so; change the permissions (`ls -l`, `chmod`)",
    errno.EPERM: "this user has no right to do so; change the permissions (`ls -l`, `chmod`)",
    errno.EISDIR: "it is a folder and not a file; move the folder away",
    errno.ENOTDIR: "a part of its path is a file and not a folder; move that file away",
    errno.EEXIST: "a part of its path is a file and not a folder; move that file away",
    errno.ENOENT: "its folder has been removed; find out which other program removes it",
    errno.ENAMETOOLONG: "its name is too long for the file system; shorten the names in the "
    "configuration",
    errno.ELOOP: "its path is a circle of symbolic links; correct the links",
    errno.ENOSPC: "no space is left on the disk; make space (`df -h`, `df -i`)",
    errno.EDQUOT: "the disk quota is used up; make space or ask for a larger quota (`quota -s`)",
    errno.EFBIG: "it is larger than a file may be; raise the limit of the process (`ulimit -f`) or "
    "use another file system",
    errno.EROFS: "its file system is read-only; mount it for writing or use another folder",
    errno.EMFILE: "too many files are open; close some or raise the limit (`ulimit -n`)",
    errno.ENFILE: "too many files are open on this machine; close some",
    errno.ENOMEM: "there is too little memory; free some or ask for more (`mem_mb` in the profile)",
    errno.ENOLCK: "its file system has no file locks; set HDF5_USE_FILE_LOCKING=FALSE in the "
    "environment before Python starts",
}
_DELETE_IT = "delete it and run the same command again"
_OTHER_CAUSE = "the disk or the network file system does not answer properly; check it (`dmesg`)"


class StorageError(RuntimeError):
    """A file cannot be read or written; the message says which, why, and what to do."""


class LostError(StorageError):
    """A file is missing or damaged: only making it again helps."""


class Seal(NamedTuple):
    """What the last lines of a file say, which are read without the rest of it.

    Attributes
    ----------
    identity : str
        From `ontogeny.provenance.identity`; empty for a file that was written without one.
    digest : str
        SHA-256 of the content [hexadecimal], as it was when the file was written.
    """

    identity: str
    digest: str


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
        From `ontogeny.provenance.attributes`; none for a dataset whose provenance lies beside it.
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
    dataset = _with_fixed_text(dataset.assign_attrs({**dataset.attrs, **(attributes or {})}))
    encoding = {str(name): _encoding(dataset[name]) for name in dataset.variables}
    with _moved_into_place(path) as beside:
        try:
            dataset.to_netcdf(beside, engine="netcdf4", format="NETCDF4", encoding=encoding)
        except (OSError, RuntimeError) as error:
            _try_plainly(beside, dataset.nbytes)
            msg = (
                f"{path}: cannot be written: netCDF4 says {str(error)!r}, though the disk takes as "
                f"many bytes; most likely {_CAUSES[errno.ENOMEM]}"
            )
            raise StorageError(msg) from error
        if identity:
            _append(_IDENTITY + identity.encode(), beside)
        _append(_MARK + file_digest(beside).encode(), beside)


def _append(content: bytes, path: Path) -> None:
    with path.open("ab") as file:
        file.write(content)


def _with_fixed_text(dataset: xr.Dataset) -> xr.Dataset:
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


@contextmanager
def _moved_into_place(path: str | Path) -> Iterator[Path]:
    """Give a name beside a path, whose file gets the path when the block ends without an error.

    The name is unique among all processes that share the folder, so that two copies of one job do
    not disturb each other: the last one to move its file has the path. The bytes are on the disk
    before the move, so that a power cut leaves the old file or the whole new one.

    Raises
    ------
    StorageError
        If the system does not let the file be written.
    """
    path = Path(path)
    own = f".{path.name}.{_machine()}.{os.getpid()}.{secrets.token_hex(4)}"
    beside = path.with_name(own)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _remove_left_overs(path)
        yield beside
        with beside.open("rb") as file:
            os.fsync(file.fileno())
        beside.replace(path)
    except (OSError, MemoryError) as error:
        raise refused(path, "written", error) from error
    finally:
        with suppress(OSError):
            beside.unlink()


@cache
def _machine() -> str:
    """Return a digest of all that makes a process number unique: host, its boot, its container.

    Containers may share the name of their host and have process numbers of their own. Where the
    system does not tell, the answer is ``unknown``.
    """
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii")
        numbering = os.readlink("/proc/self/ns/pid")  # noqa: PTH115 - names no path
    except OSError:
        return "unknown"
    return hashlib.sha256(f"{os.uname().nodename} {boot} {numbering}".encode()).hexdigest()[:12]


def _remove_left_overs(path: Path) -> None:
    """Remove what killed writers of a path have left, and nothing of one that may be running.

    A writer is gone when this machine could see it and does not, or when its file has not changed
    for a week.
    """
    name = re.compile(rf"\.{re.escape(path.name)}\.(?:(\w+)\.)?(\d{{1,9}})(?:\.\w+)?")
    for left in path.parent.glob(f".{glob.escape(path.name)}.*"):
        found = name.fullmatch(left.name)
        if found is None:
            continue
        machine, process = found.groups()
        with suppress(OSError):
            if machine == _machine() != "unknown":
                gone = not _is_running(int(process))
            else:
                gone = time.time() - left.stat().st_mtime > _ABANDONED
            if gone:
                left.unlink()


def _is_running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def refused(path: str | Path, done: str, error: OSError | MemoryError) -> StorageError:
    """Return what to say when the system does not let a file be read or written.

    Parameters
    ----------
    path : path
    done : str
        What could not be done to the file: ``read``, ``written``, ``removed``.
    error : OSError or MemoryError
        Of the system.
    """
    if isinstance(error, MemoryError):
        return StorageError(f"{path}: cannot be {done}: {_CAUSES[errno.ENOMEM]}")
    cause = _CAUSES.get(error.errno, _OTHER_CAUSE)
    return StorageError(f"{path}: cannot be {done}: {cause} ({error.strerror or error})")


def _missing(path: Path, remedy: str = "") -> LostError:
    return LostError(f"{path}: there is no such file{remedy}")


def write_provenance(
    attributes: Mapping[str, str],
    path: str | Path,
    files: Iterable[str | Path] = (),
    *,
    identity: str = "",
) -> None:
    """Write the provenance of files that do not carry it themselves as a JSON file beside them.

    For datasets whose bytes must not change when only the code that made them did, and for tables
    that other programs read.

    Parameters
    ----------
    attributes : mapping of str
        From `ontogeny.provenance.attributes`.
    path : path
    files : iterable of path
        What it is the provenance of, in the same folder. Their digests are stored with it.
    identity : str
        Of these results, in hexadecimal.

    Raises
    ------
    StorageError
        If the file cannot be written.
    """
    digests = {Path(each).name: content_digest(each) for each in files}
    about = {**attributes, "identity": identity, "files": digests}
    write_text(json.dumps(about | {"sha256": _checksum(about)}, indent=1) + "\n", path)


def _checksum(about: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(about, sort_keys=True).encode()).hexdigest()


def write_text(text: str, path: str | Path) -> None:
    """Write a text, for people or other programs to read; it appears there only when complete.

    Raises
    ------
    StorageError
        If the file cannot be written.
    """
    write_bytes(text.encode(), path)


def write_bytes(content: bytes, path: str | Path) -> None:
    """Write bytes that another library has made; they appear at `path` only when complete.

    Raises
    ------
    StorageError
        If the file cannot be written; what was at `path` stays.
    """
    with _moved_into_place(path) as beside:
        beside.write_bytes(content)


def read_provenance(path: str | Path) -> dict[str, Any]:
    """Return the attributes of a stored result.

    Parameters
    ----------
    path : path
        A netCDF file of `write`, or a JSON file of `write_provenance`.

    Raises
    ------
    LostError
        If the file is missing or damaged.
    StorageError
        If it may be whole but cannot be read.
    """
    path = Path(path)
    content = _content(path)
    if path.suffix == ".json":
        return _json_provenance(content, path)
    _refuse_damage(content, path)
    try:
        with netCDF4.Dataset(path.name, memory=content) as stored:
            return {name: stored.getncattr(name) for name in stored.ncattrs()}
    except Exception as error:
        raise _unreadable(path, error) from error


def _json_provenance(content: bytes, path: Path) -> dict[str, Any]:
    try:
        about = dict(json.loads(content))
        stated = about.pop("sha256", None)
    except (ValueError, TypeError):
        stated = about = None
    if about is None or stated != _checksum(about):
        msg = f"{path}: is damaged, its content differs from its digest; {_DELETE_IT}"
        raise LostError(msg)
    return about


def _content(path: Path, remedy: str = "") -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise _missing(path, remedy) from None
    except (OSError, MemoryError) as error:
        raise refused(path, "read", error) from error


def _damage(content: bytes) -> str:
    """Say what is wrong with the bytes of a file that `write` made; nothing when it is whole."""
    mark, digest = content[-_TRAILER:-64], content[-64:]
    if mark != _MARK:
        return "is not a dataset of this project, or not complete"
    if digest != hashlib.sha256(memoryview(content)[:-_TRAILER]).hexdigest().encode():
        return "is damaged, its content differs from its digest"
    return ""


def _refuse_damage(content: bytes, path: Path, rule: str = "") -> None:
    damage = _damage(content)
    if damage:
        by = f" (rule `{rule}` makes it)" if rule else ""
        msg = f"{path}: {damage}; {_DELETE_IT}{by}"
        if content.startswith(LFS_POINTER):
            msg = f"{path} {problem_of(path)}"
        raise LostError(msg)


def _unreadable(path: Path, error: Exception) -> StorageError:
    """Return what to say when bytes cannot be parsed that are as they were written."""
    if isinstance(error, MemoryError):
        return refused(path, "read", error)
    return StorageError(
        f"{path}: cannot be read, though it is whole (its digest is right): netCDF4 "
        f"{netCDF4.__version__} says {str(error)!r}; either {_CAUSES[errno.ENOMEM]}, or this "
        "version cannot read the file: install that of requirements.lock"
    )


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
    content = _content(path, "; run the workflow with the configuration that it belongs to")
    _refuse_damage(content, path, rule)
    try:
        return _with_fixed_text(xr.load_dataset(content, engine="netcdf4").drop_encoding())
    except Exception as error:
        raise _unreadable(path, error) from error


def require_whole(path: str | Path) -> None:
    """Refuse a dataset that is damaged, without parsing it.

    Raises
    ------
    LostError
        If the file is missing, damaged, or none of this project's.
    StorageError
        If it cannot be read.
    """
    _refuse_damage(_content(Path(path)), Path(path))


def seal(path: str | Path) -> Seal:
    """Return what the last lines of a dataset say; the rest of the file is not read.

    Raises
    ------
    LostError
        If the file is missing, not complete, or none of this project's.
    StorageError
        If it cannot be read.
    """
    path, line = Path(path), len(_IDENTITY) + 64
    try:
        with path.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - line - _TRAILER))
            end = file.read()
    except FileNotFoundError:
        raise _missing(path) from None
    except OSError as error:
        raise refused(path, "read", error) from error
    if end[-_TRAILER:-64] != _MARK:
        msg = f"{path}: is not a dataset of this project, or not complete; {_DELETE_IT}"
        raise LostError(msg)
    has_identity = end.startswith(_IDENTITY) and len(end) == line + _TRAILER
    identity = end[len(_IDENTITY) : line].decode("ascii", "replace") if has_identity else ""
    return Seal(identity, end[-64:].decode("ascii", "replace"))


def content_digest(path: str | Path) -> str:
    """Return the digest of a file's content: as a dataset states it, of other files computed.

    Raises
    ------
    LostError
        If the file is missing.
    StorageError
        If it cannot be read.
    """
    with suppress(LostError):
        return seal(path).digest
    return file_digest(path)


def file_digest(path: str | Path) -> str:
    """Return the SHA-256 of a file's bytes, in hexadecimal.

    Raises
    ------
    LostError
        If the file is missing.
    StorageError
        If it cannot be read.
    """
    path = Path(path)
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except FileNotFoundError:
        raise _missing(path) from None
    except OSError as error:
        raise refused(path, "read", error) from error


def write_arrays(arrays: Mapping[str, NDArray[Any]], path: str | Path) -> None:
    """Write named arrays as one file, which appears at `path` only when complete.

    Raises
    ------
    StorageError
        If the file cannot be written; what was at `path` stays.
    """
    with _moved_into_place(path) as beside, beside.open("wb") as file:
        np.savez(file, allow_pickle=False, **arrays)


def read_arrays(path: str | Path) -> dict[str, NDArray[Any]]:
    """Return the arrays that `write_arrays` stored.

    Raises
    ------
    LostError
        If the file is missing or damaged; every array has a checksum.
    StorageError
        If it may be whole but cannot be read: rights, memory, the disk.
    """
    path = Path(path)
    content = _content(path)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            damaged = archive.testzip()
        if damaged is not None:
            msg = f"`{damaged}` differs from its checksum"
            raise ValueError(msg)  # noqa: TRY301 - one message for every kind of damage
        with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
            return {name: arrays[name] for name in arrays.files}
    except MemoryError as error:
        raise refused(path, "read", error) from error
    except Exception as error:
        msg = f"{path}: is damaged ({error}); delete it"
        raise LostError(msg) from error


def copy(source: str | Path, path: str | Path) -> None:
    """Copy a file of the user; the copy appears at `path` only when complete.

    Raises
    ------
    StorageError
        If the copy cannot be made.
    """
    with _moved_into_place(path) as beside:
        shutil.copyfile(source, beside)


def keep(path: str | Path, folder: str | Path) -> None:
    """Give a finished file a second name in a folder, so that it stays when the first one goes.

    It takes no further space where the file system knows hard links, and is a copy elsewhere. What
    had the second name before is replaced and never changed.

    Raises
    ------
    LostError
        If there is no such file.
    StorageError
        If the second name cannot be made.
    """
    path = Path(path)
    with _moved_into_place(Path(folder) / path.name) as beside:
        try:
            beside.hardlink_to(path)
        except OSError:
            if not path.exists():
                raise _missing(path) from None
            shutil.copyfile(path, beside)


def remove(path: str | Path) -> None:
    """Remove a file, if there is one, and what killed writers have left of it.

    Raises
    ------
    StorageError
        If the system does not let it be removed.
    """
    path = Path(path)
    try:
        path.unlink(missing_ok=True)
        _remove_left_overs(path)
    except OSError as error:
        raise refused(path, "removed", error) from error


def read_given(path: str | Path) -> bytes:
    """Return the bytes of a file of the user, whatever it holds.

    Raises
    ------
    StorageError
        If it cannot be read: its name, what is wrong and the remedy.
    """
    path = Path(path)
    problem = problem_of(path)
    if problem is not None:
        msg = f"{path}: {problem}"
        raise StorageError(msg)
    return _content(path)


def read_texts(paths: Iterable[str | Path]) -> list[str]:
    """Return the texts of UTF-8 files, each line ended by a line feed.

    Files whose names end in ``.gz`` are unpacked.

    Raises
    ------
    StorageError
        If a file cannot be read, or is not a text in UTF-8: its name, what is wrong and the remedy.
    """
    texts = []
    for path in paths:
        problem = problem_of_text(path)
        if problem is not None:
            msg = f"{path} {problem}"
            raise StorageError(msg)
        texts.append(decoded(unpacked(_content(Path(path)), path)))
    return [text.replace("\r\n", "\n").replace("\r", "\n") for text in texts]
