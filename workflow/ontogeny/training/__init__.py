"""Training of small networks: loop, schedule, state, progress."""

from ontogeny.training._loop import (
    Divergence,
    EarlyStop,
    Evaluation,
    Optimiser,
    Record,
    State,
    train,
)
from ontogeny.training._parameters import ParameterBuffer
from ontogeny.training._progress import ProgressLog
from ontogeny.training._schedule import checkpoint_steps

__all__ = [
    "Divergence",
    "EarlyStop",
    "Evaluation",
    "Optimiser",
    "ParameterBuffer",
    "ProgressLog",
    "Record",
    "State",
    "checkpoint_steps",
    "train",
]
