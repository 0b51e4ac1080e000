"""What a run is and what it shows, in sentences."""

import numpy as np
import xarray as xr

from ontogeny.studies.induction.config import Corpus, Markov, Network, Phrases, Text
from ontogeny.studies.induction.head_kinds import HEAD_KINDS
from ontogeny.wording import plural

__all__ = ["about", "corpus_words", "formed", "learned", "network_words", "told_apart"]


def network_words(network: Network) -> str:
    """Return what a network is.

    Examples
    --------
    >>> network_words(Network(layers=1))
    '1 layer of width 64, 4 heads each, attention only'
    """
    mlps = f"MLPs of {network.d_mlp:,} neurons" if network.d_mlp else "attention only"
    return (
        f"{plural(network.layers, 'layer')} of width {network.d_model:,}, "
        f"{plural(network.heads, 'head')} each, {mlps}"
        f"{', smeared keys' * network.smeared_keys}"
        f"{', positions in the first layer alone' * (network.positions == 'first')}"
    )


def corpus_words(corpus: Corpus) -> str:
    """Return what sequences are made of.

    Parameters
    ----------
    corpus : Phrases, Markov or Text
        With the digests of its files for their names.

    Examples
    --------
    >>> corpus_words(Markov(sequences=64))
    'Markov chains of 3 states; 64 sequences of 100 tokens'
    """
    sequences = f"{corpus.sequences:,} sequences of {corpus.length:,} tokens"
    match corpus:
        case Phrases():
            return (
                f"{sequences} out of {corpus.vocabulary:,}, each with "
                f"{plural(corpus.phrases, 'phrase')} of {corpus.phrase_length} tokens of its own "
                f"(start probability {corpus.start_probability:g})"
            )
        case Markov():
            return f"Markov chains of {corpus.states} states; {sequences}"
        case Text():
            digests = ", ".join(digest[:_DIGITS] for digest in corpus.files)
            source = f"files (SHA-256 {digests})" if digests else "the Python standard library"
            return f"text of {source}; {sequences} out of {corpus.vocabulary:,}"


_DIGITS = 8
"""Of a digest."""


def about(corpus: xr.Dataset, evaluation: xr.Dataset) -> dict[str, str]:
    """Return what networks and data are: ``network`` and ``data``."""
    steps, sizes = evaluation["step"].values, evaluation.sizes
    when = f"step {steps[0]:,}" if len(steps) == 1 else f"steps {steps[0]:,} to {steps[-1]:,}"
    return {
        "network": f"{plural(sizes['layer'], 'layer')} of {plural(sizes['head'], 'head')}, "
        f"{plural(len(steps), 'checkpoint')} ({when})",
        "data": f"{corpus.sizes['sequence']:,} sequences of {corpus.sizes['token_index']:,} tokens "
        f"out of {corpus.sizes['word']:,}",
    }


def formed(evaluation: xr.Dataset, analysis: xr.Dataset) -> str:
    """Return when the circuit of a run formed."""
    start, end, fall = (float(analysis[f"window_{each}"]) for each in ("start", "end", "fall"))
    score = evaluation["score"].values
    if np.isfinite(start):
        return (
            f"between steps {start:,.0f} and {end:,.0f}, while the in-context learning score fell "
            f"by {fall:.2f} nat"
        )
    return (
        "no phase change: the in-context learning score, late less early loss, has no steep fall "
        f"that is large enough; it is {score[0]:.2f} nat at first and {score[-1]:.2f} at the end"
    )


def learned(final: xr.Dataset, analysis: xr.Dataset) -> str:
    """Return which heads the final checkpoint has, as layer.head from 0, from its scores."""
    scores = {
        "induction": ("prefix matching", final["matching"].sel(offset=1).values),
        "previous-token": ("previous-token attention", final["previous_token"].values),
    }
    if "head_kind" not in analysis:
        strongest = [
            f"{about} {scores_of.max():.2f} of {_head(*_place(scores_of))}"
            for about, scores_of in scores.values()
        ]
        return f"strongest heads at the end: {', '.join(strongest)}"
    kinds = analysis["head_kind"].values
    parts = []
    for kind, (about, values) in scores.items():
        places = np.argwhere(kinds == HEAD_KINDS.index(kind))
        each = [
            f"{_head(*map(int, place))} ({about} {values[tuple(place)]:.2f})" for place in places
        ]
        parts.append(f"{kind} heads: {', '.join(each) or 'none'}")
    return "; ".join(parts)


def _place(values: np.ndarray) -> tuple[int, ...]:
    return tuple(int(each) for each in np.unravel_index(int(values.argmax()), values.shape))


def _head(layer: int, head: int) -> str:
    return f"{layer}.{head}"


def told_apart(layers: int, *, has_mlps: bool, has_smeared_keys: bool) -> list[str]:
    """Return in words what tells networks apart.

    Examples
    --------
    >>> told_apart(1, has_mlps=False, has_smeared_keys=True)
    ['1 layer', 'smeared keys']
    """
    counted = plural(layers, "layer") + " with MLPs" * has_mlps
    return [counted, *(["smeared keys"] if has_smeared_keys else [])]
