"""Loss and accuracy of a parity network at each task.

Symbols: ``J`` tasks; ``n`` bits; ``d`` width; ``E`` words.
"""

from collections.abc import Mapping
from math import sqrt
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ontogeny.studies.surprise.networks.parity_parameters import PARITY_PARAMETERS
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
    mean_loss, mean_loss_error : float
        Mean of `loss` over tasks by their probability, and its standard error over words, which
        all tasks share [nat].
    """

    loss: NDArray[np.float64]
    accuracy: NDArray[np.float64]
    mean_loss: float
    mean_loss_error: float


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
    W_T, W_B, b_in, u, c = (parameters[name].astype(np.float64) for name in PARITY_PARAMETERS)
    of_bits = unpacked(words, tasks.bits) @ W_B  # (E, d)
    room = np.empty_like(of_bits)
    found = np.empty((2, len(W_T)))
    of_word = np.zeros(len(words))
    for task, of_task in enumerate(W_T + b_in):
        # relu(x + t) = max(x, -t) + t
        logit = np.maximum(of_bits, -of_task, out=room) @ u + (of_task @ u + c)
        answer = tasks.answers(np.array(task), words)
        loss = np.logaddexp(0.0, np.where(answer, -logit, logit))
        found[:, task] = loss.mean(), ((logit > 0) == answer).mean()
        of_word += tasks.probability[task] * loss
    error = of_word.std(ddof=1) / sqrt(len(words))
    return ParityScores(found[0], found[1], float(of_word.mean()), float(error))
