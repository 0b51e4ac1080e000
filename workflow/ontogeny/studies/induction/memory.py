"""How much memory the jobs of a run take at most, for those who must ask for it beforehand.

Measured on lengths from 96 to 4,096 (docs/cluster.md) and rounded up. No job imports this module.

Symbols: ``N`` sequences; ``T`` context length; ``V`` tokens; ``B`` sequences of a minibatch; ``L``
layers; ``H`` heads; ``d`` width of the stream; ``m`` neurons; ``P`` parameters; ``K`` checkpoints.
"""

import math
from pathlib import Path

from ontogeny.networks import MOST_NUMBERS
from ontogeny.studies.induction.config import (
    Experiment,
    Markov,
    Network,
    Phrases,
    Text,
    vocabulary_of,
)

__all__ = ["analysis_memory", "corpus_memory", "train_memory"]

_PROGRAM = 700
"""What PyTorch and the libraries take by themselves [MB]."""

_STANDARD_LIBRARY = 12_000_000
"""About the size of its sources [byte]."""

Corpus = Phrases | Markov | Text


def corpus_memory(corpus: Corpus) -> int:
    """Return the memory [MB] that making a corpus takes: in proportion to N T, and to its text."""
    numbers = 250 * corpus.sequences * corpus.length
    if isinstance(corpus, Phrases):
        numbers += 64 * corpus.vocabulary**2
    return _megabytes(numbers + 25 * _text_size(corpus))


def train_memory(experiment: Experiment, corpus: Corpus) -> int:
    """Return the memory [MB] that training takes: by B T (L (4 d + m) + V) and by P K."""
    network, V = experiment.network, vocabulary_of(corpus)
    each = network.layers * (20 * network.d_model + 5 * network.d_mlp) + 6 * V
    updates = experiment.optimiser.batch * corpus.length * each
    logits = min(64 * corpus.length * V, max(MOST_NUMBERS, corpus.length * V))
    stored = 4 * _parameters(network, V) * _checkpoints(experiment)
    numbers = updates + 5 * logits + stored
    return _megabytes(_width(experiment) * numbers + 3 * _text_size(corpus))


def analysis_memory(experiment: Experiment, corpus: Corpus) -> int:
    """Return the memory [MB] that evaluation and measures of a run take: L H T^2 for long contexts.

    Losses without each head take L H N T, checkpoints P K.
    """
    network = experiment.network
    losses = 2 * network.layers * network.heads * corpus.sequences * corpus.length
    stored = _parameters(network, vocabulary_of(corpus)) * _checkpoints(experiment)
    numbers = 4 * _numbers_of_pass(network, corpus) + 4 * losses + 3 * stored
    return _megabytes(_width(experiment) * numbers + 3 * _text_size(corpus))


def _megabytes(size: int) -> int:
    return math.ceil((_PROGRAM + size / 1e6) / 100) * 100


def _width(experiment: Experiment) -> int:
    """Return the bytes of a number."""
    return 8 if experiment.optimiser.precision == "float64" else 4


def _numbers_of_pass(network: Network, corpus: Corpus) -> int:
    one = network.layers * network.heads * corpus.length**2 + corpus.length * vocabulary_of(corpus)
    return max(MOST_NUMBERS, one)


def _parameters(network: Network, vocabulary: int) -> int:
    """Return about how many parameters a network has."""
    d = network.d_model
    return 2 * vocabulary * d + network.layers * (4 * d**2 + 2 * d * network.d_mlp)


def _checkpoints(experiment: Experiment) -> int:
    """Return about how many checkpoints a run stores."""
    if experiment.weights is not None:
        return max(len(experiment.checkpoints_of(seed)) for seed in experiment.seeds)
    schedule = experiment.schedule
    kept = schedule.checkpoints
    even = schedule.steps // kept.every if kept.every else 0
    return 2 + even + math.ceil(kept.per_decade * math.log10(schedule.steps + 1))


def _text_size(corpus: Corpus) -> int:
    """Return the bytes of the text of a corpus; 0 without one."""
    if not isinstance(corpus, Text):
        return 0
    return sum(Path(file).stat().st_size for file in corpus.files) or _STANDARD_LIBRARY
