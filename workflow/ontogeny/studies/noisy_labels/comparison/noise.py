"""Whether the wrong labels of raters depend on the comment."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from ontogeny.estimates import SEED
from ontogeny.joins import Run
from ontogeny.ranking import noise_by_score
from ontogeny.studies.noisy_labels.comparison.raters import TRUE_LABELS
from ontogeny.studies.noisy_labels.comparison.runs import OfCorpora, score_of
from ontogeny.studies.noisy_labels.comparison.texts import Texts
from ontogeny.studies.noisy_labels.labels import variable

__all__ = ["noise_of_raters"]

_DRAWS = 200
"""Ways to distribute the wrong labels of one true label at random."""

Array = NDArray[np.float64]


def noise_of_raters(
    runs: Sequence[Run],
    ratings: Mapping[str, xr.Dataset],
    raters: Mapping[str, Mapping[str, Any]],
    texts: OfCorpora,
    *,
    bins: int,
) -> tuple[NDArray[np.int64], dict[str, xr.Variable]]:
    """Return the share of wrong labels by the score that an oracle gives to a comment.

    The test comments of each true label are put into bins of equal numbers by the score of the
    network of the same corpus that learned from true labels alone, that of the first experiment by
    name. If wrong labels depend on the true label alone, the bins of one true label differ by
    chance only.

    Parameters
    ----------
    runs : sequence of Run
    ratings : mapping of str to Dataset
        Labels by name of the rater.
    raters : mapping of str to mapping
        Of each rater, ``corpus``: its name.
    texts : mapping
        By corpus: the texts of `test`.
    bins : int

    Returns
    -------
    seed : (S,) ndarray of int64
        Of the oracles.
    variables : dict of str to Variable
        ``noise_by_score(rater, seed, true_label, bin)``; ``noise_null(rater, seed, true_label)``,
        the range over bins that is expected if as many wrong labels are distributed at random: the
        mean of 200 draws. NaN where a corpus has no oracle of the seed.
    """
    oracles = {
        (run.about["corpus"], run.about["seed"]): run
        for run in sorted(runs, key=lambda run: str(run.about["experiment"]), reverse=True)
        if run.about["strategy"] == "oracle"
    }
    seeds = np.array(sorted({seed for _, seed in oracles}), dtype=np.int64)
    share = np.full((len(ratings), len(seeds), len(TRUE_LABELS), bins), np.nan)
    null = np.full(share.shape[:-1], np.nan)
    for row, (name, rating) in enumerate(ratings.items()):
        corpus = raters[name]["corpus"]
        test = texts[corpus]["test"]
        for column, seed in enumerate(seeds):
            if (corpus, seed) in oracles:
                scores = oracles[corpus, seed].results["scores"]
                score = score_of(scores, test, int(scores["chosen"]))
                share[row, column], null[row, column] = _by_class(score, rating, test, bins)
    dims = ("rater", "seed", "true_label", "bin")
    return seeds, {
        "noise_by_score": variable(dims, share, "share of wrong labels"),
        "noise_null": variable(
            dims[:-1],
            null,
            "range over bins expected of noise that depends on the true label alone",
        ),
    }


def _by_class(score: Array, rating: xr.Dataset, test: Texts, bins: int) -> tuple[Array, Array]:
    """Return the share of wrong labels, (2, bins), and its expected range, (2,), by true label."""
    wrong = (rating["rated"].values[test.place] == 1) != test.label
    shares, ranges = [], []
    for is_toxic in (False, True):
        among = test.label == is_toxic
        share, count = noise_by_score(score[among], wrong[among], bins)
        shares.append(share)
        ranges.append(_expected_range(count, int(wrong[among].sum())))
    return np.array(shares), np.array(ranges)


def _expected_range(count: NDArray[np.int64], wrong: int) -> float:
    """Return the mean range of shares if wrong labels are distributed over bins at random."""
    count = count[count > 0]
    if not count.size:
        return np.nan
    draws = np.random.default_rng(SEED).multivariate_hypergeometric(
        count, wrong, _DRAWS, method="marginals"
    )
    return float(np.ptp(draws / count, axis=1).mean())
