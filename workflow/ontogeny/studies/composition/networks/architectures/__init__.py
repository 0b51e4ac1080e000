"""The networks of the study, one a file: how they start, what they compute, how they learn."""

from ontogeny.studies.composition.networks.architectures._dropout import Dropout
from ontogeny.studies.composition.networks.architectures._interface import (
    Activations,
    Architecture,
    Objective,
    Readout,
)
from ontogeny.studies.composition.networks.architectures.bilinear import Bilinear
from ontogeny.studies.composition.networks.architectures.deep_transformer import DeepTransformer
from ontogeny.studies.composition.networks.architectures.mlp import MLP
from ontogeny.studies.composition.networks.architectures.transformer import Transformer

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
