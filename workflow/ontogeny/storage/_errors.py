"""What is said when a file cannot be read or written: which, why, and what to do."""

import errno
from pathlib import Path

__all__ = ["CAUSES", "DELETE_IT", "LostError", "StorageError", "missing", "refused"]

DELETE_IT = "delete it and run the same command again"


CAUSES: dict[int | None, str] = {
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


_OTHER_CAUSE = "the disk or the network file system does not answer properly; check it (`dmesg`)"


class StorageError(RuntimeError):
    """A file cannot be read or written; the message says which, why, and what to do."""


class LostError(StorageError):
    """A file is missing or damaged: only making it again helps."""


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
        return StorageError(f"{path}: cannot be {done}: {CAUSES[errno.ENOMEM]}")
    cause = CAUSES.get(error.errno, _OTHER_CAUSE)
    return StorageError(f"{path}: cannot be {done}: {cause} ({error.strerror or error})")


def missing(path: Path, remedy: str = "") -> LostError:
    return LostError(f"{path}: there is no such file{remedy}")
