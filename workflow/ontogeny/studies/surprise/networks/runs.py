"""What training runs on all worlds share.

A run that diverges ends where it does, and its record is kept: a family goes on without it.
"""

import logging
from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from ontogeny.studies.surprise.config import Training
from ontogeny.training import (
    Divergence,
    Evaluation,
    Objective,
    ParameterBuffer,
    Quantity,
    Record,
    State,
    checkpoint_steps,
    device_of,
    train,
)

__all__ = ["SHOWN", "trained"]

TEST_LOSS = Quantity("loss", (0,))
"""Of the evaluation of a network."""

SHOWN = {"test loss": TEST_LOSS}
"""What the progress of a run shows of its last evaluation."""


def trained(
    initial: dict[str, Tensor],
    objective: Objective,
    evaluate: Callable[[dict[str, Tensor]], Evaluation],
    spec: Training,
    *,
    embeddings: set[str],
    logger: logging.Logger,
    state: State | None,
    observe: Sequence[Callable[[State], None]],
) -> Record:
    """Return the record of a run; of one that diverges, which the log says, the part before.

    Parameters are those of `ontogeny.training.train`, with the initial parameters of the network,
    and `spec` for all that the configuration says.
    """
    dtype = getattr(torch, spec.optimiser.precision)
    try:
        return train(
            ParameterBuffer(initial, dtype=dtype, device=device_of(spec.optimiser.device)),
            objective,
            evaluate,
            optimiser=spec.optimiser,
            checkpoints=checkpoint_steps(spec.schedule),
            early_stop=spec.schedule.early_stop,
            test_loss=TEST_LOSS,
            embeddings=embeddings,
            state=state,
            observe=observe,
        )
    except Divergence as divergence:
        logger.warning("%s; its family goes on without this run", divergence)
        return divergence.record
