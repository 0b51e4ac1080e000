"""Files that the user gives (tables, texts, weights): what is wrong with one, before it is parsed.

The configuration asks before any job starts, the readers ask again when a job reads the file, and
both say the same.
"""

import codecs
import errno
import gzip
import zlib
from collections.abc import Iterable
from io import BufferedIOBase
from pathlib import Path

__all__ = ["LFS_POINTER", "decoded", "problem_of", "problem_of_text", "repeated", "unpacked"]

LFS_POINTER = b"version https://git-lfs.github.com/spec/"
"""How a Git LFS pointer begins."""
_PART = 2**20
_SAMPLE = 2**12
_MARKS = {
    codecs.BOM_UTF32_LE: "UTF-32",
    codecs.BOM_UTF32_BE: "UTF-32",
    codecs.BOM_UTF16_LE: "UTF-16",
    codecs.BOM_UTF16_BE: "UTF-16",
}
"""Longer marks first: that of UTF-32 begins with that of UTF-16."""


def problem_of(path: str | Path, *, start: str = "the folder of the Snakefile") -> str | None:
    """Return what keeps a file from being read at all, and the remedy; None when nothing does.

    Parameters
    ----------
    path : path
        A file that the configuration names.
    start : str
        The folder that a relative path starts from, in words.

    Returns
    -------
    str or None
        The end of a sentence that begins with the name of the file, for example
        ``is empty; give the file itself``.
    """
    path = Path(path)
    try:
        if path.is_dir():
            return "is a folder; give a file"
        if path.exists() and not path.is_file():
            return "is a pipe or a device; give a file"
        with path.open("rb") as file:
            head = file.read(len(LFS_POINTER))
    except (FileNotFoundError, NotADirectoryError):
        return f"does not exist; correct the path, which is relative to {start}"
    except PermissionError:
        return "may not be read by this user; change its permissions (`chmod u+r`)"
    except OSError as error:
        if error.errno == errno.ENAMETOOLONG:
            return "has too long a name; correct the path"
        if error.errno == errno.ELOOP:
            return "is a circle of symbolic links; correct the links"
        return f"cannot be opened ({error.strerror or error}); check the disk that it is on"
    if head == LFS_POINTER:
        return (
            "is a Git LFS pointer and not the file itself; run `git lfs pull` in the repository "
            "that it is from"
        )
    return "is empty; give the file itself" if head in {b"", codecs.BOM_UTF8} else None


def problem_of_text(path: str | Path) -> str | None:
    """Return what keeps a file from being read as text, and the remedy; None when nothing does.

    The file is read a part at a time, so that a large one takes little memory. One whose name ends
    in ``.gz`` is unpacked.

    Parameters
    ----------
    path : path
        A file that the configuration names.

    Returns
    -------
    str or None
        As from `problem_of`, and what `unpacked` and `decoded` would refuse.
    """
    problem = problem_of(path)
    if problem is not None:
        return problem
    with _opened(Path(path)) as file:
        try:
            if _is_text(file):
                return None
            file.seek(0)
            decoded(file.read())
        except _NOT_GZIP:
            return _BROKEN_GZIP
        except ValueError as error:
            return str(error)
    return None


_NOT_GZIP = (gzip.BadGzipFile, EOFError, zlib.error)
_BROKEN_GZIP = (
    "is not a whole gzip file, as its name says; get the whole file, or remove `.gz` from the name "
    "of one that is not packed"
)


def _is_packed(path: Path) -> bool:
    return path.suffix.lower() == ".gz"


def _opened(path: Path) -> BufferedIOBase:
    return gzip.open(path) if _is_packed(path) else path.open("rb")


def unpacked(content: bytes, path: str | Path) -> bytes:
    """Return the content of a file, decompressed if the name of the file ends in ``.gz``.

    Raises
    ------
    ValueError
        If it is not whole; the end of a sentence that begins with the name of the file.
    """
    if not _is_packed(Path(path)):
        return content
    try:
        return gzip.decompress(content)
    except _NOT_GZIP:
        raise ValueError(_BROKEN_GZIP) from None


def _is_text(file: BufferedIOBase) -> bool:
    """Return whether `decoded` would take what is in a file."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        while part := file.read(_PART):
            if b"\0" in part:
                return False
            decoder.decode(part)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def decoded(content: bytes) -> str:
    r"""Return bytes as text: UTF-8, with or without a byte-order mark.

    Raises
    ------
    ValueError
        The end of a sentence that begins with the name of the file: the likely encoding or the
        position of the first byte that is not UTF-8, and the remedy.

    Examples
    --------
    >>> decoded(b"\xef\xbb\xbfabc")
    'abc'
    """
    wide = _wide_encoding(content)
    if wide is not None:
        msg = f"is {wide} and not UTF-8; convert it, for example with `iconv -f {wide} -t UTF-8`"
        raise ValueError(msg)
    if b"\0" in content:
        position = content.index(b"\0")
        msg = (
            f"has a NUL byte at position {position}, as binary files have and texts have not; give "
            "the text itself, unpacked and without formatting"
        )
        raise ValueError(msg)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        mark = len(codecs.BOM_UTF8) if content.startswith(codecs.BOM_UTF8) else 0
        raise ValueError(_not_utf8(content, error.start + mark, error.reason)) from None


def _wide_encoding(content: bytes) -> str | None:
    """Return which encoding of two or four bytes a character a text seems to be in, if any.

    By its byte-order mark or, without one, by where NUL bytes are: in the upper byte of most
    characters and in none of the lower bytes.
    """
    for mark, name in _MARKS.items():
        if content.startswith(mark):
            return name
    start = content[:_SAMPLE]
    for width, family in ((4, "UTF-32"), (2, "UTF-16")):
        places = [start[place::width].count(0) for place in range(width)]
        most = len(start) // width * 0.6
        for lower, name in ((0, f"{family}LE"), (width - 1, f"{family}BE")):
            upper = places[:lower] + places[lower + 1 :]
            if len(start) >= 2 * width and not places[lower] and min(upper) > most:
                return name
    return None


def _not_utf8(content: bytes, position: int, reason: str) -> str:
    byte, line = content[position], content.count(b"\n", 0, position) + 1
    where = f"byte 0x{byte:02x} at position {position} (line {line})"
    if reason == "unexpected end of data":
        return (
            f"ends in the middle of a character, or it is not UTF-8: {where}; get the whole file, "
            "or convert it, for example with `iconv -f LATIN1 -t UTF-8`"
        )
    likely = "WINDOWS-1252" if 0x80 <= byte < 0xA0 else "LATIN1"
    called = {"WINDOWS-1252": "Windows-1252", "LATIN1": "Latin-1"}[likely]
    return (
        f"is not UTF-8: {where}; convert it, for example with `iconv -f {likely} -t UTF-8`, after "
        f"checking that {called} is its encoding"
    )


def repeated(files: Iterable[str]) -> dict[str, str]:
    """Return which of several files have been given before, if by another path, and what to do.

    Parameters
    ----------
    files : iterable of str
        Files that exist.

    Returns
    -------
    dict of str to str
        By the path that comes later the end of a sentence that begins with it, for example ``is the
        same file as 'a.txt'; name each file once``.
    """
    once: dict[tuple[int, int], str] = {}
    found = {}
    for file in files:
        status = Path(file).stat()
        identity = status.st_dev, status.st_ino
        if identity in once:
            found[file] = f"is the same file as {once[identity]!r}; name each file once"
        once.setdefault(identity, file)
    return found
