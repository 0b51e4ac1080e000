"""Networks from elsewhere: files of weights, read as plain tensors.

Files of plain tensors are read without PyTorch, which takes longer to import than to read them.
"""

import pickle
import re
import warnings
import zipfile
import zlib
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ontogeny.given_files import problem_of
from ontogeny.plain_weights import plain_tensors

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["WeightsError", "read_weights"]


class WeightsError(RuntimeError):
    """A file of weights cannot be used; the message says which and why."""


def read_weights(path: str | Path) -> dict[str, NDArray[np.generic]]:
    """Return the tensors of a PyTorch state dict or a safetensors file, by name.

    Nothing in the file is run: of a pickled file only tensors and plain containers are accepted.
    What a file is, its content says and not its name. A checkpoint may have the state dict under
    one of the keys ``model``, ``state_dict``, ``model_state_dict``; whatever is beside the
    tensors is left out, but for what may be a network too: a mapping of tensors, or a matrix that
    is named as a parameter, is refused. The prefixes that torch.compile (``_orig_mod.``),
    DataParallel (``module.``) and Lightning (``model.``) put before every name are removed.

    Parameters
    ----------
    path : path
        As ``torch.save`` or ``safetensors.torch.save_file`` writes it.

    Returns
    -------
    dict of str to ndarray
        Dense tensors; floating-point ones in their own precision, those below float32 as float32.
        Boolean tensors, which are masks, are left out.

    Raises
    ------
    WeightsError
        If the file is missing or damaged, holds anything else than named tensors, or tensors
        without values. One line, which names the file.
    """
    path = Path(path)
    try:
        _require_a_file(path)
        plain = plain_tensors(path)
        if plain is None or any(name.startswith(_PREFIXES) for name in plain):
            return _by_torch(path)
    except _Refusal as error:
        msg = f"{path}: {error}"
        raise WeightsError(msg) from None
    return {name: values for name, values in plain.items() if values.dtype != np.bool_}


def _require_a_file(path: Path) -> None:
    problem = problem_of(path)
    if problem:
        raise _Refusal(problem)


def _by_torch(path: Path) -> dict[str, NDArray[np.generic]]:
    """Return the tensors of any file that PyTorch reads, or say why it cannot be used."""
    import torch

    tensors = _without_prefixes(_named_tensors(_content(path)))
    return {
        name: _values(name, tensor)
        for name, tensor in tensors.items()
        if tensor.dtype != torch.bool
    }


class _Refusal(ValueError):
    """What is wrong with a file: the end of a sentence that begins with its name."""


_OTHER_FORMATS = {
    b"\x93NUMPY": "a NumPy array (.npy)",
    b"\x89HDF": "an HDF5 file",
    b"CDF": "a netCDF file",
    b"GGUF": "a GGUF file",
    b"\x1f\x8b": "compressed by gzip",
    b"<!DOCTYPE": "a web page",
    b"<!doctype": "a web page",
    b"<html": "a web page",
}
_LEGACY = b"l\xfc\x9cF\xf9 j\xa8P\x19"
"""The number that torch.save put at the beginning of its files before they were archives."""

_SAVE = "save `model.state_dict()` with torch.save, or a safetensors file"


def _content(path: Path) -> Any:
    """Return what a file holds, in plain containers."""
    with path.open("rb") as file:
        head = file.read(32)
    if head.startswith(b"PK") or _LEGACY in head:
        return _from_torch(path)
    # A safetensors file begins with the length of its header, 8 bytes, and then the header, JSON.
    if head[8:9] == b"{":
        return _from_safetensors(path)
    known = (kind for start, kind in _OTHER_FORMATS.items() if head.startswith(start))
    kind = next(known, "a plain pickle" if head.startswith(b"\x80") else None)
    if kind is not None:
        msg = f"is {kind} and not what torch.save writes; {_SAVE}"
        raise _Refusal(msg)
    if path.suffix == ".safetensors":
        return _from_safetensors(path)
    msg = (
        f"is neither what torch.save writes nor a safetensors file: it begins with {head[:8]!r}; "
        f"{_SAVE}"
    )
    raise _Refusal(msg)


def _from_safetensors(path: Path) -> Any:
    import safetensors.torch

    try:
        return safetensors.torch.load_file(path)
    except Exception as error:
        msg = f"is damaged, cut short or not a safetensors file ({_short(error)}); get it again"
        raise _Refusal(msg) from None


def _from_torch(path: Path) -> Any:
    import torch

    damaged = _damaged_parts(path)
    if damaged:
        msg = f"is damaged: {', '.join(damaged)} in it differs from its checksum; get it again"
        raise _Refusal(msg)
    try:
        with path.open("rb") as file, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of sparse layouts and old formats, which are read
            return torch.load(file, weights_only=True, map_location="cpu")
    except pickle.UnpicklingError as error:
        raise _Refusal(_unreadable_pickle(str(error))) from None
    except Exception as error:
        raise _Refusal(_unreadable_archive(path, error)) from None


def _damaged_parts(path: Path) -> list[str]:
    """Return the parts of an archive that differ from their checksums, which PyTorch ignores.

    An archive in which all do was written without checksums.
    """
    if not zipfile.is_zipfile(path):
        return []
    damaged = []
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
        for name in names:
            try:
                archive.read(name)
            except (zipfile.BadZipFile, OSError, zlib.error, EOFError):
                damaged.append(name)
    return damaged if len(damaged) < len(names) else []


def _unreadable_archive(path: Path, error: Exception) -> str:
    names = zipfile.ZipFile(path).namelist() if zipfile.is_zipfile(path) else []
    if any(name.endswith(".npy") for name in names):
        return f"is a NumPy archive (.npz) and not what torch.save writes; {_SAVE}"
    if any(name.endswith("constants.pkl") for name in names):
        return f"is a TorchScript program, which would have to be run; {_SAVE}"
    if names and not any(name.endswith("data.pkl") for name in names):
        return f"is an archive of other files ({names[0]}) and not what torch.save writes; {_SAVE}"
    if "PytorchStreamReader" in str(error):
        return "is damaged or cut short; get it again"
    return f"is damaged or cut short ({_short(error) or type(error).__name__}); get it again"


def _unreadable_pickle(reason: str) -> str:
    found = re.search(r"(?:GLOBAL|class|function) ([\w.]+)", reason)
    if found is None:
        reason = reason.rpartition("WeightsUnpickler error:")[2]
        return f"is damaged, or would have to run code of its own ({_short(reason)}); {_SAVE}"
    if found[1].startswith("numpy."):
        return (
            f"holds NumPy arrays or numbers ({found[1]}) beside or in place of tensors; save "
            "tensors alone, for example torch.from_numpy(array)"
        )
    return f"holds {found[1]}, and would run code of its own if that were read; {_SAVE}"


_WRAPPERS = ("model", "state_dict", "model_state_dict")
_PREFIXES = ("_orig_mod.", "module.", "model.")
_PARAMETER = re.compile(
    rf"^({'|'.join(map(re.escape, _PREFIXES))})|(^|\.)([Wb](_\w+)?|weight|bias)$"
)
"""Names that parameters have: with a prefix, W_x, b_in, embed.W_E, linear.weight."""


def _named_tensors(content: Any) -> "dict[str, Tensor]":
    """Return the tensors of a state dict, or of the one that a checkpoint holds."""
    if not isinstance(content, Mapping):
        msg = f"holds no state dict, that is tensors by name, but {_kind(content)}; {_SAVE}"
        raise _Refusal(msg)
    inner = [name for name in _WRAPPERS if isinstance(content.get(name), Mapping)]
    known = {each for name in inner for each in content[name]}
    others = [
        name
        for name, value in content.items()
        if name not in inner and _may_be_a_network(name, value, known)
    ]
    if len(inner) > 1 or (inner and others):
        which = " and ".join(map(str, [*inner, *others]))
        msg = f"holds {which}, any of which may be the network; save the right one alone"
        raise _Refusal(msg)
    holder = content[inner[0]] if inner else content
    tensors = {
        name: value for name, value in holder.items() if isinstance(name, str) and _is_tensor(value)
    }
    if not tensors:
        where = f" under {inner[0]!r}" if inner else ""
        held = _short(", ".join(f"{name!r} ({_kind(value)})" for name, value in holder.items()))
        msg = (
            f"holds no state dict, that is tensors by name, but {held or 'nothing'}{where}; "
            f"{_SAVE}, and each of several networks as a file of its own"
        )
        raise _Refusal(msg)
    return tensors


def _may_be_a_network(name: Any, value: Any, known: Collection[str]) -> bool:
    """Return whether a value is a mapping that names a matrix, or a matrix named as a parameter.

    Losses and pairs are neither. `known` are names of parameters; see `_PARAMETER` for others.
    """
    if isinstance(value, Mapping):
        return any(_is_matrix(each) for each in value.values())
    is_parameter = name in known or (isinstance(name, str) and bool(_PARAMETER.search(name)))
    return is_parameter and _is_matrix(value)


def _is_tensor(value: Any) -> bool:
    import torch

    return isinstance(value, torch.Tensor)


def _is_matrix(value: Any) -> bool:
    return _is_tensor(value) and value.ndim > 1


def _kind(value: Any) -> str:
    if _is_tensor(value):
        return "a tensor"
    if isinstance(value, Mapping):
        return "a mapping"
    article = "an" if type(value).__name__[0] in "aeiou" else "a"
    return "None" if value is None else f"{article} {type(value).__name__}"


def _without_prefixes(tensors: "dict[str, Tensor]") -> "dict[str, Tensor]":
    """Return tensors without the prefixes that wrappers of a network put before every name.

    Names of whole numbers and masks may lack it: ``n_averaged`` of an averaged network does.
    """
    while True:
        floating = [name for name, tensor in tensors.items() if tensor.is_floating_point()]
        prefix = next((p for p in _PREFIXES if any(n.startswith(p) for n in floating)), None)
        if prefix is None:
            return tensors
        others = [name for name in floating if not name.startswith(prefix)]
        if others:
            msg = f"has tensors with the prefix {prefix!r} and others without, such as {others[0]}"
            raise _Refusal(msg)
        tensors = {name.removeprefix(prefix): tensor for name, tensor in tensors.items()}


def _values(name: str, tensor: "Tensor") -> NDArray[np.generic]:
    """Return the values of a tensor, dense and in a precision that NumPy has."""
    import torch

    if tensor.is_meta:
        msg = f"{name} is on the meta device and has no values; load the network before it is saved"
        raise _Refusal(msg)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tensor = tensor.detach().dequantize() if tensor.is_quantized else tensor.detach()
            tensor = tensor if tensor.layout == torch.strided else tensor.to_dense()
            is_narrow = tensor.is_floating_point() and tensor.dtype.itemsize < 4
            tensor = tensor.float() if is_narrow else tensor
            return tensor.resolve_conj().resolve_neg().numpy()
    except Exception as error:
        msg = f"{name} cannot be read as an array ({_short(error)})"
        raise _Refusal(msg) from None


def _short(reason: object) -> str:
    text = " ".join(str(reason).split())
    return text if len(text) <= 160 else f"{text[:157]}..."
