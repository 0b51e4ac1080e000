"""Schedules of the weight decay, as sweeps store them, in words."""

import json
from typing import Any

__all__ = ["SCHEDULE", "changes", "in_words"]

SCHEDULE = "optimiser.weight_decay_schedule"
"""The field of an experiment."""


def changes(schedule: str) -> list[dict[str, Any]]:
    """Return step and weight decay of each change of a schedule, which is given as JSON."""
    found: list[dict[str, Any]] = json.loads(schedule)
    return found


def in_words(schedule: str) -> str:
    """Say from which step on which weight decay holds.

    Examples
    --------
    >>> in_words("[]")
    'no change'
    >>> in_words('[{"step": 700, "weight_decay": 0}, {"step": 4000, "weight_decay": 0.5}]')
    '0 from step 700, 0.5 from step 4,000'
    """
    said = [
        f"{change['weight_decay']:g} from step {change['step']:,}" for change in changes(schedule)
    ]
    return ", ".join(said) or "no change"
