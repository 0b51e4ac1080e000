"""Scores and values of the last position, once for each token and position instead of each pair.

Shapes: ``place`` the 2n + 1 tokens at positions that occur (a at position 0 in row a, b at position
1 in row n + b, "=" at position 2 in row 2n); ``position`` the three of a sequence; ``head``;
``d_model``; ``d_head``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Generic

from jaxtyping import Float, Int

from ontogeny.studies.composition.networks.architectures._arrays import (
    A,
    concatenated,
    einsum,
    product,
    stacked,
)

__all__ = ["Table", "passed_on", "places", "tabulate"]


@dataclass(frozen=True)
class Table(Generic[A]):
    """What the last position reads at each place.

    Attributes
    ----------
    last : (d_model,) array
        The residual stream of "=" before attention, x_2: the same for every pair.
    scores : (place, head) array
        Before the softmax.
    values : (place, head, d_head) array
    """

    last: Float[A, " d_model"]
    scores: Float[A, "place head"]
    values: Float[A, "place head d_head"]


def tabulate(parameters: Mapping[str, A]) -> Table[A]:
    """Return scores and values at every place.

    The query ``q_j = x_2 W_Q^j / sqrt(d_head)`` is constant, so that the score ``q_j . (x W_K^j)``
    is ``x . (W_K^j q_j)``, and keys need no computing.
    """
    W_E, W_pos, W_K = parameters["W_E"], parameters["W_pos"], parameters["W_K"]
    elements = W_E[:-1]  # (element, d_model)
    last = W_E[-1] + W_pos[2]  # (d_model)
    x = concatenated([elements + W_pos[0], elements + W_pos[1], last[None]])  # (place, d_model)
    query = einsum("d,hdk->hk", last, parameters["W_Q"]) / W_K.shape[2] ** 0.5
    directions = einsum("hdk,hk->dh", W_K, query)  # (d_model, head)
    heads, d_model, d_head = W_K.shape
    W_V = parameters["W_V"].swapaxes(0, 1).reshape(d_model, heads * d_head)
    values = product(x, W_V).reshape(-1, heads, d_head)  # (place, head, d_head)
    return Table(last, x @ directions, values)


def passed_on(
    embedding: Float[A, "element d_model"],
    W_V: Float[A, "head d_model d_head"],
    W_O: Float[A, "head d_head d_model"],
) -> Float[A, "element d_model"]:
    """Return what full attention to an element writes, ``sum_j W_E W_V^j W_O^j`` over heads."""
    return embedding @ einsum("hdk,hke->de", W_V, W_O)


def places(left: Int[A, " pair"], right: Int[A, " pair"], order: int) -> Int[A, "pair position"]:
    """Return the place of each of the three tokens of each pair."""
    return stacked([left, order + right, 0 * left + 2 * order])
