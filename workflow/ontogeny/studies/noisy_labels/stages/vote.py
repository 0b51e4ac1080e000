"""The votes of people as labels of a rater."""

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from ontogeny.studies.noisy_labels.config import VoteRating
from ontogeny.studies.noisy_labels.labels import dataset, variable

__all__ = ["rating_dataset", "vote_rating"]

_VOTE = 4
"""Stream of random numbers of a rater that draws votes."""


def vote_rating(spec: VoteRating, corpus: xr.Dataset) -> xr.Dataset:
    """Return one vote of each comment, drawn from all of its votes alike.

    Parameters
    ----------
    spec : VoteRating
    corpus : Dataset
        With ``votes`` and ``toxic_votes``.

    Returns
    -------
    Dataset
        ``rated(comment)``.
    """
    drawn = np.random.default_rng([spec.seed, 0, _VOTE]).random(corpus.sizes["comment"])
    is_toxic = drawn * corpus["votes"].values < corpus["toxic_votes"].values
    return rating_dataset(is_toxic.astype(np.int8), None)


def rating_dataset(rated: NDArray[np.int8], score: NDArray[np.float32] | None) -> xr.Dataset:
    """Return the labels of a rater as a dataset.

    Parameters
    ----------
    rated : (N,) ndarray of int8
        1 toxic, 0 harmless, -1 for comments of the part `rater`, which it may have learned from.
    score : (N,) ndarray [nat] or None
        Logits of a rater that is a network.

    Returns
    -------
    Dataset
        ``rated(comment)``; ``rating_score(comment)`` where there are scores.
    """
    variables = {
        "rated": variable("comment", rated, "label of the rater; -1: comment of the part `rater`")
    }
    if score is not None:
        variables["rating_score"] = variable("comment", score, "score of the rater", "nat")
    return dataset(variables, {}, title="Labels of a rater")
