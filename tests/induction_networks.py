"""A network of two layers that is a perfect induction circuit by construction.

The stream has 16 coordinates of fast positions, then one block for the token at hand and one for
the token before it. A token t is ``e_t - e_(t + V)`` in a block, so that its mean is 0. Head 0 of
the first layer attends to the token before, by turning its own position back by one, and copies its
token into the second block; head 0 of the second layer attends to where that block is its own
token, and copies what is there. All other heads do nothing.
"""

import math

import torch

from ontogeny.networks.decoder import Transformer

V, FAST, D, H = 28, 8, 128, 4
E = D // H
LARGE = 30.0
"""Scale of scores that leaves a softmax with one entry."""
WRITES = 10.0
"""How much stronger than the token at hand a copied one is written."""
UNEMBEDDING = 3.0

SHAPE = Transformer(V, layers=2, d_model=D, heads=H, positions="first")


def block(number):
    """Return the vectors of all tokens in a block, (V, d)."""
    begin = 2 * FAST + 2 * V * number
    rows = torch.zeros(V, D)
    rows[:, begin : begin + V] = torch.eye(V)
    rows[:, begin + V : begin + 2 * V] = -torch.eye(V)
    return rows


def turned_back():
    """Return the matrix that takes the fast coordinates of position t to those of t - 1, (d, d)."""
    rates = 10_000.0 ** (-torch.arange(0, D, 2)[:FAST] / D)
    found = torch.zeros(D, D)
    for number, rate in enumerate(rates):
        place = slice(2 * number, 2 * number + 2)
        found[place, place] = torch.tensor(
            [[rate.cos(), rate.sin()], [-rate.sin(), rate.cos()]]
        )  # (sin t, cos t) times this is (sin(t - 1), cos(t - 1))
    return found


def deviation(writes):
    """Return the deviation of a stream of tokens written with these strengths."""
    return math.sqrt(2 * sum(each**2 for each in writes) / D)


def induction_network(*, layers=2, previous=1.0, matching=1.0, copying=1.0):
    """Return the parameters, with each part of the circuit as strong as is said."""
    found = {name: torch.zeros(shape) for name, shape in SHAPE.shapes().items()}
    for name in ("gain", "gain_final"):
        found[name] += 1
    now, before = block(0), block(1)
    found["W_E"] = now.clone()
    scale = LARGE * math.sqrt(E)
    width = 2 * FAST
    found["W_Q"][0, 0, :, :width] = previous * scale * turned_back()[:, :width]
    found["W_K"][0, 0, :width, :width] = torch.eye(width)
    found["W_V"][0, 0, :, :V] = now.T / 2 * deviation([1])
    found["W_O"][0, 0, :V] = before
    own = deviation([1, 1])
    found["W_Q"][1, 0, :, :V] = matching * scale * now.T / 2 * own
    found["W_K"][1, 0, :, :V] = before.T / 2 * own
    found["W_V"][1, 0, :, :V] = now.T / 2 * own
    found["W_O"][1, 0, :V] = copying * WRITES * now
    found["W_U"] = UNEMBEDDING * now.T.clone()
    if layers == 2:
        return found
    return {n: v[:1] if v.dim() > 2 or n == "gain" else v for n, v in found.items()}


def with_idle_heads(parameters, *, scale=1e-3):
    """Return the circuit with random weights in the heads that do nothing."""
    noise = SHAPE.initial(torch.Generator().manual_seed(0))
    found = {name: value.clone() for name, value in parameters.items()}
    for name in ("W_Q", "W_K", "W_V", "W_O"):
        found[name][:, 1:] = scale * noise[name][:, 1:]
    return found
