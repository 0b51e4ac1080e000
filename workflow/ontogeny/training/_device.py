"""Where a network is trained."""

import torch

from ontogeny.config import ConfigurationError

__all__ = ["device_name", "device_of"]


def device_of(wanted: str) -> torch.device:
    """Return the device that a configuration asks for.

    Parameters
    ----------
    wanted : {"cpu", "cuda", "auto"}
        The processor, a GPU, or a GPU where PyTorch finds one and the processor elsewhere.

    Raises
    ------
    ConfigurationError
        If a GPU is asked for and PyTorch finds none.
    """
    found = wanted != "cpu" and torch.cuda.is_available()
    if wanted == "cuda" and not found:
        reason = (
            "this PyTorch is built without CUDA"
            if torch.version.cuda is None
            else "PyTorch finds no GPU on this machine"
        )
        msg = (
            f"`optimiser.device` = 'cuda': {reason}; set it to cpu, or to auto, which takes a GPU "
            "only where there is one"
        )
        raise ConfigurationError(msg)
    return torch.device("cuda" if found else "cpu")


def device_name(wanted: str) -> str:
    """Return ``cpu``, or the model of the GPU that `device_of` returns, on which bytes depend."""
    device = device_of(wanted)
    return device.type if device.type == "cpu" else torch.cuda.get_device_name(device)
