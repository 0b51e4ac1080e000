"""From stored datasets to what a run trains on, and how."""

from collections.abc import Callable
from functools import partial

import numpy as np
import torch
import xarray as xr
from numpy.typing import NDArray

from ontogeny.config.training import Checkpoints, Schedule
from ontogeny.studies.noisy_labels.config import Course, Training
from ontogeny.studies.noisy_labels.corpora.comments import PARTS
from ontogeny.studies.noisy_labels.networks.examples import Examples, clean_comments, examples_of
from ontogeny.studies.noisy_labels.networks.forward import clean_logit
from ontogeny.studies.noisy_labels.networks.reader import Parameters
from ontogeny.studies.noisy_labels.networks.runs import (
    Labelled,
    reader_of,
    train_reader,
    updates_of_epoch,
)
from ontogeny.studies.noisy_labels.networks.transition import by_group, mean_by_class
from ontogeny.training import Record

__all__ = ["course_of", "examples_of_run", "train_run"]

Bools = NDArray[np.bool_]


def examples_of_run(
    spec: Training, corpus: xr.Dataset, rating: xr.Dataset | None, parent: xr.Dataset | None
) -> Examples:
    """Return what a run learns from.

    Parameters
    ----------
    spec : Training
    corpus : Dataset
    rating : Dataset or None
        Labels of the rater, where the strategy reads them.
    parent : Dataset or None
        Checkpoints of the run that this one builds on, if any.

    Raises
    ------
    ValueError
        As `examples_of`.
    """
    study = _part(corpus, "study")
    label = corpus["label"].values[study].astype(np.bool_)
    rated = None if rating is None else rating["rated"].values[study] == 1
    clean = clean_comments(len(study), spec.clean_share, spec.seed)
    says_toxic: NDArray[np.float64] | None = None
    if parent is not None and not spec.tuned:
        says_toxic = _probability(parent, corpus["tokens"].values[study])
    noisy = rated
    if spec.strategy == "relabelled" and says_toxic is not None:
        noisy = says_toxic > 0.5
    return examples_of(
        spec.strategy,
        label,
        noisy,
        clean,
        tuned=spec.tuned,
        noisy_weight=spec.noisy_weight,
        transition=_transition(spec, corpus, study, clean, rated, says_toxic),
    )


def course_of(spec: Training, items: int) -> Course:
    """Return what a run depends on with its schedule in updates.

    There is a checkpoint after each epoch, and up to `looks` at even distances in each.

    Parameters
    ----------
    spec : Training
    items : int
        Comments that it learns from.
    """
    updates = updates_of_epoch(items, spec.optimiser.batch)
    fields = {name: getattr(spec, name) for name in Course.model_fields if name != "schedule"}
    every = next(n for n in range(-(-updates // spec.looks), updates + 1) if updates % n == 0)
    kept = Checkpoints(per_decade=0, every=every)
    return Course(**fields, schedule=Schedule(steps=spec.epochs * updates, checkpoints=kept))


def train_run(
    course: Course, of_run: Examples, corpus: xr.Dataset, parent: xr.Dataset | None
) -> Callable[..., Record]:
    """Return the function that trains a run, as `ontogeny.resume.train_in_job` asks for it.

    A tuned run starts from the final checkpoint of its parent.
    """
    tokens, label = corpus["tokens"].values, corpus["label"].values.astype(np.bool_)
    study, development = _part(corpus, "study"), _part(corpus, "development")
    reader = reader_of(course.network, course.strategy)
    if course.tuned and parent is not None:
        initial: Parameters = {
            str(name): torch.from_numpy(values.values[-1]) for name, values in parent.items()
        }
    else:
        embedding = torch.from_numpy(corpus["embedding"].values)
        initial = reader.initial(torch.Generator().manual_seed(course.seed), embedding)
    return partial(
        train_reader,
        reader,
        initial,
        of_run,
        tokens[study],
        Labelled(tokens[development], label[development]),
        optimiser=course.optimiser,
        schedule=course.schedule,
        batch=course.optimiser.batch,
        dropout=course.network.dropout,
        seed=course.seed,
    )


def _transition(
    spec: Training,
    corpus: xr.Dataset,
    study: NDArray[np.int64],
    clean: NDArray[np.int64],
    rated: Bools | None,
    says_toxic: NDArray[np.float64] | None,
) -> NDArray[np.float64] | None:
    """Return T_01 and T_11 of each comment of the part `study`, for loss correction; (M, 2)."""
    if spec.strategy != "loss-correction" or spec.tuned or rated is None:
        return None
    label = corpus["label"].values[study].astype(np.bool_)[clean]
    said = rated if says_toxic is None else says_toxic
    of_all = np.broadcast_to(mean_by_class(label, said[clean]), (len(study), 2))
    if spec.transition != "by-group":
        return of_all
    member = corpus["member"].values[:, study].astype(np.bool_)
    of_groups = by_group(label, said[clean], member[:, clean])
    named = member.sum(axis=0)
    mean = member.T.astype(np.float64) @ of_groups / np.maximum(named, 1)[:, None]
    return np.where(named[:, None] > 0, mean, of_all)


def _probability(checkpoints: xr.Dataset, tokens: NDArray[np.int32]) -> NDArray[np.float64]:
    """Return how likely the final checkpoint finds each comment toxic."""
    final = {str(name): values.values[-1] for name, values in checkpoints.items()}
    logit = clean_logit(final, tokens).astype(np.float64)
    return 1 / (1 + np.exp(-logit))


def _part(corpus: xr.Dataset, name: str) -> NDArray[np.int64]:
    return np.flatnonzero(corpus["part"].values == PARTS.index(name))
