"""Networks from elsewhere: files of weights, read as plain tensors."""

import pickle
from pathlib import Path
from typing import Any

import numpy as np
import safetensors
import safetensors.torch
import torch
from numpy.typing import NDArray

__all__ = ["WeightsError", "read_weights"]


class WeightsError(RuntimeError):
    """A file of weights cannot be used; the message says which and why."""


def read_weights(path: str | Path) -> dict[str, NDArray[np.floating[Any]]]:
    """Return the tensors of a PyTorch state dict or a safetensors file, by name.

    Nothing in the file is run: of a pickled file only tensors and plain containers are accepted.

    Parameters
    ----------
    path : path
        Ends in ``.safetensors``; any other name is read as ``torch.save`` writes a state dict.

    Returns
    -------
    dict of str to ndarray
        Floating-point tensors in their own precision (bfloat16 as float32); buffers of other types
        are left out.

    Raises
    ------
    WeightsError
        If the file is missing, damaged, holds anything else than named tensors, or a number that
        is not finite.
    """
    path = Path(path)
    try:
        found = _tensors(path)
    except FileNotFoundError:
        msg = f"{path}: there is no such file; correct `weights` in the configuration"
        raise WeightsError(msg) from None
    except pickle.UnpicklingError as error:
        reason = " ".join(str(error).split())
        msg = (
            f"{path}: is not read, for it is no plain state dict but would run code of its own or "
            f"is damaged ({_short(reason)}); save `model.state_dict()` or a safetensors file"
        )
        raise WeightsError(msg) from None
    except Exception as error:
        reason = " ".join(str(error).split())
        msg = f"{path}: is damaged or holds no weights ({_short(reason)})"
        raise WeightsError(msg) from None
    if not isinstance(found, dict) or not all(
        isinstance(name, str) and isinstance(value, torch.Tensor) for name, value in found.items()
    ):
        msg = f"{path}: holds no state dict, that is tensors by name; save `model.state_dict()`"
        raise WeightsError(msg)
    floating = {name: value for name, value in found.items() if value.is_floating_point()}
    return {
        name: (value.float() if value.dtype in _WIDENED else value).numpy()
        for name, value in floating.items()
    }


_WIDENED = (torch.bfloat16, torch.float16)


def _tensors(path: Path) -> Any:
    if path.suffix == ".safetensors":
        return safetensors.torch.load_file(path)
    return torch.load(path, weights_only=True, map_location="cpu")


def _short(reason: str) -> str:
    return reason if len(reason) <= 160 else f"{reason[:157]}..."
