"""Corpora as stored datasets, and what draws fresh sequences from them."""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from ontogeny.studies.induction.config import Markov, Phrases, Text
from ontogeny.studies.induction.corpora import (
    BEGINNING,
    IN_CONTEXT,
    ORIGINS,
    PREDICTORS,
    Background,
    background,
    chains,
    encode,
    in_context,
    phrased,
    predictor_losses,
    tokenizer,
    words,
)
from ontogeny.studies.induction.labels import dataset, variable
from ontogeny.studies.induction.ranges import range_losses, ranges
from ontogeny.texts.division import boundary, shortage
from ontogeny.texts.windows import different_windows, windows

__all__ = ["corpus_dataset", "source_of"]

Array = NDArray[np.int64]
Source = Callable[[np.random.Generator, int], Array]

_SHARED, _EVALUATION = 0, 1
"""Streams of random numbers that belong to the seed of a corpus."""


def corpus_dataset(spec: Phrases | Markov | Text, texts: list[str]) -> xr.Dataset:
    """Return all that is fixed about a corpus, and its evaluation set.

    Parameters
    ----------
    spec : Phrases, Markov or Text
    texts : list of str
        The files of a text; empty for the other two.

    Returns
    -------
    Dataset
        ``tokens(sequence, token_index)`` of the evaluation set, ``member(token_kind, sequence,
        index)``, the names of tokens, and what its generator needs. The evaluation set of a text
        holds no window twice.

    Raises
    ------
    ValueError
        If a text is too short for a window of training, or for its evaluation set.
    """
    rng = np.random.default_rng([spec.seed, _EVALUATION])
    if isinstance(spec, Phrases):
        return _phrases(spec, rng)
    return _markov(spec, rng) if isinstance(spec, Markov) else _text(spec, texts, rng)


def source_of(corpus: xr.Dataset, spec: Phrases | Markov | Text) -> Source:
    """Return a function from a generator and a number to fresh sequences of a corpus.

    Parameters
    ----------
    corpus : Dataset
        From `corpus_dataset`.
    spec : Phrases, Markov or Text

    Returns
    -------
    callable
        Sequences, (number, T + 1) of int64. Windows of a text are from the part of it that the
        evaluation set is not from.
    """
    if isinstance(spec, Phrases):
        chain = Background(corpus["background_last"].values, corpus["background_before"].values)
        return _phrase_source(chain, spec)
    if isinstance(spec, Markov):
        return partial(chains, states=spec.states, length=spec.length)
    stream = corpus["stream"].values
    trained_on = stream[: boundary(len(stream), spec.held_out)]
    return partial(windows, trained_on, length=spec.length)


def _phrase_source(chain: Background, spec: Phrases) -> Source:
    def draw(rng: np.random.Generator, count: int) -> Array:
        return phrased(
            chain,
            rng,
            count,
            length=spec.length,
            phrases=spec.phrases,
            phrase_length=spec.phrase_length,
            start_probability=spec.start_probability,
        ).tokens

    return draw


def _phrases(spec: Phrases, rng: np.random.Generator) -> xr.Dataset:
    shared = np.random.default_rng([spec.seed, _SHARED])
    chain = background(spec.vocabulary, strength=spec.strength, rng=shared)
    found = phrased(
        chain,
        rng,
        spec.sequences,
        length=spec.length,
        phrases=spec.phrases,
        phrase_length=spec.phrase_length,
        start_probability=spec.start_probability,
    )
    origins = {name: found.origin == number for number, name in enumerate(ORIGINS)}
    pair = ("word", "following_word")
    about = "logits of the background chain by the token"
    return _described(
        found.tokens,
        [BEGINNING, *map(str, range(1, spec.vocabulary))],
        origins,
        {
            "background_last": variable(pair, chain.last, f"{about} before"),
            "background_before": variable(pair, chain.before, f"{about} before the last"),
        },
    )


def _markov(spec: Markov, rng: np.random.Generator) -> xr.Dataset:
    tokens = chains(rng, spec.sequences, states=spec.states, length=spec.length)
    losses = predictor_losses(tokens, states=spec.states).mean(axis=1)
    return _described(
        tokens,
        [BEGINNING, *map(str, range(1, spec.states + 1))],
        {},
        {
            "predictor_loss": variable(
                ("predictor_in_context", "index"),
                losses,
                "cross-entropy of predictions from counts",
                "nat",
            ),
            "predictor_range_loss": variable(
                ("predictor_in_context", "index_range"),
                range_losses(losses),
                "the same, mean over a range of the context index",
                "nat",
            ),
        },
        predictor_in_context=np.array(PREDICTORS, dtype=object),
        index_range=ranges(spec.length),
    )


def _text(spec: Text, texts: list[str], rng: np.random.Generator) -> xr.Dataset:
    order = np.random.default_rng([spec.seed, _SHARED]).permutation(len(texts))
    ordered = [texts[number] for number in order]
    model = tokenizer(ordered, size=spec.vocabulary)
    stream = encode(ordered, model)
    held_out = stream[boundary(len(stream), spec.held_out) :]
    tokens = different_windows(held_out, rng, spec.sequences, length=spec.length)
    short = shortage(
        len(stream),
        len(tokens),
        length=spec.length,
        sequences=spec.sequences,
        held_out=spec.held_out,
    )
    if short is not None:
        names = ", ".join(spec.files) or "the Python standard library"
        msg = f"the text of {names}, {len(stream)} tokens, {short}"
        raise ValueError(msg)
    stored = variable("stream_index", stream.astype(np.int16), "tokens of the whole text")
    return _described(tokens, list(words(model)), {}, {"stream": stored})


def _described(
    tokens: Array,
    words: list[str],
    origins: dict[str, NDArray[np.bool_]],
    further: dict[str, xr.Variable],
    **coordinates: NDArray[Any],
) -> xr.Dataset:
    said = in_context(tokens)
    member = origins | {name: said == number for number, name in enumerate(IN_CONTEXT)}
    return dataset(
        {
            "tokens": variable(
                ("sequence", "token_index"), tokens.astype(np.int16), "evaluation sequences"
            ),
            "member": variable(
                ("token_kind", "sequence", "index"),
                np.stack(list(member.values())),
                "whether the coming token is of a class",
            ),
            **further,
        },
        {
            "word": np.array(words, dtype=object),
            "token_kind": np.array(list(member), dtype=object),
            **coordinates,
        },
        title="Corpus: evaluation set and source of fresh sequences",
    )
