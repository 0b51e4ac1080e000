"""The recipes that are compared, in the order in which the paper names them."""

from ontogeny.studies.noisy_labels.about import recipe
from ontogeny.studies.noisy_labels.config import CONTROLS, PAPER, TUNABLE

__all__ = ["GAINING", "NINE", "SHOWN"]

GAINING: dict[str, str] = {name: recipe(name, True) for name in PAPER if name in TUNABLE}
"""Recipes of the paper before fine-tuning, each with the same after it."""

NINE: tuple[str, ...] = (*PAPER, *GAINING.values())
"""The recipes of the paper."""

SHOWN: tuple[str, ...] = (*NINE, *CONTROLS)
"""The recipes of the paper, and the controls that it does not have."""
