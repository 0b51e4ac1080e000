"""The training loss of the MLP and its gradient, derived by hand.

Shapes: as in ``mlp.py``.
"""

import torch
from torch import Tensor

from ontogeny.networks.dropout import Dropout
from ontogeny.studies.composition.networks.architectures._products import (
    Incidence,
    blocks,
    keep_freed_memory,
    product,
)
from ontogeny.studies.composition.networks.architectures._unembedding import Unembedding
from ontogeny.studies.composition.networks.loss import flat_answers

__all__ = ["MLPObjective"]

_BLOCK = 4096


class MLPObjective:
    """Mean cross-entropy and its gradient, derived by hand.

    ``T = [X; Y]`` (2n, h) is the table of folded embeddings, of which the pair (a, b) reads rows a
    and n + b: with the incidence matrix M of the pairs (two ones in each row)

        hidden = relu(M T),    dT = M^T (d hidden * [hidden > 0]),
        dW_x = dX W[:e]^T,    dW_y = dY W[e:]^T,    dW = [W_x^T dX; W_y^T dY],

    and, where there are biases, ``db`` the sum of the rows of dX, of which each pair reads one.
    """

    def __init__(
        self,
        left: Tensor,
        right: Tensor,
        target: Tensor,
        *,
        order: int,
        embedding: int,
        hidden: int,
        biases: bool,
        dtype: torch.dtype | None,
        exact: bool,
        dropout: Dropout,
    ) -> None:
        keep_freed_memory()
        self._dropout = dropout
        n, dtype = order, dtype or torch.float32
        self._n, self._e, self._biases = n, embedding, biases
        self._unembedding = Unembedding(
            hidden,
            n,
            weight=1 / len(target),
            dtype=dtype,
            device=left.device,
            exact=exact,
        )
        self._table = torch.empty(2 * n, hidden, dtype=dtype, device=left.device)
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
        self._unembedding.start(parameters["W_U"], parameters.get("b_U"))
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
        return self._unembedding.finish(gradient["W_U"], gradient.get("b_U"))

    def _fold(self, parameters: dict[str, Tensor]) -> None:
        n, e, W = self._n, self._e, parameters["W"]
        self._table[:n] = product(parameters["W_x"], W[:e])
        self._table[n:] = product(parameters["W_y"], W[e:])
        if self._biases:
            self._table[:n] += parameters["b"]

    def _unfold(self, parameters: dict[str, Tensor], gradient: dict[str, Tensor]) -> None:
        n, e, W = self._n, self._e, parameters["W"]
        dX, dY = self._table_gradient[:n], self._table_gradient[n:]
        gradient["W_x"].copy_(product(dX, W[:e].t()))
        gradient["W_y"].copy_(product(dY, W[e:].t()))
        gradient["W"][:e] = product(parameters["W_x"].t(), dX)
        gradient["W"][e:] = product(parameters["W_y"].t(), dY)
        if self._biases:
            torch.sum(dX, 0, out=gradient["b"])
