"""Files are written beside their name and moved into place when they are complete."""

import glob
import hashlib
import os
import re
import secrets
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path

from ontogeny.storage._errors import missing, refused

__all__ = ["copy", "keep", "moved_into_place", "remove", "write_bytes", "write_text"]

_SMALL = 2**20
"""Bytes up to which a file is copied rather than linked."""

_ABANDONED = 7 * 24 * 3600.0
"""Seconds without a change after which an unfinished file has no writer, wherever that was."""


@contextmanager
def moved_into_place(path: str | Path) -> Iterator[Path]:
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
    with moved_into_place(path) as beside:
        beside.write_bytes(content)


def copy(source: str | Path, path: str | Path) -> None:
    """Copy a file of the user; the copy appears at `path` only when complete.

    Raises
    ------
    StorageError
        If the copy cannot be made.
    """
    with moved_into_place(path) as beside:
        shutil.copyfile(source, beside)


def keep(path: str | Path, folder: str | Path) -> None:
    """Give a finished file a second name in a folder, so that it stays when the first one goes.

    A large file takes no further space where the file system knows hard links. A small one is
    copied, as is every file elsewhere, so that it also stays when another program writes into the
    first one. What had the second name before is replaced and never changed.

    Raises
    ------
    LostError
        If there is no such file.
    StorageError
        If the second name cannot be made.
    """
    path = Path(path)
    with moved_into_place(Path(folder) / path.name) as beside:
        if not path.exists():
            raise missing(path)
        try:
            if path.stat().st_size > _SMALL:
                beside.hardlink_to(path)
        except FileNotFoundError:
            raise missing(path) from None
        except OSError:
            pass  # the file system knows no hard links
        if not beside.exists():
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
