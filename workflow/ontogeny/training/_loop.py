"""The training loop: full-batch AdamW with checkpoints, early stop and a saved state.

Symbols: ``P`` the number of parameters, all in one flat vector; ``K`` the number of checkpoints.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ontogeny.training._parameters import ParameterBuffer

__all__ = [
    "Divergence",
    "EarlyStop",
    "Evaluation",
    "Optimiser",
    "Record",
    "State",
    "can_resume",
    "train",
]

Objective = Callable[[dict[str, Tensor], dict[str, Tensor], int], Tensor]
Evaluation = Mapping[str, tuple[float, float]]


@dataclass(frozen=True)
class Optimiser:
    """AdamW (arXiv 1711.05101) with a linear warm-up.

    Update ``t`` (counted from 0) has the learning rate ``learning_rate * min(t / warm_up, 1)``,
    which also scales the decay; the first update with a warm-up therefore changes nothing. The
    decay is `weight_decay` until the first of `decay_changes`, pairs of an update and what the
    decay is from it on, by ascending updates; parameters named in `undecayed` have none. With `l1`,
    which is not decay but part of what is minimised, ``l1 sum |theta|`` is added to the loss.
    """

    learning_rate: float = 1e-3
    betas: tuple[float, float] = (0.9, 0.98)
    weight_decay: float = 1.0
    warm_up: int = 0
    epsilon: float = 1e-8
    decay_changes: tuple[tuple[int, float], ...] = ()
    l1: float = 0.0
    undecayed: frozenset[str] = frozenset()

    def decay(self, update: int) -> float:
        """Return the weight decay of an update."""
        passed = [decay for start, decay in self.decay_changes if start <= update]
        return passed[-1] if passed else self.weight_decay

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
    """The loss is not a number any more. `record` holds the run up to there."""

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
    observe: Sequence[Callable[[State], None]] = (),
) -> Record:
    """Train a network on its full batch.

    Parameters
    ----------
    buffer : ParameterBuffer
        Initial parameters and room for their gradient; holds the final checkpoint afterwards.
    objective : callable
        Writes the gradient of the training loss into the second dictionary, returns the loss;
        called with parameters, gradient, and the number of updates done before.
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
        Where an earlier run with the same objective and optimiser stopped; `can_resume` must hold.
        Its tensors may lie on any device; they are moved to that of `buffer`.
        The record is the same, byte for byte, as that of a run from the start.
    observe : sequence of callable
        Each is called with the state after every update, to report or to save; none may change it.

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
        _store(state, buffer, evaluate)
    else:
        buffer.vector.copy_(state.parameters)
        state.parameters = buffer.vector
    _attach_moments(adamw, buffer, state)
    ended = _restrict(state, checkpoints, early_stop)

    stored = frozenset(checkpoints)
    for step in range(state.step, state.step if ended else checkpoints[-1]):
        loss = float(objective(buffer.parameters, buffer.gradient, step))
        if not np.isfinite(loss):
            raise Divergence(step, _record(state, buffer))
        if optimiser.l1:
            for name, value in buffer.parameters.items():
                buffer.gradient[name].add_(value.sign(), alpha=optimiser.l1)
        adamw.param_groups[0]["lr"] = optimiser.rate(step)
        adamw.param_groups[0]["weight_decay"] = optimiser.decay(step)
        if optimiser.undecayed:
            _decay_others(adamw, buffer, optimiser.undecayed)
        adamw.step()
        state.step_loss.append(loss)
        state.step = step + 1
        if state.step in stored:
            _store(state, buffer, evaluate)
            ended = early_stop is not None and _is_quiet(state, early_stop)
        for call in observe:
            call(state)
        if ended:
            break
    return _record(state, buffer)


def can_resume(state: State, checkpoints: tuple[int, ...]) -> bool:
    """Return whether a run with these checkpoints passes through a state.

    It does when the state has all the checkpoints up to its own step; it may have more.
    """
    return {step for step in checkpoints if step <= state.step} <= set(state.steps)


def _restrict(state: State, checkpoints: tuple[int, ...], early_stop: EarlyStop | None) -> bool:
    """Keep what a run with these checkpoints would have recorded; return whether it has ended."""
    kept = {step: index for index, step in enumerate(state.steps)}
    old = state.checkpoints, state.evaluations
    state.steps, state.checkpoints, state.evaluations = [], [], []
    for step in checkpoints:
        if step > state.step:
            return False
        state.steps.append(step)
        state.checkpoints.append(old[0][kept[step]])
        state.evaluations.append(old[1][kept[step]])
        if step == checkpoints[-1] or (early_stop is not None and _is_quiet(state, early_stop)):
            del state.step_loss[step:]
            state.step = step
            return True
    return True


def _decay_others(
    adamw: torch.optim.AdamW, buffer: ParameterBuffer, undecayed: frozenset[str]
) -> None:
    """Let all but some parameters decay, as AdamW would before its update, in its place."""
    (group,) = adamw.param_groups
    for name in buffer.parameters.keys() - undecayed:
        buffer.parameters[name].mul_(1 - group["lr"] * group["weight_decay"])
    group["weight_decay"] = 0.0


def _attach_moments(adamw: torch.optim.AdamW, buffer: ParameterBuffer, state: State) -> None:
    """Let AdamW go on from a state, with all its tensors where the parameters are.

    The fused form reads the number of the step on that device, as float32 whatever the parameters.
    """
    vector = buffer.vector
    state.first_moment = state.first_moment.to(vector)
    state.second_moment = state.second_moment.to(vector)
    adamw.state[vector] = {
        "step": torch.full((), float(state.step), dtype=torch.float32, device=vector.device),
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
    """Return whether the rule ends a run at its last checkpoint."""
    losses = np.array([evaluation[rule.split][0] for evaluation in state.evaluations])
    loud = np.flatnonzero(~(losses < rule.loss))
    first = loud[-1] + 1 if loud.size else 0
    return bool(first < len(losses) and state.steps[-1] - state.steps[first] >= rule.quiet)


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
