"""The last lines of a dataset: its identity, and the digest of its content."""

import hashlib
import os
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from ontogeny.given_files import LFS_POINTER, problem_of
from ontogeny.storage._contents import content_of, file_digest
from ontogeny.storage._errors import DELETE_IT, LostError, missing, refused

__all__ = ["TRAILER", "Seal", "content_digest", "refuse_damage", "require_whole", "seal", "sealed"]

_MARK = b"\nontogeny sha256 "


TRAILER = len(_MARK) + 64


_IDENTITY = b"\nontogeny identity "


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


def sealed(path: Path, identity: str = "") -> None:
    """Append its last lines to a file that has been written.

    Parameters
    ----------
    path : Path
    identity : str
        In hexadecimal; empty for a file without one.
    """
    if identity:
        _append(_IDENTITY + identity.encode(), path)
    _append(_MARK + file_digest(path).encode(), path)


def _append(content: bytes, path: Path) -> None:
    with path.open("ab") as file:
        file.write(content)


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
        with path.open("rb", buffering=0) as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - line - TRAILER))
            end = file.read()
    except FileNotFoundError:
        raise missing(path) from None
    except OSError as error:
        raise refused(path, "read", error) from error
    if end[-TRAILER:-64] != _MARK:
        msg = f"{path}: is not a dataset of this project, or not complete; {DELETE_IT}"
        raise LostError(msg)
    has_identity = end.startswith(_IDENTITY) and len(end) == line + TRAILER
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


def _damage(content: bytes) -> str:
    """Say what is wrong with the bytes of a file that `write` made; nothing when it is whole."""
    mark, digest = content[-TRAILER:-64], content[-64:]
    if mark != _MARK:
        return "is not a dataset of this project, or not complete"
    if digest != hashlib.sha256(memoryview(content)[:-TRAILER]).hexdigest().encode():
        return "is damaged, its content differs from its digest"
    return ""


def refuse_damage(content: bytes, path: Path, rule: str = "") -> None:
    damage = _damage(content)
    if damage:
        by = f" (rule `{rule}` makes it)" if rule else ""
        msg = f"{path}: {damage}; {DELETE_IT}{by}"
        if content.startswith(LFS_POINTER):
            msg = f"{path} {problem_of(path)}"
        raise LostError(msg)


def require_whole(path: str | Path) -> None:
    """Refuse a dataset that is damaged, without parsing it.

    Raises
    ------
    LostError
        If the file is missing, damaged, or none of this project's.
    StorageError
        If it cannot be read.
    """
    refuse_damage(content_of(Path(path)), Path(path))
