"""What heads do, by their attention and their results (arXiv 2209.11895, appendix).

Symbols: ``B`` sequences; ``T`` tokens; ``H`` heads; ``e`` width of a head; ``d`` of the stream.
"""

from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

__all__ = ["Copying", "copying", "direct_path", "earlier_copies", "matching", "previous_token"]


def earlier_copies(tokens: Int[Tensor, "B T"], *, offset: int) -> Bool[Tensor, "B T T"]:
    """Return which keys are `offset` behind an earlier copy of the token of each query.

    Entry ``[i, j]`` is true when ``j <= i`` and ``x_(j - offset) = x_i`` with ``j - offset < i``.

    Parameters
    ----------
    tokens : (B, T) Tensor
    offset : int
        1 for induction targets; 0 for the copies themselves; -1 for what was before them.
    """
    length = tokens.shape[1]
    same = (tokens[:, :, None] == tokens[:, None, :]) & torch.ones(
        length, length, dtype=torch.bool
    ).tril(-1)
    shifted = torch.zeros_like(same)
    if offset > 0:
        shifted[:, :, offset:] = same[:, :, :-offset]
    elif offset < 0:
        shifted[:, :, :offset] = same[:, :, -offset:]
    else:
        shifted = same
    return shifted.tril()


def matching(
    pattern: Float[Tensor, "B H T T"], tokens: Int[Tensor, "B T"], *, offset: int = 1
) -> Float[Tensor, " H"]:
    """Return the attention on tokens `offset` after earlier copies of the token.

    Mean over all tokens that have an earlier copy of the sum over those copies. With offset 1 this
    is the prefix matching score; 1 for a perfect induction head.

    Parameters
    ----------
    pattern : (B, H, T, T) Tensor
        By query, then key.
    tokens : (B, T) Tensor
    offset : int

    Returns
    -------
    (H,) Tensor
    """
    repeated = earlier_copies(tokens, offset=0).any(dim=2)  # (B, T)
    on_targets = (pattern * earlier_copies(tokens, offset=offset)[:, None]).sum(dim=3)
    weight = repeated[:, None].to(pattern.dtype)
    return (on_targets * weight).sum(dim=(0, 2)) / weight.sum()


def previous_token(pattern: Float[Tensor, "B H T T"]) -> Float[Tensor, " H"]:
    """Return the mean attention of each token but the first on the one before it."""
    return pattern.diagonal(offset=-1, dim1=2, dim2=3).mean(dim=(0, 2))


def direct_path(
    gain: Float[Tensor, " d"], unembedding: Float[Tensor, "d V"]
) -> Float[Tensor, "d V"]:
    """Return the matrix from a head's result to logits by the direct path.

    It is the unembedding times the gain of the final normalisation, whose division is left out.
    Each column sums to 0, since no logit reads the mean over the stream, and each row sums to 0,
    since equal logits for all tokens predict nothing.

    Parameters
    ----------
    gain : (d,) Tensor
        Of the final normalisation.
    unembedding : (d, V) Tensor
        ``W_U``.

    Returns
    -------
    (d, V) Tensor
    """
    reading = gain[:, None] * unembedding
    reading = reading - reading.mean(dim=0, keepdim=True)
    return reading - reading.mean(dim=1, keepdim=True)


@dataclass(frozen=True)
class Copying:
    """How far heads raise the logits of the tokens that they attend to, from -1 to 1.

    Attributes
    ----------
    attended, strongest : (H,) Tensor
        Of all tokens, by the attention they get; of the one that gets most.
    """

    attended: Tensor
    strongest: Tensor


def copying(
    mixed: Float[Tensor, "B H T e"],
    pattern: Float[Tensor, "B H T T"],
    tokens: Int[Tensor, "B T"],
    results: Float[Tensor, "H e d"],
    reading: Float[Tensor, "d V"],
) -> Copying:
    """Return the copying scores of the heads of a layer.

    With ``l`` the logits that a result gives by the direct path, minus their mean over the
    vocabulary, and ``r = sum_i sum_(j <= i) A[i, j] relu(l_i[t_j]) / sum_i sum_t relu(l_i[t])``,
    where t runs over all tokens of the sequence, later ones too, the score is ``2 r - 1``, averaged
    over sequences. A head that raises nothing has r = 0.

    Parameters
    ----------
    mixed, pattern : (B, H, T, e), (B, H, T, T) Tensor
    tokens : (B, T) Tensor
        Different within each sequence.
    results : (H, e, d) Tensor
        ``W_O`` of `Circuits`: minus the mean over the stream.
    reading : (d, V) Tensor
        From `direct_path`.

    Returns
    -------
    Copying
    """
    columns = reading.T[tokens]  # (B, T, d)
    logits = torch.einsum("bhie,hed,bjd->bhij", mixed, results, columns)
    raised = logits.relu()
    all_raised = raised.sum(dim=(2, 3)).clamp_min(torch.finfo(raised.dtype).tiny)
    attended = (pattern * raised).sum(dim=(2, 3)) / all_raised
    strongest = pattern.argmax(dim=3, keepdim=True)
    most = raised.gather(3, strongest).sum(dim=(2, 3)) / all_raised
    return Copying((2 * attended - 1).mean(dim=0), (2 * most - 1).mean(dim=0))
