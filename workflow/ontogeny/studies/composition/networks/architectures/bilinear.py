"""The MLP with the product of its two inputs in place of ReLU.

Shapes: ``pair`` the pairs asked for; ``element`` the n group elements; ``neuron`` the h hidden
neurons; ``output`` one logit for each element.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Literal

import torch
from jaxtyping import Float, Int
from torch import Tensor

from ontogeny.networks.dropout import Dropout
from ontogeny.studies.composition.config import BilinearSettings
from ontogeny.studies.composition.networks.architectures._interface import (
    Activations,
    Objective,
    Readout,
)
from ontogeny.studies.composition.networks.architectures._products import (
    Incidence,
    blocks,
    keep_freed_memory,
)
from ontogeny.studies.composition.networks.architectures._unembedding import Unembedding
from ontogeny.studies.composition.networks.loss import flat_answers

__all__ = ["DIMENSIONS", "Bilinear", "build"]

DIMENSIONS: Mapping[str, tuple[str, ...]] = {
    "W_x": ("element", "neuron"),
    "W_y": ("element", "neuron"),
    "W_U": ("neuron", "output"),
}

_BLOCK = 4096


@dataclass(frozen=True)
class Bilinear:
    """A network whose hidden layer is the product of the two embeddings.

        hidden(a, b) = W_x[a] * W_y[b],    logits = hidden W_U

    The form is that of the authors' code [1]_, who published no such run; the widths and the
    initial scale are those of the MLP there.

    Parameters
    ----------
    order : int
        Number of elements, n.
    hidden : int, optional
        Number of neurons, h.

    References
    ----------
    .. [1] B. Chughtai, L. Chan, N. Nanda, "A Toy Model of Universality", arXiv 2302.03025.

    Examples
    --------
    >>> Bilinear(order=6, hidden=5).shapes()
    {'W_x': (6, 5), 'W_y': (6, 5), 'W_U': (5, 6)}
    """

    dimensions: ClassVar[Mapping[str, tuple[str, ...]]] = DIMENSIONS
    direct_path: ClassVar[bool] = False
    joins: ClassVar[Literal["product"]] = "product"
    single_block: ClassVar[bool] = False

    order: int
    hidden: int = 128

    def shapes(self) -> dict[str, tuple[int, ...]]:
        """Return the shape of each parameter, in the order in which they are drawn and stored."""
        n, h = self.order, self.hidden
        return {"W_x": (n, h), "W_y": (n, h), "W_U": (h, n)}

    def initial(self, generator: torch.Generator) -> dict[str, Tensor]:
        """Return normal weights of standard deviation ``1 / sqrt(h)``, in the order of `shapes`."""
        return {
            name: torch.randn(shape, generator=generator) / self.hidden**0.5
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
        return parameters["W_x"][left] * parameters["W_y"][right]

    def readout(self, parameters: Mapping[str, Tensor]) -> Readout:
        """Return W_x, W_y, both (element, neuron), and the transpose of W_U."""
        return Readout(parameters["W_x"], parameters["W_y"], parameters["W_U"].t())

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


def build(settings: BilinearSettings, order: int) -> Bilinear:
    """Return the network that the settings describe, on `order` elements."""
    return Bilinear(order, hidden=settings.hidden)


class _Objective:
    """Mean cross-entropy and its gradient, derived by hand.

    With the incidence matrices L and R of the left and the right factors (one 1 in each row)

        hidden = (L W_x) * (R W_y),
        dW_x = L^T (d hidden * R W_y),    dW_y = R^T (d hidden * L W_x).
    """

    def __init__(
        self,
        bilinear: Bilinear,
        left: Tensor,
        right: Tensor,
        target: Tensor,
        dtype: torch.dtype,
        exact: bool,
        dropout: Dropout,
    ) -> None:
        keep_freed_memory()
        self._dropout = dropout
        n = bilinear.order
        self._unembedding = Unembedding(
            bilinear.hidden,
            n,
            weight=1 / len(target),
            dtype=dtype,
            device=left.device,
            exact=exact,
        )
        self._blocks = [
            (
                Incidence(left[block, None], n),
                Incidence(right[block, None], n),
                flat_answers(target[block], n),
            )
            for block in blocks(len(target), _BLOCK)
        ]

    @torch.no_grad()
    def __call__(
        self, parameters: dict[str, Tensor], gradient: dict[str, Tensor], update: int = 0
    ) -> Tensor:
        self._unembedding.start(parameters["W_U"])
        gradient["W_x"].zero_()
        gradient["W_y"].zero_()
        factors = self._dropout.factors(update)
        for lefts, rights, answer in self._blocks:
            x = lefts.gather(parameters["W_x"])  # (pair, neuron)
            y = rights.gather(parameters["W_y"])  # (pair, neuron)
            hidden = x * y  # (pair, neuron)
            factor = factors(hidden)
            hidden = hidden if factor is None else hidden.mul_(factor)
            slope = self._unembedding.descend(hidden, answer)  # (pair, neuron)
            slope = slope if factor is None else slope.mul_(factor)
            gradient["W_x"] += lefts.scatter(y.mul_(slope))  # (element, neuron)
            gradient["W_y"] += rights.scatter(x.mul_(slope))  # (element, neuron)
        return self._unembedding.finish(gradient["W_U"])
