"""The logit of a comment for the clean labeller, without PyTorch.

Symbols: ``N`` comments; ``L`` places; ``V`` words; ``C`` channels.
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from ontogeny.studies.noisy_labels.networks.labellers import CLEAN, LABELLERS, WINDOW

__all__ = ["clean_logit"]

Array = NDArray[np.float32]

_TOGETHER = 1024
"""Comments that are read at once."""


def clean_logit(parameters: Mapping[str, Array], tokens: NDArray[np.int32]) -> Array:
    """Return the logit of each comment, as the clean labeller would label it.

    Parameters
    ----------
    parameters : mapping of str to ndarray
        Of one checkpoint, as `ontogeny.studies.noisy_labels.networks.reader.Reader` has them.
    tokens : (N, L) ndarray of int
        Padded with 0 after the end; each comment has a word.

    Returns
    -------
    (N,) ndarray of float32
    """
    table = _products(parameters["W_E"], parameters["W_C"])
    inputs = np.concatenate(
        [
            _largest(table, tokens[first : first + _TOGETHER])
            for first in range(0, len(tokens), _TOGETHER)
        ]
    )
    inputs = np.maximum(inputs + parameters["b_C"], 0)
    W_in = parameters["W_in"]
    before = inputs @ W_in[: inputs.shape[1]] + parameters["b_in"]
    if len(W_in) == inputs.shape[1] + LABELLERS:
        before += W_in[inputs.shape[1] + CLEAN]
    hidden = np.maximum(before, 0)
    found: Array = hidden @ parameters["W_out"][:, CLEAN] + parameters["b_out"][CLEAN]
    return found


def _products(embedding: Array, weights: Array) -> Array:
    """Return what each word adds at each offset of a window, (3, V, C); padding adds nothing."""
    table = np.stack([embedding @ weights[offset] for offset in range(WINDOW)])
    table[:, 0] = 0
    return table


def _largest(table: Array, tokens: NDArray[np.int32]) -> Array:
    """Return the largest value of each channel over the places of each comment."""
    tokens = tokens[:, : int((tokens > 0).sum(axis=1).max())]
    length = tokens.shape[1]
    padded = np.pad(tokens, ((0, 0), (1, 1)))
    values = table[0][padded[:, :length]]
    for offset in range(1, WINDOW):
        values += table[offset][padded[:, offset : offset + length]]
    values[tokens == 0] = -np.inf
    return values.max(axis=1)
