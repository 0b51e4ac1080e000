"""Progress measures of one network, for the key frequencies of the last one of its run.

Formulas of arXiv 2301.05217, section 5.1. Symbols as in
`ontogeny.studies.composition.addition.waves`; ``L`` the logits on all pairs, ``N W_L^T`` what of
them passes through the hidden layer; ``K`` the key frequencies; ``P_K`` the projection of functions
of pairs, each candidate by itself.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ontogeny.studies.composition.addition.followups import (
    Efficiency,
    alignment,
    circuit_efficiency,
    fourier_crispness,
    fourier_density,
)
from ontogeny.studies.composition.addition.readout import (
    LogitFit,
    component_norms,
    logit_fit,
)
from ontogeny.studies.composition.addition.split_losses import (
    SplitLosses,
    softmax_collapse,
    split_losses,
)
from ontogeny.studies.composition.addition.waves import (
    WIDTHS,
    cube_coefficients,
    cyclic_frame,
    means,
    project,
    project_cubes,
    project_means,
)
from ontogeny.studies.composition.irreps.analysis import (
    SPLITS,
    Ablation,
    Layers,
    ablated_losses,
    gini,
)

__all__ = [
    "EXCLUSIONS",
    "PLACES",
    "PRECISIONS",
    "SPECTRA",
    "Excluded",
    "Measures",
    "Restricted",
    "Snapshot",
    "all_measures",
    "excluded",
    "restricted",
    "spectrum_gini",
    "squared_weights",
]

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]
Answers = NDArray[np.integer]

PLACES = ("logits", "neurons")
EXCLUSIONS = ("logits", "neurons", "cubes")
"""What is taken from the logits: their own waves of ``a + b``; those of the neurons; cubes."""

SPECTRA = ("waves", "frequencies", "energies")
"""The numbers whose Gini coefficient is taken, as `spectrum_gini` says."""

PRECISIONS = ("float32", "float64")
"""In which the plain loss is computed to see whether it collapses."""

_TRAIN = SPLITS.index("train")
_TEST = SPLITS.index("test")
_ALL = SPLITS.index("all")


@dataclass(frozen=True)
class Snapshot:
    """A network at one checkpoint, in float64.

    Attributes
    ----------
    parameters : dict of str to ndarray
    embeddings : pair of (p, e) ndarray
        What it reads of the left and of the right summand.
    unembedding : (p, h) ndarray
        The neuron-to-logit map ``W_L``.
    logits : (p, p, p) ndarray
        On all pairs, of the residues.
    through : (p, p, p) ndarray
        What of them passes through the hidden layer; all of it where there is no path around.
    """

    parameters: dict[str, Array]
    embeddings: tuple[Array, Array]
    unembedding: Array
    logits: Array
    through: Array


@dataclass(frozen=True)
class Restricted:
    """Losses of what the key frequencies alone compute.

    Attributes
    ----------
    loss : (2, 3, 3) ndarray [nat]
        By `PLACES`, `ontogeny.studies.composition.addition.waves.WIDTHS` and split.
    accuracy : (2, 3, 3) ndarray
    """

    loss: Array
    accuracy: Array


def restricted(
    logits: Array, through: Array, train: Mask, key: Mask, answer: Answers | None = None
) -> Restricted:
    """Return the losses of what the key frequencies alone compute.

    ``P_K(X) + mean(L - P_K(X))``, with ``X = L`` or ``X = N W_L^T``: the mean over pairs of each
    candidate's logit is put back, as in the authors' code, and what passes around the hidden layer
    counts with its mean alone in the second case. The paper's number is that of the logits with
    waves of ``a + b``.

    Parameters
    ----------
    logits, through : (p, p, p) ndarray
    train : (p, p) ndarray of bool
    key : (q,) ndarray of bool
    answer : (p, p) ndarray of int, optional
        As for `all_measures`.

    Returns
    -------
    Restricted
    """
    mean = logits.mean(axis=(0, 1))
    found: list[list[SplitLosses]] = [
        [
            split_losses(kept + (mean - kept.mean(axis=(0, 1))), train, answer)
            for kept in (project(part, key, width) for width in WIDTHS)
        ]
        for part in (logits, through)
    ]
    return Restricted(
        np.array([[each.loss for each in row] for row in found]),
        np.array([[each.accuracy for each in row] for row in found]),
    )


@dataclass(frozen=True)
class Excluded:
    """Losses on training pairs without what the key frequencies compute.

    Attributes
    ----------
    loss : (3,) ndarray [nat]
        Without those of all key frequencies, by `EXCLUSIONS`.
    accuracy : (3,) ndarray
    by_frequency : (q,) ndarray [nat]
        Of the logits without the waves of ``a + b`` of each single frequency. The largest of them
        is a measure that needs no key frequencies.
    accuracy_by_frequency : (q,) ndarray
        The same for accuracy, of key frequencies; NaN for the others.
    """

    loss: Array
    accuracy: Array
    by_frequency: Array
    accuracy_by_frequency: Array


def excluded(
    logits: Array, through: Array, train: Mask, key: Mask, answer: Answers | None = None
) -> Excluded:
    """Return the losses on training pairs without what the key frequencies compute.

    ``L - P_K(X)``, with ``P_K`` over waves of ``a + b`` of all pairs, no mean put back, and
    ``X = L`` or ``X = N W_L^T``; or ``L - sum_K <L, C_k> C_k``, which takes only what points at
    the right answer. The paper's number is the first.

    Parameters
    ----------
    logits, through : (p, p, p) ndarray
    train : (p, p) ndarray of bool
    key : (q,) ndarray of bool
    answer : (p, p) ndarray of int, optional
        As for `all_measures`.

    Returns
    -------
    Excluded
    """
    p = len(logits)
    frame = cyclic_frame(p)
    tables = (
        project_means(logits, key),
        project_means(through, key),
        project_cubes(cube_coefficients(logits), key),
    )
    found = [split_losses(logits - table[frame.product], train, answer) for table in tables]
    layers = Layers(np.arange(p), np.empty((p, p, 0)), logits)
    parts = frame.parts(means(logits))[1:]
    (by_split,) = ablated_losses(
        lambda: iter([layers]), [Ablation({"product": parts})], train, frame, answer=answer
    )
    return Excluded(
        loss=np.array([each.loss[_TRAIN] for each in found]),
        accuracy=np.array([each.accuracy[_TRAIN] for each in found]),
        by_frequency=by_split["product"][_TRAIN],
        accuracy_by_frequency=_accuracy_without(
            logits, parts, train, key, frame.product if answer is None else answer
        ),
    )


def _accuracy_without(
    logits: Array, parts: Array, train: Mask, key: Mask, answer: Answers
) -> Array:
    """Return the accuracy on training pairs without the part of each key frequency, (q,)."""
    a, b = np.nonzero(train)
    of_sum, right = (a + b) % len(logits), answer[a, b]
    seen = logits[a, b]
    found = np.full(len(key), np.nan)
    for index in np.flatnonzero(key):
        left = seen - parts[index, of_sum]
        of_right = left[np.arange(len(a)), right]
        left[np.arange(len(a)), right] = -np.inf
        found[index] = (of_right > left.max(axis=1)).mean() if len(a) else np.nan
    return found


def spectrum_gini(matrix: Array) -> Array:
    """Return the Gini coefficients of the Fourier spectrum of a matrix, (3,).

    By `SPECTRA`: of the norms of its ``p - 1`` components that are not constant; of the ``q`` norms
    of cosine and sine together; of the squares of the first. The paper names none; the first is
    what this project means by the Gini coefficient.

    Parameters
    ----------
    matrix : (p, ...) ndarray
    """
    waves = component_norms(matrix)[1:]
    frequencies = np.linalg.norm(waves.reshape(-1, 2), axis=1)
    return np.array([gini(waves), gini(frequencies), gini(waves**2)])


def squared_weights(parameters: Mapping[str, NDArray[np.floating]]) -> dict[str, float]:
    """Return the sum of the squares of each parameter, by name."""
    return {
        name: float(np.square(value.astype(np.float64)).sum()) for name, value in parameters.items()
    }


@dataclass(frozen=True)
class Measures:
    """All progress measures of one network.

    Attributes
    ----------
    losses : SplitLosses
    restricted : Restricted
    excluded : Excluded
    ratio : float
        Test loss over restricted loss, of logits and waves of ``a + b``, on all pairs.
    fit : LogitFit
    gini : (3, 3) ndarray
        Of left embedding, right embedding, neuron-to-logit map, by `SPECTRA`.
    squared_weights : dict of str to float
        By parameter.
    embedding_norms : (2, p) ndarray
        Norms of the Fourier components of left and right embedding.
    unembedding_norms : (p,) ndarray
    density, crispness : (2,) ndarray
        Of left and right embedding.
    efficiency : Efficiency
    collapse : (2,) ndarray
        Share of training pairs whose loss underflows to 0, by `PRECISIONS`.
    alignment : float
        Of the descent of the training loss with the weights.
    """

    losses: SplitLosses
    restricted: Restricted
    excluded: Excluded
    ratio: float
    fit: LogitFit
    gini: Array
    squared_weights: dict[str, float]
    embedding_norms: Array
    unembedding_norms: Array
    density: Array
    crispness: Array
    efficiency: Efficiency
    collapse: Array
    alignment: float


def all_measures(
    network: Snapshot,
    gradient: Mapping[str, NDArray[np.floating]],
    train: Mask,
    key: Mask,
    answer: Answers | None = None,
) -> Measures:
    """Return all progress measures of one network.

    Parameters
    ----------
    network : Snapshot
    gradient : mapping of str to ndarray
        Of the training loss, by parameter.
    train : (p, p) ndarray of bool
    key : (q,) ndarray of bool
        The key frequencies of the final checkpoint of the run.
    answer : (p, p) ndarray of int, optional
        The right answer to each pair; ``a + b`` where none is given. It enters losses, accuracies
        and margins; waves are those of ``a + b`` whatever is asked for.

    Returns
    -------
    Measures
    """
    losses = split_losses(network.logits, train, answer)
    kept = restricted(network.logits, network.through, train, key, answer)
    weights = squared_weights(network.parameters)
    return Measures(
        losses=losses,
        restricted=kept,
        excluded=excluded(network.logits, network.through, train, key, answer),
        ratio=float(losses.loss[_TEST] / kept.loss[0, 0, _ALL]),
        fit=logit_fit(network.logits),
        gini=np.stack([spectrum_gini(m) for m in (*network.embeddings, network.unembedding)]),
        squared_weights=weights,
        embedding_norms=np.stack([component_norms(m) for m in network.embeddings]),
        unembedding_norms=component_norms(network.unembedding),
        density=np.array([fourier_density(m) for m in network.embeddings]),
        crispness=np.array([fourier_crispness(m) for m in network.embeddings]),
        efficiency=circuit_efficiency(network.logits, train, key, sum(weights.values()), answer),
        collapse=np.array(
            [
                softmax_collapse(network.logits, train, each, answer)
                for each in (np.float32, np.float64)
            ]
        ),
        alignment=alignment(gradient, network.parameters),
    )
