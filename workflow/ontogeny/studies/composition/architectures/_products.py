"""Matrix products at the full rate of the processor, and sums over tables that pairs index.

Symbols: ``N`` pairs, ``s`` entries of a table for each of them, ``t`` rows of the table, ``f`` its
columns.
"""

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor

__all__ = ["Incidence", "blocks", "product"]

_HAS_ONEDNN = torch.backends.mkldnn.is_available() and hasattr(
    torch.ops.mkldnn, "_linear_pointwise"
)


def product(
    left: Float[Tensor, "row inner"], right: Float[Tensor, "inner column"]
) -> Float[Tensor, "row column"]:
    """Return ``left @ right``, without derivative.

    In float32 on a CPU by oneDNN, which uses AVX-512 on every processor that has it, where the
    library behind ``torch.mm`` does so only on some and elsewhere has half the rate. oneDNN reads
    `right` in either layout but copies a transposed `left`: of the two forms ``A^T B`` and
    ``(B^T A)^T`` take the one whose left factor is the narrower.
    """
    if _HAS_ONEDNN and left.dtype is torch.float32 and left.device.type == "cpu":
        return torch.ops.mkldnn._linear_pointwise(left, right.t(), None, "none", [], "")
    return left @ right


def blocks(pairs: int, longest: int) -> list[slice]:
    """Return slices that cover `pairs` pairs in order, of nearly equal lengths up to `longest`.

    Examples
    --------
    >>> blocks(10, 4)
    [slice(0, 4, None), slice(4, 7, None), slice(7, 10, None)]
    """
    number = -(-pairs // longest)
    ends = [pairs * i // number for i in range(number + 1)]
    return [slice(first, last) for first, last in zip(ends, ends[1:], strict=False)]


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
        self._shape = index.shape
        flat = index.flatten()
        self._index = flat.int()
        self._starts = torch.arange(0, flat.numel(), index.shape[1], device=index.device).int()
        self._order = torch.argsort(flat, stable=True)
        self._readers = (self._order // index.shape[1]).int()
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
        flat = None if weight is None else weight.flatten()[self._order]
        return F.embedding_bag(
            self._readers, values, self._reader_starts, mode="sum", per_sample_weights=flat
        )
