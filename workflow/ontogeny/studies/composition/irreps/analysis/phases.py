"""The phases of training: memorisation, circuit formation, cleanup."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ontogeny.joins.outcomes import is_learned

__all__ = ["BOUNDARIES", "Phases", "phases"]

Array = NDArray[np.float64]

BOUNDARIES = ("memorisation", "circuit formation", "cleanup")
"""The phases in order; each boundary is the end of one."""


@dataclass(frozen=True)
class Phases:
    """Ends of the three phases.

    Attributes
    ----------
    boundary : (3,) ndarray
        First checkpoint [step] after each phase; NaN when it was not reached.
    interval : (3, 2) ndarray
        The checkpoint before it and the one at it: the boundary is between them.
    """

    boundary: Array
    interval: Array


def phases(
    step: NDArray[np.int64],
    *,
    train_accuracy: Array,
    test_accuracy: Array,
    test_loss: Array,
    excluded_loss: Array,
    squared_weights: Array | None,
) -> Phases:
    """Return the ends of memorisation, circuit formation and cleanup by a fixed rule.

    arXiv 2301.05217 places them by eye; the rule here is this project's own:

    1. memorisation ends where the excluded loss, as a running median over five checkpoints, is
       least between training accuracy 0.99 and the end of circuit formation, if it has risen since;
    2. circuit formation ends when the test loss has fallen below half its peak for good;
    3. cleanup ends when test accuracy has reached 0.99 and the relative rate at which the sum of
       squared weights changes is below a tenth of its largest since the end of memorisation.

    Parameters
    ----------
    step : (K,) ndarray of int
        The checkpoints.
    train_accuracy, test_accuracy, test_loss : (K,) ndarray
    excluded_loss : (K,) ndarray [nat]
        Loss on training pairs of the logits without the part of the key irreps, direct path
        included.
    squared_weights : (K,) ndarray or None
        None where the weights are not known; then no end of cleanup is found.

    Returns
    -------
    Phases
    """
    found: list[int | None] = [None, None, None]
    found[1] = _first(_for_good(test_loss < test_loss.max() / 2))
    learned = _first(is_learned(train_accuracy))
    end = len(step) if found[1] is None else found[1] + 1
    if learned is not None and learned < end:
        lowest = learned + int(np.argmin(_running_median(excluded_loss, 5)[learned:end]))
        found[0] = None if lowest == len(step) - 1 else lowest
    if found[0] is not None and found[1] is not None and squared_weights is not None:
        rate = np.abs(np.gradient(np.log(squared_weights), step))
        fastest = found[0] + int(np.argmax(rate[found[0] :]))
        quiet = rate < 0.1 * rate[fastest]
        quiet[: max(fastest, found[1])] = False
        found[2] = _first(_for_good(is_learned(test_accuracy)) & quiet)
    boundary = np.array([np.nan if k is None else float(step[k]) for k in found])
    before = np.array([np.nan if k is None else float(step[max(k - 1, 0)]) for k in found])
    return Phases(boundary, np.stack([before, boundary], axis=1))


def _first(condition: NDArray[np.bool_]) -> int | None:
    hits = np.flatnonzero(condition)
    return int(hits[0]) if hits.size else None


def _for_good(condition: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return where a condition holds from here to the end."""
    return np.logical_and.accumulate(condition[::-1])[::-1]


def _running_median(values: Array, width: int) -> Array:
    half = width // 2
    padded = np.pad(values, half, mode="edge")
    return np.median(np.lib.stride_tricks.sliding_window_view(padded, width), axis=1)
