"""The parameters of a network on a world of parity."""

__all__ = ["PARITY_PARAMETERS"]

PARITY_PARAMETERS: dict[str, tuple[str, ...]] = {
    "W_T": ("task", "neuron"),
    "W_B": ("bit", "neuron"),
    "b_in": ("neuron",),
    "u": ("neuron",),
    "c": (),
}
"""Their dimensions by name, in the order in which they are initialized."""
