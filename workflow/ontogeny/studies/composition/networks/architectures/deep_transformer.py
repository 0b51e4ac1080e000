"""The transformer of arXiv 2301.05217 with more than one layer.

Shapes: as in ``transformer.py``; ``layer``; ``query`` the positions that are computed: all three,
or the last one alone in the last layer.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import torch
from jaxtyping import Float, Int
from torch import Tensor

from ontogeny.networks.dropout import Dropout
from ontogeny.studies.composition.config import DeepTransformerSettings
from ontogeny.studies.composition.networks.architectures._dimensions import AROUND, BLOCK
from ontogeny.studies.composition.networks.architectures._interface import (
    Activations,
    Objective,
    Readout,
)
from ontogeny.studies.composition.networks.architectures._products import keep_freed_memory
from ontogeny.studies.composition.networks.loss import cross_entropy

__all__ = ["DIMENSIONS", "DeepTransformer", "build"]

DIMENSIONS: Mapping[str, tuple[str, ...]] = AROUND | {
    name: ("layer", *dims) for name, dims in BLOCK.items()
}

_CAUSAL = torch.ones(3, 3, dtype=torch.bool).tril()


@dataclass(frozen=True)
class DeepTransformer:
    """Blocks of attention and MLP without layer norm, read at the last of three positions.

    The input is the sequence ``(a, b, "=")``; ``x_i = W_E[token_i] + W_pos[i]`` goes through
    blocks ``l``, each with parameters of its own,

        A_ij = softmax over j <= i of (x_i W_Q) . (x_j W_K) / sqrt(d_head)    for each head,
        r_i = x_i + sum over heads of (sum_j A_ij x_j W_V) W_O,
        x_i <- r_i + relu(r_i W_in + b_in) W_out + b_out,

    and the logits are ``x_2 W_U``, that of "=" among them. Parameters of blocks have `layer` as
    first axis. With one layer this computes what the network of ``transformer.py`` computes in less
    time with the conventions of [1]_.

    Parameters
    ----------
    order : int
        Number of elements, n. The token "=" has index n.
    layers : int
    d_model, heads, d_head, d_mlp : int, optional
        Widths.
    equals_output : bool, optional
        Whether "=" has a logit.

    References
    ----------
    .. [1] N. Nanda et al., "Progress measures for grokking via mechanistic interpretability",
       arXiv 2301.05217, appendix C.

    Examples
    --------
    >>> transformer = DeepTransformer(order=5, layers=2)
    >>> parameters = transformer.initial(torch.Generator().manual_seed(0))
    >>> found = transformer.forward(parameters, torch.tensor([0, 1]), torch.tensor([4, 2]))
    >>> found.logits.shape, found.hidden.shape, found.attention.shape
    (torch.Size([2, 6]), torch.Size([2, 512]), torch.Size([2, 4, 3]))
    """

    dimensions: ClassVar[Mapping[str, tuple[str, ...]]] = DIMENSIONS
    direct_path: ClassVar[bool] = True
    joins: ClassVar[None] = None
    single_block: ClassVar[bool] = False

    order: int
    layers: int
    d_model: int = 128
    heads: int = 4
    d_head: int = 32
    d_mlp: int = 512
    equals_output: bool = True

    def shapes(self) -> dict[str, tuple[int, ...]]:
        """Return the shape of each parameter, in the order in which they are drawn and stored."""
        n, d, h, k, m = self.order, self.d_model, self.heads, self.d_head, self.d_mlp
        attention = dict.fromkeys(("W_Q", "W_K", "W_V"), (h, d, k))
        blocks: dict[str, tuple[int, ...]] = {**attention}
        blocks |= {"W_O": (h, k, d), "W_in": (d, m), "b_in": (m,), "W_out": (m, d), "b_out": (d,)}
        stacked = {name: (self.layers, *shape) for name, shape in blocks.items()}
        outputs = n + 1 if self.equals_output else n
        return {"W_E": (n + 1, d), "W_pos": (3, d), **stacked, "W_U": (d, outputs)}

    def initial(self, generator: torch.Generator) -> dict[str, Tensor]:
        """Return normal weights and zero biases, drawn in the order of `shapes`.

        Standard deviations: ``1 / sqrt(d_model)`` for all but W_U, which has one over the square
        root of the number of outputs.
        """
        return {
            name: torch.zeros(shape)
            if name.startswith("b_")
            else torch.randn(shape, generator=generator)
            / (shape[1] if name == "W_U" else self.d_model) ** 0.5
            for name, shape in self.shapes().items()
        }

    def forward(
        self,
        parameters: Mapping[str, Tensor],
        left: Int[Tensor, " pair"],
        right: Int[Tensor, " pair"],
    ) -> Activations:
        """Return logits, and hidden layer and attention of the last block, at the last position."""
        return self.forward_with(Dropout(), 0, parameters, left, right)

    def forward_with(
        self,
        dropout: Dropout,
        update: int,
        parameters: Mapping[str, Tensor],
        left: Int[Tensor, " pair"],
        right: Int[Tensor, " pair"],
    ) -> Activations:
        """Return the activations under the dropout of an update, in every block."""
        w = parameters
        factors = dropout.factors(update)
        tokens = torch.stack([left, right, torch.full_like(left, self.order)], dim=1)
        x = w["W_E"][tokens] + w["W_pos"]  # (pair, position, d_model)
        for layer in range(self.layers):
            first = 2 if layer == self.layers - 1 else 0
            q = torch.einsum("pid,hdk->phik", x[:, first:], w["W_Q"][layer])
            k, v = (torch.einsum("pjd,hdk->phjk", x, w[name][layer]) for name in ("W_K", "W_V"))
            scores = q @ k.transpose(2, 3) / self.d_head**0.5  # (pair, head, query, position)
            causal = _CAUSAL[first:].to(scores.device)
            attention = scores.masked_fill(~causal, -torch.inf).softmax(3)
            mixed = (attention @ v).transpose(1, 2).flatten(2)  # (pair, query, mixed)
            r = x[:, first:] + mixed @ w["W_O"][layer].flatten(0, 1)  # (pair, query, d_model)
            hidden = (r @ w["W_in"][layer] + w["b_in"][layer]).relu()  # (pair, query, neuron)
            factor = factors(hidden)
            hidden = hidden if factor is None else hidden * factor
            x = r + hidden @ w["W_out"][layer] + w["b_out"][layer]  # (pair, query, d_model)
        return Activations(
            logits=x[:, -1] @ w["W_U"],  # (pair, output)
            hidden=hidden[:, -1],
            attention=attention[:, :, -1],  # (pair, head, position)
        )

    def hidden_layer(
        self,
        parameters: Mapping[str, Tensor],
        left: Int[Tensor, " pair"],
        right: Int[Tensor, " pair"],
    ) -> Float[Tensor, "pair neuron"]:
        """Return the hidden layer alone on the same pairs."""
        return self.forward(parameters, left, right).hidden

    def readout(self, parameters: Mapping[str, Tensor]) -> Readout:
        """Return W_E of the elements, on both sides, and ``(W_out W_U)^T`` of the last block."""
        n = self.order
        embedding = parameters["W_E"][:n]
        unembedding = (parameters["W_out"][-1] @ parameters["W_U"][:, :n]).t()
        return Readout(embedding, embedding, unembedding)

    def objective(
        self,
        left: Int[Tensor, " pair"],
        right: Int[Tensor, " pair"],
        target: Int[Tensor, " pair"],
        *,
        dtype: torch.dtype = torch.float32,
        device: torch.device | str = "cpu",
        exact: bool = True,
        dropout: Dropout = Dropout(),  # noqa: B008
    ) -> Objective:
        """Return the training loss on these pairs, differentiated by autograd."""
        pairs = left.to(device), right.to(device), target.to(device)
        return _Objective(self, *pairs, exact, dropout)


def build(settings: DeepTransformerSettings, order: int) -> DeepTransformer:
    """Return the network that the settings describe, on `order` elements."""
    return DeepTransformer(order, **settings.model_dump(exclude={"kind"}))


class _Objective:
    """Mean cross-entropy, and its gradient by autograd."""

    def __init__(
        self,
        network: DeepTransformer,
        left: Tensor,
        right: Tensor,
        target: Tensor,
        exact: bool,
        dropout: Dropout,
    ) -> None:
        keep_freed_memory()
        self._network, self._pairs, self._target = network, (left, right), target
        self._dropout = dropout
        self._losses = cross_entropy if exact else _rounded

    def __call__(
        self, parameters: dict[str, Tensor], gradient: dict[str, Tensor], update: int = 0
    ) -> Tensor:
        leaves = {name: value.detach().requires_grad_() for name, value in parameters.items()}
        found = self._network.forward_with(self._dropout, update, leaves, *self._pairs)
        loss = self._losses(found.logits, self._target).mean()
        slopes = torch.autograd.grad(loss, list(leaves.values()), materialize_grads=True)
        for name, value in zip(leaves, slopes, strict=True):
            gradient[name].copy_(value)
        return loss.detach()


def _rounded(
    logits: Float[Tensor, "pair output"], target: Int[Tensor, " pair"]
) -> Float[Tensor, " pair"]:
    return torch.nn.functional.cross_entropy(logits, target, reduction="none")
