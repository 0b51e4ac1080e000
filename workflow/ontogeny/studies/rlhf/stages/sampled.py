"""Measures of policies on their samples.

Symbols: ``N`` samples; ``V`` tokens; ``T`` tokens of a response; ``J`` judges.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray
from scipy.special import expit

from ontogeny.networks.arrays import sample
from ontogeny.preferences import frontier_of_samples
from ontogeny.studies.rlhf.stages.judging import Judge, moments
from ontogeny.studies.rlhf.stages.policies import (
    Policy,
    next_token_log_probabilities,
    policies_of,
    taken_log_probability,
)
from ontogeny.studies.rlhf.stages.probe import PARTS
from ontogeny.studies.rlhf.stages.read import final
from ontogeny.studies.rlhf.worlds.gold import refusals, repeats

__all__ = ["divergence", "sampled_measures"]

_EVALUATED = 30
"""Sets samples that are evaluated apart from all else that a seed draws."""

Array = NDArray[np.float64]


def sampled_measures(
    world: xr.Dataset,
    start: xr.Dataset,
    probes: xr.Dataset,
    run: xr.Dataset,
    judges: Sequence[Judge],
    *,
    samples: int,
    seed: int,
) -> dict[str, NDArray[Any]]:
    """Return the measures of `evaluation` by name.

    Parameters
    ----------
    world, start, probes, run : Dataset
    judges : sequence of Judge
    samples : int
        N.
    seed : int

    Raises
    ------
    ValueError
        When there are fewer fresh probes than samples.
    """
    reference = final(start)
    vocabulary, length = int(world.attrs["vocabulary"]), int(world.attrs["length"])
    fresh = np.flatnonzero(probes["part"].values == PARTS.index("fresh"))
    if fresh.size < samples:
        msg = (
            f"{samples} samples are compared with as many fresh probes, and there are {fresh.size}"
        )
        raise ValueError(msg)
    compared = fresh[:samples]
    prompts = probes["tokens"].transpose("side", "pair", "place").values[0, compared, 0]
    opponents = np.stack([judge.of_probes[0, compared] for judge in judges])  # (J, N)
    along: list[dict[str, Any]] = []
    for policy in policies_of(run, vocabulary):
        rng = np.random.default_rng([seed, _EVALUATED])
        tokens, _ = sample(policy, prompts, length, vocabulary, rng)
        scores = np.stack([judge.score(tokens) for judge in judges])  # (J, N)
        along.append(
            _of_tokens(policy, reference, tokens)
            | {"corpus_loss": _corpus_loss(policy, world["held_out"].values)}
            | {"repeats": repeats(tokens, vocabulary).mean()}
            | _of_scores(scores, opponents)
            | _by_prompt(world, tokens, scores)
        )
    measures = {name: np.stack([each[name] for each in along]) for name in along[0]}
    of_start = [judge.of_probes.ravel() for judge in judges]
    even = np.full(of_start[0].size, 1 / of_start[0].size)
    start_score, start_s_d, third = np.transpose([moments(each, even) for each in of_start])
    # With several prompts, which a policy cannot choose, weighted samples give another optimum.
    kl = measures["kl"] if world.attrs["prompts"] == 1 else np.full_like(measures["kl"], np.nan)
    return measures | {
        "frontier": np.stack([frontier_of_samples(each, kl) for each in of_start], axis=1),
        "start_score": start_score,
        "start_s_d": start_s_d,
        "third_moment": third,
    }


def divergence(log_policy: Array, log_start: Array) -> Array:
    """Return the KL of next-token distributions from others, summed over places [nat].

    Parameters
    ----------
    log_policy, log_start : (N, T, V) ndarray
        Log-probabilities of the next token after the same tokens [nat].

    Returns
    -------
    (N,) ndarray
        Its mean over samples of the policy is the KL of whole responses.
    """
    return (np.exp(log_policy) * (log_policy - log_start)).sum(axis=(1, 2))


def _of_tokens(policy: Policy, start: Policy, tokens: NDArray[np.int16]) -> dict[str, Any]:
    said, before = (next_token_log_probabilities(each, tokens) for each in (policy, start))
    ratio = taken_log_probability(said - before, tokens)
    return {
        "kl": divergence(said, before).mean(),
        "kl_sampled": ratio.sum(axis=1).mean(),
        "entropy": -(np.exp(said) * said).sum(axis=2).mean(),
    }


def _of_scores(scores: Array, opponents: Array) -> dict[str, Any]:
    """Return measures by judge of the scores of samples and of probes, (J, N) both."""
    margin = scores - opponents
    return {
        "score": scores.mean(axis=1),
        "score_error": scores.std(axis=1, ddof=1) / np.sqrt(scores.shape[1]),
        "win_rate": expit(margin).mean(axis=1),
        "choice_rate": (1 + np.sign(margin)).mean(axis=1) / 2,
    }


def _by_prompt(world: xr.Dataset, tokens: NDArray[np.int16], scores: Array) -> dict[str, Any]:
    """Return measures by prompt, of worlds that have several."""
    vocabulary, prompts = int(world.attrs["vocabulary"]), int(world.attrs["prompts"])
    if prompts == 1:
        return {}
    asked = [tokens[:, 0] == vocabulary + prompt for prompt in range(prompts)]
    refused = refusals(tokens, int(world.attrs["refusal_tokens"]))
    return {
        "score_of_prompt": np.stack([_mean(scores[:, each]) for each in asked], axis=-1),
        "refusals": np.array([_mean(refused[each]) for each in asked]),
    }


def _corpus_loss(policy: Policy, lines: NDArray[np.int16]) -> float:
    said = next_token_log_probabilities(policy, lines)
    return -float(taken_log_probability(said, lines).mean())


def _mean(values: NDArray[Any]) -> NDArray[np.float64]:
    """Return the mean over the last axis, NaN where nothing is there."""
    if not values.shape[-1]:
        return np.full(values.shape[:-1], np.nan)
    return np.asarray(values.mean(axis=-1), dtype=np.float64)
