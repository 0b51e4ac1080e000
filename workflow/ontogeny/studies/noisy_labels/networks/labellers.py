"""Who gives labels, and how the parameters of a reader are laid out."""

__all__ = ["CLEAN", "LABELLERS", "NOISY", "PARAMETERS", "WINDOW"]

CLEAN, NOISY = 0, 1
"""Someone who is right, and the rater: inputs and heads have this order."""

LABELLERS = 2

WINDOW = 3
"""Words that a channel sees at once."""

PARAMETERS: dict[str, tuple[str, ...]] = {
    "W_E": ("word", "feature"),
    "W_C": ("offset", "feature", "channel"),
    "b_C": ("channel",),
    "W_in": ("input", "neuron"),
    "b_in": ("neuron",),
    "W_out": ("neuron", "head"),
    "b_out": ("head",),
}
"""Dimensions of the parameters of a reader, by name."""
