"""A world so small that all its sequences are enumerated.

Symbols: ``V`` tokens; ``T`` tokens of a response; ``N`` sequences.
"""

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from ontogeny.studies.rlhf.labels import dataset, variable
from ontogeny.studies.rlhf.worlds.chains import random_chain
from ontogeny.studies.rlhf.worlds.corpora import corpus_variables, stream
from ontogeny.studies.rlhf.worlds.gold import raw_units, skewed

__all__ = ["all_sequences", "enumerated_world"]

_UNITS = 24
_SCALE = 0.8
"""Standard deviation of what enters a unit: few are saturated, and the kurtosis of gold under the
chain is between 2.2 and 3.6 (of 12 seeds)."""

_RATES = {"none": 0.0, "positive": 0.6, "negative": -0.6}


def enumerated_world(
    *, vocabulary: int, length: int, lines: int, skew: str, seed: int
) -> xr.Dataset:
    """Return the chain, the gold score and the corpus of an enumerated world.

    The chain is of the first order. Gold is ``u . tanh(sum_t W[t, token t])`` with 24 units,
    standardised over all sequences with their probabilities under the chain, times 1.5.

    Parameters
    ----------
    vocabulary, length : int
        V, T.
    lines : int
        Of the corpus.
    skew : {"none", "positive", "negative"}
        Whether a monotone transform makes the distribution of gold skewed: of the standardised
        score z it is ``exp(.6 z)`` or ``-exp(-.6 z)``, which is standardised again.
    seed : int

    Returns
    -------
    Dataset
        ``last_logit`` and ``before_logit(previous, token)`` of the chain; ``corpus(line, place)``
        and ``held_out(held_out_line, place)``, with the prompt in place 0; what `gold` reads.
    """
    chain = random_chain(stream(seed, "chain"), vocabulary, order=1)
    rng = stream(seed, "gold")
    weights = _SCALE / np.sqrt(length) * rng.standard_normal((length, vocabulary, _UNITS))
    readout = rng.standard_normal(_UNITS) / np.sqrt(_UNITS)
    sequences = all_sequences(vocabulary, length)
    probability = np.exp(chain.log_probability(sequences[:, 1:]))
    raw = raw_units(weights, readout, sequences)
    mean, deviation = _moments(raw, probability)
    rate = _RATES[skew]
    bent_mean, bent_deviation = _moments(skewed((raw - mean) / deviation, rate), probability)
    variables = corpus_variables(chain, seed, lines=lines, length=length, prompts=1) | {
        "gold_weight": variable(
            ("response_place", "token", "unit"), weights, "weights of the units of gold"
        ),
        "gold_readout": variable("unit", readout, "weight of a unit in gold"),
        "gold_mean": variable((), mean, "mean of the raw gold score"),
        "gold_s_d": variable((), deviation, "standard deviation of the raw gold score"),
        "gold_skew": variable((), rate, "rate of the exponential that skews gold; 0: none"),
        "gold_skewed_mean": variable((), bent_mean, "mean of the transformed score"),
        "gold_skewed_s_d": variable((), bent_deviation, "standard deviation of the same"),
    }
    made = dataset(variables, {}, title="An enumerated world")
    return made.assign_attrs(
        kind="enumerated", vocabulary=vocabulary, length=length, prompts=1, refusal_tokens=0
    )


def all_sequences(vocabulary: int, length: int) -> NDArray[np.int16]:
    """Return all sequences in the order of their numbers in base V, (V^T, T + 1).

    The first token of each is the prompt V, the next one its most significant digit.
    """
    numbers = np.arange(vocabulary**length)[:, None]
    digits = numbers // vocabulary ** np.arange(length)[::-1] % vocabulary
    return np.pad(digits, ((0, 0), (1, 0)), constant_values=vocabulary).astype(np.int16)


def _moments(values: NDArray[np.float64], probability: NDArray[np.float64]) -> tuple[float, float]:
    """Return the mean and the standard deviation of values that have probabilities."""
    mean = float(probability @ values)
    return mean, float(np.sqrt(probability @ (values - mean) ** 2))
