"""The training loop: AdamW or gradient descent with checkpoints, early stop and a saved state.

Symbols: ``P`` the number of parameters, all in one flat vector; ``K`` the number of checkpoints;
``T`` the number of updates.
"""

from collections.abc import Callable, Collection, Sequence
from functools import reduce

import numpy as np
import torch
from torch import Tensor

from ontogeny.config.training import EarlyStop, Optimiser
from ontogeny.records import Record
from ontogeny.training._measures import Evaluation, Quantity
from ontogeny.training._parameters import ParameterBuffer
from ontogeny.training._rates import decay, rate, undecayed
from ontogeny.training._state import Carried, State

__all__ = ["Divergence", "Objective", "can_resume", "train"]

Objective = Callable[[dict[str, Tensor], dict[str, Tensor], int], Tensor]
"""Writes the gradient of the training loss into the second dictionary, and returns the loss."""

_LOSS = Quantity("loss")


class Divergence(RuntimeError):
    """The loss is no longer a finite number. `record` holds the run up to there."""

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
    test_loss: Quantity = _LOSS,
    embeddings: Collection[str] = (),
    carried: Carried | None = None,
    state: State | None = None,
    observe: Sequence[Callable[[State], None]] = (),
) -> Record:
    """Train a network.

    An update scales the gradient of the objective with its penalty to the norm `clip` where it is
    longer, which makes it g. With the `rate` eta and the weight `decay` lambda of that update it
    then follows AdamW (arXiv 1711.05101), or gradient descent,
    ``theta <- (1 - eta lambda) theta - eta g``. The penalty ``l1 sum |theta|`` is part of what is
    minimised, but not of the training loss in the record.

    Parameters
    ----------
    buffer : ParameterBuffer
        Initial parameters and room for their gradient; holds the final checkpoint afterwards.
    objective : callable
        Writes the gradient of the training loss into the second dictionary, returns the loss;
        called with parameters, gradient, and the number of updates done before.
    evaluate : callable
        Measures of a network by name; called at the checkpoints only.
    optimiser : Optimiser
        Its type and device are those of `buffer` already.
    checkpoints : tuple of int
        Steps at which the network is evaluated and stored, ascending from 0; the last one ends
        the run.
    early_stop : EarlyStop, optional
        When to end it before.
    test_loss : Quantity
        Which number of an evaluation `early_stop` is about.
    embeddings : collection of str
        Parameters that embed tokens and positions, which `optimiser` may leave without decay.
    carried : Carried, optional
        What the objective carries from update to update; saved and restored with the network.
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
        If the loss becomes infinite or is not a number.
    """
    state = _begun(buffer, evaluate) if state is None else _continued(state, buffer, carried)
    if carried is not None:
        state.carried = carried.arrays
    method = _method(optimiser, buffer, state)

    def has_ended(state: State) -> bool:
        return early_stop is not None and _is_quiet(state, early_stop, test_loss)

    ended = _restrict(state, checkpoints, has_ended)
    stored = frozenset(checkpoints)
    without_decay = undecayed(optimiser, buffer.parameters, embeddings)
    for step in range(state.step, state.step if ended else checkpoints[-1]):
        loss = float(objective(buffer.parameters, buffer.gradient, step))
        if not np.isfinite(loss):
            raise Divergence(step, _record(state, buffer))
        _change_gradient(buffer, optimiser)
        method.param_groups[0]["lr"] = rate(optimiser, step)
        method.param_groups[0]["weight_decay"] = decay(optimiser, step)
        if without_decay:
            _decay_others(method, buffer, without_decay)
        method.step()
        state.step_loss.append(loss)
        state.step = step + 1
        if state.step in stored:
            _store(state, buffer, evaluate)
            ended = has_ended(state)
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


def _begun(buffer: ParameterBuffer, evaluate: Callable[[dict[str, Tensor]], Evaluation]) -> State:
    """Return the state before the first update."""
    zeros = torch.zeros_like(buffer.vector)
    state = State(0, buffer.vector, zeros, zeros.clone())
    _store(state, buffer, evaluate)
    return state


def _continued(state: State, buffer: ParameterBuffer, carried: Carried | None) -> State:
    """Put a saved state back to where training changes it, and return it."""
    buffer.vector.copy_(state.parameters)
    state.parameters = buffer.vector
    if carried is not None:
        carried.restore(state.carried())
    return state


def _restrict(
    state: State, checkpoints: tuple[int, ...], has_ended: Callable[[State], bool]
) -> bool:
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
        if step == checkpoints[-1] or has_ended(state):
            del state.step_loss[step:]
            state.step = step
            return True
    return True


def _change_gradient(buffer: ParameterBuffer, optimiser: Optimiser) -> None:
    """Add the penalty to the gradient of the loss, and scale the sum where it is too long."""
    if optimiser.l1:
        for name, value in buffer.parameters.items():
            buffer.gradient[name].add_(value.sign(), alpha=optimiser.l1)
    if optimiser.clip is not None:
        squares = (each.square().sum() for each in buffer.gradient.values())
        norm = float(reduce(torch.add, squares).sqrt())
        if norm > optimiser.clip:
            for each in buffer.gradient.values():
                each.mul_(optimiser.clip / norm)


def _method(
    optimiser: Optimiser, buffer: ParameterBuffer, state: State
) -> torch.optim.AdamW | torch.optim.SGD:
    """Return what changes the parameters, as if it had done all updates up to a state.

    The decay of SGD in PyTorch is a term of the gradient, which without momentum is the same as a
    decoupled one.
    """
    if optimiser.kind == "sgd":
        return torch.optim.SGD([buffer.vector], fused=True)
    adamw = torch.optim.AdamW([buffer.vector], betas=optimiser.betas, fused=True)
    _attach_moments(adamw, buffer, state)
    return adamw


def _decay_others(
    method: torch.optim.Optimizer, buffer: ParameterBuffer, without_decay: frozenset[str]
) -> None:
    """Let all but some parameters decay before the update, in place of the update itself."""
    (group,) = method.param_groups
    for name in buffer.parameters.keys() - without_decay:
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


def _is_quiet(state: State, rule: EarlyStop, test_loss: Quantity) -> bool:
    """Return whether the rule ends a run at its last checkpoint."""
    losses = np.array([test_loss.of(evaluation) for evaluation in state.evaluations])
    loud = np.flatnonzero(~(losses < rule.test_loss))
    first = loud[-1] + 1 if loud.size else 0
    return bool(first < len(losses) and state.steps[-1] - state.steps[first] >= rule.quiet)


def _record(state: State, buffer: ParameterBuffer) -> Record:
    return Record(
        step=np.array(state.steps, dtype=np.int64),
        parameters=buffer.split(np.stack(state.checkpoints)),
        measures={
            name: np.stack([evaluation[name] for evaluation in state.evaluations])
            for name in state.evaluations[0]
        },
        step_loss=np.array(state.step_loss, dtype=np.float64),
    )
