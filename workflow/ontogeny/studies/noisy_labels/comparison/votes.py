"""How often single annotators disagree with the majority, and more so if a group is named."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from ontogeny.estimates import CONFIDENCE, RESAMPLES, SEED
from ontogeny.studies.noisy_labels.labels import variable

__all__ = ["votes_of_raters"]

Array = NDArray[np.float64]


def votes_of_raters(
    names: Sequence[str],
    raters: Mapping[str, Mapping[str, Any]],
    corpora: Mapping[str, xr.Dataset],
) -> dict[str, xr.Variable]:
    """Return how often votes of single annotators on the corpus of each rater are wrong.

    The truth is the majority, so a comment with three votes has at most one that is wrong. All
    comments of the corpus count, each with the share of its votes that are wrong, however many it
    has; nothing depends on which vote a rater has drawn.

    Parameters
    ----------
    names : sequence of str
        Of raters.
    raters : mapping of str to mapping
        Of each rater, ``corpus``: its name.
    corpora : mapping of str to Dataset

    Returns
    -------
    dict of str to Variable
        By ``(rater, true_label)``: ``vote_noise``, the mean share of wrong votes; ``vote_excess``,
        by how much that of comments that name a group exceeds that of all, with its
        ``vote_excess_interval(end)``, for which comments are drawn anew, those that name a group
        and the others apart; ``named_comments``, how many name a group. NaN without votes.
    """
    found = {corpus: _of_corpus(corpora[corpus]) for corpus in {raters[n]["corpus"] for n in names}}
    table = np.array([found[raters[name]["corpus"]] for name in names]).reshape(-1, 2, 5)
    dims = ("rater", "true_label")
    excess = "error rate of votes on comments that name a group, minus that on all comments"
    return {
        "vote_noise": variable(dims, table[..., 0], "share of votes against the majority"),
        "vote_excess": variable(dims, table[..., 1], excess),
        "vote_excess_interval": variable(
            (*dims, "end"), table[..., 2:4], f"interval of 95 % of {excess}"
        ),
        "named_comments": variable(
            dims, table[..., 4].astype(np.int64), "comments with votes that name a group"
        ),
    }


def _of_corpus(corpus: xr.Dataset) -> list[tuple[float, ...]]:
    """Return noise, excess, its interval and the number of comments that name a group, by label."""
    if "votes" not in corpus:
        return [(np.nan, np.nan, np.nan, np.nan, 0.0)] * 2
    named = (corpus["member"].values == 1).any(axis=0)
    is_toxic = corpus["label"].values == 1
    says_toxic = corpus["toxic_votes"].values / corpus["votes"].values
    wrong = np.where(is_toxic, 1 - says_toxic, says_toxic)
    return [_of_label(wrong[among], named[among]) for among in (~is_toxic, is_toxic)]


def _of_label(wrong: Array, named: NDArray[np.bool_]) -> tuple[float, ...]:
    count = float(named.sum())
    if not 0 < count < len(named):
        return float(wrong.mean()) if len(wrong) else np.nan, np.nan, np.nan, np.nan, count
    rng = np.random.default_rng(SEED)
    of_others = 1 - named.mean()
    drawn = of_others * (_drawn_means(wrong[named], rng) - _drawn_means(wrong[~named], rng))
    tail = (1 - CONFIDENCE) / 2
    interval = np.quantile(drawn, [tail, 1 - tail]).tolist()
    return float(wrong.mean()), float(wrong[named].mean() - wrong.mean()), *interval, count


def _drawn_means(values: Array, rng: np.random.Generator) -> Array:
    """Return means of bootstrap samples: shares of few votes have few different values."""
    different, counts = np.unique(values, return_counts=True)
    drawn = rng.multinomial(len(values), counts / len(values), size=RESAMPLES)
    return np.asarray(drawn @ different / len(values))
