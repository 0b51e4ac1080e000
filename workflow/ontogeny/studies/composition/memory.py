"""How much memory the jobs of a run take at most, for those who must ask for it beforehand.

Measured on groups of order 24 to 720 and rounded up. No job imports this module.

Symbols: ``n`` order of the group; ``h`` neurons of all layers; ``P`` parameters; ``K`` checkpoints.
"""

import math
from pathlib import Path

from ontogeny.groups import MAX_ORDER, parse
from ontogeny.studies.composition.catalogue.sections import GivenGroup
from ontogeny.studies.composition.config import Experiment

__all__ = ["most_elements", "reading_memory", "training_memory"]

_PROGRAM = 500
"""What PyTorch and the libraries take by themselves [MB]."""


def most_elements(group: str, given: GivenGroup | None) -> int:
    """Return the order of a group, or a bound where only a file or its generators say it.

    Parameters
    ----------
    group : str
    given : GivenGroup, optional
        What the configuration says of it, if it is not one that is known by its name.

    Returns
    -------
    int
        Of a table by the size of its file, since an entry takes at least two bytes; else
        the largest order that there may be.
    """
    if given is None:
        return math.prod(factor.order for factor in parse(group))
    if given.table is not None and Path(given.table).suffix == ".csv":
        try:
            return min(MAX_ORDER, math.isqrt(Path(given.table).stat().st_size // 2) + 1)
        except OSError:  # it is refused elsewhere, by its key
            return MAX_ORDER
    return MAX_ORDER


def training_memory(experiment: Experiment, n: int) -> int:
    """Return the memory [MB] that training a run or reading its weights takes: n^2 h, and P K."""
    width = 8 if experiment.optimiser.precision == "float64" else 4
    numbers = n**2 * (2 * _neurons(experiment) + 512)
    return _megabytes(width * (numbers + 3 * _stored(experiment, n)))


def reading_memory(experiment: Experiment, n: int) -> int:
    """Return the memory [MB] that reading the checkpoints of a run takes: n^2 h, n^3, and P K.

    Activations and logits of all pairs are there several times, in double precision.
    """
    numbers = n**2 * (20 * _neurons(experiment) + 13 * n) // 10
    return _megabytes(8 * (numbers + 2 * _stored(experiment, n)))


def _megabytes(size: int) -> int:
    return math.ceil((_PROGRAM + size / 2**20) / 100) * 100


def _neurons(experiment: Experiment) -> int:
    network = experiment.architecture
    return network.neurons * getattr(network, "layers", 1)


def _stored(experiment: Experiment, n: int) -> int:
    """Return about how many numbers the checkpoints of a run hold."""
    if experiment.weights is None:
        kept, steps = experiment.schedule.checkpoints, experiment.schedule.steps
        even = steps // kept.every if kept.every else 0
        count = 2 + even + math.ceil(kept.per_decade * math.log10(steps + 1))
    else:
        count = max(len(experiment.checkpoints_of(seed)) for seed in experiment.seeds)
    network, neurons = experiment.architecture, _neurons(experiment)
    width = getattr(network, "d_model", getattr(network, "embedding", neurons))
    return int(count * (2 * n * width + n * neurons + 2 * width * neurons + 4 * width**2))
