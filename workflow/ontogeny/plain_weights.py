"""Files of weights that hold plain tensors by name, read without PyTorch.

Most files that ``torch.save`` or safetensors writes of a network are such. `ontogeny.weights` reads
them so, and leaves every other file to PyTorch.
"""

import pickle
import sys
import zipfile
from collections import OrderedDict
from functools import partial
from math import prod
from pathlib import Path
from typing import Any

import numpy as np
import safetensors.numpy
from numpy.typing import NDArray

__all__ = ["plain_tensors"]

_STORAGES = {
    "FloatStorage": np.dtype(np.float32),
    "DoubleStorage": np.dtype(np.float64),
    "LongStorage": np.dtype(np.int64),
    "IntStorage": np.dtype(np.int32),
    "BoolStorage": np.dtype(np.bool_),
}
"""Types of numbers that NumPy has and that are kept as they are, by their names in PyTorch."""


def plain_tensors(path: Path) -> dict[str, NDArray[np.generic]] | None:
    """Return the tensors of a file by name if it holds these and nothing else.

    Nothing in the file is run: of a pickled file only tensors and dictionaries are accepted.

    Parameters
    ----------
    path : Path

    Returns
    -------
    dict of str to ndarray, or None
        None for any other file, one that is damaged among them.
    """
    try:
        found = _saved_by_torch(path) if zipfile.is_zipfile(path) else _safetensors(path)
    except Exception:  # whatever it is, PyTorch says what is wrong
        return None
    is_plain = isinstance(found, dict) and all(
        isinstance(name, str)
        and isinstance(values, np.ndarray)
        and values.dtype in _STORAGES.values()
        for name, values in found.items()
    )
    return dict(found) if is_plain and found else None


def _safetensors(path: Path) -> Any:
    return safetensors.numpy.load_file(path)


def _saved_by_torch(path: Path) -> Any:
    """Return the content of an archive of ``torch.save`` that holds tensors and dictionaries.

    ``<folder>/data.pkl`` is the pickled content, in which a tensor names the storage that it is a
    view of: ``<folder>/data/<key>``, plain numbers.
    """
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
        folder = names[0].partition("/")[0]
        order = f"{folder}/byteorder"
        little = order not in names or archive.read(order) == b"little"
        if not little or sys.byteorder != "little":
            msg = "numbers in another order of bytes"
            raise ValueError(msg)
        with archive.open(f"{folder}/data.pkl") as file:
            return _Unpickler(file, archive, folder).load()


class _Unpickler(pickle.Unpickler):
    """Reads dictionaries and tensors, and refuses every other class or function by its name."""

    def __init__(self, file: Any, archive: zipfile.ZipFile, folder: str) -> None:
        super().__init__(file)
        self._archive, self._folder = archive, folder

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) == ("collections", "OrderedDict"):
            return OrderedDict
        if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
            return partial(_view)  # a new one each time: what the file does to it changes no other
        if module == "torch" and name in _STORAGES:
            return _STORAGES[name]
        msg = f"{module}.{name}"
        raise pickle.UnpicklingError(msg)

    def persistent_load(self, pid: Any) -> NDArray[np.generic]:
        kind, dtype, key, _, count = pid
        if kind != "storage" or not isinstance(dtype, np.dtype) or not key.isdecimal():
            msg = str(pid)
            raise pickle.UnpicklingError(msg)
        content = self._archive.read(f"{self._folder}/data/{key}")
        return np.frombuffer(content, dtype, count)


def _view(
    storage: NDArray[np.generic],
    offset: int,
    size: tuple[int, ...],
    stride: tuple[int, ...],
    requires_grad: bool,
    hooks: Any,
) -> NDArray[np.generic]:
    """Return a copy of the part of a storage that a tensor is, as ``_rebuild_tensor_v2`` does."""
    reach = [(length - 1) * step for length, step in zip(size, stride, strict=True)]
    last = offset + sum(reach)
    if min((offset, *size, *stride)) < 0 or prod(size) > len(storage) or last >= len(storage):
        if prod(size):
            msg = "a tensor that reaches beyond its storage"
            raise pickle.UnpicklingError(msg)
        return np.empty(size, storage.dtype)
    bytes_apart = [step * storage.itemsize for step in stride]
    return np.lib.stride_tricks.as_strided(storage[offset:], size, bytes_apart).copy()
