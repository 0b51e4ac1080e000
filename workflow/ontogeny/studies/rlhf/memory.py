"""How much memory jobs take at most, for those who must ask for it beforehand.

No job imports this module.
"""

import math

from ontogeny.studies.rlhf.config import Network, Pairs, World

__all__ = ["network_memory", "samples_memory"]

_PROGRAM = 700
"""What PyTorch and the libraries take by themselves [MB]."""

_PAIRS = 500
"""What the features of real comparisons take beside that [MB]."""

_AT_ONCE = 4096
"""Sequences in one pass, at most."""


def network_memory(network: Network, world: World, checkpoints: int) -> int:
    """Return the memory [MB] that training a network or reading its checkpoints takes."""
    parameters = 12 * network.layers * network.d_model**2 + 2 * network.d_model * 300
    return _megabytes(12 * parameters * (checkpoints + 10) + _pass(network, world))


def samples_memory(network: Network, world: World, sequences: int) -> int:
    """Return the memory [MB] that sampling and scoring sequences takes."""
    if isinstance(world, Pairs):
        return _PROGRAM + _PAIRS
    return _megabytes(_pass(network, world) + 40 * sequences * (world.length + 1))


def _pass(network: Network, world: World) -> int:
    """Return the bytes of the activations of one pass, with those kept for the gradient."""
    if isinstance(world, Pairs):
        return 0
    length = world.length + 1
    of_place = 16 * network.layers * network.d_model + world.vocabulary
    of_patterns = network.layers * network.heads * length
    return 8 * _AT_ONCE * length * (of_place + of_patterns)


def _megabytes(size: int) -> int:
    return math.ceil((_PROGRAM + size / 1e6) / 100) * 100
