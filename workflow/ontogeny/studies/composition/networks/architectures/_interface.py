"""What every architecture offers to training and to analyses.

Shapes: ``pair`` the pairs asked for; ``element`` the group elements, in their order; ``output`` the
logits; ``neuron`` the hidden layer; ``feature`` the coordinates of the embeddings.

An architecture knows the number of elements and nothing else about a group. Inputs are elements as
indices: `left` and `right` the factors ``a`` and ``b``, `target` their product.

What a network computes is written once, for arrays of NumPy and tensors of PyTorch alike. Modules
of architectures import PyTorch only where a network starts and learns, so that analyses of stored
networks do without it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, Literal, Optional, Protocol, Union, runtime_checkable

from jaxtyping import Float, Int

from ontogeny.networks.dropout import Dropout
from ontogeny.studies.composition.networks.architectures._arrays import A

if TYPE_CHECKING:
    import torch

__all__ = ["Activations", "Architecture", "Objective", "Readout"]


@dataclass(frozen=True)
class Activations(Generic[A]):
    """What a network computes for some pairs.

    Attributes
    ----------
    logits : (pair, output) array [nat]
        As many columns as the network has outputs; columns past the elements belong to no element.
    hidden : (pair, neuron) array
        The hidden layer after its nonlinearity; of the last position in a transformer.
    attention : (pair, head, position) array or None
        From the last position to each of the three; None without attention.
    """

    logits: Float[A, "pair output"]
    hidden: Float[A, "pair neuron"]
    attention: Float[A, "pair head position"] | None = None


@dataclass(frozen=True)
class Readout(Generic[A]):
    """The matrices of a network whose rows stand for group elements.

    Attributes
    ----------
    left_embedding, right_embedding : (element, feature) array
        What the network reads of the left and the right factor.
    unembedding : (element, neuron) array
        The linear map from the hidden layer to the logit of each element.
    constant : (element,) array [nat] or None
        What is added to the logit of each element, whatever the pair; None if nothing is.
    """

    left_embedding: Float[A, "element feature"]
    right_embedding: Float[A, "element feature"]
    unembedding: Float[A, "element neuron"]
    constant: Float[A, " element"] | None = None


@runtime_checkable
class Objective(Protocol):
    """The training loss of an architecture on fixed pairs."""

    def __call__(
        self,
        parameters: dict[str, "torch.Tensor"],
        gradient: dict[str, "torch.Tensor"],
        update: int = 0,
    ) -> "torch.Tensor":
        """Write the gradient of the mean cross-entropy into `gradient` and return the loss [nat].

        Both dictionaries hold every parameter under its name. What `gradient` held before is
        overwritten. `update` is the number of updates done before, for what is random. The loss is
        a tensor without dimensions.
        """


@runtime_checkable
class Architecture(Protocol):
    """A network as a function of named parameters; those of this package are such.

    What analyses must know of a network beside what it computes, they ask of its attributes.
    """

    @property
    def order(self) -> int:
        """Number of elements."""

    @property
    def dimensions(self) -> Mapping[str, tuple[str, ...]]:
        """Dimensions of every parameter that a network of this kind can have, by name."""

    @property
    def direct_path(self) -> bool:
        """Whether logits get anything that does not pass through the hidden layer.

        Where they do not, the logits of the elements are the hidden layer times the transpose of
        the unembedding of `readout`.
        """

    @property
    def joins(self) -> Literal["sum", "square", "product"] | None:
        """How the hidden layer joins both embeddings: by their sum, its square, or their product.

        ``relu(x + y)``, ``(x + y)^2`` or ``x * y``, with x and y the rows of the embeddings of
        `readout`; None if it is none of these.
        """

    @property
    def single_block(self) -> bool:
        """Whether the network is one block of attention and MLP between W_E, W_pos and W_U."""

    def shapes(self) -> dict[str, tuple[int, ...]]:
        """Return the shape of each parameter, in the order in which they are drawn and stored."""

    def initial(self, generator: "torch.Generator") -> dict[str, "torch.Tensor"]:
        """Return initial parameters, float32 on the CPU, by the recipe of the paper."""

    def forward(
        self,
        parameters: Mapping[str, A],
        left: Int[A, " pair"],
        right: Int[A, " pair"],
    ) -> Activations[A]:
        """Return the activations on the pairs ``(left[i], right[i])``, in the parameters' type."""

    def hidden_layer(
        self,
        parameters: Mapping[str, A],
        left: Int[A, " pair"],
        right: Int[A, " pair"],
    ) -> Float[A, "pair neuron"]:
        """Return the hidden layer alone on the same pairs."""

    def readout(self, parameters: Mapping[str, A]) -> Readout[A]:
        """Return the matrices whose rows stand for group elements."""

    def neuron_inputs(
        self, parameters: Mapping[str, A]
    ) -> tuple[Float[A, "element neuron"], Float[A, "element neuron"]]:
        """Return what each neuron of the last hidden layer reads of the left and right factor.

        Before the activation, as a function of one element, to first order. Of a transformer,
        whose attention depends on both factors, it is what attention of a third to each of the
        three positions passes on of the token alone, without any path through earlier neurons.
        """

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
        """Return the training loss on these pairs, in a form made to be called at every step.

        `dtype` and `device` are those of the parameters that it will be called with, float32 where
        no `dtype` is given; `exact` as for
        `ontogeny.studies.composition.networks.loss.loss_and_gradient`; `dropout` is that of the
        hidden layers.
        """
