"""Fractions under random relabellings of the group, each computed anew from its definition."""

from dataclasses import replace
from functools import cache

import numpy as np

import worked_measures as measured
from worked_networks import network_at

__all__ = ["FRACTIONS", "null"]

COUNT = 20


@cache
def copies(name):
    """The final network under each relabelled group: ``x`` is the element ``place[x]``."""
    network, rng = network_at(name, -1), np.random.default_rng(0)
    places = [rng.permutation(network.n) for _ in range(COUNT)]
    found = []
    for place in places:
        product = np.empty_like(network.product)
        for x, y in np.ndindex(product.shape):
            product[x, y] = np.flatnonzero(place == network.product[place[x], place[y]])[0]
        rhos = [rho[place] for rho in network.rhos]
        found.append(replace(network, product=product, rhos=rhos))
    return found


def in_turn(name):
    """Neuron j is analysed under relabelling j modulo 20; no neuron is NaN."""
    each = np.full((COUNT, len(network_at(name, -1).rhos)), np.nan)
    for number, network in enumerate(copies(name)):
        turn = measured.neuron_fve(network)[number::COUNT]
        if len(turn):
            each[number] = turn.mean(axis=0)
    return each


def of_each(measure):
    return lambda name: np.array([measure(network) for network in copies(name)])


def of_clusters(measure):
    """Neurons stay in the clusters that they have in the true group."""
    return lambda name: np.array(
        [measure(network, measured.neuron_irrep(network_at(name, -1))) for network in copies(name)]
    )


FRACTIONS = {
    **{
        fraction: of_each(measured.SHARED[fraction])
        for fraction in (
            "logit_similarity",
            "logit_fve",
            "logit_fve_total",
            "embedding_fve",
            "unembedding_fve",
            "hidden_fve",
        )
    },
    "neuron_fve": in_turn,
    "neuron_part_fve": of_each(lambda network: measured.neuron_part_fve(network).mean(axis=1)),
    "neuron_unembedding_fve": of_each(
        lambda network: measured.neuron_unembedding_fve(network).mean(axis=0)
    ),
    "cluster_fve": of_clusters(measured.cluster_fve),
    "cluster_unembedding_fve": of_clusters(measured.cluster_unembedding_fve),
}
"""A function of the name of a run for each fraction; one row a relabelling."""


@cache
def fractions(name, fraction):
    return FRACTIONS[fraction](name)


def null(name, variable):
    """Mean or standard deviation of a fraction over relabellings, by the variable's name."""
    fraction, _, statistic = variable.rpartition("_null_")
    each = np.ma.masked_invalid(fractions(name, fraction))
    found = each.mean(axis=0) if statistic == "mean" else each.std(axis=0)
    return np.ma.filled(np.ma.asarray(found, dtype=float), np.nan)
