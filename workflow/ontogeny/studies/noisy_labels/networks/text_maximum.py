"""The largest value of a convolution over a text, with a gradient that follows the largest alone.

Symbols: ``B`` texts; ``L`` places; ``V`` words; ``F`` features of a word; ``C`` channels; ``U``
different words of a minibatch.
"""

from typing import Any

import torch
from jaxtyping import Float, Int
from torch import Tensor

from ontogeny.studies.noisy_labels.networks.labellers import WINDOW

__all__ = ["text_maximum"]


def text_maximum(
    embedding: Float[Tensor, "V F"],
    weights: Float[Tensor, "3 F C"],
    tokens: Int[Tensor, "B L"],
) -> Float[Tensor, "B C"]:
    """Return ``max_t sum_k embedding[token_(t + k - 1)] . weights[k]`` over the places of a text.

    Each word is multiplied with the weights once for a minibatch, however often it occurs, and a
    window is a sum of three of these products. The gradient belongs to the window with the largest
    value alone, the first of equals.

    Parameters
    ----------
    embedding : (V, F) Tensor
        Vector of each word. That of token 0, padding, is taken to be zero.
    weights : (3, F, C) Tensor
        Of the word before, the word itself, and the word after.
    tokens : (B, L) Tensor of int64
        Padded with 0 after the end; each text has a word.

    Returns
    -------
    (B, C) Tensor
    """
    found: Tensor = _TextMaximum.apply(embedding, weights, tokens)  # type: ignore[no-untyped-call]
    return found


class _TextMaximum(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, embedding: Tensor, weights: Tensor, tokens: Tensor) -> Tensor:
        tokens = tokens[:, : int((tokens > 0).sum(dim=1).max())]
        texts, length = tokens.shape
        used, local = torch.unique(tokens, return_inverse=True)
        vectors = embedding[used]
        rows = torch.nn.functional.pad(local, (1, 1), value=-1).unfold(1, length, 1)
        outside = torch.nn.functional.pad(tokens, (1, 1)).unfold(1, length, 1) == 0
        offset = torch.arange(WINDOW, device=rows.device)[:, None] * len(used)
        rows = (rows + offset).masked_fill(outside, WINDOW * len(used))  # (B, 3, L)
        products = torch.matmul(vectors, weights).flatten(0, 1)
        table = torch.nn.functional.pad(products, (0, 0, 0, 1))
        windows = rows.transpose(1, 2).reshape(-1)
        starts = torch.arange(0, windows.numel(), WINDOW, device=rows.device)
        values = torch.embedding_bag(table, windows, starts)[0].view(texts, length, -1)
        values.masked_fill_((tokens == 0)[:, :, None], -torch.inf)
        largest, place = values.max(dim=1)
        ctx.save_for_backward(vectors, weights, rows, place, used)
        ctx.words = len(embedding)
        return largest

    @staticmethod
    def backward(ctx: Any, slope: Tensor) -> tuple[Tensor, Tensor, None]:
        vectors, weights, rows, place, used = ctx.saved_tensors
        channels = slope.shape[1]
        # The row of each of the three words of the largest window: (B, 3, C).
        reached = rows.gather(2, place[:, None, :].expand(-1, WINDOW, -1))
        column = torch.arange(channels, device=slope.device)
        of_table = slope.new_zeros((WINDOW * len(used) + 1) * channels)
        of_table.index_add_(
            0,
            (reached * channels + column).reshape(-1),
            slope[:, None, :].expand(-1, WINDOW, -1).reshape(-1),
        )
        of_table = of_table.view(-1, channels)[:-1].view(WINDOW, len(used), channels)
        of_embedding = slope.new_zeros(ctx.words, vectors.shape[1])
        of_embedding[used] = torch.matmul(of_table, weights.transpose(1, 2)).sum(dim=0)
        of_weights = torch.matmul(vectors.T, of_table)
        return of_embedding, of_weights, None
