"""Training of small networks: loop, schedule, state, progress."""

from ontogeny.training._device import device_name, device_of
from ontogeny.training._loop import (
    Divergence,
    EarlyStop,
    Evaluation,
    Optimiser,
    Record,
    State,
    can_resume,
    train,
)
from ontogeny.training._parameters import ParameterBuffer
from ontogeny.training._progress import ProgressLog
from ontogeny.training._schedule import checkpoint_steps
from ontogeny.training._state import Saver, arrays_of, state_of

__all__ = [
    "Divergence",
    "EarlyStop",
    "Evaluation",
    "Optimiser",
    "ParameterBuffer",
    "ProgressLog",
    "Record",
    "Saver",
    "State",
    "arrays_of",
    "can_resume",
    "checkpoint_steps",
    "device_name",
    "device_of",
    "state_of",
    "train",
]
