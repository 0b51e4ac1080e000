"""When a run passes what marks its phases.

The phases themselves are those of `ontogeny.studies.composition.irreps.analysis.phases`, whose rule
reads losses and weights and no frequency; the excluded loss that it is given here is the
excluded wave loss of the logits.

Symbols: ``S`` checkpoints.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ontogeny.joins.outcomes import LEARNED_ACCURACY, is_learned

__all__ = ["MILESTONES", "Milestones", "milestones", "trend"]

Array = NDArray[np.float64]

MILESTONES = (
    f"training accuracy {LEARNED_ACCURACY}",
    "training loss 1e-6",
    "peak of the test loss",
    "peak of the squared weights",
    "excluded wave loss 1 nat above its minimum",
    "restricted wave loss half of its range",
    "test loss half of its range",
    "test accuracy 0.1",
    "test accuracy 0.5",
    "test accuracy 0.9",
    f"test accuracy {LEARNED_ACCURACY}",
)


@dataclass(frozen=True)
class Milestones:
    """When a run passes each of `MILESTONES`.

    Attributes
    ----------
    step : (11,) ndarray
        First checkpoint at which it is passed; NaN when it is not.
    interval : (11, 2) ndarray
        The checkpoint before it and the one at it.
    """

    step: Array
    interval: Array


def milestones(
    step: NDArray[np.int64],
    *,
    train_loss: Array,
    test_loss: Array,
    train_accuracy: Array,
    test_accuracy: Array,
    restricted_wave_loss: Array,
    excluded_wave_loss: Array,
    squared_weights: Array | None,
) -> Milestones:
    """Return when a run passes what marks its phases.

    An accuracy is passed when it is first reached. A loss has fallen to half of its range when it
    is below ``(largest + smallest)/2`` and stays there. The minimum of the excluded wave loss is
    the least after training accuracy 0.99, up to the checkpoint in question.

    Parameters
    ----------
    step : (S,) ndarray of int
    train_loss, test_loss, restricted_wave_loss, excluded_wave_loss : (S,) ndarray [nat]
    train_accuracy, test_accuracy : (S,) ndarray
    squared_weights : (S,) ndarray or None
        None where the weights are not known; their peak is then never passed.

    Returns
    -------
    Milestones
    """
    count = len(step)
    learned = np.cumsum(is_learned(train_accuracy)) > 0
    lowest = np.minimum.accumulate(np.where(learned, excluded_wave_loss, np.inf))
    passed = [
        learned,
        train_loss < 1e-6,
        _peaked(test_loss),
        _peaked(squared_weights) if squared_weights is not None else np.zeros(count, dtype=bool),
        learned & (excluded_wave_loss > lowest + 1),
        _below_half(restricted_wave_loss),
        _below_half(test_loss),
        *(test_accuracy >= level for level in (0.1, 0.5, 0.9)),
        is_learned(test_accuracy),
    ]
    first = [int(np.argmax(each)) if each.any() else None for each in passed]
    at = np.array([np.nan if i is None else float(step[i]) for i in first])
    before = np.array([np.nan if i is None else float(step[max(i - 1, 0)]) for i in first])
    return Milestones(at, np.stack([before, at], axis=1))


def trend(step: NDArray[np.int64], values: Array, since: float) -> float:
    """Return Spearman's correlation of a measure with the step, from a step on.

    Parameters
    ----------
    step : (S,) ndarray of int
    values : (S,) ndarray
    since : float
        The end of memorisation; NaN when it was not reached.

    Returns
    -------
    float
        NaN with fewer than three checkpoints or a measure that does not change.
    """
    chosen = step >= since
    if chosen.sum() < 3 or np.ptp(values[chosen]) == 0:
        return float("nan")
    from scipy.stats import spearmanr  # a network without a past does without it

    return float(spearmanr(step[chosen], values[chosen]).statistic)


def _peaked(values: Array) -> NDArray[np.bool_]:
    """Return where the largest value is reached or past."""
    return np.arange(len(values)) >= np.argmax(values)


def _below_half(loss: Array) -> NDArray[np.bool_]:
    """Return where a loss is below the middle of its range for good."""
    below = loss < (loss.max() + loss.min()) / 2
    return np.logical_and.accumulate(below[::-1])[::-1]
