"""Whole numbers with a bound above any use, so that a slip such as ``steps: 1e30`` is refused.

`ontogeny.config.Count` and `Positive` and `ontogeny.config.training.Whole` and `NonNegative` end at
a thousand million. What is below is for numbers that memory limits to less. A bound says what no
machine can do; how much memory a run takes depends on several numbers together.
"""

from typing import Annotated

from pydantic import Field

from ontogeny.config._sections import AS_WHOLE

__all__ = ["MOST_CHECKPOINTS", "AtLeastTwo", "Epochs", "Examples", "Layers", "Width"]

Width = Annotated[int, Field(ge=1, le=100_000), AS_WHOLE]
"""Of a layer or a stream, and how many states or actions there are: a square matrix of the largest
width takes 40 GB in float32."""

Layers = Annotated[int, Field(ge=1, le=100), AS_WHOLE]
"""Layers of a network."""

Examples = Annotated[int, Field(ge=1, le=10_000_000), AS_WHOLE]
"""Of what is in memory together: a minibatch, an evaluation set, pairs, histories. With a hundred
numbers each, as many as there may be take 4 GB in float32."""

AtLeastTwo = Annotated[int, Field(ge=2, le=100_000), AS_WHOLE]
"""As `Width`, where one alone makes no sense."""

Epochs = Annotated[int, Field(ge=1, le=10_000), AS_WHOLE]
"""Passes over all examples; a checkpoint may be stored after each."""

MOST_CHECKPOINTS = 1_000_000
"""Checkpoints of a run: of a network of 10,000 parameters as many take 40 GB in float32."""
