"""What results say that they are of."""

import json
from typing import Any

import xarray as xr

from ontogeny.config import canonical
from ontogeny.studies.noisy_labels.config import Civil, Corpus, Generated, Training

__all__ = ["about_corpus", "about_run", "recipe"]


def about_corpus(corpus: Corpus) -> dict[str, Any]:
    """Return what the file of a corpus says that it is: ``data``, and its configuration."""
    match corpus:
        case Generated():
            words = f"{corpus.study:,} generated comments"
        case Civil():
            words = "Civil Comments"
        case _:
            words = "comments with votes of people"
    return {"data": words, "corpus_configuration": json.dumps(canonical(corpus), sort_keys=True)}


def about_run(training: Training, corpus: xr.Dataset) -> dict[str, Any]:
    """Return what the results of a run say that they are of.

    Parameters
    ----------
    training : Training
    corpus : Dataset
        As stored.

    Returns
    -------
    dict
        ``corpus``, its name; ``network`` and ``data`` in words; ``configuration`` as JSON, with
        every default of network and corpus.
    """
    of_corpus = json.loads(corpus.attrs["corpus_configuration"])
    channels, strategy = training.network.channels, recipe(training.strategy, training.tuned)
    return {
        "corpus": corpus.attrs["corpus"],
        "network": f"{channels} channels, {strategy}",
        "data": corpus.attrs["data"],
        "configuration": json.dumps(canonical(training) | {"corpus": of_corpus}, sort_keys=True),
    }


def recipe(strategy: str, tuned: bool, variant: str = "") -> str:
    """Return a strategy in words, with how it departs from the default and whether it is tuned.

    Examples
    --------
    >>> recipe("multi-head", True)
    'multi-head, tuned'
    >>> recipe("loss-correction", False, "by-group")
    'loss-correction by-group'
    """
    name = f"{strategy} {variant}" if variant else strategy
    return f"{name}, tuned" if tuned else name
