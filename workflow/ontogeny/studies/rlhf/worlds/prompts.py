"""Prompts: what the first token of a sequence asks for."""

__all__ = ["PROMPTS"]

PROMPTS = ("helpful", "harmless", "skill")
"""Prompt k is the token V + k; a world has the first few of them."""
