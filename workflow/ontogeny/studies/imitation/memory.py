"""How much memory the jobs of a run take at most, for those who must ask for it beforehand.

No job imports this module.

Symbols: ``R`` histories; ``N`` policies; ``A`` actions; ``S`` states.
"""

import math

from ontogeny.studies.imitation.config import (
    Class,
    Enumerated,
    Experiment,
    History,
    Whole,
    actions_of,
    policies_of,
    states_of,
)

__all__ = ["class_memory", "run_memory"]

_PROGRAM = 500
"""What the libraries and a small class take [MB]."""


def class_memory(kind: Class) -> int:
    """Return the memory [MB] that making a class takes: in proportion to S N A."""
    return _megabytes(3 * _probabilities(kind))


def run_memory(experiment: Experiment, kind: Class) -> int:
    """Return the memory [MB] that a run takes: in proportion to R N A, and to its class."""
    of = kind.past if isinstance(kind, History) else kind
    if isinstance(of, Enumerated | Whole):
        histories = (2 * of.actions * of.observations) ** of.steps
    else:
        histories = experiment.schedule.histories
    return _megabytes(
        4 * histories * policies_of(kind) * actions_of(kind) + 3 * _probabilities(kind)
    )


def _probabilities(kind: Class) -> int:
    """Return how many probabilities the policies of a class have."""
    return _states(kind) * policies_of(kind) * actions_of(kind)


def _states(kind: Class) -> int:
    if isinstance(kind, Enumerated):
        return kind.observations
    if isinstance(kind, History) and isinstance(kind.past, Whole):
        each = kind.past.actions * kind.past.observations
        return sum(each**step for step in range(kind.past.steps))
    return states_of(kind)


def _megabytes(numbers: int) -> int:
    return math.ceil((_PROGRAM + 8 * numbers / 1e6) / 100) * 100
