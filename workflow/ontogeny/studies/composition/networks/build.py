"""From a configuration to an architecture, and all pairs in blocks that fit in memory."""

from collections.abc import Iterator
from dataclasses import replace

import torch
from torch import Tensor

from ontogeny.studies.composition.config import (
    BilinearSettings,
    DeepTransformerSettings,
    MLPSettings,
    TransformerSettings,
)
from ontogeny.studies.composition.networks.architectures import (
    MLP,
    Architecture,
    Bilinear,
    DeepTransformer,
    Transformer,
)

__all__ = ["all_pairs_size", "build", "pair_blocks"]

_BLOCK_BYTES = 2**29


def build(
    settings: MLPSettings | BilinearSettings | TransformerSettings | DeepTransformerSettings,
    order: int,
) -> Architecture:
    """Return the architecture that the configuration asks for, on `order` elements."""
    match settings:
        case MLPSettings():
            return MLP(order, embedding=settings.embedding, hidden=settings.hidden)
        case BilinearSettings():
            return Bilinear(order, hidden=settings.hidden)
        case DeepTransformerSettings():
            return DeepTransformer(order, **settings.model_dump(exclude={"kind"}))
    published = Transformer.universality
    if settings.preset == "progress-measures":
        published = Transformer.progress_measures
    widths = settings.model_dump(include={"d_model", "heads", "d_head", "d_mlp"})
    options = settings.model_dump(include={"mlp_bias", "equals_output"}, exclude_none=True)
    if settings.initialisation is not None:
        options["initialisation"] = settings.initialisation.replace("-", "_")
    return replace(published(order, **widths), **options)


def all_pairs_size(architecture: Architecture) -> int:
    """Return about how many bytes the layers over all pairs take in float64."""
    width = architecture.order + sum(shape[-1] for shape in architecture.shapes().values())
    return 8 * architecture.order**2 * width


def pair_blocks(
    architecture: Architecture, *, size: int = _BLOCK_BYTES
) -> Iterator[tuple[Tensor, Tensor]]:
    """Yield all pairs in row-major order, in blocks of whole rows of about `size` bytes at most."""
    order = architecture.order
    rows = max(1, size * order // all_pairs_size(architecture))
    for first in range(0, order, rows):
        left = torch.arange(first, min(first + rows, order))
        yield left.repeat_interleave(order), torch.arange(order).repeat(len(left))
