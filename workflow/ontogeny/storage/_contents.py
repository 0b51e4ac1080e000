"""The contents of files, whatever they hold, and their digests."""

import hashlib
from collections.abc import Iterable
from pathlib import Path

from ontogeny.given_files import decoded, problem_of, problem_of_text, unpacked
from ontogeny.storage._errors import StorageError, missing, refused

__all__ = ["content_of", "file_digest", "read_given", "read_texts"]


def content_of(path: Path, remedy: str = "") -> bytes:
    """Return the bytes of a file.

    Parameters
    ----------
    path : Path
    remedy : str
        What to do when it is missing.

    Raises
    ------
    LostError
        If the file is missing.
    StorageError
        If it cannot be read.
    """
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise missing(path, remedy) from None
    except (OSError, MemoryError) as error:
        raise refused(path, "read", error) from error


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
        raise missing(path) from None
    except OSError as error:
        raise refused(path, "read", error) from error


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
    return content_of(path)


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
        texts.append(decoded(unpacked(content_of(Path(path)), path)))
    return [text.replace("\r\n", "\n").replace("\r", "\n") for text in texts]
