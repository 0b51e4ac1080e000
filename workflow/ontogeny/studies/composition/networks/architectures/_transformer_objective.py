"""The training loss of the transformer and its gradient, with the work per pair reduced by folding.

Shapes: as in ``transformer.py``, and ``mixed`` for head and d_head as one axis, ``reader`` for pair
and head as one; ``column`` the outputs, or d_model if W_U is not folded.
"""

from collections.abc import Callable, Mapping
from math import e, log2
from typing import NamedTuple

import torch
from jaxtyping import Float, Int
from torch import Tensor

from ontogeny.networks.dropout import Dropout
from ontogeny.studies.composition.networks.architectures._attention import places, tabulate
from ontogeny.studies.composition.networks.architectures._products import (
    Incidence,
    blocks,
    keep_freed_memory,
    product,
)
from ontogeny.studies.composition.networks.loss import (
    LossAndGradient,
    flat_answers,
    loss_and_gradient,
)

__all__ = ["TransformerObjective"]

_BLOCK = 2048


class _Folded(NamedTuple):
    """The network as the pairs see it.

    With ``z`` (pair, mixed) the values mixed by attention,

        hidden = relu(z inner + inner_bias),
        logits = (z skip + hidden outer + outer_bias) unembedding.

    The residual stream after attention occurs no more, since ``inner = W_O W_in``. If there are
    fewer outputs than d_model, ``skip = W_O W_U`` and ``outer = W_out W_U`` make the logits at once
    and there is no unembedding; else ``skip = W_O``, ``outer = W_out``, and it is W_U.
    """

    scores: Float[Tensor, "place head"]
    values: Float[Tensor, "place head d_head"]
    inner: Float[Tensor, "mixed neuron"]
    inner_bias: Float[Tensor, " neuron"]
    skip: Float[Tensor, "mixed column"]
    outer: Float[Tensor, "neuron column"]
    outer_bias: Float[Tensor, " column"]
    unembedding: Float[Tensor, "column output"] | None = None

    def parts(self) -> list[Tensor]:
        """Return the tensors that are there."""
        return [part for part in self if part is not None]


def _fold(parameters: Mapping[str, Tensor]) -> _Folded:
    table = tabulate(parameters)
    last = table.last
    W_O, W_in, W_out, W_U = (parameters[name] for name in ("W_O", "W_in", "W_out", "W_U"))
    W_O = W_O.flatten(0, 1)  # (mixed, d_model)
    inner, inner_bias, stream = product(W_O, W_in), last @ W_in, last
    if "b_in" in parameters:
        inner_bias, stream = inner_bias + parameters["b_in"], stream + parameters["b_out"]
    below = (table.scores, table.values, inner, inner_bias)
    if W_U.shape[1] < W_U.shape[0]:
        return _Folded(*below, product(W_O, W_U), product(W_out, W_U), stream @ W_U)
    return _Folded(*below, W_O, W_out, stream, W_U)


def _in_bits(net: _Folded) -> _Folded:
    """Return the network with its logits in base two, as the kernel of the loss takes them."""
    bits = log2(e)
    if net.unembedding is None:
        skip, outer, outer_bias = net.skip * bits, net.outer * bits, net.outer_bias * bits
        return net._replace(skip=skip, outer=outer, outer_bias=outer_bias)
    return net._replace(unembedding=net.unembedding * bits)


def _zeros(net: _Folded) -> _Folded:
    """Return zeros to add gradients to, `skip` and `outer` laid out as their transposes.

    Of the two forms of a product over pairs, that with the narrower left factor gives these two
    transposed.
    """
    zeros = _Folded(*(torch.zeros_like(part) for part in net.parts()))
    return zeros._replace(
        skip=torch.zeros_like(net.skip.t().contiguous()).t(),
        outer=torch.zeros_like(net.outer.t().contiguous()).t(),
    )


class _Block(NamedTuple):
    """Some pairs: the rows that their heads read in the table of scores and values; the answers."""

    rows: Int[Tensor, "position reader"]
    incidence: Incidence
    answer: Int[Tensor, " pair"]


class TransformerObjective:
    """Mean cross-entropy of a transformer on fixed pairs, and its gradient.

    The part that runs over pairs is derived by hand, block by block; the small part between the
    parameters and the folded network is left to autograd. With ``dq`` for the gradient with respect
    to a quantity q, and y the logits before the unembedding,

        dy = dlogits unembedding^T,    dunembedding = y^T dlogits,
        douter = hidden^T dy,    dskip = z^T dy,    douter_bias = sum over pairs of dy,
        dbefore = (dy outer^T) * [hidden > 0],
        dinner = z^T dbefore,    dinner_bias = sum over pairs of dbefore,
        dz = dbefore inner^T + dy skip^T.

    A head mixes ``z = sum_i A_i v_i`` over the three positions, ``A = softmax(s)``, so that

        dv_i = A_i dz,    ds_i = A_i (dz . v_i - dz . z).

    Summed over all pairs that read the place of ``v_i``, the first term of ``ds_i`` is
    ``dv_i . v_i``, which needs no second pass over the pairs' values.

    Parameters
    ----------
    left, right, target : (N,) Tensor of int
        The pairs and their answers.
    order : int
        Number of elements, n.
    heads, outputs : int
        Of the network.
    exact : bool
        As for `ontogeny.studies.composition.networks.loss.loss_and_gradient`.
    dropout : Dropout
        Of the hidden layer.
    """

    def __init__(
        self,
        left: Int[Tensor, " pair"],
        right: Int[Tensor, " pair"],
        target: Int[Tensor, " pair"],
        *,
        order: int,
        heads: int,
        outputs: int,
        exact: bool,
        dropout: Dropout,
    ) -> None:
        keep_freed_memory()
        self._exact = exact
        self._dropout = dropout
        self._weight = 1 / len(target)
        rows = places(left, right, order)[:, None, :] * heads  # (pair, 1, position)
        rows = rows + torch.arange(heads, device=left.device)[:, None]  # (pair, head, position)
        self._blocks = []
        for block in blocks(len(target), _BLOCK):
            readers = rows[block].flatten(0, 1)  # (reader, position)
            incidence = Incidence(readers, (2 * order + 1) * heads)
            answer = flat_answers(target[block], outputs)
            self._blocks.append(_Block(readers.t().contiguous(), incidence, answer))

    def __call__(
        self, parameters: dict[str, Tensor], gradient: dict[str, Tensor], update: int = 0
    ) -> Tensor:
        """Write the gradient into `gradient` and return the loss [nat]."""
        leaves = {name: value.detach().requires_grad_() for name, value in parameters.items()}
        folded = _fold(leaves)
        with torch.no_grad():
            net = _Folded(*(part.detach() for part in folded.parts()))
            loss, slopes = self._descend(net, self._dropout.factors(update))
        found = torch.autograd.grad(folded.parts(), list(leaves.values()), slopes.parts())
        for name, value in zip(leaves, found, strict=True):
            gradient[name].copy_(value)
        return loss

    def _descend(
        self, net: _Folded, factors: Callable[[Tensor], Tensor | None]
    ) -> tuple[Tensor, _Folded]:
        """Return the loss, and its gradient with respect to the folded network."""
        loss, bits, slopes = net.scores.new_zeros(()), _in_bits(net), _zeros(net)
        values, dvalues = net.values.flatten(0, 1), slopes.values.flatten(0, 1)
        dscores = slopes.scores.view(-1, 1)
        for rows, incidence, answer in self._blocks:
            scores = torch.take(net.scores, rows)  # (position, reader)
            attention = scores.softmax(0).t().contiguous()  # (reader, position)
            z = incidence.gather(values, attention)  # (reader, d_head)
            losses, dz = self._descend_layers(
                z.view(len(answer), -1), answer, net, bits, slopes, factors
            )
            loss += losses.sum() * self._weight
            dz = dz.view_as(z)  # (reader, d_head)
            dvalues += incidence.scatter(dz, attention)  # (place head, d_head)
            common = dz.mul_(z).sum(1, keepdim=True)  # (reader, 1)
            dscores -= incidence.scatter(common, attention)  # (place head, 1)
        dscores += (dvalues * values).sum(1, keepdim=True)
        return loss, slopes

    def _descend_layers(
        self,
        z: Float[Tensor, "pair mixed"],
        answer: Int[Tensor, " pair"],
        net: _Folded,
        bits: _Folded,
        slopes: _Folded,
        factors: Callable[[Tensor], Tensor | None],
    ) -> tuple[Float[Tensor, " pair"], Float[Tensor, "pair mixed"]]:
        """Add to the gradients of everything above attention; return the losses and dz."""
        hidden = product(z, net.inner).add_(net.inner_bias).relu_()  # (pair, neuron)
        factor = factors(hidden)
        hidden = hidden if factor is None else hidden.mul_(factor)
        y = product(hidden, bits.outer)  # (pair, column)
        y.add_(product(z, bits.skip)).add_(bits.outer_bias)
        found = self._unembed(y, answer, bits.unembedding)  # (pair, output)
        dy = found.gradient
        if net.unembedding is not None and slopes.unembedding is not None:
            slopes.unembedding.add_(product(y.t(), found.gradient))
            dy = product(found.gradient, net.unembedding.t())  # (pair, column)

        dbefore = product(dy, net.outer.t())  # (pair, neuron)
        dbefore = dbefore if factor is None else dbefore.mul_(factor)
        torch.ops.aten.threshold_backward.grad_input(dbefore, hidden, 0, grad_input=dbefore)
        slopes.outer.t().add_(product(dy.t(), hidden))
        slopes.skip.t().add_(product(dy.t(), z))
        slopes.outer_bias.add_(dy.sum(0))
        slopes.inner.add_(product(z.t(), dbefore))
        slopes.inner_bias.add_(dbefore.sum(0))
        dz = product(dbefore, net.inner.t())  # (pair, mixed)
        dz.add_(product(dy, net.skip.t()))
        return found.losses, dz

    def _unembed(self, y: Tensor, answer: Tensor, unembedding: Tensor | None) -> LossAndGradient:
        logits = y if unembedding is None else product(y, unembedding)
        return loss_and_gradient(logits, answer, weight=self._weight, exact=self._exact)
