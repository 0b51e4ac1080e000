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
    "STATE",
    "Amount",
    "Cost",
    "Rates",
    "checkpoints",
    "drawing",
    "number_of",
    "seconds",
    "transformer_pass",
]

Amount = int | float
"""A number of operations, calls or bytes."""

COMPRESSED = 0.93
"""Bytes on disk for each byte of float32 weights: their last bits are noise, which zlib keeps."""

STATE = 12
"""Bytes of a saved state for each float32 parameter: the parameter and its two moments."""

_FIGURE_BYTES = 110_000
"""Of a figure as SVG and PNG, with its numbers; the mean of 73 figures, from 40 kB to 1 MB."""


@dataclass(frozen=True)
class Cost:
    """Work and bytes of one job or of several.

    Attributes
    ----------
    starts : int or float
        Processes that import NumPy, xarray and this package.
    torch_starts : int or float
        Processes that import PyTorch in addition.
    products : int or float
        Operations of matrix products in float32, two for each multiplication with its addition; an
        operation in float64 counts as two.
    numbers : int or float
        Numbers that an elementwise function takes and gives in float32; in float64 twice as many.
    calls : int or float
        Calls of PyTorch or NumPy whose arrays are so small that only the call takes time.
    figures : int or float
        Figures of average size that are drawn and written.
    stored : int or float
        Bytes of results.
    at_most : bool
        Whether it may be less, since a training may stop before its last step.
    """

    starts: Amount = 0.0
    torch_starts: Amount = 0.0
    products: Amount = 0.0
    numbers: Amount = 0.0
    calls: Amount = 0.0
    figures: Amount = 0.0
    stored: Amount = 0.0
    at_most: bool = False

    def __add__(self, other: "Cost") -> "Cost":
        """Return the cost of both."""
        kinds = {kind: getattr(self, kind) + getattr(other, kind) for kind in _KINDS}
        return Cost(**kinds, at_most=self.at_most or other.at_most)

    def __mul__(self, times: Amount) -> "Cost":
        """Return the cost of as many of these."""
        kinds = {kind: times * getattr(self, kind) for kind in _KINDS}
        return Cost(**kinds, at_most=self.at_most)


_KINDS = tuple(each.name for each in fields(Cost) if each.name != "at_most")


@dataclass(frozen=True)
class Rates:
    """Processor time of one unit of each kind of work on one machine [s]."""

    starts: Amount
    torch_starts: Amount
    products: Amount
    numbers: Amount
    calls: Amount
    figures: Amount


JOINED = Cost(starts=2, stored=1e5)
"""A job that joins, tabulates or judges: what it does takes about as long as its start."""


def seconds(cost: Cost, rates: Rates) -> Amount:
    """Return the processor time of a cost [s]: the sum of work times rate over all kinds.

    Examples
    --------
    >>> seconds(Cost(starts=2, calls=1000), Rates(0.5, 2, 1e-11, 1e-9, 1e-6, 0.2))
    1.001
    """
    return sum(getattr(cost, each.name) * getattr(rates, each.name) for each in fields(Rates))


def drawing(figures: int) -> Cost:
    """Return the cost of drawing some figures in one process, which imports Matplotlib once."""
    return Cost(starts=1.5, figures=figures, stored=_FIGURE_BYTES * figures)


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


def transformer_pass(
    tokens: Amount,
    context: int,
    *,
    layers: int,
    width: int,
    heads: int,
    neurons: int,
    outputs: int,
) -> Cost:
    """Return the cost of a forward pass of a decoder; with its backward pass it is three of these.

    With ``B`` tokens, context ``T``, layers ``L``, width ``d``, heads ``H``, neurons ``m`` and
    outputs ``V``, products take ``B (L (8 d^2 + 4 T d + 4 d m) + 2 d V)`` operations: four maps of
    the stream, scores and mixing, the MLP, the unembedding. The elementwise passes are 16 over the
    stream with its norms and copies, 6 over patterns and logits, 8 over neurons.

    Parameters
    ----------
    tokens : Amount
        Of all sequences together, B.
    context, layers, width, heads, neurons, outputs : int
    """
    in_layer = 8 * width**2 + 4 * context * width + 4 * width * neurons
    numbers_in_layer = 16 * width + 6 * heads * context + 8 * neurons
    return Cost(
        products=tokens * (layers * in_layer + 2 * width * outputs),
        numbers=tokens * (layers * numbers_in_layer + 6 * outputs),
        calls=60 * layers + 40,
    )


def number_of(shapes: Mapping[str, tuple[int, ...]]) -> int:
    """Return how many parameters a network with these shapes has.

    Examples
    --------
    >>> number_of({"W": (2, 3), "b": (3,)})
    9
    """
    return sum(math.prod(shape) for shape in shapes.values())
