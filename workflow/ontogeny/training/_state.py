"""The state of a run, what else a run may carry, and saving both from time to time."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol, runtime_checkable

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ontogeny.training._measures import Evaluation

__all__ = ["Carried", "Saver", "State", "arrays_of", "state_of"]

Arrays = Mapping[str, NDArray[Any]]

_CARRIED, _MEASURE = "carried ", "measure "
"""What the names of saved arrays begin with."""


@runtime_checkable
class Carried(Protocol):
    """What a run carries from update to update beside its network, such as a policy's rollouts."""

    def arrays(self) -> Arrays:
        """Return all that the next updates depend on, by name."""
        ...

    def restore(self, arrays: Arrays) -> None:
        """Take over what `arrays` returned, so that the run goes on as if it had not stopped."""
        ...


def _nothing() -> Arrays:
    return {}


@dataclass
class State:
    """All that a run needs to go on: a run resumed from it ends with the same bytes.

    Attributes
    ----------
    step : int
        Updates done.
    parameters, first_moment, second_moment : (P,) Tensor
        The flat vector of parameters and the two moments of AdamW, which gradient descent leaves
        zero.
    steps, checkpoints, evaluations
        The record up to now, one entry for each checkpoint.
    step_loss : list of float
        Training loss before each update [nat].
    carried : callable
        Returns the arrays of what the run carries beside its network.
    """

    step: int
    parameters: Tensor
    first_moment: Tensor
    second_moment: Tensor
    steps: list[int] = field(default_factory=list)
    checkpoints: list[NDArray[np.floating]] = field(default_factory=list)
    evaluations: list[Evaluation] = field(default_factory=list)
    step_loss: list[float] = field(default_factory=list)
    carried: Callable[[], Arrays] = _nothing


def arrays_of(state: State) -> dict[str, NDArray[Any]]:
    """Return everything in a state as arrays, from which `state_of` makes the same state."""
    return going_on(state) | {
        "steps": np.array(state.steps),
        "checkpoints": np.stack(state.checkpoints),
        "step_loss": np.array(state.step_loss, dtype=np.float64),
        **{
            f"{_MEASURE}{name}": np.stack([each[name] for each in state.evaluations])
            for name in state.evaluations[0]
        },
    }


def going_on(state: State) -> dict[str, NDArray[Any]]:
    """Return what a run needs to go on that is not in its results."""
    return {
        "step": np.array(state.step),
        "vector": state.parameters.detach().cpu().numpy().copy(),
        "first_moment": state.first_moment.cpu().numpy().copy(),
        "second_moment": state.second_moment.cpu().numpy().copy(),
        **{f"{_CARRIED}{name}": np.array(each) for name, each in state.carried().items()},
    }


def recorded(
    steps: NDArray[Any], checkpoints: NDArray[Any], measures: Arrays, step_loss: NDArray[Any]
) -> dict[str, NDArray[Any]]:
    """Return the part of `arrays_of` that the results of a run hold.

    Parameters
    ----------
    steps : (K,) ndarray of int
    checkpoints : (K, P) ndarray
    measures : mapping of str to (K, ...) ndarray
    step_loss : (T,) ndarray
    """
    named = {f"{_MEASURE}{name}": values for name, values in measures.items()}
    return {"steps": steps, "checkpoints": checkpoints, "step_loss": step_loss} | named


def state_of(arrays: Arrays) -> State:
    """Return the state that arrays of `arrays_of` hold, on the CPU."""
    carried = _beginning_with(_CARRIED, arrays)
    measures = _beginning_with(_MEASURE, arrays)
    return State(
        step=int(arrays["step"]),
        parameters=torch.tensor(arrays["vector"]),
        first_moment=torch.tensor(arrays["first_moment"]),
        second_moment=torch.tensor(arrays["second_moment"]),
        steps=[int(step) for step in arrays["steps"]],
        checkpoints=list(arrays["checkpoints"]),
        evaluations=[
            {name: np.asarray(values[place]) for name, values in measures.items()}
            for place in range(len(arrays["steps"]))
        ],
        step_loss=[float(loss) for loss in arrays["step_loss"]],
        carried=lambda: carried,
    )


def _beginning_with(prefix: str, arrays: Arrays) -> dict[str, NDArray[Any]]:
    return {
        name.removeprefix(prefix): values
        for name, values in arrays.items()
        if name.startswith(prefix)
    }


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

    def __init__(
        self, save: Callable[[dict[str, NDArray[Any]]], None], *, interval: float = 60.0
    ) -> None:
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
