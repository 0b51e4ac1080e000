"""Real comparisons as a stored dataset, without any text."""

from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from ontogeny.labels import text
from ontogeny.studies.rlhf.labels import dataset, variable
from ontogeny.studies.rlhf.pairs.features import Counts, counts_of
from ontogeny.studies.rlhf.pairs.reading import ANNOTATORS, FAULTS, Comparisons

__all__ = ["counts_from", "pairs_world"]


def pairs_world(found: Comparisons) -> xr.Dataset:
    """Return what models and tests need of real comparisons.

    Parameters
    ----------
    found : Comparisons
        Of a file; its texts are not stored.

    Returns
    -------
    Dataset
        ``group(pair)``; ``words(side, pair)`` and ``length(side, pair)``; the counts of hashed
        words as sparse rows, ``column(entry)``, ``count(entry)`` and ``entries(side, pair)``, all
        rows of the chosen side first; ``dropped(fault)`` and ``converted``. Where people voted,
        ``votes(annotator, pair)``, ``agreement`` and ``unanimous``.
    """
    counts = counts_of(found.chosen, found.rejected)
    dropped = [found.dropped[fault] for fault in FAULTS]
    variables = {
        "group": variable("pair", found.group, "number of the first message"),
        "words": variable(("side", "pair"), counts.words, "words and other marks of a response"),
        "length": variable(
            ("side", "pair"), counts.log_length, "logarithm of 1 + the words of a response"
        ),
        "column": variable("entry", counts.column, "number of a hashed word or bigram"),
        "count": variable(
            "entry", counts.count, "number of occurrences of the feature in the response"
        ),
        "entries": variable(
            ("side", "pair"), counts.entries, "entries of a response, one after the other"
        ),
        "dropped": variable("fault", dropped, "comparisons of the file that are left out"),
        "converted": variable((), found.converted, "responses that were no texts in the file"),
    }
    coordinates: dict[str, NDArray[Any]] = {
        "side": text(["chosen", "rejected"]),
        "fault": text(FAULTS),
    }
    if found.votes is not None:
        coordinates["annotator"] = np.arange(1, ANNOTATORS + 1)
        variables["votes"] = variable(
            ("annotator", "pair"), found.votes, "1: for the chosen response, 0: tie, -1: against"
        )
        variables["agreement"] = variable(
            (), found.agreement, "share of equal votes of two annotators, ties left out"
        )
        variables["unanimous"] = variable(
            (), found.unanimous, "share of comparisons in the file with equal votes, ties included"
        )
    return dataset(variables, coordinates, title="Real comparisons").assign_attrs(kind="pairs")


def counts_from(world: xr.Dataset) -> Counts:
    """Return the counts that a dataset of `pairs_world` holds."""
    names = ("column", "count", "entries", "words")
    return Counts(**{name: world[name].values for name in names})
