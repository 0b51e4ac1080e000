"""Scores along the checkpoints of a run, held against what its neurons and network become.

Symbols: ``K`` checkpoints, ``S`` scores, ``R`` irreps, ``h`` neurons. A score that is not computed
at a checkpoint is NaN.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ontogeny.studies.composition.irreps.analysis import Frame
from ontogeny.studies.composition.prediction.algebra import (
    Structure,
    effective_rank,
    participation,
    powers,
    shares,
)
from ontogeny.studies.composition.prediction.functions import NeuronFunctions
from ontogeny.studies.composition.prediction.scores import SCORES, network_scores, neuron_scores
from ontogeny.studies.composition.prediction.scoring import key_auc, neuron_auc, neuron_top

__all__ = ["Followed", "Specialised", "agreement_of_scores", "specialisation"]

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Followed:
    """How well each score of each checkpoint tells the winners, and the key set.

    Attributes
    ----------
    auc, null, deviation, top : (K, S) ndarray
        Of neurons: mean AUC of the winner, its mean and standard deviation when winners are
        exchanged among neurons, and share of neurons whose winner has the largest score.
    auc_among_key : (K, S) ndarray
        Mean AUC of the winner among key irreps alone.
    network : (K, S, R) ndarray
        Scores of the network.
    key_auc : (K, S) ndarray
        AUC of these for the key irreps.
    """

    auc: Array
    null: Array
    deviation: Array
    top: Array
    auc_among_key: Array
    network: Array
    key_auc: Array


def agreement_of_scores(
    neurons: Sequence[Mapping[str, Array]],
    similarity: Array,
    winner: NDArray[np.integer],
    key: NDArray[np.bool_],
) -> Followed:
    """Hold the scores of every checkpoint against winners and key irreps.

    Parameters
    ----------
    neurons : sequence of mapping
        Scores of neurons by name, (h, R) each, at every checkpoint.
    similarity : (K, R) ndarray
        Logit similarity, a score of the network.
    winner : (h,) ndarray of int
        Irrep of each neuron in the final checkpoint, -1 if none.
    key : (R,) ndarray of bool
        Key irreps of the final checkpoint.
    """
    count, irreps = similarity.shape
    of_neurons = np.full((5, count, len(SCORES)), np.nan)
    network = np.full((count, len(SCORES), irreps), np.nan)
    for k, scores in enumerate(neurons):
        for name, score in scores.items():
            s = SCORES.index(name)
            found = neuron_auc(score, winner)
            among = neuron_auc(score, winner, among=key)
            top = neuron_top(score, winner)
            of_neurons[:, k, s] = found.value, found.null, found.deviation, top, among.value
        known = network_scores(scores) | {"similarity": similarity[k]}
        for name, score in known.items():
            network[k, SCORES.index(name), 1:] = score[1:]
    of_key = np.array([[key_auc(score, key) for score in each] for each in network])
    return Followed(*of_neurons, network=network, key_auc=of_key)


@dataclass(frozen=True)
class Specialised:
    """How far the neurons of a checkpoint have become what they are in the final one.

    Means are over the neurons with a winner; NaN where there are none.

    Attributes
    ----------
    share : (h, R) ndarray
        Share of each irrep in each neuron.
    settled : float
        Share of the neurons in which the winner has the largest share.
    participation : float
        Mean sum of the squared shares (inverse participation ratio).
    winner_alignment : float
        Mean alignment of what is read and written in the winner.
    winner_rank : float
        Mean effective rank of what is read and written in the winner.
    """

    share: Array
    settled: float
    participation: float
    winner_alignment: float
    winner_rank: float


def specialisation(
    functions: NeuronFunctions,
    frame: Frame,
    structure: Structure,
    aligned: Array,
    winner: NDArray[np.integer],
) -> Specialised:
    """Return how far the neurons of a checkpoint have specialised.

    Parameters
    ----------
    functions : NeuronFunctions
    frame : Frame
    structure : Structure
        Of the same frame.
    aligned : (h, R) ndarray
        Alignment of the same functions.
    winner : (h,) ndarray of int
        Irrep of each neuron in the final checkpoint, -1 if none.
    """
    share = shares(powers(functions, frame))
    won = np.flatnonzero(winner >= 0)
    at = won, winner[won]
    if not won.size:
        return Specialised(share, *[np.nan] * 4)
    rank = effective_rank(functions, frame, structure)
    return Specialised(
        share=share,
        settled=float((share[won].argmax(axis=1) == winner[won]).mean()),
        participation=float(participation(share)[won].mean()),
        winner_alignment=float(aligned[at].mean()),
        winner_rank=float(rank[:, *at].mean()),
    )
