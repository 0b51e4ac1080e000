"""How much memory the jobs of a run take at most, for those who must ask for it beforehand.

No job imports this module.
"""

import math
from pathlib import Path

from ontogeny.studies.noisy_labels.config import (
    CLEAN_ALONE,
    Corpus,
    Experiment,
    Generated,
    NetworkRater,
    Rater,
)
from ontogeny.studies.noisy_labels.corpora.generated import LONGEST, ROWS
from ontogeny.studies.noisy_labels.files import paths_of

__all__ = ["corpus_memory", "rater_memory", "run_memory"]

_PROGRAM = 700
"""What PyTorch and the libraries take by themselves [MB]."""

_SHORTEST = 40
"""Bytes of a comment with what its row of a file holds beside it, at least."""


def corpus_memory(corpus: Corpus) -> int:
    """Return the memory [MB] that making a corpus takes: its text, and the vectors of its words."""
    numbers = 40 * _comments(corpus) * _length(corpus) + 400 * _words(corpus) * corpus.features
    return _megabytes(numbers + 20 * _size(corpus))


def rater_memory(rater: Rater, corpus: Corpus) -> int:
    """Return the memory [MB] that making a rater takes."""
    checkpoints = 8 * rater.epochs if isinstance(rater, NetworkRater) and rater.accuracy else 1
    return _megabytes(_of_training(corpus, checkpoints))


def run_memory(experiment: Experiment, corpus: Corpus) -> int:
    """Return the memory [MB] that training a network or scoring comments takes."""
    alone = experiment.strategy in CLEAN_ALONE
    epochs = experiment.schedule.clean_epochs if alone else experiment.schedule.epochs
    if experiment.tuned:
        epochs = experiment.tuning.epochs
    looks = experiment.schedule.naive_looks if experiment.strategy == "naive" else 1
    return _megabytes(_of_training(corpus, epochs * looks))


def _of_training(corpus: Corpus, checkpoints: int) -> int:
    parameters = 2 * _words(corpus) * corpus.features + 100_000
    return 12 * parameters * (checkpoints + 10) + 60 * _comments(corpus) * _length(corpus)


def _comments(corpus: Corpus) -> int:
    if isinstance(corpus, Generated):
        return corpus.rater + corpus.study + corpus.development + corpus.test
    return _size(corpus) // _SHORTEST


def _size(corpus: Corpus) -> int:
    return sum(Path(file).stat().st_size for file in paths_of(corpus))


def _words(corpus: Corpus) -> int:
    return ROWS if isinstance(corpus, Generated) else corpus.vocabulary


def _length(corpus: Corpus) -> int:
    return LONGEST if isinstance(corpus, Generated) else corpus.length


def _megabytes(size: int) -> int:
    return math.ceil((_PROGRAM + size / 1e6) / 100) * 100
