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
    encode,
    tokenizer,
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
    "encode",
    "in_context",
    "phrased",
    "predictor_losses",
    "stationary",
    "tokenizer",
    "words",
]
