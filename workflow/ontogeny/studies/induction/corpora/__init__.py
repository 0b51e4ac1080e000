"""Corpora: generators of sequences, and real text."""

from ontogeny.studies.induction.corpora._classes import IN_CONTEXT, in_context
from ontogeny.studies.induction.corpora._markov import (
    PREDICTORS,
    chains,
    predictor_losses,
    stationary,
)
from ontogeny.studies.induction.corpora._phrases import (
    ORIGINS,
    Background,
    Phrased,
    background,
    phrased,
)
from ontogeny.studies.induction.corpora._text import (
    BEGINNING,
    different_windows,
    encode,
    source_texts,
    standard_library,
    tokenizer,
    windows,
    words,
)

__all__ = [
    "BEGINNING",
    "IN_CONTEXT",
    "ORIGINS",
    "PREDICTORS",
    "Background",
    "Phrased",
    "background",
    "chains",
    "different_windows",
    "encode",
    "in_context",
    "phrased",
    "predictor_losses",
    "source_texts",
    "standard_library",
    "stationary",
    "tokenizer",
    "windows",
    "words",
]
