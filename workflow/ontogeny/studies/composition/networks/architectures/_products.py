"""Matrix products at the full rate of the processor, and sums over tables that pairs index.

Symbols: ``N`` pairs, ``s`` entries of a table for each of them, ``t`` rows of the table, ``f`` its
columns.
"""

from itertools import pairwise
from typing import Any

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor

__all__ = ["Incidence", "blocks", "keep_freed_memory", "product"]

_HAS_ONEDNN = hasattr(torch.ops.mkldnn, "_linear_pointwise")
_LARGEST_KEPT = 2**25 - 2**16


def product(
    left: Float[Tensor, "row inner"], right: Float[Tensor, "inner column"]
) -> Float[Tensor, "row column"]:
    """Return ``left @ right``; differentiable.

    In float32 on a CPU by oneDNN, which uses AVX-512 on every processor that has it, where the
    library behind ``torch.mm`` does so only on some and elsewhere has half the rate. oneDNN reads
    `right` in either layout, but a transposed `left` is copied: of the two forms ``A^T B`` and
    ``(B^T A)^T`` take the one whose left factor is the narrower.
    """
    if not (_HAS_ONEDNN and left.dtype is torch.float32 and left.device.type == "cpu"):
        return left @ right
    if torch.is_grad_enabled():
        return _Product.apply(left, right)  # type: ignore[no-untyped-call]
    return _onednn(left, right)


class _Product(torch.autograd.Function):
    """``C = A B`` by oneDNN, with ``dA = dC B^T`` and ``dB = A^T dC``."""

    @staticmethod
    def forward(ctx: Any, left: Tensor, right: Tensor) -> Tensor:
        ctx.save_for_backward(left, right)
        return _onednn(left, right)

    @staticmethod
    def backward(ctx: Any, slope: Tensor) -> tuple[Tensor, Tensor]:
        left, right = ctx.saved_tensors
        return _onednn(slope, right.t()), _onednn(left.t(), slope)


def _onednn(left: Tensor, right: Tensor) -> Tensor:
    if left.t().is_contiguous():
        left = _transposed(left.t())
    return torch.ops.mkldnn._linear_pointwise(left, right.t(), None, "none", [], "")


def _transposed(matrix: Tensor) -> Tensor:
    """Return a contiguous copy of the transpose of a contiguous matrix.

    To shuffle channels in groups is to transpose the matrix of groups and members, and the kernel
    for channels that lie next to each other is four times as fast as ``matrix.t().contiguous()``.
    """
    rows, size = len(matrix), matrix.numel()
    channels = matrix.as_strided((1, size, 1, 1), (size, 1, size, size))
    return F.channel_shuffle(channels, rows).view(-1, rows)


def blocks(pairs: int, longest: int) -> list[slice]:
    """Return slices that cover `pairs` pairs in order, of nearly equal lengths up to `longest`.

    Examples
    --------
    >>> blocks(10, 4)
    [slice(0, 3, None), slice(3, 6, None), slice(6, 10, None)]
    """
    number = -(-pairs // longest)
    return [slice(*ends) for ends in pairwise(pairs * i // number for i in range(number + 1))]


def keep_freed_memory() -> None:
    """Make the allocator keep the memory of one step for the next.

    The GNU allocator gives blocks above a threshold back to the system when they are freed, and
    every page of the next such block must then be mapped and cleared again, which costs as much as
    the arithmetic of a step. The threshold follows the largest block freed so far, up to 32 MiB
    (mallopt(3), ``M_MMAP_THRESHOLD``), so that freeing one block of that size once settles it.
    """
    torch.empty(_LARGEST_KEPT, dtype=torch.uint8)


class Incidence:
    """Which entries of a table each pair reads: a sparse 0-1 matrix ``M`` with s ones in a row.

    `gather` applies the matrix and `scatter` its transpose, so that if a forward pass gathers from
    a table, the gradient of the table is the scattered gradient. Both run over the result once,
    adding up rows, without an intermediate array and without atomic additions.

    Parameters
    ----------
    index : (N, s) Tensor of int
        The rows of the table that each pair reads.
    rows : int
        Number of rows of the table, t.
    """

    def __init__(self, index: Int[Tensor, "N s"], rows: int) -> None:
        entries = index.shape[1]
        flat = index.flatten()
        self._index = flat.int()
        self._starts = torch.arange(0, flat.numel(), entries, device=index.device).int()
        self._order = torch.argsort(flat, stable=True)
        self._readers = (self._order // entries).int()
        counts = torch.bincount(flat, minlength=rows)
        self._reader_starts = (counts.cumsum(0) - counts).int()

    def gather(
        self, table: Float[Tensor, "t f"], weight: Float[Tensor, "N s"] | None = None
    ) -> Float[Tensor, "N f"]:
        """Return ``out[i] = sum_j weight[i, j] table[index[i, j]]``; weights are 1 if not given."""
        flat = None if weight is None else weight.flatten()
        return F.embedding_bag(
            self._index, table, self._starts, mode="sum", per_sample_weights=flat
        )

    def scatter(
        self, values: Float[Tensor, "N f"], weight: Float[Tensor, "N s"] | None = None
    ) -> Float[Tensor, "t f"]:
        """Return ``out[r] = sum over (i, j) with index[i, j] = r of weight[i, j] values[i]``."""
        flat = None if weight is None else torch.take(weight, self._order)
        return F.embedding_bag(
            self._readers, values, self._reader_starts, mode="sum", per_sample_weights=flat
        )
