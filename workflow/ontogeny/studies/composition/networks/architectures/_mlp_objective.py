"""The table of folded embeddings of the MLP, and the gradient of what it is made of.

Shapes: as in ``mlp.py``.
"""

import torch
from jaxtyping import Float
from torch import Tensor

from ontogeny.studies.composition.networks.architectures._products import product

__all__ = ["fold", "unfold"]


def fold(parameters: dict[str, Tensor]) -> Float[Tensor, "row neuron"]:
    """Return ``T = [X; Y]`` (2n, h); the pair (a, b) reads its rows a and n + b."""
    W_x, W_y, W = (parameters[name] for name in ("W_x", "W_y", "W"))
    n, e = W_x.shape
    table = torch.cat([product(W_x, W[:e]), product(W_y, W[e:])])
    if "b" in parameters:
        table[:n] += parameters["b"]
    return table


def unfold(
    slope: Float[Tensor, "row neuron"],
    parameters: dict[str, Tensor],
    gradient: dict[str, Tensor],
) -> None:
    """Write the gradients of W_x, W_y, W and, where there are biases, b.

    With ``[dX; dY]`` the gradient of the table

        dW_x = dX W[:e]^T,    dW_y = dY W[e:]^T,    dW = [W_x^T dX; W_y^T dY],

    and ``db`` is the sum of the rows of dX, and each pair reads one.
    """
    W_x, W_y, W = (parameters[name] for name in ("W_x", "W_y", "W"))
    n, e = W_x.shape
    dX, dY = slope[:n], slope[n:]
    gradient["W_x"].copy_(product(dX, W[:e].t()))
    gradient["W_y"].copy_(product(dY, W[e:].t()))
    gradient["W"][:e] = product(W_x.t(), dX)
    gradient["W"][e:] = product(W_y.t(), dY)
    if "b" in parameters:
        torch.sum(dX, 0, out=gradient["b"])
