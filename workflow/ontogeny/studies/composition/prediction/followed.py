"""The scores of one checkpoint, compared with what its neurons and network become.

Symbols: ``S`` scores, ``R`` irreps, ``h`` neurons. A score that is not computed is NaN.
"""

from collections.abc import Mapping
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
from ontogeny.studies.composition.prediction.scores import SCORES, network_scores
from ontogeny.studies.composition.prediction.scoring import neuron_auc, neuron_top, set_auc

__all__ = ["Judged", "Specialised", "judged", "specialisation"]

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Judged:
    """How well each score of a checkpoint predicts the winners, and the strong irreps.

    Attributes
    ----------
    auc, null, deviation, top : (S,) ndarray
        Of neurons: mean AUC of the winner, its mean and standard deviation when winners are
        exchanged among neurons, and share of neurons whose winner has the largest score.
    auc_among_strong : (S,) ndarray
        Mean AUC of the winner among strong irreps alone.
    network : (S, R) ndarray
        Scores of the network.
    set_auc : (S,) ndarray
        AUC of these for the strong irreps.
    """

    auc: Array
    null: Array
    deviation: Array
    top: Array
    auc_among_strong: Array
    network: Array
    set_auc: Array


def judged(
    neurons: Mapping[str, Array],
    similarity: Array,
    winner: NDArray[np.integer],
    strong: NDArray[np.bool_],
) -> Judged:
    """Return how well the scores of a checkpoint predict winners and strong irreps.

    Parameters
    ----------
    neurons : mapping of str to (h, R) ndarray
        Scores of neurons by name.
    similarity : (R,) ndarray
        Logit similarity, a score of the network.
    winner : (h,) ndarray of int
        Irrep of each neuron in the final checkpoint, -1 if none.
    strong : (R,) ndarray of bool
        Strong irreps of the final checkpoint.
    """
    of_neurons = np.full((5, len(SCORES)), np.nan)
    for name, score in neurons.items():
        found = neuron_auc(score, winner)
        among = neuron_auc(score, winner, among=strong)
        top = neuron_top(score, winner)
        of_neurons[:, SCORES.index(name)] = (
            found.value, found.null, found.deviation, top, among.value,
        )  # fmt: skip
    network = np.full((len(SCORES), len(similarity)), np.nan)
    known = network_scores(neurons) | {"similarity": similarity}
    for name, score in known.items():
        network[SCORES.index(name), 1:] = score[1:]
    return Judged(
        auc=of_neurons[0],
        null=of_neurons[1],
        deviation=of_neurons[2],
        top=of_neurons[3],
        auc_among_strong=of_neurons[4],
        network=network,
        set_auc=np.array([set_auc(score, strong) for score in network]),
    )


@dataclass(frozen=True)
class Specialised:
    """How far the neurons of a checkpoint have become what they are in the final one.

    Means are over the neurons with a winner; NaN where there are none.

    Attributes
    ----------
    share : (E, R) ndarray
        Share of each irrep in some neurons.
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
    shown: NDArray[np.integer],
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
    shown : (E,) ndarray of int
        Neurons whose shares are returned.
    """
    share = shares(powers(functions, frame))
    won = np.flatnonzero(winner >= 0)
    at = won, winner[won]
    if not won.size:
        return Specialised(share[shown], *[np.nan] * 4)
    rank = effective_rank(functions, frame, structure)
    return Specialised(
        share=share[shown],
        settled=float((share[won].argmax(axis=1) == winner[won]).mean()),
        participation=float(participation(share)[won].mean()),
        winner_alignment=float(aligned[at].mean()),
        winner_rank=float(rank[:, *at].mean()),
    )
