"""The one-layer transformer of both papers, reduced to what its last position computes.

Shapes: ``pair`` the pairs asked for; ``element`` the n group elements; ``place`` the 2n + 1 tokens
at positions that occur (a at position 0 in row a, b at position 1 in row n + b, "=" at position 2
in row 2n); ``position`` the three of a sequence; ``head``; ``d_model``; ``d_head``; ``mixed`` the
``heads * d_head`` numbers that attention mixes; ``neuron`` the d_mlp neurons; ``output`` the
logits.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar, Literal, Optional, Union

from jaxtyping import Float, Int

from ontogeny.networks.dropout import Dropout
from ontogeny.studies.composition.config import TransformerSettings
from ontogeny.studies.composition.networks.architectures._arrays import (
    A,
    einsum,
    relu,
    softmax,
)
from ontogeny.studies.composition.networks.architectures._attention import (
    passed_on,
    places,
    tabulate,
)
from ontogeny.studies.composition.networks.architectures._dimensions import AROUND, BLOCK
from ontogeny.studies.composition.networks.architectures._interface import (
    Activations,
    Objective,
    Readout,
)

if TYPE_CHECKING:
    import torch

__all__ = ["DIMENSIONS", "Transformer", "build"]

DIMENSIONS: Mapping[str, tuple[str, ...]] = AROUND | BLOCK


@dataclass(frozen=True)
class Transformer:
    """One block of attention and MLP without layer norm, read at the last of three positions.

    The input is the sequence ``(a, b, "=")``; with ``x_i = W_E[token_i] + W_pos[i]`` and ``i`` over
    the three positions, head ``j``,

        A_j = softmax_i((x_2 W_Q^j) . (x_i W_K^j) / sqrt(d_head)),
        r = x_2 + sum_j (sum_i A_ji x_i W_V^j) W_O^j,
        hidden = relu(r W_in + b_in),
        logits = (r + hidden W_out + b_out) W_U.

    The causal mask does nothing at the last position, and the other two positions are read by
    nothing after the attention, so they are never computed.

    Parameters
    ----------
    order : int
        Number of elements, n. The token "=" has index n.
    d_model, heads, d_head, d_mlp : int, optional
        Widths.
    mlp_bias : bool
        Whether the MLP has the biases b_in and b_out, zero at first and trained. No other map has.
    equals_output : bool
        Whether "=" has a logit, the last column of n + 1. It takes part in the training loss and
        is in what `forward` returns; analyses leave it out by ``logits[:, :order]``.
    initialisation : {"universality", "progress_measures"}
        Standard deviations of the weights: ``0.8 / sqrt(d_model)`` for all, or
        ``1 / sqrt(d_model)`` for all but W_U, which has ``1 / sqrt(n + 1)``.

    References
    ----------
    .. [1] B. Chughtai, L. Chan, N. Nanda, "A Toy Model of Universality", arXiv 2302.03025.
    .. [2] N. Nanda et al., "Progress measures for grokking via mechanistic interpretability",
       arXiv 2301.05217.

    Examples
    --------
    >>> import torch
    >>> transformer = Transformer.universality(order=5)
    >>> parameters = transformer.initial(torch.Generator().manual_seed(0))
    >>> found = transformer.forward(parameters, torch.tensor([0, 1]), torch.tensor([4, 2]))
    >>> found.logits.shape, found.hidden.shape, found.attention.shape
    (torch.Size([2, 5]), torch.Size([2, 512]), torch.Size([2, 4, 3]))
    """

    dimensions: ClassVar[Mapping[str, tuple[str, ...]]] = DIMENSIONS
    direct_path: ClassVar[bool] = True
    joins: ClassVar[None] = None
    single_block: ClassVar[bool] = True

    order: int
    d_model: int = 128
    heads: int = 4
    d_head: int = 32
    d_mlp: int = 512
    mlp_bias: bool = False
    equals_output: bool = False
    initialisation: Literal["universality", "progress_measures"] = "universality"

    @classmethod
    def universality(
        cls, order: int, *, d_model: int = 128, heads: int = 4, d_head: int = 32, d_mlp: int = 512
    ) -> "Transformer":
        """Return the transformer of [1]_: no bias, no output for "="."""
        return cls(order, d_model, heads, d_head, d_mlp)

    @classmethod
    def progress_measures(
        cls, order: int, *, d_model: int = 128, heads: int = 4, d_head: int = 32, d_mlp: int = 512
    ) -> "Transformer":
        """Return the transformer of [2]_: biases in the MLP, an output for "="."""
        return cls(
            order,
            d_model,
            heads,
            d_head,
            d_mlp,
            mlp_bias=True,
            equals_output=True,
            initialisation="progress_measures",
        )

    def shapes(self) -> dict[str, tuple[int, ...]]:
        """Return the shape of each parameter, in the order in which they are drawn and stored."""
        n, d, h, k, m = self.order, self.d_model, self.heads, self.d_head, self.d_mlp
        attention = dict.fromkeys(("W_Q", "W_K", "W_V"), (h, d, k))
        shapes: dict[str, tuple[int, ...]] = {"W_E": (n + 1, d), "W_pos": (3, d), **attention}
        shapes |= {"W_O": (h, k, d), "W_in": (d, m), "b_in": (m,), "W_out": (m, d), "b_out": (d,)}
        shapes["W_U"] = (d, n + 1 if self.equals_output else n)
        if not self.mlp_bias:
            del shapes["b_in"], shapes["b_out"]
        return shapes

    def initial(self, generator: "torch.Generator") -> dict[str, "torch.Tensor"]:
        """Return normal weights and zero biases, drawn in the order of `shapes`.

        See `initialisation` for the standard deviations. In [1]_ the generator is seeded with the
        seed of the run; the runs of [2]_ seeded none, so only the distribution is theirs.
        """
        published = self.initialisation == "universality"
        deviation = (0.8 if published else 1.0) / self.d_model**0.5
        last = deviation if published else (self.order + 1) ** -0.5
        import torch  # analyses do without it; likewise below

        return {
            name: torch.zeros(shape)
            if name.startswith("b_")
            else torch.randn(shape, generator=generator) * (last if name == "W_U" else deviation)
            for name, shape in self.shapes().items()
        }

    def forward(
        self,
        parameters: Mapping[str, A],
        left: Int[A, " pair"],
        right: Int[A, " pair"],
    ) -> Activations[A]:
        """Return the activations on the pairs ``(left[i], right[i])``, in the parameters' type.

        Scores and values are computed once for each place instead of once for each pair.
        """
        table = tabulate(parameters)
        rows = places(left, right, self.order)  # (pair, position)
        attention = softmax(table.scores[rows], 1)  # (pair, position, head)
        values = table.values[rows]  # (pair, position, head, d_head)
        mixed = einsum("psh,pshk->phk", attention, values).reshape(len(rows), -1)  # (pair, mixed)
        r = table.last + mixed @ parameters["W_O"].reshape(-1, self.d_model)  # (pair, d_model)
        before = r @ parameters["W_in"]  # (pair, neuron)
        hidden = relu(before + parameters["b_in"] if self.mlp_bias else before)
        after = r + hidden @ parameters["W_out"]  # (pair, d_model)
        after = after + parameters["b_out"] if self.mlp_bias else after
        return Activations(
            logits=after @ parameters["W_U"],  # (pair, output)
            hidden=hidden,
            attention=attention.swapaxes(1, 2),  # (pair, head, position)
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
        """Return W_E of the elements, on both sides, and the neuron-to-logit map.

        The latter is ``(W_out W_U)^T`` (element, neuron), without a row for "=".
        """
        n = self.order
        embedding = parameters["W_E"][:n]
        unembedding = (parameters["W_out"] @ parameters["W_U"][:, :n]).T
        return Readout(embedding, embedding, unembedding)

    def neuron_inputs(
        self, parameters: Mapping[str, A]
    ) -> tuple[Float[A, "element neuron"], Float[A, "element neuron"]]:
        """Return ``sum_j W_E W_V^j W_O^j W_in / 3`` over heads j, on both sides.

        It is what a neuron reads of an element where attention gives a third to each position, as
        that of small initial weights does to first order.
        """
        passed = passed_on(parameters["W_E"][: self.order], parameters["W_V"], parameters["W_O"])
        found = passed @ parameters["W_in"] / 3
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
        """Return the training loss on these pairs, in a form made to be called at every step."""
        from ontogeny.studies.composition.networks.architectures._transformer_objective import (
            TransformerObjective,
        )

        return TransformerObjective(
            left.to(device),
            right.to(device),
            target.to(device),
            exact=exact,
            dropout=dropout,
            order=self.order,
            heads=self.heads,
            outputs=self.shapes()["W_U"][1],
        )


def build(settings: TransformerSettings, order: int) -> Transformer:
    """Return the network that the settings describe, on `order` elements."""
    published = Transformer.universality
    if settings.preset == "progress-measures":
        published = Transformer.progress_measures
    widths = settings.model_dump(include={"d_model", "heads", "d_head", "d_mlp"})
    options = settings.model_dump(include={"mlp_bias", "equals_output"}, exclude_none=True)
    if settings.initialisation is not None:
        options["initialisation"] = settings.initialisation.replace("-", "_")
    return replace(published(order, **widths), **options)
