"""How well sequences of another chain are told from ordinary ones (arXiv 2204.05862, 5.4)."""

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from ontogeny.labels import text
from ontogeny.networks.arrays import streams
from ontogeny.preferences import (
    fit_gaussian,
    linear_direction,
    plain_distance,
    relative_distance,
)
from ontogeny.ranking import auc
from ontogeny.studies.rlhf.labels import dataset, variable
from ontogeny.studies.rlhf.stages.policies import Policy
from ontogeny.studies.rlhf.stages.read import final

__all__ = ["EXAMPLES", "LINES", "detection"]

EXAMPLES = np.array([1, 3, 10, 30, 100])
"""Numbers of foreign sequences that are known."""

LINES = 5_000
"""Lines of the corpus, the first ones, of which activations are ordinary."""

_DRAWS = 10
"""Sets of examples of each number."""

_DRAWN = 31
"""Sets these apart from all else that a seed draws."""

_DISTANCES = {"plain": plain_distance, "relative": relative_distance}

Array = NDArray[np.float64]


def detection(world: xr.Dataset, start: xr.Dataset, *, seed: int) -> xr.Dataset:
    """Return how well the activations of a start policy tell foreign sequences from ordinary ones.

    Activations are means over the places of a sequence that the policy reads, all but the last.
    Ordinary ones are those of lines of the corpus; what is told apart are lines of the same chain
    that are held out, and lines of another one.

    Parameters
    ----------
    world : Dataset
        As stored, of the kind ``sequences``.
    start : Dataset
        Checkpoints of the start policy.
    seed : int
        Of the draws of examples.

    Returns
    -------
    Dataset
        ``auroc(layer, distance)`` of Mahalanobis distances; layer 0 is the embedding, layer l the
        stream after l blocks. ``auroc_with_examples(layer, examples)`` of the direction that tells
        so many foreign lines from ordinary ones, judged on the other foreign lines: the mean over
        10 draws, with ``auroc_with_examples_s_d``.

    Raises
    ------
    ValueError
        When there are not more than 5 lines of the corpus for each dimension.
    """
    policy, rng = final(start), np.random.default_rng([seed, _DRAWN])
    ordinary, held_out, foreign = (
        _activations(policy, world[name].values[:LINES])
        for name in ("corpus", "held_out", "foreign")
    )
    draws = [
        [rng.permutation(foreign.shape[1]) for _ in range(_DRAWS)] for _ in range(len(EXAMPLES))
    ]
    by_distance, by_examples = [], []
    for inside, usual, other in zip(ordinary, held_out, foreign, strict=True):
        gaussian = fit_gaussian(inside)
        by_distance.append(
            [auc(of(other, gaussian), of(usual, gaussian)) for of in _DISTANCES.values()]
        )
        by_examples.append(
            [
                [_with_examples(inside, usual, other, order, number) for order in orders]
                for number, orders in zip(EXAMPLES.tolist(), draws, strict=True)
            ]
        )
    found = np.array(by_examples)
    by_example = ("layer", "examples")
    return dataset(
        {
            "auroc": variable(
                ("layer", "distance"), np.array(by_distance), "AUROC of foreign sequences"
            ),
            "auroc_with_examples": variable(
                by_example, found.mean(axis=2), "AUROC of foreign sequences with examples"
            ),
            "auroc_with_examples_s_d": variable(
                by_example, found.std(axis=2, ddof=1), "standard deviation over draws of examples"
            ),
        },
        {
            "layer": np.arange(len(found)),
            "distance": text(_DISTANCES),
            "examples": EXAMPLES,
        },
        title="Detection of foreign sequences",
    )


def _activations(policy: Policy, lines: NDArray[np.int16]) -> Array:
    """Return the mean over places of the stream before and after each block, (L + 1, N, d)."""
    return streams(policy, lines[:, :-1]).astype(np.float64)


def _with_examples(
    inside: Array, usual: Array, other: Array, order: NDArray[np.int64], number: int
) -> float:
    """Return the AUROC of the direction that the first foreign lines of an order give."""
    direction = linear_direction(inside, other[order[:number]])
    return auc(other[order[number:]] @ direction, usual @ direction)
