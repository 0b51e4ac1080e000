"""The dimensions of the parameters of transformers, of one block and of what is around it."""

__all__ = ["AROUND", "BLOCK"]

BLOCK: dict[str, tuple[str, ...]] = {
    "W_Q": ("head", "residual", "key_dimension"),
    "W_K": ("head", "residual", "key_dimension"),
    "W_V": ("head", "residual", "key_dimension"),
    "W_O": ("head", "key_dimension", "residual"),
    "W_in": ("residual", "neuron"),
    "b_in": ("neuron",),
    "W_out": ("neuron", "residual"),
    "b_out": ("residual",),
}
AROUND: dict[str, tuple[str, ...]] = {
    "W_E": ("token", "residual"),
    "W_pos": ("position", "residual"),
    "W_U": ("residual", "output"),
}
