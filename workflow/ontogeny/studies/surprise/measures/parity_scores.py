"""Loss and accuracy of a parity network at each task.

Symbols: ``J`` tasks; ``n`` bits; ``d`` width; ``E`` words.
"""

from collections.abc import Mapping
from math import sqrt
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ontogeny.studies.surprise.worlds.parity import ParityTasks, unpacked

__all__ = ["ParityScores", "parity_scores"]


class ParityScores(NamedTuple):
    """Scores of each task, over the same words.

    Attributes
    ----------
    loss : (J,) ndarray of float64
        Mean of ``log(1 + exp(-(2 y - 1) logit))``, for the answer y [nat].
    accuracy : (J,) ndarray of float64
        Share of right answers; the network answers 1 where its logit is above 0.
    loss_error : (J,) ndarray of float64
        Standard error of `loss` over words [nat].
    """

    loss: NDArray[np.float64]
    accuracy: NDArray[np.float64]
    loss_error: NDArray[np.float64]


def parity_scores(
    parameters: Mapping[str, NDArray[np.floating]], tasks: ParityTasks, words: NDArray[np.uint32]
) -> ParityScores:
    """Return how well a network answers each task.

    Computed in float64, task by task; arrays of E d numbers are the largest that are formed.

    Parameters
    ----------
    parameters : mapping of str to ndarray
        ``W_T`` (J, d), ``W_B`` (n, d), ``b_in`` and ``u`` (d,), ``c`` (): ``logit = h u + c`` with
        ``h = relu(W_T[task] + bits W_B + b_in)``.
    tasks : ParityTasks
    words : (E,) ndarray of uint32
        Two or more; each task is asked about all of them.

    Returns
    -------
    ParityScores
    """
    W_T, W_B, b_in, u, c = (
        parameters[name].astype(np.float64) for name in ("W_T", "W_B", "b_in", "u", "c")
    )
    of_bits = unpacked(words, tasks.bits) @ W_B  # (E, d)
    room = np.empty_like(of_bits)
    found = np.empty((3, len(W_T)))
    for task, of_task in enumerate(W_T + b_in):
        # relu(x + t) = max(x, -t) + t
        logit = np.maximum(of_bits, -of_task, out=room) @ u + (of_task @ u + c)
        answer = tasks.answers(np.array(task), words)
        loss = np.logaddexp(0.0, np.where(answer, -logit, logit))
        error = loss.std(ddof=1) / sqrt(len(words))
        found[:, task] = loss.mean(), ((logit > 0) == answer).mean(), error
    return ParityScores(*found)
