"""The MLP with the product of its two inputs in place of ReLU.

Shapes: ``pair`` the pairs asked for; ``element`` the n group elements; ``neuron`` the h hidden
neurons; ``output`` one logit for each element.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal, Optional, Union

from jaxtyping import Float, Int

from ontogeny.networks.dropout import Dropout
from ontogeny.studies.composition.config import BilinearSettings
from ontogeny.studies.composition.networks.architectures._arrays import A
from ontogeny.studies.composition.networks.architectures._interface import (
    Activations,
    Objective,
    Readout,
)

if TYPE_CHECKING:
    import torch

__all__ = ["DIMENSIONS", "Bilinear", "build"]

DIMENSIONS: Mapping[str, tuple[str, ...]] = {
    "W_x": ("element", "neuron"),
    "W_y": ("element", "neuron"),
    "W_U": ("neuron", "output"),
}


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

    def initial(self, generator: "torch.Generator") -> dict[str, "torch.Tensor"]:
        """Return normal weights of standard deviation ``1 / sqrt(h)``, in the order of `shapes`."""
        import torch  # analyses do without it; likewise below

        return {
            name: torch.randn(shape, generator=generator) / self.hidden**0.5
            for name, shape in self.shapes().items()
        }

    def forward(
        self,
        parameters: Mapping[str, A],
        left: Int[A, " pair"],
        right: Int[A, " pair"],
    ) -> Activations[A]:
        """Return the activations on the pairs ``(left[i], right[i])``, in the parameters' type."""
        hidden = self.hidden_layer(parameters, left, right)
        return Activations(logits=hidden @ parameters["W_U"], hidden=hidden)  # (pair, output)

    def hidden_layer(
        self,
        parameters: Mapping[str, A],
        left: Int[A, " pair"],
        right: Int[A, " pair"],
    ) -> Float[A, "pair neuron"]:
        """Return the hidden layer alone on the same pairs."""
        return parameters["W_x"][left] * parameters["W_y"][right]

    def readout(self, parameters: Mapping[str, A]) -> Readout[A]:
        """Return W_x, W_y, both (element, neuron), and the transpose of W_U."""
        return Readout(parameters["W_x"], parameters["W_y"], parameters["W_U"].T)

    def neuron_inputs(
        self, parameters: Mapping[str, A]
    ) -> tuple[Float[A, "element neuron"], Float[A, "element neuron"]]:
        """Return W_x and W_y, whose rows are multiplied."""
        return parameters["W_x"], parameters["W_y"]

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
        from ontogeny.studies.composition.networks.architectures._bilinear_objective import (
            BilinearObjective,
        )

        pairs = left.to(device), right.to(device), target.to(device)
        return BilinearObjective(
            *pairs,
            order=self.order,
            hidden=self.hidden,
            dtype=dtype,
            exact=exact,
            dropout=dropout,
        )


def build(settings: BilinearSettings, order: int) -> Bilinear:
    """Return the network that the settings describe, on `order` elements."""
    return Bilinear(order, hidden=settings.hidden)
