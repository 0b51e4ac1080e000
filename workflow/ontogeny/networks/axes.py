"""The dimensions of the parameters of a decoder in datasets."""

__all__ = ["AXES"]

AXES: dict[str, tuple[str, ...]] = {
    "W_E": ("word", "residual"),
    "gain": ("layer", "residual"),
    "W_Q": ("layer", "head", "residual", "key_dimension"),
    "W_K": ("layer", "head", "residual", "key_dimension"),
    "W_V": ("layer", "head", "residual", "key_dimension"),
    "W_O": ("layer", "head", "key_dimension", "residual"),
    "smear": ("layer", "head"),
    "gain_mlp": ("layer", "residual"),
    "W_in": ("layer", "residual", "neuron"),
    "b_in": ("layer", "neuron"),
    "W_out": ("layer", "neuron", "residual"),
    "b_out": ("layer", "residual"),
    "gain_final": ("residual",),
    "W_U": ("residual", "word"),
}
"""Of each parameter of `ontogeny.networks.decoder.Transformer`, in the order of its axes."""
