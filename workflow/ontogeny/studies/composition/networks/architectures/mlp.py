"""The MLP of arXiv 2302.03025: two embeddings, one hidden layer, no bias.

Shapes: ``pair`` the pairs asked for; ``element`` the n group elements; ``feature`` the e features
of each embedding; ``neuron`` the h hidden neurons; ``output`` one logit for each element.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Literal

import torch
from jaxtyping import Float, Int
from torch import Tensor

from ontogeny.networks.dropout import Dropout
from ontogeny.studies.composition.config import MLPSettings
from ontogeny.studies.composition.networks.architectures._interface import (
    Activations,
    Objective,
    Readout,
)
from ontogeny.studies.composition.networks.architectures._products import (
    Incidence,
    blocks,
    keep_freed_memory,
    product,
)
from ontogeny.studies.composition.networks.architectures._unembedding import Unembedding
from ontogeny.studies.composition.networks.loss import flat_answers

__all__ = ["DIMENSIONS", "MLP", "build"]

DIMENSIONS: Mapping[str, tuple[str, ...]] = {
    "W_x": ("element", "feature"),
    "W_y": ("element", "feature"),
    "W": ("concatenation", "neuron"),
    "W_U": ("neuron", "output"),
}

_BLOCK = 4096


@dataclass(frozen=True)
class MLP:
    """Two embeddings, one ReLU layer, one linear map to the logits; no bias anywhere.

        hidden(a, b) = relu([W_x[a], W_y[b]] W),    logits = hidden W_U

    Split after its first e rows, W makes the *folded* embeddings ``X = W_x W[:e]`` and
    ``Y = W_y W[e:]``, and ``hidden(a, b) = relu(X[a] + Y[b])``: two small products in place of a
    product over all pairs. Everything here uses that form.

    Parameters
    ----------
    order : int
        Number of elements, n.
    embedding : int, optional
        Width of each embedding, e.
    hidden : int, optional
        Number of neurons, h.

    References
    ----------
    .. [1] B. Chughtai, L. Chan, N. Nanda, "A Toy Model of Universality", arXiv 2302.03025.

    Examples
    --------
    >>> mlp = MLP(order=6, embedding=8, hidden=5)
    >>> mlp.shapes()
    {'W_x': (6, 8), 'W_y': (6, 8), 'W': (16, 5), 'W_U': (5, 6)}
    >>> parameters = mlp.initial(torch.Generator().manual_seed(0))
    >>> mlp.forward(parameters, torch.tensor([0, 1]), torch.tensor([5, 2])).logits.shape
    torch.Size([2, 6])
    """

    dimensions: ClassVar[Mapping[str, tuple[str, ...]]] = DIMENSIONS
    direct_path: ClassVar[bool] = False
    joins: ClassVar[Literal["sum"]] = "sum"
    single_block: ClassVar[bool] = False

    order: int
    embedding: int = 256
    hidden: int = 128

    def shapes(self) -> dict[str, tuple[int, ...]]:
        """Return the shape of each parameter, in the order in which they are drawn and stored."""
        n, e, h = self.order, self.embedding, self.hidden
        return {"W_x": (n, e), "W_y": (n, e), "W": (2 * e, h), "W_U": (h, n)}

    def initial(self, generator: torch.Generator) -> dict[str, Tensor]:
        """Return normal weights, drawn in the order of `shapes`, as in [1]_.

        Standard deviations: ``1 / sqrt(e)`` for W_x and W_y, one over the square root of the
        number of rows for W and W_U.
        """
        e, h = self.embedding, self.hidden
        fan = {"W_x": e, "W_y": e, "W": 2 * e, "W_U": h}
        return {
            name: torch.randn(shape, generator=generator) / fan[name] ** 0.5
            for name, shape in self.shapes().items()
        }

    def forward(
        self,
        parameters: Mapping[str, Tensor],
        left: Int[Tensor, " pair"],
        right: Int[Tensor, " pair"],
    ) -> Activations:
        """Return the activations on the pairs ``(left[i], right[i])``, in the parameters' type."""
        hidden = self.hidden_layer(parameters, left, right)
        return Activations(logits=hidden @ parameters["W_U"], hidden=hidden)  # (pair, output)

    def hidden_layer(
        self,
        parameters: Mapping[str, Tensor],
        left: Int[Tensor, " pair"],
        right: Int[Tensor, " pair"],
    ) -> Float[Tensor, "pair neuron"]:
        """Return the hidden layer alone on the same pairs."""
        folded = self.readout(parameters)
        return (folded.left_embedding[left] + folded.right_embedding[right]).relu()

    def readout(self, parameters: Mapping[str, Tensor]) -> Readout:
        """Return the folded embeddings X and Y, (element, neuron), and the transpose of W_U."""
        W = parameters["W"]
        return Readout(
            left_embedding=parameters["W_x"] @ W[: self.embedding],
            right_embedding=parameters["W_y"] @ W[self.embedding :],
            unembedding=parameters["W_U"].t(),
        )

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
        """Return the training loss on these pairs, in a form made to be called at every step."""
        pairs = left.to(device), right.to(device), target.to(device)
        return _Objective(self, *pairs, dtype, exact, dropout)


def build(settings: MLPSettings, order: int) -> MLP:
    """Return the network that the settings describe, on `order` elements."""
    return MLP(order, embedding=settings.embedding, hidden=settings.hidden)


class _Objective:
    """Mean cross-entropy and its gradient, derived by hand.

    ``T = [X; Y]`` (2n, h) is the table of folded embeddings, of which the pair (a, b) reads rows a
    and n + b: with the incidence matrix M of the pairs (two ones in each row)

        hidden = relu(M T),    dT = M^T (d hidden * [hidden > 0]),
        dW_x = dX W[:e]^T,    dW_y = dY W[e:]^T,    dW = [W_x^T dX; W_y^T dY].
    """

    def __init__(
        self,
        mlp: MLP,
        left: Tensor,
        right: Tensor,
        target: Tensor,
        dtype: torch.dtype,
        exact: bool,
        dropout: Dropout,
    ) -> None:
        keep_freed_memory()
        self._dropout = dropout
        n = mlp.order
        self._n, self._e = n, mlp.embedding
        self._unembedding = Unembedding(
            mlp.hidden,
            n,
            weight=1 / len(target),
            dtype=dtype,
            device=left.device,
            exact=exact,
        )
        self._table = torch.empty(2 * n, mlp.hidden, dtype=dtype, device=left.device)
        self._table_gradient = torch.empty_like(self._table)
        rows = torch.stack([left, n + right], dim=1)  # (pair, 2)
        self._blocks = [
            (Incidence(rows[block], 2 * n), flat_answers(target[block], n))
            for block in blocks(len(target), _BLOCK)
        ]

    @torch.no_grad()
    def __call__(
        self, parameters: dict[str, Tensor], gradient: dict[str, Tensor], update: int = 0
    ) -> Tensor:
        self._fold(parameters)
        self._unembedding.start(parameters["W_U"])
        self._table_gradient.zero_()
        factors = self._dropout.factors(update)
        for incidence, answer in self._blocks:
            hidden = incidence.gather(self._table).relu_()  # (pair, neuron)
            factor = factors(hidden)
            hidden = hidden if factor is None else hidden.mul_(factor)
            slope = self._unembedding.descend(hidden, answer)  # (pair, neuron)
            slope = slope if factor is None else slope.mul_(factor)
            torch.ops.aten.threshold_backward.grad_input(slope, hidden, 0, grad_input=slope)
            self._table_gradient += incidence.scatter(slope)  # (2 element, neuron)
        self._unfold(parameters, gradient)
        return self._unembedding.finish(gradient["W_U"])

    def _fold(self, parameters: dict[str, Tensor]) -> None:
        n, e, W = self._n, self._e, parameters["W"]
        self._table[:n] = product(parameters["W_x"], W[:e])
        self._table[n:] = product(parameters["W_y"], W[e:])

    def _unfold(self, parameters: dict[str, Tensor], gradient: dict[str, Tensor]) -> None:
        n, e, W = self._n, self._e, parameters["W"]
        dX, dY = self._table_gradient[:n], self._table_gradient[n:]
        gradient["W_x"].copy_(product(dX, W[:e].t()))
        gradient["W_y"].copy_(product(dY, W[e:].t()))
        gradient["W"][:e] = product(parameters["W_x"].t(), dX)
        gradient["W"][e:] = product(parameters["W_y"].t(), dY)
