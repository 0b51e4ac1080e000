"""The scores that a network gives to comments and probes that it did not learn from."""

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from ontogeny.studies.noisy_labels.carried import training_of
from ontogeny.studies.noisy_labels.corpora.comments import PARTS
from ontogeny.studies.noisy_labels.labels import dataset, variable
from ontogeny.studies.noisy_labels.networks.forward import clean_logit
from ontogeny.studies.noisy_labels.networks.labellers import PARAMETERS

__all__ = ["scores"]

_SCORED = ("development", "test")


def scores(corpus: xr.Dataset, checkpoints: xr.Dataset, history: xr.Dataset) -> xr.Dataset:
    """Return the scores of a network at its best checkpoint.

    Parameters
    ----------
    corpus, checkpoints, history : Dataset
        As stored.

    Returns
    -------
    Dataset
        ``score(step, comment)`` [nat], the logit for the clean labeller; ``comment`` has the places
        in the corpus of the comments of development and test. ``probe_score(step, probe)`` [nat]
        where the corpus has probes. ``chosen``: of the checkpoints before training and after each
        epoch, that with the highest AUC on development, the earliest of equals. ``step`` is that
        checkpoint alone; for the strategy `naive` without
        tuning, every checkpoint. ``examples_per_update``, the size of a minibatch.

    Raises
    ------
    ValueError
        If the AUC is not known: development lacks toxic or harmless comments.
    """
    training = training_of(checkpoints)
    chosen = _best(history, training.epochs)
    is_stopped = training.strategy == "naive" and not training.tuned
    places = np.arange(checkpoints.sizes["step"]) if is_stopped else np.array([chosen])
    scored = [PARTS.index(name) for name in _SCORED]
    comment = np.flatnonzero(np.isin(corpus["part"].values, scored))
    step = checkpoints["step"].values
    variables = {
        "score": variable(
            ("step", "comment"),
            _logits(checkpoints, places, corpus["tokens"].values[comment]),
            "score of a comment",
            "nat",
        ),
        "chosen": variable((), step[chosen], "checkpoint with the highest AUC on development"),
        "examples_per_update": variable((), training.optimiser.batch, "comments of a minibatch"),
    }
    if "probe_tokens" in corpus:
        variables["probe_score"] = variable(
            ("step", "probe"),
            _logits(checkpoints, places, corpus["probe_tokens"].values),
            "score of a probe",
            "nat",
        )
    return dataset(
        variables,
        {"step": step[places], "comment": comment},
        title="Scores of a network",
    )


def _best(history: xr.Dataset, epochs: int) -> int:
    step, auc = history["step"].values, history["auc"].sel(split="development").values
    if np.isnan(auc).any():
        msg = "development has no toxic or no harmless comments, so no checkpoint can be chosen"
        raise ValueError(msg)
    ends = np.flatnonzero(step % (step[-1] // epochs) == 0)
    return int(ends[np.argmax(auc[ends])])


def _logits(
    checkpoints: xr.Dataset, places: NDArray[np.int64], tokens: NDArray[np.int32]
) -> NDArray[np.float32]:
    """Return the logit of each text at some checkpoints, (S, N)."""
    names = tuple(PARAMETERS)
    return np.stack(
        [
            clean_logit(
                {name: checkpoints[name].values[place].astype(np.float32) for name in names}, tokens
            )
            for place in places
        ]
    )
