"""The section ``rlhf`` of the configuration, and the specification of each stage."""

from typing import Literal

from ontogeny.config import Count, Section, Seed

__all__ = ["Enumerated", "Sequences"]


class Enumerated(Section):
    """A world whose sequences are all enumerated."""

    kind: Literal["enumerated"]
    vocabulary: Count = 8
    length: Count = 4
    lines: Count = 4_000
    skew: Literal["none", "positive", "negative"] = "none"
    seed: Seed = 0


class Sequences(Section):
    """A world of longer sequences."""

    kind: Literal["sequences"]
    vocabulary: Count = 32
    length: Count = 16
    lines: Count = 20_000
    prompts: Count = 1
    refusal_tokens: Count = 3
    seed: Seed = 0
