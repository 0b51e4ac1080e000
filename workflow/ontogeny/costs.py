"""What a job costs: work of a few kinds, counted from sizes alone, and bytes that are stored.

A study gives for each of its rules a function from a plan and the wildcards of a job to a `Cost`
(``COSTS`` in its module ``cost``). No number in it depends on a machine: `Rates`, which
`ontogeny.workflow.calibration` measures in a few seconds, turn it into processor time. No job
imports this module.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields

from ontogeny.config.training import Schedule

__all__ = [
    "COMPRESSED",
    "JOINED",
    "Cost",
    "Rates",
    "checkpoints",
    "drawing",
    "number_of",
    "seconds",
]

COMPRESSED = 0.93
"""Bytes on disk for each byte of float32 weights: their last bits are noise, which zlib keeps."""

_FIGURE_BYTES = 130_000
"""Of a figure as SVG and PNG, with its numbers; the mean of 73 figures, from 40 kB to 1 MB."""


@dataclass(frozen=True)
class Cost:
    """Work and bytes of one job or of several.

    Attributes
    ----------
    starts : float
        Processes that import NumPy, xarray and this package.
    torch_starts : float
        Processes that import PyTorch in addition.
    products : float
        Operations of matrix products in float32, two for each multiplication with its addition; an
        operation in float64 counts as two.
    numbers : float
        Numbers that an elementwise function takes and gives in float32; in float64 twice as many.
    calls : float
        Calls of PyTorch or NumPy whose arrays are so small that only the call takes time.
    figures : float
        Figures of average size that are drawn and written.
    stored : float
        Bytes of results.
    """

    starts: float = 0.0
    torch_starts: float = 0.0
    products: float = 0.0
    numbers: float = 0.0
    calls: float = 0.0
    figures: float = 0.0
    stored: float = 0.0

    def __add__(self, other: "Cost") -> "Cost":
        """Return the cost of both."""
        return Cost(
            **{each.name: getattr(self, each.name) + getattr(other, each.name) for each in _KINDS}
        )

    def __mul__(self, times: float) -> "Cost":
        """Return the cost of as many of these."""
        return Cost(**{each.name: times * getattr(self, each.name) for each in _KINDS})


_KINDS = fields(Cost)


@dataclass(frozen=True)
class Rates:
    """Processor time of one unit of each kind of work on one machine [s]."""

    starts: float
    torch_starts: float
    products: float
    numbers: float
    calls: float
    figures: float


JOINED = Cost(starts=1, numbers=1e7, stored=1e5)
"""A job that joins, tabulates or judges: a second for what it reads, whatever that is."""


def seconds(cost: Cost, rates: Rates) -> float:
    """Return the processor time of a cost [s]: the sum of work times rate over all kinds.

    Examples
    --------
    >>> seconds(Cost(starts=2, calls=1000), Rates(0.5, 2, 1e-11, 1e-9, 1e-6, 0.2))
    1.001
    """
    return sum(getattr(cost, each.name) * getattr(rates, each.name) for each in fields(Rates))


def drawing(figures: int) -> Cost:
    """Return the cost of drawing some figures in one process."""
    return Cost(starts=1, figures=figures, stored=_FIGURE_BYTES * figures)


def checkpoints(schedule: Schedule) -> int:
    """Return how many networks a training stores if it runs to its last step.

    They are the distinct steps of `ontogeny.training.checkpoint_steps`, which needs PyTorch.
    """
    steps, kept = schedule.steps, schedule.checkpoints
    found = {0, steps, *(range(kept.every, steps, kept.every) if kept.every else ())}
    exponent = 0
    while kept.per_decade and (step := round(10.0 ** (exponent / kept.per_decade))) <= steps:
        found.add(step)
        exponent += 1
    return len(found)


def number_of(shapes: Mapping[str, tuple[int, ...]]) -> int:
    """Return how many parameters a network with these shapes has.

    Examples
    --------
    >>> number_of({"W": (2, 3), "b": (3,)})
    9
    """
    return sum(math.prod(shape) for shape in shapes.values())

