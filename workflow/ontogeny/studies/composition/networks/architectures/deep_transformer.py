"""The transformer of arXiv 2301.05217 with more than one layer.

Shapes: as in ``transformer.py``; ``layer``; ``query`` the positions that are computed: all three,
or the last one alone in the last layer.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING, ClassVar, Optional, Union

from jaxtyping import Float, Int

from ontogeny.networks.dropout import Dropout
from ontogeny.studies.composition.config import DeepTransformerSettings
from ontogeny.studies.composition.networks.architectures._arrays import (
    A,
    einsum,
    relu,
    softmax,
    stacked,
)
from ontogeny.studies.composition.networks.architectures._attention import passed_on
from ontogeny.studies.composition.networks.architectures._dimensions import AROUND, BLOCK
from ontogeny.studies.composition.networks.architectures._interface import (
    Activations,
    Objective,
    Readout,
)

if TYPE_CHECKING:
    import torch

__all__ = ["DIMENSIONS", "DeepTransformer", "build"]

DIMENSIONS: Mapping[str, tuple[str, ...]] = AROUND | {
    name: ("layer", *dims) for name, dims in BLOCK.items()
}


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
    >>> import torch
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

    def initial(self, generator: "torch.Generator") -> dict[str, "torch.Tensor"]:
        """Return normal weights and zero biases, drawn in the order of `shapes`.

        Standard deviations: ``1 / sqrt(d_model)`` for all but W_U, which has one over the square
        root of the number of outputs.
        """
        import torch  # analyses do without it; likewise below

        return {
            name: torch.zeros(shape)
            if name.startswith("b_")
            else torch.randn(shape, generator=generator)
            / (shape[1] if name == "W_U" else self.d_model) ** 0.5
            for name, shape in self.shapes().items()
        }

    def forward(
        self,
        parameters: Mapping[str, A],
        left: Int[A, " pair"],
        right: Int[A, " pair"],
    ) -> Activations[A]:
        """Return logits, and hidden layer and attention of the last block, at the last position."""
        return self.forward_with(Dropout(), 0, parameters, left, right)

    def forward_with(
        self,
        dropout: Dropout,
        update: int,
        parameters: Mapping[str, A],
        left: Int[A, " pair"],
        right: Int[A, " pair"],
    ) -> Activations[A]:
        """Return the activations under the dropout of an update, in every block."""
        w = parameters
        factors = dropout.factors(update)
        tokens = stacked([left, right, 0 * left + self.order])
        x = w["W_E"][tokens] + w["W_pos"]  # (pair, position, d_model)
        for layer in range(self.layers):
            first = 2 if layer == self.layers - 1 else 0
            q = einsum("pid,hdk->phik", x[:, first:], w["W_Q"][layer])
            k, v = (einsum("pjd,hdk->phjk", x, w[name][layer]) for name in ("W_K", "W_V"))
            scores = q @ k.swapaxes(2, 3) / self.d_head**0.5  # (pair, head, query, position)
            for query in range(first, 2):
                scores[:, :, query, query + 1 :] = -inf
            attention = softmax(scores, 3)
            mixed = (attention @ v).swapaxes(1, 2).reshape(len(x), 3 - first, -1)
            W_O = w["W_O"][layer].reshape(-1, self.d_model)  # (mixed, d_model)
            r = x[:, first:] + mixed @ W_O  # (pair, query, d_model)
            hidden = relu(r @ w["W_in"][layer] + w["b_in"][layer])  # (pair, query, neuron)
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
        parameters: Mapping[str, A],
        left: Int[A, " pair"],
        right: Int[A, " pair"],
    ) -> Float[A, "pair neuron"]:
        """Return the hidden layer alone on the same pairs."""
        return self.forward(parameters, left, right).hidden

    def readout(self, parameters: Mapping[str, A]) -> Readout[A]:
        """Return W_E of the elements, on both sides, and ``(W_out W_U)^T`` of the last block."""
        n = self.order
        embedding = parameters["W_E"][:n]
        unembedding = (parameters["W_out"][-1] @ parameters["W_U"][:, :n]).T
        return Readout(embedding, embedding, unembedding)

    def neuron_inputs(
        self, parameters: Mapping[str, A]
    ) -> tuple[Float[A, "element neuron"], Float[A, "element neuron"]]:
        """Return what neurons of the last layer read of a token by attention, on both sides.

        ``sum_l sum_j W_E W_V^lj W_O^lj W_in / 3`` over layers l and heads j, with W_in of the last
        layer: the attention of every layer gives a third to each position, and the paths through
        neurons or through the attention of two layers are left out.
        """
        d, k = self.d_model, self.d_head
        W_V, W_O = parameters["W_V"].reshape(-1, d, k), parameters["W_O"].reshape(-1, k, d)
        passed = passed_on(parameters["W_E"][: self.order], W_V, W_O)
        found = passed @ parameters["W_in"][-1] / 3
        return found, found

    def objective(
        self,
        left: "torch.Tensor",
        right: "torch.Tensor",
        target: "torch.Tensor",
        *,
        dtype: Optional["torch.dtype"] = None,
        device: Union["torch.device", str] = "cpu",
        exact: bool = True,
        dropout: Dropout = Dropout(),  # noqa: B008
    ) -> Objective:
        """Return the training loss on these pairs, differentiated by autograd."""
        from ontogeny.studies.composition.networks.architectures._deep_objective import (
            DeepTransformerObjective,
        )

        pairs = left.to(device), right.to(device), target.to(device)
        return DeepTransformerObjective(self.forward_with, *pairs, exact, dropout)


def build(settings: DeepTransformerSettings, order: int) -> DeepTransformer:
    """Return the network that the settings describe, on `order` elements."""
    return DeepTransformer(order, **settings.model_dump(exclude={"kind"}))
