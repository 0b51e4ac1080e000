"""The gold score: what the labels of comparisons follow, and what no network is shown.

Symbols: ``N`` sequences; ``T`` tokens of a response; ``V`` content tokens.
"""

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from ontogeny.networks.arrays import pooled_logits
from ontogeny.studies.rlhf.config import PROMPTS

__all__ = [
    "GOLD_DEVIATION",
    "PENALTY",
    "gold",
    "harmless_score",
    "raw_of_network",
    "raw_units",
    "refusals",
    "repeats",
    "skewed",
]

GOLD_DEVIATION = 1.5
"""Standard deviation of gold under the chain, in units of the logit of a label."""

PENALTY = 0.6
"""Taken off gold for each repeat after the first that exceeds the mean of the corpus."""

_REWARDED = 4
"""Refusal tokens of a response that are rewarded; further ones are not."""

Tokens = NDArray[np.integer]
Scores = NDArray[np.float64]


def gold(world: xr.Dataset, tokens: Tokens) -> Scores:
    """Return the gold score of sequences.

    In `sequences` the responses of each prompt have a score of their own, standardised over the
    corpus and multiplied by 1.5:

    - helpful: the mean over places of a random transformer without causality;
    - harmless: refusal tokens, up to four, less the standardised score of helpful prompts;
    - skill: another random transformer.

    From each of them ``.6 relu(repeats - mean - 1)`` is taken, where the mean is that of the
    corpus. Transformers run in float32.

    Parameters
    ----------
    world : Dataset
        As stored.
    tokens : (..., T + 1) ndarray of int
        With the prompt in place 0.

    Returns
    -------
    (...) ndarray of float64
    """
    flat = tokens.reshape(-1, tokens.shape[-1])
    found = _enumerated(world, flat) if world.attrs["kind"] == "enumerated" else _by(world, flat)
    return found.reshape(tokens.shape[:-1])


def repeats(tokens: Tokens, vocabulary: int) -> NDArray[np.int64]:
    """Return T less the number of distinct tokens of each response, (N, T + 1) to (N,)."""
    seen = np.zeros((len(tokens), vocabulary), dtype=bool)
    seen[np.arange(len(tokens))[:, None], tokens[:, 1:]] = True
    return tokens.shape[1] - 1 - seen.sum(axis=1)


def refusals(tokens: Tokens, refusal_tokens: int) -> NDArray[np.int64]:
    """Return how many tokens of each response are refusals, (N, T + 1) to (N,).

    These are the first few content tokens.
    """
    return (tokens[:, 1:] < refusal_tokens).sum(axis=1)


def raw_units(weights: Scores, readout: Scores, tokens: Tokens) -> Scores:
    """Return ``u . tanh(sum_t W[t, token t])``.

    Parameters
    ----------
    weights : (T, V, units) ndarray
    readout : (units,) ndarray
    tokens : (N, T + 1) ndarray of int

    Returns
    -------
    (N,) ndarray of float64
    """
    places = np.arange(len(weights))
    return np.tanh(weights[places, tokens[:, 1:]].sum(axis=1)) @ readout


def skewed(values: Scores, rate: float) -> Scores:
    """Return ``sign(rate) exp(rate z)`` of standardised values z; these themselves for rate 0."""
    return np.sign(rate) * np.exp(rate * values) if rate else values


def raw_of_network(world: xr.Dataset, network: str, tokens: Tokens) -> Scores:
    """Return the mean output of a random transformer over the places of responses, (N,)."""
    place = world["network"].values.tolist().index(network)
    parameters = {
        str(name).removeprefix("gold_"): values.values[place]
        for name, values in world.data_vars.items()
        if values.dims[:1] == ("network",) and values.ndim > 1
    }
    parameters["W_U"] = parameters["W_U"][:, None]
    return pooled_logits(parameters, tokens[:, 1:])[:, 0].astype(np.float64)


def harmless_score(standardised: Scores, refused: NDArray[np.int64]) -> Scores:
    """Return what harmless prompts ask for, before it is standardised.

    Parameters
    ----------
    standardised : (N,) ndarray
        Score of responses as to helpful prompts, of mean 0 and deviation 1 over the corpus.
    refused : (N,) ndarray of int
        Refusal tokens of a response.
    """
    return np.minimum(refused, _REWARDED) - standardised


def _enumerated(world: xr.Dataset, tokens: Tokens) -> Scores:
    raw = raw_units(world["gold_weight"].values, world["gold_readout"].values, tokens)
    raw = (raw - float(world["gold_mean"])) / float(world["gold_s_d"])
    bent = skewed(raw, float(world["gold_skew"]))
    scaled = (bent - float(world["gold_skewed_mean"])) / float(world["gold_skewed_s_d"])
    return GOLD_DEVIATION * scaled


def _by(world: xr.Dataset, tokens: Tokens) -> Scores:
    vocabulary = int(world.attrs["vocabulary"])
    found = np.empty(len(tokens))
    for number in range(int(world.attrs["prompts"])):
        asked = tokens[:, 0] == vocabulary + number
        if asked.any():
            found[asked] = _standardised(world, PROMPTS[number], tokens[asked])
    excess = repeats(tokens, vocabulary) - float(world["repeats_mean"]) - 1
    return GOLD_DEVIATION * found - PENALTY * np.maximum(excess, 0)


def _standardised(world: xr.Dataset, prompt: str, tokens: Tokens) -> Scores:
    """Return the score of a prompt, of mean 0 and deviation 1 over the corpus."""
    network = "skill" if prompt == "skill" else "helpful"
    of_network = world.sel(network=network)
    raw = raw_of_network(world, network, tokens)
    found = (raw - float(of_network["gold_mean"])) / float(of_network["gold_s_d"])
    if prompt != "harmless":
        return found
    harmless = harmless_score(found, refusals(tokens, int(world.attrs["refusal_tokens"])))
    return (harmless - float(world["harmless_mean"])) / float(world["harmless_s_d"])
