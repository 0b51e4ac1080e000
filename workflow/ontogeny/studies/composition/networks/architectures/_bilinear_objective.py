"""The training loss of the bilinear network and its gradient, derived by hand.

Shapes: as in ``bilinear.py``.
"""

import torch
from torch import Tensor

from ontogeny.networks.dropout import Dropout
from ontogeny.studies.composition.networks.architectures._products import (
    Incidence,
    blocks,
    keep_freed_memory,
)
from ontogeny.studies.composition.networks.architectures._unembedding import Unembedding
from ontogeny.studies.composition.networks.loss import flat_answers

__all__ = ["BilinearObjective"]

_BLOCK = 4096


class BilinearObjective:
    """Mean cross-entropy and its gradient, derived by hand.

    With the incidence matrices L and R of the left and the right factors (one 1 in each row)

        hidden = (L W_x) * (R W_y),
        dW_x = L^T (d hidden * R W_y),    dW_y = R^T (d hidden * L W_x).
    """

    def __init__(
        self,
        left: Tensor,
        right: Tensor,
        target: Tensor,
        *,
        order: int,
        hidden: int,
        dtype: torch.dtype | None,
        exact: bool,
        dropout: Dropout,
    ) -> None:
        keep_freed_memory()
        self._dropout = dropout
        n = order
        self._unembedding = Unembedding(
            hidden,
            n,
            weight=1 / len(target),
            dtype=dtype or torch.float32,
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
