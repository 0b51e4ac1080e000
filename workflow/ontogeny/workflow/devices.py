"""Whether the machine has the devices that a configuration asks for."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pydantic import BaseModel

from ontogeny.config import ConfigurationError, refuse
from ontogeny.config.training import Optimiser

__all__ = ["require_devices"]


def require_devices(sections: Mapping[str, BaseModel], specifications: Iterable[Any]) -> None:
    """Refuse a GPU that this machine lacks and that a job would need.

    PyTorch is imported only if there is such a job.

    Parameters
    ----------
    sections : mapping of Section
        The resolved section of each study, by name.
    specifications : iterable
        Of the jobs that would run; results that were made on a GPU can be analysed without one.

    Raises
    ------
    ConfigurationError
        One line for each key that is `cuda`.
    """
    if not any(map(_says_gpu, specifications)):
        return
    from ontogeny.training import device_of

    try:
        device_of("cuda")
    except ConfigurationError as error:
        keys = [key for name, section in sections.items() for key in _asks_for_gpu(section, name)]
        reason = str(error).partition(": ")[2]
        refuse(f"`{key}` = 'cuda': {reason}" for key in keys)


def _says_gpu(specification: Any) -> bool:
    """Return whether an optimiser in a specification is on a GPU."""
    if isinstance(specification, Mapping):
        return specification.get("device") == "cuda" or any(map(_says_gpu, specification.values()))
    return False


def _asks_for_gpu(value: Any, at: str) -> Iterator[str]:
    """Yield the keys of optimisers that ask for a GPU, without those of networks from elsewhere."""
    if isinstance(value, Optimiser):
        if value.device == "cuda":
            yield f"{at}.device"
    elif isinstance(value, BaseModel):
        if getattr(value, "weights", None) is None:
            for name in type(value).model_fields:
                yield from _asks_for_gpu(getattr(value, name), f"{at}.{name}")
    elif isinstance(value, Mapping):
        for name, below in value.items():
            yield from _asks_for_gpu(below, f"{at}.{name}")
