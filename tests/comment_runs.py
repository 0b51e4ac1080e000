"""A small corpus of comments, a rater of it, and short training runs on them."""

import functools
import logging

import numpy as np

from ontogeny.studies.noisy_labels.config import (
    Experiment,
    Generated,
    NetworkRating,
)
from ontogeny.studies.noisy_labels.corpora.comments import PARTS
from ontogeny.studies.noisy_labels.run_datasets import datasets
from ontogeny.studies.noisy_labels.stages.corpus import generated_corpus
from ontogeny.studies.noisy_labels.stages.train import course_of, examples_of_run, train_run
from ontogeny.studies.noisy_labels.stages.vote import rating_dataset

LOGGER = logging.getLogger("test")
SPEC = Generated(rater=400, study=300, development=150, test=60, features=6)
RATER = NetworkRating(
    network={"channels": 8, "hidden": 8}, optimiser={"batch": 32, "learning_rate": 0.01}, epochs=3
)
WRITTEN = {
    "rater": "r",
    "seeds": [0],
    "clean_share": 0.2,
    "network": {"channels": 8, "hidden": 8},
    "optimiser": {"batch": 32, "learning_rate": 0.01},
    "schedule": {"epochs": 2, "clean_epochs": 4, "naive_looks": 2},
    "tuning": {"epochs": 2},
}


@functools.cache
def small_corpus():
    return generated_corpus(SPEC)


@functools.cache
def easy_corpus():
    """Return the corpus with labels that are easy to learn: whether it has certain words."""
    corpus = small_corpus().copy()
    is_toxic = np.isin(corpus["tokens"].values, [20, 21, 22, 23]).any(axis=1)
    corpus["label"] = ("comment", is_toxic.astype(np.int8))
    return corpus


def with_votes(*, count=5, seed=1):
    """Return the corpus with votes of people, each of which is wrong with a probability of 0.2."""
    corpus = small_corpus().copy()
    label = corpus["label"].values
    votes = (
        np.random.default_rng(seed).random((len(label), count)) < np.where(label, 0.8, 0.2)[:, None]
    )
    corpus["votes"] = ("comment", np.full(len(label), count, dtype=np.int16))
    corpus["toxic_votes"] = ("comment", votes.sum(axis=1).astype(np.int16))
    return corpus


def flipped(corpus, *, share=0.15, seed=2):
    """Return a rating that is wrong for a share of the comments, whatever they say."""
    label = corpus["label"].values
    wrong = np.random.default_rng(seed).random(len(label)) < share
    rated = np.where(wrong, 1 - label, label).astype(np.int8)
    rated[corpus["part"].values == PARTS.index("rater")] = -1
    return rating_dataset(rated, None)


def training(strategy, *, seed=0, **changes):
    experiment = Experiment.model_validate(WRITTEN | {"strategy": strategy} | changes)
    return experiment.training(seed)


def run(spec, parent=None, corpus=None, **more):
    """Train as the job does; return the record.

    Parameters
    ----------
    parent : Dataset, optional
        Checkpoints of the run that this one builds on.
    """
    corpus = small_corpus() if corpus is None else corpus
    reads_rater = spec.strategy not in ("clean", "oracle") and not spec.tuned
    rating = flipped(corpus) if reads_rater else None
    of_run = examples_of_run(spec, corpus, rating, parent)
    course = course_of(spec, len(of_run.comment))
    return train_run(course, of_run, corpus, parent)(**more)


def checkpoints(record):
    return datasets(record)["checkpoints"]
