"""Stored policies as probabilities, in NumPy.

Symbols: ``N`` sequences; ``V`` tokens; ``T`` tokens of a response.
"""

from collections.abc import Iterator

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from ontogeny.networks import arrays
from ontogeny.studies.rlhf.worlds.enumerated import all_sequences

__all__ = [
    "Policy",
    "all_log_probabilities",
    "next_token_log_probabilities",
    "policies_of",
    "taken_log_probability",
]

Policy = dict[str, NDArray[np.floating]]
"""Parameters of a policy by name, without a value head."""


def policies_of(checkpoints: xr.Dataset, vocabulary: int) -> Iterator[Policy]:
    """Yield the policy of each checkpoint of a run."""
    for place in range(checkpoints.sizes["step"]):
        found = {str(name): values.values[place] for name, values in checkpoints.items()}
        yield found | {"W_U": np.ascontiguousarray(found["W_U"][:, :vocabulary])}


def next_token_log_probabilities(
    policy: Policy, tokens: NDArray[np.integer]
) -> NDArray[np.float64]:
    """Return what a policy says of each token after the prompt, (N, T + 1) to (N, T, V) [nat]."""
    logits = arrays.logits(policy, tokens[:, :-1]).astype(np.float64)
    return np.asarray(arrays.next_token_log_probabilities(logits), dtype=np.float64)


def taken_log_probability(
    log_probability: NDArray[np.float64], tokens: NDArray[np.integer]
) -> NDArray[np.float64]:
    """Return the log-probability of each token that is there, (N, T, V) to (N, T) [nat]."""
    there = tokens[:, 1:, None].astype(np.int64)
    return np.take_along_axis(log_probability, there, axis=2)[:, :, 0]


def all_log_probabilities(policy: Policy, length: int) -> NDArray[np.float64]:
    """Return the log-probability of each sequence of an enumerated world, (V^T,) [nat].

    Sequences are in the order of `worlds.enumerated.all_sequences`. A network reads each beginning
    once: the last token of a sequence is read by none.

    Parameters
    ----------
    policy : dict of str to ndarray
    length : int
        T.
    """
    vocabulary = policy["W_U"].shape[1]
    beginnings = all_sequences(vocabulary, length)[::vocabulary]
    said = next_token_log_probabilities(policy, beginnings)
    found = np.zeros(1)
    for place in range(length):
        one_of_each = vocabulary ** (length - 1 - place)
        found = (found[:, None] + said[::one_of_each, place]).ravel()
    return found
