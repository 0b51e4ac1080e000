"""From a configuration to an architecture, and all pairs in blocks that fit in memory."""

from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import cast

import numpy as np
from numpy.typing import NDArray

from ontogeny.studies.composition.config import ArchitectureSettings
from ontogeny.studies.composition.networks.architectures import Architecture
from ontogeny.studies.composition.networks.kinds import architecture_module

__all__ = ["EMBEDDED", "all_pairs_size", "build", "pair_blocks", "parameter_dimensions"]

EMBEDDED = ("element", "token", "position")
"""Dimensions whose entries have a row of an embedding."""

_BLOCK_BYTES = 2**29


def build(settings: ArchitectureSettings, order: int) -> Architecture:
    """Return the architecture that the configuration asks for, on `order` elements."""
    module = import_module(architecture_module(settings.kind))
    return cast(Architecture, module.build(settings, order))


def parameter_dimensions(kind: str) -> Mapping[str, tuple[str, ...]]:
    """Return the dimensions of every parameter that networks of a kind can have, by name."""
    module = import_module(architecture_module(kind))
    return cast(Mapping[str, tuple[str, ...]], module.DIMENSIONS)


def all_pairs_size(architecture: Architecture) -> int:
    """Return about how many bytes the layers over all pairs take in float64."""
    width = architecture.order + sum(shape[-1] for shape in architecture.shapes().values())
    return 8 * architecture.order**2 * width


def pair_blocks(
    architecture: Architecture, *, size: int = _BLOCK_BYTES
) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Yield all pairs in row-major order, in blocks of whole rows of about `size` bytes at most."""
    order = architecture.order
    rows = max(1, size * order // all_pairs_size(architecture))
    for first in range(0, order, rows):
        left = np.arange(first, min(first + rows, order))
        yield left.repeat(order), np.tile(np.arange(order), len(left))
