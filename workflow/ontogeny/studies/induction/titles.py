"""What an experiment is, in the words of the titles of its figures."""

from collections.abc import Mapping

import xarray as xr

from ontogeny.studies.induction.config import Network
from ontogeny.studies.induction.words import told_apart
from ontogeny.titles import made_of, titled

__all__ = ["title", "words"]

_CORPORA = {"phrases": "phrases", "markov": "Markov sequences", "text": "text"}


def words(network: Network, corpus: str) -> list[str]:
    """Return in words a network and the kind of its corpus."""
    of_network = told_apart(
        network.layers, has_mlps=network.d_mlp > 0, has_smeared_keys=network.smeared_keys
    )
    return [*of_network, _CORPORA[corpus]]


def title(results: Mapping[str, xr.Dataset]) -> str:
    """Return the title of the figures of a run, from its results."""
    configuration, name, seed = made_of(results)
    network = Network.model_validate(configuration["network"])
    return titled(words(network, configuration["corpus"]["kind"]), name, seed=seed)
