"""Which heads are behind a change, and behind single tokens.

Symbols: ``S`` checkpoints; ``L`` layers; ``H`` heads; ``N`` sequences; ``B`` sequences of a pass;
``T`` context length.
"""

import numpy as np
import torch
from jaxtyping import Float, Int
from numpy.typing import NDArray
from torch import Tensor

from ontogeny.networks.decoder import Activations, Transformer
from ontogeny.studies.induction.analysis.heads import direct_path

__all__ = ["before_and_after", "logit_attribution"]

Array = NDArray[np.floating]


def before_and_after(chosen: Array, ablated: Array, *, start: int, end: int) -> Array:
    """Return how far removing each head moves a network along its own phase change.

    With ``v`` the unit vector from the losses at the start of the window to those at its end, the
    scalar product of v with (losses without the head - losses): negative when the head's removal
    undoes the change.

    Parameters
    ----------
    chosen : (S, N) ndarray [nat]
    ablated : (S, L, H, N) ndarray [nat]
    start, end : int
        Indices of the checkpoints.

    Returns
    -------
    (S, L, H) ndarray [nat]
    """
    change = chosen[end] - chosen[start]
    return (ablated - chosen[:, None, None]) @ (change / np.linalg.norm(change))


@torch.no_grad()
def logit_attribution(
    network: Transformer,
    parameters: dict[str, Tensor],
    activations: Activations,
    target: Int[Tensor, "B T"],
) -> Float[Tensor, "B L H T"]:
    """Return what each head adds to the logit of each coming token, by the direct path.

    The result of a head, minus its mean over the stream, divided by the deviation of the whole
    final stream and times gain and unembedding, minus the mean over the vocabulary.

    Parameters
    ----------
    network : Transformer
    parameters : dict of str to Tensor
    activations : Activations
        Of the sequences without their last tokens.
    target : (B, T) Tensor of int64

    Returns
    -------
    (B, L, H, T) Tensor
    """
    last = network.layers - 1
    flat = activations.mixed[last].transpose(1, 2).flatten(2)
    attended = activations.streams[last] + flat @ parameters["W_O"][last].flatten(0, 1)
    final = network.after_attention(parameters, last, attended)
    deviation = (final.var(dim=2, unbiased=False) + 1e-5).sqrt()  # (B, T)
    reading = direct_path(parameters["gain_final"], parameters["W_U"])
    columns = reading.T[target] / deviation[:, :, None]  # (B, T, d)
    mixed = torch.stack(activations.mixed, dim=1)  # (B, L, H, T, e)
    return torch.einsum("blhte,lhed,btd->blht", mixed, parameters["W_O"], columns)
