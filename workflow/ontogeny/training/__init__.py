"""Training of small networks: loop, schedule, measures, records, state, progress."""

from ontogeny.records import Record, checkpoints_dataset, history_dataset
from ontogeny.training._checkpoints import best_step, parameters_at
from ontogeny.training._device import device_name, device_of
from ontogeny.training._loop import Divergence, Objective, can_resume, train
from ontogeny.training._measures import Evaluation, Quantity
from ontogeny.training._parameters import ParameterBuffer
from ontogeny.training._progress import ProgressLog
from ontogeny.training._rates import decay, rate
from ontogeny.training._schedule import checkpoint_steps
from ontogeny.training._state import (
    Carried,
    Saver,
    State,
    arrays_of,
    going_on,
    recorded,
    state_of,
)

__all__ = [
    "Carried",
    "Divergence",
    "Evaluation",
    "Objective",
    "ParameterBuffer",
    "ProgressLog",
    "Quantity",
    "Record",
    "Saver",
    "State",
    "arrays_of",
    "best_step",
    "can_resume",
    "checkpoint_steps",
    "checkpoints_dataset",
    "decay",
    "device_name",
    "device_of",
    "going_on",
    "history_dataset",
    "parameters_at",
    "rate",
    "recorded",
    "state_of",
    "train",
]
