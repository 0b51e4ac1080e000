"""The networks of the study, one a file: how they start, what they compute, how they learn."""

from ontogeny.studies.composition.architectures._dropout import Dropout
from ontogeny.studies.composition.architectures._interface import (
    Activations,
    Architecture,
    Objective,
    Readout,
)
from ontogeny.studies.composition.architectures.bilinear import Bilinear
from ontogeny.studies.composition.architectures.deep_transformer import DeepTransformer
from ontogeny.studies.composition.architectures.mlp import MLP
from ontogeny.studies.composition.architectures.transformer import Transformer

__all__ = [
    "MLP",
    "Activations",
    "Architecture",
    "Bilinear",
    "DeepTransformer",
    "Dropout",
    "Objective",
    "Readout",
    "Transformer",
]
