"""The state of a run as plain arrays, and saving it from time to time."""

import time
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from ontogeny.training._loop import State

__all__ = ["Saver", "arrays_of", "state_of"]

Arrays = dict[str, NDArray[Any]]


def arrays_of(state: State) -> Arrays:
    """Return everything in a state as arrays, from which `state_of` makes the same state."""
    splits = list(state.evaluations[0])
    return {
        "step": np.array(state.step),
        "vector": state.parameters.detach().cpu().numpy().copy(),
        "first_moment": state.first_moment.cpu().numpy().copy(),
        "second_moment": state.second_moment.cpu().numpy().copy(),
        "steps": np.array(state.steps),
        "checkpoints": np.stack(state.checkpoints),
        "splits": np.array(splits),
        "evaluations": np.array([[e[split] for split in splits] for e in state.evaluations]),
        "step_loss": np.array(state.step_loss, dtype=np.float64),
    }


def state_of(arrays: Mapping[str, NDArray[Any]]) -> State:
    """Return the state that arrays of `arrays_of` hold, on the CPU."""
    splits = [str(split) for split in arrays["splits"]]
    return State(
        step=int(arrays["step"]),
        parameters=torch.tensor(arrays["vector"]),
        first_moment=torch.tensor(arrays["first_moment"]),
        second_moment=torch.tensor(arrays["second_moment"]),
        steps=[int(step) for step in arrays["steps"]],
        checkpoints=list(arrays["checkpoints"]),
        evaluations=[
            {
                split: (float(loss), float(accuracy))
                for split, (loss, accuracy) in zip(splits, row, strict=False)
            }
            for row in arrays["evaluations"]
        ],
        step_loss=[float(loss) for loss in arrays["step_loss"]],
    )


class Saver:
    """Save a running training's state whenever `interval` seconds have passed.

    Parameters
    ----------
    save : callable
        What is done with the arrays of a state.
    interval : float
        Seconds between two savings.

    Attributes
    ----------
    last : State or None
        The state after the last update; None when there was none.
    """

    def __init__(self, save: Callable[[Arrays], None], *, interval: float = 60.0) -> None:
        self._save = save
        self._interval = interval
        self._saved = time.monotonic()
        self.last: State | None = None

    def __call__(self, state: State) -> None:
        """Take note of a state, and save it if the last saving is old enough."""
        self.last = state
        if time.monotonic() - self._saved >= self._interval:
            self._save(arrays_of(state))
            self._saved = time.monotonic()
