"""Named arrays as one file: saved states of training."""

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ontogeny.storage._contents import content_of
from ontogeny.storage._errors import LostError, refused
from ontogeny.storage._moving import moved_into_place

__all__ = ["read_arrays", "write_arrays"]


def write_arrays(arrays: Mapping[str, NDArray[Any]], path: str | Path) -> None:
    """Write named arrays as one file, which appears at `path` only when complete.

    Raises
    ------
    StorageError
        If the file cannot be written; what was at `path` stays.
    """
    with moved_into_place(path) as beside, beside.open("wb") as file:
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
    content = content_of(path)
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
