"""What is measured of a network while it is trained."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

__all__ = ["Evaluation", "Quantity"]

Evaluation = Mapping[str, NDArray[Any]]
"""Measures of a network by name; each has the same shape at every checkpoint of a run."""


@dataclass(frozen=True)
class Quantity:
    """One number of an evaluation.

    Attributes
    ----------
    measure : str
        The measure that it belongs to.
    place : tuple of int
        Its place in the measure; empty for a measure that is one number.
    """

    measure: str
    place: tuple[int, ...] = ()

    def of(self, evaluation: Evaluation) -> float:
        """Return the number.

        Examples
        --------
        >>> import numpy as np
        >>> Quantity("loss", (1,)).of({"loss": np.array([0.5, 2.0])})
        2.0
        """
        return float(evaluation[self.measure][self.place])
