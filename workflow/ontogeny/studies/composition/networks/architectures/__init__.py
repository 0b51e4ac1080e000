"""The networks of the study, one a file: how they start, what they compute, how they learn.

Each module has its architecture and a function ``build(settings, order)``, which makes it of its
settings. Nothing is imported from them here, so that the code of a run holds its own network alone.
"""

from ontogeny.networks.dropout import Dropout
from ontogeny.studies.composition.networks.architectures._interface import (
    Activations,
    Architecture,
    Objective,
    Readout,
)

__all__ = ["Activations", "Architecture", "Dropout", "Objective", "Readout"]
