"""Files that the user gives (tables, texts, weights): what is wrong with one, before it is parsed.

The configuration asks before any job starts, the readers ask again when a job reads the file, and
both say the same.
"""

import errno
from pathlib import Path

__all__ = ["decoded", "problem_of"]

_LFS = b"version https://git-lfs.github.com/spec/"


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
        with path.open("rb") as file:
            head = file.read(len(_LFS))
    except FileNotFoundError:
        return f"does not exist; correct the path, which is relative to {start}"
    except PermissionError:
        return "may not be read by this user; change its permissions (`chmod u+r`)"
    except OSError as error:
        if error.errno == errno.ENAMETOOLONG:
            return "has too long a name; correct the path"
        return f"cannot be opened ({error.strerror or error}); check the disk that it is on"
    if head == _LFS:
        return (
            "is a Git LFS pointer and not the file itself; run `git lfs pull` in the repository "
            "that it is from"
        )
    return None if head else "is empty; give the file itself"


def decoded(content: bytes) -> str:
    r"""Return bytes as text: UTF-8, with or without a byte-order mark.

    Raises
    ------
    ValueError
        The end of a sentence that begins with the name of the file: the position of the first byte
        that is not UTF-8, the likely encoding, and the remedy.

    Examples
    --------
    >>> decoded(b"\xef\xbb\xbfabc")
    'abc'
    """
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        msg = (
            "is UTF-16 and not UTF-8: it begins with the byte-order mark of UTF-16; convert it, "
            "for example with `iconv -f UTF-16 -t UTF-8`"
        )
        raise ValueError(msg)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        mark = 3 if content.startswith(b"\xef\xbb\xbf") else 0
        position = error.start + mark
        line = content.count(b"\n", 0, position) + 1
        msg = (
            f"is not UTF-8: byte 0x{content[position]:02x} at position {position} (line {line}); "
            "convert it, for example with `iconv -f LATIN1 -t UTF-8`, after checking that Latin-1 "
            "is its encoding"
        )
        raise ValueError(msg) from None
