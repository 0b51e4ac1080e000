"""The training loss of networks whose hidden layer is a function of a sum, and its gradient.

Shapes: ``pair`` the training pairs; ``row`` the rows of the table; ``neuron``; ``output``.
"""

from collections.abc import Callable

import torch
from jaxtyping import Float, Int
from torch import Tensor

from ontogeny.networks.dropout import Dropout
from ontogeny.studies.composition.config import Activation
from ontogeny.studies.composition.networks.architectures._products import (
    Incidence,
    blocks,
    keep_freed_memory,
)
from ontogeny.studies.composition.networks.architectures._unembedding import Unembedding
from ontogeny.studies.composition.networks.loss import flat_answers

__all__ = ["TableObjective"]

_BLOCK = 4096

Named = dict[str, Tensor]


class TableObjective:
    """Mean cross-entropy and its gradient, derived by hand.

    Each pair reads two rows of a table T (row, neuron): with the incidence matrix M of the pairs,
    whose rows add up to 2,

        z = M T,    hidden = act(z),    dT = M^T (d hidden * act'(z)),

    and act'(z) is [z > 0] of ReLU, 2 z of squares.

    Parameters
    ----------
    rows : (pair, 2) Tensor of int
        The rows of the table that each pair reads; they may be the same.
    target : (pair,) Tensor of int
    fold : callable
        From the parameters to the table.
    unfold : callable
        Called with dT, the parameters and the gradient; writes the gradient of every parameter
        that the table is made of.
    size : tuple of int
        Numbers of rows, neurons and outputs.
    activation : {"relu", "square"}
    dtype, exact, dropout
        As for `ontogeny.studies.composition.networks.architectures.Architecture.objective`.
    """

    def __init__(
        self,
        rows: Int[Tensor, "pair 2"],
        target: Int[Tensor, " pair"],
        *,
        fold: Callable[[Named], Float[Tensor, "row neuron"]],
        unfold: Callable[[Float[Tensor, "row neuron"], Named, Named], None],
        size: tuple[int, int, int],
        activation: Activation,
        dtype: torch.dtype | None,
        exact: bool,
        dropout: Dropout,
    ) -> None:
        keep_freed_memory()
        self._fold, self._unfold = fold, unfold
        self._is_relu, self._dropout = activation == "relu", dropout
        height, neurons, outputs = size
        dtype = dtype or torch.float32
        self._unembedding = Unembedding(
            neurons,
            outputs,
            weight=1 / len(target),
            dtype=dtype,
            device=rows.device,
            exact=exact,
        )
        self._slope = torch.empty(height, neurons, dtype=dtype, device=rows.device)
        self._blocks = [
            (Incidence(rows[block], height), flat_answers(target[block], outputs))
            for block in blocks(len(target), _BLOCK)
        ]

    @torch.no_grad()
    def __call__(self, parameters: Named, gradient: Named, update: int = 0) -> Tensor:
        table = self._fold(parameters)
        self._unembedding.start(parameters["W_U"], parameters.get("b_U"))
        self._slope.zero_()
        factors = self._dropout.factors(update)
        for incidence, answer in self._blocks:
            z = incidence.gather(table)  # (pair, neuron)
            hidden = z.relu_() if self._is_relu else z.square()
            factor = factors(hidden)
            hidden = hidden if factor is None else hidden.mul_(factor)
            slope = self._unembedding.descend(hidden, answer)  # (pair, neuron)
            slope = slope if factor is None else slope.mul_(factor)
            if self._is_relu:
                torch.ops.aten.threshold_backward.grad_input(slope, hidden, 0, grad_input=slope)
            else:
                slope.mul_(z).mul_(2)
            self._slope += incidence.scatter(slope)  # (row, neuron)
        self._unfold(self._slope, parameters, gradient)
        return self._unembedding.finish(gradient["W_U"], gradient.get("b_U"))
