"""How good and how biased each rater is, on the comments that networks learn from."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from ontogeny.labels import Measure, text
from ontogeny.ranking import auc, rates
from ontogeny.studies.noisy_labels.comparison.runs import OfCorpora
from ontogeny.studies.noisy_labels.comparison.texts import TextSet
from ontogeny.studies.noisy_labels.labels import measures_along, variable

__all__ = ["TRUE_LABELS", "about_raters", "of_raters"]

TRUE_LABELS = ("harmless", "toxic")

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class _OfRater:
    rater_accuracy: Annotated[float, Measure((), "share of right labels")]
    rater_auc: Annotated[float, Measure((), "AUC of the rater; NaN for votes")]
    rater_background_false_positive_rate: Annotated[
        float, Measure((), "false positive rate of comments that name no group")
    ]
    rater_background_false_negative_rate: Annotated[
        float, Measure((), "false negative rate of comments that name no group")
    ]
    rater_false_positive_rate: Annotated[
        Array, Measure(("identity",), "false positive rate of the group")
    ]
    rater_false_negative_rate: Annotated[
        Array, Measure(("identity",), "false negative rate of the group")
    ]
    rater_comments: Annotated[
        NDArray[np.int64], Measure(("identity", "true_label"), "comments that name the group")
    ]
    rater_background_comments: Annotated[
        NDArray[np.int64], Measure(("true_label",), "comments that name no group")
    ]


def of_raters(
    ratings: Mapping[str, xr.Dataset],
    raters: Mapping[str, Mapping[str, Any]],
    texts: OfCorpora,
    *,
    least: int,
) -> dict[str, xr.Variable]:
    """Return how good and how biased raters are on the part `study`.

    Parameters
    ----------
    ratings : mapping of str to Dataset
        Labels by name of the rater.
    raters : mapping of str to mapping
        Of each rater, ``corpus``: its name.
    texts : mapping
        By corpus: the texts of all parts.
    least : int
        The rate of a group is NaN where it rests on fewer comments.

    Returns
    -------
    dict of str to Variable
        Along ``rater``.
    """
    found = [
        _of_rater(rating, texts[raters[name]["corpus"]], least) for name, rating in ratings.items()
    ]
    return measures_along("rater", found)


def about_raters(
    ratings: Mapping[str, xr.Dataset],
    raters: Mapping[str, Mapping[str, Any]],
) -> dict[str, xr.Variable]:
    """Return what the configuration says of raters, as coordinates along ``rater``."""
    about = [raters[name] for name in ratings]
    corpus, source = ([each[key] for each in about] for key in ("corpus", "source"))
    accuracy, keep = (
        np.array([each[key] for each in about], dtype=np.float64) for key in ("accuracy", "keep")
    )
    return {
        "source_of_rater": variable("rater", text(source), "source of the labels"),
        "corpus_of_rater": variable("rater", text(corpus), "corpus of the rater"),
        "accuracy_of_rater": variable(
            "rater", accuracy, "accuracy at which the rater stops; NaN for none"
        ),
        "keep_of_rater": variable(
            "rater",
            keep,
            "share of the harmless comments with a group that the rater learns from; NaN for votes",
        ),
    }


def _of_rater(rating: xr.Dataset, texts: Mapping[str, TextSet], least: int) -> _OfRater:
    study = texts["study"]
    rated = rating["rated"].values[study.place] == 1
    label = study.label
    score = rating["rating_score"].values[study.place] if "rating_score" in rating else None
    counts = study.counts
    of_groups = np.array([_rates(rated, label, member) for member in study.members])
    of_groups = np.where(counts >= least, of_groups.reshape(-1, 2), np.nan)
    background = _rates(rated, label, study.nameless)
    return _OfRater(
        rater_accuracy=float((rated == label).mean()),
        rater_auc=np.nan if score is None else auc(score[label], score[~label]),
        rater_background_false_positive_rate=background[0],
        rater_background_false_negative_rate=background[1],
        rater_false_positive_rate=of_groups[:, 0],
        rater_false_negative_rate=of_groups[:, 1],
        rater_comments=counts,
        rater_background_comments=_counts(label, study.nameless),
    )


def _rates(rated: Mask, label: Mask, among: Mask) -> Array:
    """Return the shares of wrong labels of harmless and of toxic comments, (2,)."""
    return np.array(rates(rated[among], label[among], 0.5))


def _counts(label: Mask, among: Mask) -> NDArray[np.int64]:
    """Return the numbers of harmless and of toxic comments, (2,)."""
    return np.array([(among & ~label).sum(), (among & label).sum()])
