"""Groups with their irreps, and neurons whose parts are known."""

from dataclasses import replace
from functools import cache

import numpy as np
from scipy.stats import ortho_group

from ontogeny.groups import group
from ontogeny.representations import irreps, real_irreps
from ontogeny.studies.composition.catalogue.irreps import irreps_dataset
from ontogeny.studies.composition.catalogue.tables import table_dataset
from ontogeny.studies.composition.irreps.datasets import frame_of
from ontogeny.studies.composition.prediction.functions import NeuronFunctions

COPIES = {"real": 1, "complex": 2, "quaternionic": 4}
"""How often a real irrep of each type contains one singular value of its matrices."""


@cache
def known(name):
    """The frame of a group."""
    found = group(name)
    return frame_of(table_dataset(found), irreps_dataset(found, irreps(found), real_irreps(found)))


@cache
def matrices(name):
    """The matrices of its real irreps, each with the number of copies of singular values."""
    return [(i.matrices, COPIES[str(i.kind)]) for i in real_irreps(group(name))]


def random_functions(frame, neurons=5, seed=0):
    return NeuronFunctions(*np.random.default_rng(seed).normal(size=(3, frame.order, neurons)))


def each(functions):
    return functions.left, functions.right, functions.output


def with_neurons(functions, chosen):
    return NeuronFunctions(*(f[:, chosen] for f in each(functions)))


def in_another_basis(frame, seed=1):
    """The frame with the entries of each irrep turned among each other."""
    rng = np.random.default_rng(seed)
    basis = frame.basis.copy()
    for r in np.flatnonzero(frame.rank > 1):
        own = frame.irrep_of_entry == r
        basis[:, own] = basis[:, own] @ ortho_group.rvs(own.sum(), random_state=rng)
    return replace(frame, basis=basis)


def rank_one(rho, seed=0):
    """Functions p.rho(a)q, q.rho(b)s, p.rho(c)s, which fit and have rank one, (n, 1) each."""
    p, q, s = np.random.default_rng(seed).normal(size=(3, rho.shape[1]))
    return NeuronFunctions(*((rho @ y @ x)[:, None] for x, y in ((p, q), (q, s), (p, s))))


def wave(p, frequency, amplitude, phase):
    """``amplitude cos(2 pi frequency a / p + phase)`` of each neuron, (p, h)."""
    angle = 2 * np.pi * np.outer(np.arange(p), np.atleast_1d(frequency)) / p
    return amplitude * np.cos(angle + phase)
