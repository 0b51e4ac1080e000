"""Stored networks as three functions of each neuron."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from ontogeny.studies.composition.networks.architectures import Architecture
from ontogeny.studies.composition.prediction.functions import NeuronFunctions

__all__ = ["neuron_functions"]


def neuron_functions(
    architecture: Architecture, parameters: Mapping[str, NDArray[np.floating]]
) -> NeuronFunctions:
    """Return what the neurons of a network read and write, in float64."""
    doubled = {name: value.astype(np.float64) for name, value in parameters.items()}
    left, right = architecture.neuron_inputs(doubled)
    readout = architecture.readout(doubled)
    return NeuronFunctions(left, right, readout.unembedding, readout.constant)
