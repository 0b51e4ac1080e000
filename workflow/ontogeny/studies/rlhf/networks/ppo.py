"""Proximal policy optimisation of whole responses (arXiv 1707.06347, as in 2204.05862, B.1).

Symbols: ``B`` responses of an iteration; ``T`` tokens of a response; ``V`` tokens there are; pi the
policy that is trained, pi_old the one that has sampled, pi_0 the start policy; lambda the penalty.

The reward of a response is its score, on the last token, and ``- lambda ln pi_old / pi_0`` on
each token. Advantages ``A_t = sum_k d^k (r_(t+k) + v_(t+k+1) - v_(t+k))``, with ``v_T = 0`` and d
the decay of generalised advantage estimation (arXiv 1506.02438, where it is called lambda), are
scaled to mean 0 and deviation 1 over all tokens of an iteration. With the ratio
``q_t = pi / pi_old`` of each token and c the clip, the loss is

    - mean_t min(q_t A_t, clip(q_t, 1 - c, 1 + c) A_t) + w mean_t (v_t - R_t)^2 / 2,

where ``R_t = A_t + v_t``, with A before it is scaled, is the target of the value head, and w the
weight of its error.
"""

from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import lru_cache, partial

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor

from ontogeny.networks.decoder import Parameters, Transformer
from ontogeny.networks.objective import minibatch_objective, reproducible_attention
from ontogeny.studies.rlhf.config import PPO
from ontogeny.studies.rlhf.iterations import updates_of
from ontogeny.training import Objective

__all__ = [
    "Rollout",
    "advantages",
    "ppo_loss",
    "ppo_objective",
    "rollout",
    "token_log_probabilities",
]

PerToken = Float[Tensor, "B T"]
Score = Callable[[Int[Tensor, "B T1"]], Float[Tensor, " B"]]
"""From sequences to their scores."""
Sample = Callable[[Parameters, int], Int[Tensor, "B T1"]]
"""From the parameters of a policy and the number of an iteration to its sequences."""

_ORDER = 27
"""Sets the order of responses apart from all else that a seed draws."""


@dataclass(frozen=True)
class Rollout:
    """Responses with all that the objective asks of them.

    Attributes
    ----------
    sequences : (B, T + 1) Tensor of int64
        Prompts and tokens.
    log_probability : (B, T) Tensor
        ``ln pi_old`` of each token [nat].
    advantage : (B, T) Tensor
        Mean 0, deviation 1.
    value_target : (B, T) Tensor
        R.
    """

    sequences: Tensor
    log_probability: Tensor
    advantage: Tensor
    value_target: Tensor

    def to(self, device: torch.device) -> "Rollout":
        """Return the same on a device."""
        return self._each(lambda values: values.to(device))

    def part(self, places: Int[Tensor, " K"]) -> "Rollout":
        """Return some of the responses."""
        return self._each(lambda values: values[places])

    def _each(self, change: Callable[[Tensor], Tensor]) -> "Rollout":
        return Rollout(*(change(getattr(self, each.name)) for each in fields(self)))


def token_log_probabilities(
    network: Transformer, parameters: Parameters, sequences: Int[Tensor, "B T1"], vocabulary: int
) -> tuple[PerToken, Float[Tensor, "B T O"]]:
    """Return what a policy says of each token of sequences.

    Returns
    -------
    log_probability : (B, T) Tensor
        Of each token, given what is before it [nat].
    rest : (B, T, 1) or (B, T, 0) Tensor
        The value of what is before each token, where the network has a value head.
    """
    with reproducible_attention(sequences.device):
        outputs = network.logits(parameters, sequences[:, :-1])
    logits, rest = outputs[:, :, :vocabulary], outputs[:, :, vocabulary:]
    right = logits.gather(2, sequences[:, 1:, None])[:, :, 0]
    return right - logits.logsumexp(dim=2), rest


def advantages(reward: PerToken, value: PerToken, decay: float) -> PerToken:
    """Return the generalised advantage estimate of each token; rewards are not discounted."""
    after = torch.cat([value[:, 1:], torch.zeros_like(value[:, :1])], dim=1)
    error = reward + after - value
    found = torch.zeros_like(error)
    running = torch.zeros_like(error[:, 0])
    for place in reversed(range(error.shape[1])):
        running = error[:, place] + decay * running
        found[:, place] = running
    return found


@torch.no_grad()
def rollout(
    network: Transformer,
    parameters: Parameters,
    start: tuple[Transformer, Parameters],
    sequences: Int[Tensor, "B T1"],
    score: Float[Tensor, " B"],
    *,
    spec: PPO,
    kl_penalty: float,
    vocabulary: int,
) -> Rollout:
    """Return responses with their advantages.

    Parameters
    ----------
    network, parameters
        The policy that has sampled them, with its value head.
    start : tuple of Transformer and dict of str to Tensor
        The start policy, on the same device.
    sequences : (B, T + 1) Tensor of int64
    score : (B,) Tensor
    spec : PPO
    kl_penalty : float
        lambda.
    vocabulary : int
        V.
    """
    old, value = token_log_probabilities(network, parameters, sequences, vocabulary)
    before, _ = token_log_probabilities(*start, sequences, vocabulary)
    reward = -kl_penalty * (old - before)
    reward[:, -1] += score
    value = value[:, :, 0]
    advantage = advantages(reward, value, spec.gae_lambda)
    scaled = (advantage - advantage.mean()) / (advantage.std() + 1e-8)
    return Rollout(sequences, old, scaled, advantage + value)


def ppo_loss(
    network: Transformer, parameters: Parameters, batch: Rollout, *, spec: PPO, vocabulary: int
) -> Float[Tensor, ""]:
    """Return the loss of some responses."""
    new, value = token_log_probabilities(network, parameters, batch.sequences, vocabulary)
    ratio = (new - batch.log_probability).exp()
    clipped = ratio.clamp(1 - spec.clip, 1 + spec.clip)
    gain = torch.minimum(ratio * batch.advantage, clipped * batch.advantage).mean()
    error = (value[:, :, 0] - batch.value_target).square().mean()
    return spec.value_coefficient * error / 2 - gain


def ppo_objective(
    network: Transformer,
    start: tuple[Transformer, Parameters],
    sample: Sample,
    score: Score,
    *,
    spec: PPO,
    kl_penalty: float,
    vocabulary: int,
    seed: int,
) -> Objective:
    """Return the objective of a policy as the training loop asks for it.

    An iteration has `updates_of` updates. Its first one samples responses from the parameters
    that it is given, and all learn from these; so a training can go on from the start of an
    iteration, and only from there.

    Parameters
    ----------
    network : Transformer
        With a value head.
    start : tuple of Transformer and dict of str to Tensor
    sample : callable
    score : callable
    spec : PPO
    kl_penalty : float
    vocabulary : int
    seed : int
        Of the order of responses in each pass.
    """
    at_hand: list[Rollout] = []

    @lru_cache(maxsize=1)
    def order(iteration: int) -> Int[Tensor, "K b"]:
        rng = np.random.default_rng([seed, _ORDER, iteration])
        passes = [rng.permutation(spec.samples) for _ in range(spec.passes)]
        return torch.from_numpy(np.concatenate(passes)).reshape(-1, spec.minibatch)

    def minibatch(update: int) -> Rollout:
        iteration, place = divmod(update, updates_of(spec))
        return at_hand[0].part(order(iteration)[place])

    def objective(parameters: Parameters, gradient: Parameters, update: int) -> Tensor:
        iteration, place = divmod(update, updates_of(spec))
        if place == 0:
            sequences = sample(parameters, iteration)
            at_hand[:] = [
                rollout(
                    network,
                    parameters,
                    start,
                    sequences,
                    score(sequences),
                    spec=spec,
                    kl_penalty=kl_penalty,
                    vocabulary=vocabulary,
                )
            ]
        return learn(parameters, gradient, update)

    learn = minibatch_objective(
        partial(ppo_loss, network, spec=spec, vocabulary=vocabulary), minibatch
    )
    return objective
