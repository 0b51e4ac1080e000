"""The MLP of arXiv 2302.03025: two embeddings, one hidden layer; on demand with biases.

Shapes: ``pair`` the pairs asked for; ``element`` the n group elements; ``feature`` the e features
of each embedding; ``neuron`` the h hidden neurons; ``output`` one logit for each element.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal, Optional, Union

from jaxtyping import Float, Int

from ontogeny.networks.dropout import Dropout
from ontogeny.studies.composition.config import Activation, MLPSettings
from ontogeny.studies.composition.networks.architectures._arrays import A, activated
from ontogeny.studies.composition.networks.architectures._interface import (
    Activations,
    Objective,
    Readout,
)

if TYPE_CHECKING:
    import torch

__all__ = ["DIMENSIONS", "MLP", "build"]

DIMENSIONS: Mapping[str, tuple[str, ...]] = {
    "W_x": ("element", "feature"),
    "W_y": ("element", "feature"),
    "W": ("concatenation", "neuron"),
    "b": ("neuron",),
    "W_U": ("neuron", "output"),
    "b_U": ("output",),
}


@dataclass(frozen=True)
class MLP:
    """Two embeddings, one hidden layer, one linear map to the logits.

        hidden(a, b) = act([W_x[a], W_y[b]] W + b),    logits = hidden W_U + b_U

    Split after its first e rows, W makes the *folded* embeddings ``X = W_x W[:e] + b`` and
    ``Y = W_y W[e:]``, and ``hidden(a, b) = act(X[a] + Y[b])``: two small products in place of a
    product over all pairs. Everything here uses that form. The bias is a part of X, though it
    might as well be one of Y: the hidden layer depends on their sum alone.

    Parameters
    ----------
    order : int
        Number of elements, n.
    embedding : int, optional
        Width of each embedding, e.
    hidden : int, optional
        Number of neurons, h.
    biases : bool, optional
        Whether there are b and b_U, zero at first and trained. The network of [1]_ has none.
    activation : {"relu", "square"}, optional
        Of the hidden layer, which is ReLU in [1]_.

    References
    ----------
    .. [1] B. Chughtai, L. Chan, N. Nanda, "A Toy Model of Universality", arXiv 2302.03025.

    Examples
    --------
    >>> import torch
    >>> mlp = MLP(order=6, embedding=8, hidden=5)
    >>> mlp.shapes()
    {'W_x': (6, 8), 'W_y': (6, 8), 'W': (16, 5), 'W_U': (5, 6)}
    >>> parameters = mlp.initial(torch.Generator().manual_seed(0))
    >>> mlp.forward(parameters, torch.tensor([0, 1]), torch.tensor([5, 2])).logits.shape
    torch.Size([2, 6])
    """

    dimensions: ClassVar[Mapping[str, tuple[str, ...]]] = DIMENSIONS
    single_block: ClassVar[bool] = False

    order: int
    embedding: int = 256
    hidden: int = 128
    biases: bool = False
    activation: Activation = "relu"

    @property
    def joins(self) -> Literal["sum", "square"]:
        """How the hidden layer joins both embeddings: by their sum or its square."""
        return "sum" if self.activation == "relu" else "square"

    @property
    def direct_path(self) -> bool:
        """Whether logits get anything around the hidden layer: they do if there is b_U."""
        return self.biases

    def shapes(self) -> dict[str, tuple[int, ...]]:
        """Return the shape of each parameter, in the order in which they are drawn and stored."""
        n, e, h = self.order, self.embedding, self.hidden
        shapes: dict[str, tuple[int, ...]] = {"W_x": (n, e), "W_y": (n, e), "W": (2 * e, h)}
        if not self.biases:
            return shapes | {"W_U": (h, n)}
        return shapes | {"b": (h,), "W_U": (h, n), "b_U": (n,)}

    def initial(self, generator: "torch.Generator") -> dict[str, "torch.Tensor"]:
        """Return normal weights and zero biases, drawn in the order of `shapes`, as in [1]_.

        Standard deviations: ``1 / sqrt(e)`` for W_x and W_y, one over the square root of the
        number of rows for W and W_U. With biases the weights are the same as without.
        """
        e, h = self.embedding, self.hidden
        fan = {"W_x": e, "W_y": e, "W": 2 * e, "W_U": h}
        import torch  # analyses do without it; likewise below

        return {
            name: torch.randn(shape, generator=generator) / fan[name] ** 0.5
            if name in fan
            else torch.zeros(shape)
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
        logits = hidden @ parameters["W_U"]  # (pair, output)
        if self.biases:
            logits = logits + parameters["b_U"]
        return Activations(logits=logits, hidden=hidden)

    def hidden_layer(
        self,
        parameters: Mapping[str, A],
        left: Int[A, " pair"],
        right: Int[A, " pair"],
    ) -> Float[A, "pair neuron"]:
        """Return the hidden layer alone on the same pairs."""
        folded = self.readout(parameters)
        before = folded.left_embedding[left] + folded.right_embedding[right]  # (pair, neuron)
        return activated(before, self.activation)

    def readout(self, parameters: Mapping[str, A]) -> Readout[A]:
        """Return the folded embeddings X and Y, (element, neuron), W_U transposed, and b_U."""
        W = parameters["W"]
        left = parameters["W_x"] @ W[: self.embedding]
        return Readout(
            left_embedding=left + parameters["b"] if self.biases else left,
            right_embedding=parameters["W_y"] @ W[self.embedding :],
            unembedding=parameters["W_U"].T,
            constant=parameters["b_U"] if self.biases else None,
        )

    def neuron_inputs(
        self, parameters: Mapping[str, A]
    ) -> tuple[Float[A, "element neuron"], Float[A, "element neuron"]]:
        """Return the folded embeddings X and Y."""
        folded = self.readout(parameters)
        return folded.left_embedding, folded.right_embedding

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

        from ontogeny.studies.composition.networks.architectures import _mlp_objective
        from ontogeny.studies.composition.networks.architectures._table_objective import (
            TableObjective,
        )

        return TableObjective(
            torch.stack([left, self.order + right], dim=1).to(device),
            target.to(device),
            fold=_mlp_objective.fold,
            unfold=_mlp_objective.unfold,
            size=(2 * self.order, self.hidden, self.order),
            activation=self.activation,
            dtype=dtype,
            exact=exact,
            dropout=dropout,
        )


def build(settings: MLPSettings, order: int) -> MLP:
    """Return the network that the settings describe, on `order` elements."""
    return MLP(order, **settings.model_dump(exclude={"kind"}))
