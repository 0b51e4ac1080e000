"""The labels that a network gives to the comments of a corpus."""

import logging

import numpy as np
import torch
import xarray as xr
from numpy.typing import NDArray

from ontogeny.config.training import Checkpoints, EarlyStop, Schedule
from ontogeny.studies.noisy_labels.config import NetworkRating
from ontogeny.studies.noisy_labels.corpora.comments import PARTS
from ontogeny.studies.noisy_labels.networks.examples import examples_of
from ontogeny.studies.noisy_labels.networks.forward import clean_logit
from ontogeny.studies.noisy_labels.networks.runs import (
    ERROR,
    Labelled,
    reader_of,
    train_reader,
    updates_of_epoch,
)
from ontogeny.studies.noisy_labels.stages.vote import rating_dataset
from ontogeny.training import Record

__all__ = ["kept", "network_rating"]

_KEPT, _TRAINING = 3, 5
"""Streams of random numbers of a rater: which comments it learns from, and how it learns.

A run with the same seed draws its first weights from another one: a network that starts as its
rater did could find the rater's mistakes easier to learn.
"""

_LOOKS = 8
"""How often in an epoch it is seen whether the rater has its accuracy."""

_ROUNDING = 1e-9
"""An accuracy that is short by less counts as reached."""

Bools = NDArray[np.bool_]


def network_rating(
    spec: NetworkRating, corpus: xr.Dataset, *, logger: logging.Logger
) -> xr.Dataset:
    """Return the labels that a network gives after learning from the part `rater`.

    Parameters
    ----------
    spec : NetworkRating
    corpus : Dataset
    logger : Logger
        Is told its accuracy.

    Returns
    -------
    Dataset
        ``rated(comment)``, -1 in the part `rater`; ``rating_score(comment)``, its logit.

    Raises
    ------
    ValueError
        If it does not reach its accuracy.
    """
    part = corpus["part"].values
    own = np.flatnonzero(part == PARTS.index("rater"))
    own = own[kept(corpus, own, share=spec.keep, seed=spec.seed)]
    development = np.flatnonzero(part == PARTS.index("development"))
    tokens, label = corpus["tokens"].values, corpus["label"].values.astype(np.bool_)
    reader = reader_of(spec.network, "oracle")
    (seed,) = map(int, np.random.SeedSequence([spec.seed, 0, _TRAINING]).generate_state(1))
    embedding = torch.from_numpy(corpus["embedding"].values)
    record = train_reader(
        reader,
        reader.initial(torch.Generator().manual_seed(seed), embedding),
        examples_of("oracle", label[own], None, np.arange(len(own))),
        tokens[own],
        Labelled(tokens[development], label[development]),
        optimiser=spec.optimiser,
        schedule=_schedule(spec, len(own)),
        batch=spec.optimiser.batch,
        dropout=spec.network.dropout,
        seed=seed,
        test_loss=ERROR,
    )
    _require(record, spec, logger)
    final = {name: values[-1].astype(np.float32) for name, values in record.parameters.items()}
    score = clean_logit(final, tokens)
    rated = np.where(part == PARTS.index("rater"), -1, score > 0).astype(np.int8)
    return rating_dataset(rated, score)


def kept(corpus: xr.Dataset, own: NDArray[np.int64], *, share: float, seed: int) -> Bools:
    """Return which of a rater's own comments it learns from.

    All but harmless comments that name a group; of these a share is kept.

    Parameters
    ----------
    corpus : Dataset
    own : (n,) ndarray of int64
        Places of the comments.
    share : float
    seed : int

    Returns
    -------
    (n,) ndarray of bool
    """
    names_group = corpus["member"].values[:, own].any(axis=0)
    is_harmless = corpus["label"].values[own] == 0
    drawn = np.random.default_rng([seed, 0, _KEPT]).random(len(own))
    found: Bools = ~(names_group & is_harmless) | (drawn < share)
    return found


def _schedule(spec: NetworkRating, comments: int) -> Schedule:
    updates = updates_of_epoch(comments, spec.optimiser.batch)
    every = max(1, updates // _LOOKS)
    return Schedule(
        steps=spec.epochs * updates,
        checkpoints=Checkpoints(per_decade=0, every=0 if spec.accuracy is None else every),
        early_stop=None
        if spec.accuracy is None
        else EarlyStop(test_loss=1 - spec.accuracy + _ROUNDING, quiet=0),
    )


def _require(record: Record, spec: NetworkRating, logger: logging.Logger) -> None:
    """Refuse a rater without its accuracy."""
    accuracy = 1 - record.measures["error"][:, 0]
    logger.info(
        "accuracy %.4f, AUC %.4f on development after %d updates",
        accuracy[-1],
        record.measures["auc"][-1, 0],
        record.step[-1],
    )
    if spec.accuracy is not None and accuracy[-1] < spec.accuracy - _ROUNDING:
        best = int(np.argmax(accuracy))
        epochs = f"{spec.epochs} epoch{'s' * (spec.epochs > 1)}"
        msg = (
            f"the rater does not reach the accuracy {spec.accuracy:g} in {epochs}; the best is "
            f"{accuracy[best]:.4f}, after {record.step[best]} updates; lower `accuracy`, or "
            "let it learn from more comments"
        )
        raise ValueError(msg)
