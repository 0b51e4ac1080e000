"""The same folded training step in JAX, compiled by XLA: the peer that the library is held against.

Imports JAX at its head; ``bench_training.py`` imports this module only where JAX is installed.
"""

from collections.abc import Callable, Mapping
from functools import partial

import jax
import jax.numpy as jnp
from torch import Tensor

__all__ = ["jax_step"]

Parameters = dict[str, jax.Array]


def mlp_logits(p: Parameters, left: jax.Array, right: jax.Array) -> jax.Array:
    e = p["W_x"].shape[1]
    x, y = p["W_x"] @ p["W"][:e], p["W_y"] @ p["W"][e:]
    return jax.nn.relu(x[left] + y[right]) @ p["W_U"]


def transformer_logits(p: Parameters, left: jax.Array, right: jax.Array) -> jax.Array:
    n = len(p["W_E"]) - 1
    _, d_model, d_head = p["W_K"].shape
    last = p["W_E"][-1] + p["W_pos"][2]
    x = jnp.concatenate([p["W_E"][:-1] + p["W_pos"][0], p["W_E"][:-1] + p["W_pos"][1], last[None]])
    query = jnp.einsum("d,hdk->hk", last, p["W_Q"]) / d_head**0.5
    scores = x @ jnp.einsum("hdk,hk->dh", p["W_K"], query)
    values = jnp.einsum("td,hdk->thk", x, p["W_V"])
    rows = jnp.stack([left, n + right, jnp.full_like(left, 2 * n)])
    attention = jax.nn.softmax(scores[rows], axis=0)
    z = (attention[..., None] * values[rows]).sum(0).reshape(len(left), -1)
    W_O = p["W_O"].reshape(-1, d_model)
    hidden = jax.nn.relu(z @ (W_O @ p["W_in"]) + last @ p["W_in"])
    return z @ (W_O @ p["W_U"]) + hidden @ (p["W_out"] @ p["W_U"]) + last @ p["W_U"]


def mean_loss(p: Parameters, left: jax.Array, right: jax.Array, target: jax.Array) -> jax.Array:
    logits = (transformer_logits if "W_E" in p else mlp_logits)(p, left, right)
    right_logit = jnp.take_along_axis(logits, target[:, None], axis=1)
    wrong = jax.nn.one_hot(target, logits.shape[1]) == 0
    return jnp.log1p((jnp.exp(logits - right_logit) * wrong).sum(1)).mean()


@partial(jax.jit, donate_argnums=0)
def update(
    state: tuple[Parameters, Parameters, Parameters, jax.Array],
    left: jax.Array,
    right: jax.Array,
    target: jax.Array,
) -> tuple[tuple[Parameters, Parameters, Parameters, jax.Array], jax.Array]:
    p, m, v, count = state
    loss, g = jax.value_and_grad(mean_loss)(p, left, right, target)
    count = count + 1
    m = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, m, g)
    v = jax.tree.map(lambda v, g: 0.98 * v + 0.02 * g * g, v, g)

    def adamw(p: jax.Array, m: jax.Array, v: jax.Array) -> jax.Array:
        scaled = m / (1 - 0.9**count) / (jnp.sqrt(v / (1 - 0.98**count)) + 1e-8)
        return p * (1 - 1e-3) - 1e-3 * scaled

    return (jax.tree.map(adamw, p, m, v), m, v, count), loss


def jax_step(
    initial: Mapping[str, Tensor], left: Tensor, right: Tensor, target: Tensor
) -> Callable[[], float]:
    """Return a function that does one training step and returns the loss before it."""
    p = {name: jnp.asarray(value.numpy()) for name, value in initial.items()}
    zeros = jax.tree.map(jnp.zeros_like, p)
    state = (p, zeros, jax.tree.map(jnp.copy, zeros), jnp.zeros(()))
    pairs = [jnp.asarray(index.numpy()) for index in (left, right, target)]

    def step() -> float:
        nonlocal state
        state, loss = update(state, *pairs)
        return float(jax.block_until_ready(loss))

    return step
