"""The two checkpoints between which a run changes."""

__all__ = ["MOMENTS"]

MOMENTS = ("before", "after")
"""The start of the phase change, or the end of the warm-up without one; the final checkpoint."""
