"""How much memory the jobs of a run take at most, for those who must ask for it beforehand.

No job imports this module.
"""

import math
from pathlib import Path

from ontogeny.studies.surprise.config import BATCHES, Experiment, Mixture, Parity, World

__all__ = ["run_memory", "world_memory"]

_PROGRAM = 700
"""What PyTorch and the libraries take by themselves [MB]."""

_STANDARD_LIBRARY = 12_000_000
"""About the size of its sources [byte]."""


def world_memory(world: World) -> int:
    """Return the memory [MB] that making a world takes: in proportion to its text."""
    return _megabytes(25 * _text_size(world))


def run_memory(experiment: Experiment, world: World) -> int:
    """Return the memory [MB] that training or evaluating a network takes.

    It is in proportion to the numbers of a minibatch and to the checkpoints that are kept.
    """
    width, layers = experiment.network.width, experiment.network.layers
    if not isinstance(world, Parity | Mixture):
        return _megabytes(0)
    batch = experiment.optimiser.batch or BATCHES[world.kind]
    if isinstance(world, Parity):
        parameters = width * (world.tasks + world.bits + 2)
        numbers = batch * (4 * width + 20 * world.bits)
    else:
        parameters = 12 * layers * width**2 + 200 * width
        numbers = batch * world.length * (40 * layers * width + 600)
    stored = 3 * parameters * _checkpoints(experiment)
    return _megabytes(8 * (numbers + stored) + 10 * _text_size(world))


def _checkpoints(experiment: Experiment) -> int:
    kept, steps = experiment.schedule.checkpoints, experiment.schedule.steps
    even = steps // kept.every if kept.every else 0
    return 2 + even + math.ceil(kept.per_decade * math.log10(steps + 1))


def _text_size(world: World) -> int:
    """Return the bytes of the text of a world; 0 without one."""
    if not isinstance(world, Mixture):
        return 0
    return sum(Path(file).stat().st_size for file in world.files) or _STANDARD_LIBRARY


def _megabytes(size: int) -> int:
    return math.ceil((_PROGRAM + size / 1e6) / 100) * 100
