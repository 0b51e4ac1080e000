"""From stored datasets to what a run trains on, and how."""

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np
import torch
import xarray as xr
from jaxtyping import Float, Int
from numpy.typing import NDArray
from torch import Tensor

from ontogeny.config import canonical
from ontogeny.config.training import Checkpoints, LearningRateDecay, Schedule
from ontogeny.studies.rlhf.config import (
    PROMPTS,
    Course,
    PolicyTraining,
    PreferenceRun,
    PreferenceTraining,
    StartRun,
)
from ontogeny.studies.rlhf.iterations import updates_of
from ontogeny.studies.rlhf.networks.preferring import Pairs
from ontogeny.studies.rlhf.networks.runs import (
    Task,
    train_policy,
    train_preference,
    train_start,
)
from ontogeny.studies.rlhf.networks.shapes import (
    policy_of,
    preference_of,
    scores,
    with_value_head,
)
from ontogeny.studies.rlhf.shares import taken
from ontogeny.studies.rlhf.stages.read import final, network_of
from ontogeny.studies.rlhf.worlds.gold import gold
from ontogeny.training import Record, checkpoint_steps

__all__ = [
    "pairs_of",
    "policy_checkpoints",
    "policy_course",
    "preference_course",
    "start_course",
    "train_policy_run",
    "train_preference_run",
    "train_start_run",
]

_LARGEST_BLOCK = 4096
"""Sequences that a preference model scores at once while a policy is trained."""


def start_course(spec: StartRun, world: xr.Dataset) -> Course:
    """Return how a start policy is trained, with a checkpoint after each epoch."""
    return _by_epochs(spec, world.sizes["line"])


def train_start_run(spec: StartRun, course: Course, world: xr.Dataset) -> Callable[..., Record]:
    """Return the function that trains a start policy, as `train_in_job` asks for it."""
    return partial(
        train_start,
        policy_of(spec.network, *_tokens_of(world), value=False),
        world["corpus"].values,
        world["held_out"].values,
        optimiser=course.optimiser,
        schedule=course.schedule,
        batch=spec.optimiser.batch,
        seed=spec.seed,
    )


def pairs_of(spec: PreferenceTraining, tranches: Sequence[xr.Dataset]) -> Pairs:
    """Return the pairs that a preference model learns from.

    These are the first of each set, as many as `taken` says; those of the last set have its weight.
    """
    counts = [int((each["part"] == 0).sum()) for each in tranches]
    numbers = taken(spec, counts)
    weights = [1.0] * (len(tranches) - 1) + [spec.last_weight]
    return _joined(
        [
            _pairs(each.isel(pair=each["part"].values == 0).isel(pair=slice(number)), weight)
            for each, number, weight in zip(tranches, numbers, weights, strict=True)
        ]
    )


def preference_course(spec: PreferenceRun, pairs: int) -> Course:
    """Return how a preference model is fitted, with a checkpoint after each epoch.

    Its learning rate falls along a line to 0, unless the configuration says otherwise.

    Parameters
    ----------
    spec : PreferenceRun
    pairs : int
        Number of pairs that it learns from.
    """
    course = _by_epochs(spec, pairs)
    if course.optimiser.learning_rate_decay is not None:
        return course
    falling = LearningRateDecay(shape="linear", until=course.schedule.steps)
    optimiser = course.optimiser.model_copy(update={"learning_rate_decay": falling})
    return course.model_copy(update={"optimiser": optimiser})


def train_preference_run(
    spec: PreferenceRun,
    course: Course,
    pairs: Pairs,
    world: xr.Dataset,
    tranches: Sequence[xr.Dataset],
) -> Callable[..., Record]:
    """Return the function that fits a preference model, as `train_in_job` asks for it."""
    test = [_pairs(each.isel(pair=each["part"].values == 1), 1.0) for each in tranches]
    return partial(
        train_preference,
        preference_of(spec.network, *_tokens_of(world)),
        pairs,
        _joined(test),
        optimiser=course.optimiser,
        schedule=course.schedule,
        batch=spec.optimiser.batch,
        seed=spec.seed,
    )


def policy_course(spec: PolicyTraining) -> Course:
    """Return how a policy is trained, with its schedule in updates."""
    steps = updates_of(spec.ppo) * spec.schedule.iterations
    return _course(spec, Schedule(steps=steps))


def policy_checkpoints(spec: PolicyTraining) -> tuple[int, ...]:
    """Return the updates after which a policy is stored: at the end of an iteration each."""
    schedule = Schedule(steps=spec.schedule.iterations, checkpoints=spec.schedule.checkpoints)
    return tuple(updates_of(spec.ppo) * each for each in checkpoint_steps(schedule))


def train_policy_run(
    spec: PolicyTraining,
    world: xr.Dataset,
    start: xr.Dataset,
    reward: tuple[xr.Dataset, xr.Dataset] | None,
) -> Callable[..., Record]:
    """Return the function that trains a policy, as `train_in_job` asks for it.

    Parameters
    ----------
    spec : PolicyTraining
    world : Dataset
    start : Dataset
        Checkpoints of the start policy.
    reward : tuple of Dataset or None
        Checkpoints and calibration of the preference model that it is trained against; None for
        the true score.
    """
    network, parameters = network_of(start), final(start)
    vocabulary, prompts = _tokens_of(world)
    of_prompts = range(prompts) if spec.prompt == "mixed" else [PROMPTS.index(spec.prompt)]
    task = Task(
        (
            policy_of(network, vocabulary, prompts, value=False),
            {name: torch.from_numpy(values.copy()) for name, values in parameters.items()},
        ),
        _true_score(world) if reward is None else _score_of(world, *reward),
        np.array([vocabulary + place for place in of_prompts], dtype=np.int16),
        vocabulary=vocabulary,
        length=world.sizes["place"] - 1,
    )
    return partial(
        train_policy,
        policy_of(network, vocabulary, prompts, value=True),
        with_value_head(parameters),
        task,
        spec=spec.ppo,
        kl_penalty=spec.kl_penalty,
        optimiser=spec.optimiser,
        checkpoints=policy_checkpoints(spec),
        seed=spec.seed,
    )


def _true_score(world: xr.Dataset) -> Callable[[Int[Tensor, "B T1"]], Float[Tensor, " B"]]:
    def score(sequences: Int[Tensor, "B T1"]) -> Float[Tensor, " B"]:
        found = gold(world, sequences.cpu().numpy())
        return torch.from_numpy(found).to(sequences.device, torch.float32)

    return score


def _score_of(
    world: xr.Dataset, checkpoints: xr.Dataset, calibration: xr.Dataset
) -> Callable[[Int[Tensor, "B T1"]], Float[Tensor, " B"]]:
    """Return the calibrated score that a preference model gives."""
    network = preference_of(network_of(checkpoints), *_tokens_of(world))
    parameters = {name: torch.from_numpy(v.copy()) for name, v in final(checkpoints).items()}
    offset, temperature = (float(calibration[name]) for name in ("offset", "temperature"))

    @torch.no_grad()
    def score(sequences: Int[Tensor, "B T1"]) -> Float[Tensor, " B"]:
        here = {name: value.to(sequences.device) for name, value in parameters.items()}
        blocks = [scores(network, here, each) for each in torch.split(sequences, _LARGEST_BLOCK)]
        return (torch.cat(blocks) - offset) / temperature

    return score


def _tokens_of(world: xr.Dataset) -> tuple[int, int]:
    """Return the numbers of tokens and of prompts of a world."""
    return int(world.attrs["vocabulary"]), int(world.attrs["prompts"])


def _pairs(tranche: xr.Dataset, weight: float) -> Pairs:
    tokens = torch.from_numpy(tranche["tokens"].values.astype(np.int64))
    chosen: NDArray[np.int64] = tranche["chosen"].values.astype(np.int64)
    pair = np.arange(len(chosen))
    return Pairs(tokens[chosen, pair], tokens[1 - chosen, pair], torch.full((len(chosen),), weight))


def _joined(parts: Sequence[Pairs]) -> Pairs:
    names = ("chosen", "rejected", "weight")
    return Pairs(*(torch.cat([getattr(part, name) for part in parts]) for name in names))


def _by_epochs(spec: StartRun | PreferenceRun, examples: int) -> Course:
    updates = -(-examples // spec.optimiser.batch)
    kept = Checkpoints(per_decade=0, every=updates)
    return _course(spec, Schedule(steps=spec.epochs * updates, checkpoints=kept))


def _course(spec: StartRun | PreferenceRun | PolicyTraining, schedule: Schedule) -> Course:
    rest = {
        name: value
        for name, value in canonical(spec).items()
        if name not in {"optimiser", "schedule", "epochs"}
    }
    return Course(optimiser=spec.optimiser, schedule=schedule, rest=rest)
