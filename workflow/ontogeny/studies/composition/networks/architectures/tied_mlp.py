"""The MLP of arXiv 2602.16849: one table for both factors, added up before the activation.

Shapes: ``pair`` the pairs asked for; ``element`` the n group elements; ``neuron`` the h hidden
neurons; ``output`` one logit for each element.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal, Optional, Union

from jaxtyping import Float, Int

from ontogeny.networks.dropout import Dropout
from ontogeny.studies.composition.config import Activation, TiedMLPSettings
from ontogeny.studies.composition.networks.architectures._arrays import A, activated
from ontogeny.studies.composition.networks.architectures._interface import (
    Activations,
    Objective,
    Readout,
)

if TYPE_CHECKING:
    import torch

__all__ = ["DIMENSIONS", "TiedMLP", "build"]

DIMENSIONS: Mapping[str, tuple[str, ...]] = {
    "W_E": ("element", "neuron"),
    "W_U": ("neuron", "output"),
}

_DEVIATION = 0.1


@dataclass(frozen=True)
class TiedMLP:
    """One hidden layer that reads both factors by the same table.

        hidden(a, b) = act(W_E[a] + W_E[b]),    logits = hidden W_U

    The logits of (a, b) and of (b, a) are the same, so that it can learn abelian groups alone.

    Parameters
    ----------
    order : int
        Number of elements, n.
    hidden : int, optional
        Number of neurons, h.
    activation : {"relu", "square"}, optional
        Of the hidden layer; [1]_ has networks of both.

    References
    ----------
    .. [1] J. He, L. Wang, S. Chen, Z. Yang, "On the Mechanism and Dynamics of Modular Addition:
       Fourier Features, Lottery Ticket, and Grokking", arXiv 2602.16849.

    Examples
    --------
    >>> TiedMLP(order=6, hidden=5).shapes()
    {'W_E': (6, 5), 'W_U': (5, 6)}
    """

    dimensions: ClassVar[Mapping[str, tuple[str, ...]]] = DIMENSIONS
    direct_path: ClassVar[bool] = False
    single_block: ClassVar[bool] = False

    order: int
    hidden: int = 512
    activation: Activation = "relu"

    @property
    def joins(self) -> Literal["sum", "square"]:
        """How the hidden layer joins both embeddings: by their sum or its square."""
        return "sum" if self.activation == "relu" else "square"

    def shapes(self) -> dict[str, tuple[int, ...]]:
        """Return the shape of each parameter, in the order in which they are drawn and stored."""
        return {"W_E": (self.order, self.hidden), "W_U": (self.hidden, self.order)}

    def initial(self, generator: "torch.Generator") -> dict[str, "torch.Tensor"]:
        """Return normal weights of standard deviation 0.1, drawn in the order of `shapes`."""
        import torch  # analyses do without it; likewise below

        return {
            name: _DEVIATION * torch.randn(shape, generator=generator)
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
        return activated(parameters["W_E"][left] + parameters["W_E"][right], self.activation)

    def readout(self, parameters: Mapping[str, A]) -> Readout[A]:
        """Return W_E (element, neuron) on both sides, and the transpose of W_U."""
        return Readout(parameters["W_E"], parameters["W_E"], parameters["W_U"].T)

    def neuron_inputs(
        self, parameters: Mapping[str, A]
    ) -> tuple[Float[A, "element neuron"], Float[A, "element neuron"]]:
        """Return W_E twice: each neuron reads both factors alike."""
        return parameters["W_E"], parameters["W_E"]

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
        import torch

        from ontogeny.studies.composition.networks.architectures._table_objective import (
            TableObjective,
        )

        return TableObjective(
            torch.stack([left, right], dim=1).to(device),
            target.to(device),
            fold=lambda parameters: parameters["W_E"],
            unfold=_write_gradient,
            size=(self.order, self.hidden, self.order),
            activation=self.activation,
            dtype=dtype,
            exact=exact,
            dropout=dropout,
        )


def _write_gradient(
    slope: "torch.Tensor",
    _: "dict[str, torch.Tensor]",
    gradient: "dict[str, torch.Tensor]",
) -> None:
    gradient["W_E"].copy_(slope)


def build(settings: TiedMLPSettings, order: int) -> TiedMLP:
    """Return the network that the settings describe, on `order` elements."""
    return TiedMLP(order, hidden=settings.hidden, activation=settings.activation)
