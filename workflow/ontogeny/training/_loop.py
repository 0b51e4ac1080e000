"""The training loop: full-batch AdamW with checkpoints, early stop and a saved state.

Symbols: ``P`` the number of parameters, all in one flat vector; ``K`` the number of checkpoints.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ontogeny.training._parameters import ParameterBuffer

__all__ = ["Divergence", "EarlyStop", "Evaluation", "Optimiser", "Record", "State", "train"]

Objective = Callable[[dict[str, Tensor], dict[str, Tensor]], Tensor]
Evaluation = Mapping[str, tuple[float, float]]


@dataclass(frozen=True)
class Optimiser:
    """AdamW (arXiv 1711.05101) with a linear warm-up.

    Update ``t`` (counted from 0) has the learning rate ``learning_rate * min(t / warm_up, 1)``,
    which also scales the decay; the first update with a warm-up therefore changes nothing.
    """

    learning_rate: float = 1e-3
    betas: tuple[float, float] = (0.9, 0.98)
    weight_decay: float = 1.0
    warm_up: int = 0
    epsilon: float = 1e-8

    def rate(self, update: int) -> float:
        """Return the learning rate of an update."""
        return (
            self.learning_rate * min(update / self.warm_up, 1.0)
            if self.warm_up
            else (self.learning_rate)
        )


@dataclass(frozen=True)
class EarlyStop:
    """Stop when the loss on `split` was below `loss` [nat] at each checkpoint of `quiet` steps."""

    loss: float
    quiet: int
    split: str = "test"


@dataclass
class State:
    """All that a run needs to go on: a run resumed from it ends with the same bytes.

    Attributes
    ----------
    step : int
        Updates done.
    parameters, first_moment, second_moment : (P,) Tensor
        The flat vector of parameters and the two moments of AdamW.
    steps, checkpoints, evaluations
        The record up to now, one entry for each checkpoint.
    step_loss : list of float
        Training loss before each update [nat].
    """

    step: int
    parameters: Tensor
    first_moment: Tensor
    second_moment: Tensor
    steps: list[int] = field(default_factory=list)
    checkpoints: list[NDArray[np.floating]] = field(default_factory=list)
    evaluations: list[Evaluation] = field(default_factory=list)
    step_loss: list[float] = field(default_factory=list)


@dataclass(frozen=True)
class Record:
    """What a run leaves.

    Attributes
    ----------
    step : (K,) ndarray of int64
        Updates done at each checkpoint.
    parameters : dict of str to (K, ...) ndarray
        Every parameter at each checkpoint.
    loss, accuracy : dict of str to (K,) ndarray of float64
        By split; the loss in nat.
    step_loss : (T,) ndarray of float64
        Training loss before each update [nat].
    """

    step: NDArray[np.int64]
    parameters: dict[str, NDArray[np.floating]]
    loss: dict[str, NDArray[np.float64]]
    accuracy: dict[str, NDArray[np.float64]]
    step_loss: NDArray[np.float64]


class Divergence(RuntimeError):
    """The loss is no number any more. `record` holds the run up to there."""

    def __init__(self, step: int, record: Record) -> None:
        super().__init__(
            f"training diverged: the loss is not finite at step {step}; "
            "lower `learning_rate` or lengthen `warm_up`"
        )
        self.step = step
        self.record = record


def train(
    buffer: ParameterBuffer,
    objective: Objective,
    evaluate: Callable[[dict[str, Tensor]], Evaluation],
    *,
    optimiser: Optimiser,
    checkpoints: tuple[int, ...],
    early_stop: EarlyStop | None = None,
    state: State | None = None,
    observe: Callable[[State], None] | None = None,
) -> Record:
    """Train a network on its full batch.

    Parameters
    ----------
    buffer : ParameterBuffer
        Initial parameters and room for their gradient; holds the last network afterwards.
    objective : callable
        Writes the gradient of the training loss into the second dictionary, returns the loss.
    evaluate : callable
        Loss [nat] and accuracy of a network by split; called at the checkpoints only.
    optimiser : Optimiser
        Hyper-parameters of AdamW.
    checkpoints : tuple of int
        Steps at which the network is evaluated and stored, ascending from 0; the last one ends
        the run.
    early_stop : EarlyStop, optional
        When to end it before.
    state : State, optional
        Where an earlier run of the same configuration stopped.
    observe : callable, optional
        Called with the state after every update, to report or to save; it must not change it.

    Returns
    -------
    Record

    Raises
    ------
    Divergence
        If the loss becomes infinite or no number.
    """
    adamw = torch.optim.AdamW(
        [buffer.vector],
        lr=optimiser.learning_rate,
        betas=optimiser.betas,
        eps=optimiser.epsilon,
        weight_decay=optimiser.weight_decay,
        fused=True,
    )
    if state is None:
        zeros = torch.zeros_like(buffer.vector)
        state = State(0, buffer.vector, zeros, zeros.clone())
    else:
        buffer.vector.copy_(state.parameters)
        state.parameters = buffer.vector
    _attach_moments(adamw, buffer, state)
    if not state.steps:
        _store(state, buffer, evaluate)

    stored = frozenset(checkpoints)
    for step in range(state.step, checkpoints[-1]):
        loss = float(objective(buffer.parameters, buffer.gradient))
        if not np.isfinite(loss):
            raise Divergence(step, _record(state, buffer))
        adamw.param_groups[0]["lr"] = optimiser.rate(step)
        adamw.step()
        state.step_loss.append(loss)
        state.step = step + 1
        if state.step in stored:
            _store(state, buffer, evaluate)
            if early_stop is not None and _is_quiet(state, early_stop):
                break
        if observe is not None:
            observe(state)
    return _record(state, buffer)


def _attach_moments(adamw: torch.optim.AdamW, buffer: ParameterBuffer, state: State) -> None:
    adamw.state[buffer.vector] = {
        "step": torch.tensor(float(state.step)),
        "exp_avg": state.first_moment,
        "exp_avg_sq": state.second_moment,
    }


def _store(
    state: State, buffer: ParameterBuffer, evaluate: Callable[[dict[str, Tensor]], Evaluation]
) -> None:
    state.steps.append(state.step)
    state.checkpoints.append(buffer.vector.detach().cpu().numpy().copy())
    state.evaluations.append(evaluate(buffer.parameters))


def _is_quiet(state: State, rule: EarlyStop) -> bool:
    losses = np.array([evaluation[rule.split][0] for evaluation in state.evaluations])
    loud = np.flatnonzero(~(losses < rule.loss))
    if loud.size == 0:
        return state.step >= rule.quiet
    if loud[-1] == len(losses) - 1:
        return False
    return state.step - state.steps[loud[-1] + 1] >= rule.quiet


def _record(state: State, buffer: ParameterBuffer) -> Record:
    vectors = np.stack(state.checkpoints)
    splits = list(state.evaluations[0])
    return Record(
        step=np.array(state.steps, dtype=np.int64),
        parameters=buffer.split(vectors),
        loss={s: np.array([e[s][0] for e in state.evaluations]) for s in splits},
        accuracy={s: np.array([e[s][1] for e in state.evaluations]) for s in splits},
        step_loss=np.array(state.step_loss, dtype=np.float64),
    )
