"""Networks and objectives that studies share."""

__all__ = ["MOST_NUMBERS"]

MOST_NUMBERS = 2**25
"""Of the patterns or logits of one pass, unless one sequence alone has more: bounds its memory."""
