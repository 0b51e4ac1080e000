"""How the figures of all runs show and call matrices and sets of pairs."""

from collections.abc import Iterable

__all__ = ["MATRIX_LOOKS", "SPLIT_NAMES", "matrix_names"]

SPLIT_NAMES = {"train": "training pairs", "test": "test pairs", "all": "all pairs"}

MATRIX_LOOKS = {
    "left_embedding": ("#6A3D9A", "-"),
    "right_embedding": ("#56B4E9", "--"),
    "unembedding": ("#E69F00", "-"),
}
"""Colour and dash of each matrix."""


def matrix_names(matrices: Iterable[str]) -> dict[str, str]:
    """Return what matrices are called: one embedding that both sides share has no side."""
    named = {matrix: matrix.replace("_", " ") for matrix in map(str, matrices)}
    if "right_embedding" not in named:
        named["left_embedding"] = "embedding"
    return named | {"unembedding": "neuron-to-logit map"}
