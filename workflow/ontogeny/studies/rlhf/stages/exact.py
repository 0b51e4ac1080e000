"""Measures of policies in an enumerated world, which are exact.

Symbols: ``N`` sequences, in the order of `worlds.enumerated.all_sequences`; ``J`` judges; ``S``
checkpoints; p and p0 probabilities under a policy and under the start policy.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray
from scipy.special import expit

from ontogeny.preferences import closed_optimum, frontier
from ontogeny.studies.rlhf.stages.judging import Judge, moments
from ontogeny.studies.rlhf.stages.policies import all_log_probabilities, policies_of
from ontogeny.studies.rlhf.stages.read import final
from ontogeny.studies.rlhf.worlds.enumerated import all_sequences
from ontogeny.studies.rlhf.worlds.gold import repeats

__all__ = ["SHOWN", "choice_rates", "exact_measures", "win_rates"]

SHOWN = ("start", "early", "peak", "end")
"""Policies whose distribution is shown: the first one, the first with a KL of .5, that with the
highest gold score, the last one."""

_EARLY = 0.5

_ROWS = 512
"""Sequences that are compared with all others at once."""

Array = NDArray[np.float64]


def exact_measures(
    world: xr.Dataset,
    start: xr.Dataset,
    run: xr.Dataset,
    judges: Sequence[Judge],
    *,
    rewarded: int,
    kl_penalty: float,
) -> dict[str, NDArray[Any]]:
    """Return the measures of `evaluation` by name.

    Rates are ``1/2 + sum (p - p0) w``, where w is that of one sequence against the start policy:
    the start policy against itself has 1/2.

    Parameters
    ----------
    world, start, run : Dataset
    judges : sequence of Judge
        The true score first.
    rewarded : int
        Which of them is the reward.
    kl_penalty : float
        lambda.
    """
    reference = final(start)
    vocabulary, length = int(world.attrs["vocabulary"]), int(world.attrs["length"])
    sequences = all_sequences(vocabulary, length)
    log_start = all_log_probabilities(reference, length)
    start_probability = np.exp(log_start)
    scores = np.stack([judge.score(sequences) for judge in judges])  # (J, N)
    log_policy = np.stack(
        [all_log_probabilities(policy, length) for policy in policies_of(run, vocabulary)]
    )
    probability = np.exp(log_policy)  # (S, N)
    kl = (probability * (log_policy - log_start)).sum(axis=1)
    score = probability @ scores.T
    held_out = world["held_out"].values[:, 1:] @ vocabulary ** np.arange(length)[::-1]
    early = np.flatnonzero(kl >= _EARLY)
    shown = np.array([0, early[0] if early.size else -1, np.argmax(score[:, 0]), -1])
    return {
        "kl": kl,
        "kl_sampled": kl,
        "entropy": -(probability * log_policy).sum(axis=1) / length,
        "corpus_loss": -log_policy[:, held_out].mean(axis=1) / length,
        "repeats": probability @ repeats(sequences, vocabulary),
        "score": score,
        "score_error": np.zeros_like(score),
        "optimum": np.array(_optimum(start_probability, scores[rewarded], kl_penalty)),
        "probability": probability[shown],
        "shown_step": run["step"].values[shown],
        "start_probability": start_probability,
        "sequence_score": scores,
    } | _against_start(probability, kl, start_probability, scores)


def _against_start(probability: Array, kl: Array, start: Array, scores: Array) -> dict[str, Array]:
    """Return what follows from the scores under the start policy.

    Parameters
    ----------
    probability : (S, N) ndarray
    kl : (S,) ndarray
    start : (N,) ndarray
        Probabilities under the start policy.
    scores : (J, N) ndarray
    """
    change = probability - start
    won = np.stack([win_rates(each, start) for each in scores])
    above = np.stack([choice_rates(each, start) for each in scores])
    best = [frontier(start, each, np.maximum(kl, 0)) for each in scores]
    start_score, start_s_d, third = np.transpose([moments(each, start) for each in scores])
    return {
        "win_rate": 0.5 + change @ won.T,
        "choice_rate": 0.5 + change @ above.T,
        "frontier": np.stack(best, axis=1),
        "start_score": start_score,
        "start_s_d": start_s_d,
        "third_moment": third,
    }


def win_rates(score: Array, probability: Array) -> Array:
    """Return the probability of each sequence to be preferred to a random one.

    Parameters
    ----------
    score, probability : (N,) ndarray
        Scores of sequences and their probabilities.

    Returns
    -------
    (N,) ndarray
        ``sum_j p_j sigmoid(r_i - r_j)``.
    """
    return np.concatenate(
        [
            expit(score[first : first + _ROWS, None] - score) @ probability
            for first in range(0, len(score), _ROWS)
        ]
    )


def choice_rates(score: Array, probability: Array) -> Array:
    """Return the probability that each sequence scores higher than a random one; ties half.

    Parameters
    ----------
    score, probability : (N,) ndarray
        Scores of sequences and their probabilities.

    Returns
    -------
    (N,) ndarray
        ``sum_j p_j ((r_i > r_j) + (r_i = r_j) / 2)``.
    """
    _, place = np.unique(score, return_inverse=True)
    mass = np.bincount(place, probability)
    return (np.cumsum(mass) - mass / 2)[place]


def _optimum(start: Array, reward: Array, kl_penalty: float) -> float:
    if kl_penalty > 0:
        return closed_optimum(start, reward, kl_penalty).objective
    return float(reward.max())
