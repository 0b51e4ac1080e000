"""Sequences that are given as the evaluation set of a corpus."""

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from ontogeny.studies.induction.corpora import IN_CONTEXT, in_context
from ontogeny.studies.induction.labels import dataset, variable

__all__ = ["given_corpus"]


def given_corpus(sequences: NDArray[np.int64], vocabulary: int) -> xr.Dataset:
    """Return sequences as a corpus that draws no others.

    Parameters
    ----------
    sequences : (N, T + 1) ndarray of int64
    vocabulary : int
        Tokens there are; a token is called by its number.

    Returns
    -------
    Dataset
        As `ontogeny.studies.induction.sources.corpus_dataset` makes it; classes of tokens are those
        that the context alone tells.
    """
    said = in_context(sequences)
    return dataset(
        {
            "tokens": variable(
                ("sequence", "token_index"), sequences.astype(np.int32), "evaluation sequences"
            ),
            "member": variable(
                ("token_kind", "sequence", "index"),
                np.stack([said == number for number in range(len(IN_CONTEXT))]),
                "whether the coming token is of a class",
            ),
        },
        {
            "word": np.array([*map(str, range(vocabulary))], dtype=object),
            "token_kind": np.array(IN_CONTEXT, dtype=object),
        },
        title="Corpus: sequences that were given",
    )
