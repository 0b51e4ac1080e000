"""Whether the wrong labels of raters depend on the comment."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from ontogeny.estimates import CONFIDENCE, RESAMPLES, SEED
from ontogeny.joins import Run
from ontogeny.labels import Measure
from ontogeny.ranking import noise_by_score
from ontogeny.studies.noisy_labels.comparison.runs import OfCorpora, score_of
from ontogeny.studies.noisy_labels.comparison.texts import TextSet
from ontogeny.studies.noisy_labels.labels import measures_along
from ontogeny.studies.noisy_labels.settings import Setting, runs_in

__all__ = ["noise_of_raters"]

Array = NDArray[np.float64]
Counts = NDArray[np.int64]


@dataclass(frozen=True)
class _Noise:
    noise_by_score: Annotated[Array, Measure(("true_label", "bin"), "share of wrong labels")]
    noise_null: Annotated[
        Array,
        Measure(
            ("true_label",),
            "range over bins expected of noise that depends on the true label alone",
        ),
    ]
    noise_excess: Annotated[
        float,
        Measure((), "range over bins, of the label where it is larger, less the one expected"),
    ]
    noise_excess_interval: Annotated[
        Array, Measure(("end",), "interval of 95 % of the excess of the range over bins")
    ]
    noise_comments: Annotated[int, Measure((), "comments in the bins")]


def noise_of_raters(
    runs: Sequence[Run],
    ratings: Mapping[str, xr.Dataset],
    raters: Mapping[str, Mapping[str, Any]],
    texts: OfCorpora,
    *,
    bins: int,
) -> dict[str, xr.Variable]:
    """Return the share of wrong labels by the score that an oracle gives to a comment.

    The test comments of each true label are put into bins of equal numbers by the mean score, over
    seeds, of the networks of the same corpus that learned from true labels alone and are trained as
    is usual. If wrong labels depend on the true label alone, the bins of one true label differ by
    chance only: what is expected then is the mean over random distributions of as many wrong
    labels, for the larger range of the two true labels as for each. For the interval, comments are
    drawn anew within each bin. A range grows with the noise of its shares, in a sample more than in
    the data; so the interval is the basic one, which takes this off.

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
    dict of str to Variable
        Along ``rater``: ``noise_by_score(true_label, bin)``; ``noise_null(true_label)``, the range
        over bins that is expected; ``noise_excess``, the range of the true label for which it is
        larger less what is expected of that, with its ``noise_excess_interval(end)``;
        ``noise_comments``. NaN where a corpus has no oracle.
    """
    about = [run.about for run in runs]
    found = []
    for name, rating in ratings.items():
        corpus = raters[name]["corpus"]
        places = runs_in(about, Setting(corpus, name, 0.0, "")).values()
        oracles = [runs[each].results["scores"] for each in places]
        test = texts[corpus]["test"]
        scores = [score_of(each, test, int(each["chosen"])) for each in oracles]
        found.append(_of_rater(scores, rating, test, bins))
    return measures_along("rater", found)


def _of_rater(scores: Sequence[Array], rating: xr.Dataset, test: TextSet, bins: int) -> _Noise:
    if not scores:
        return _Noise(np.full((2, bins), np.nan), np.full(2, np.nan), np.nan, np.full(2, np.nan), 0)
    score = np.mean(scores, axis=0)
    wrong = (rating["rated"].values[test.place] == 1) != test.label
    rng = np.random.default_rng(SEED)
    shares, by_chance, drawn = [], [], []
    for among in (~test.label, test.label):
        share, count = noise_by_score(score[among], wrong[among], bins)
        shares.append(share)
        by_chance.append(_ranges_by_chance(count, int(wrong[among].sum()), rng))
        drawn.append(_ranges(rng.binomial(count, np.nan_to_num(share), (RESAMPLES, bins)), count))
    null = np.mean(by_chance, axis=1)
    expected = float(np.max(by_chance, axis=0).mean())
    largest = float(np.max(np.nanmax(shares, axis=1) - np.nanmin(shares, axis=1)))
    tail = (1 - CONFIDENCE) / 2
    ends = np.quantile(np.max(drawn, axis=0), [1 - tail, tail])
    return _Noise(
        noise_by_score=np.array(shares),
        noise_null=null,
        noise_excess=largest - expected,
        noise_excess_interval=2 * largest - ends - expected,
        noise_comments=len(wrong),
    )


def _ranges_by_chance(count: Counts, wrong: int, rng: np.random.Generator) -> Array:
    """Return ranges over bins if wrong labels are distributed over comments at random."""
    drawn = rng.multivariate_hypergeometric(count, wrong, RESAMPLES, method="marginals")
    return _ranges(drawn, count)


def _ranges(errors: Counts, count: Counts) -> Array:
    """Return the range over bins with comments of the share of wrong labels, by draw."""
    some = count > 0
    return np.asarray(np.ptp(errors[:, some] / count[some], axis=1))
