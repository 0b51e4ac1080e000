"""Progress measures of one network, for the key frequencies of the last one of its run.

Symbols as in `ontogeny.studies.composition.addition.waves`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

import numpy as np
from numpy.typing import NDArray

from ontogeny.labels import Measure
from ontogeny.studies.composition.addition.followups import (
    alignment,
    circuit_efficiency,
    fourier_crispness,
    fourier_density,
)
from ontogeny.studies.composition.addition.key_losses import excluded, restricted
from ontogeny.studies.composition.addition.readout import (
    component_norms,
    logit_fit,
)
from ontogeny.studies.composition.addition.split_losses import (
    softmax_collapse,
    split_losses,
)
from ontogeny.studies.composition.irreps.analysis import (
    SPLITS,
    gini,
)

__all__ = [
    "PRECISIONS",
    "SPECTRA",
    "Measures",
    "Snapshot",
    "all_measures",
    "spectrum_gini",
    "squared_weights",
]

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]
Answers = NDArray[np.integer]

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
    """All progress measures of one network: a variable for each field.

    Attributes
    ----------
    loss, accuracy : (3,) ndarray
        By split; the loss in nat.
    restricted_wave_loss, restricted_wave_accuracy : (2, 3, 3) ndarray
        See `ontogeny.studies.composition.addition.key_losses.Restricted`.
    excluded_wave_loss, excluded_wave_accuracy : (3,) ndarray
    excluded_wave_loss_by_frequency, excluded_wave_accuracy_by_frequency : (q,) ndarray
        See `ontogeny.studies.composition.addition.key_losses.Excluded`.
    excluded_wave_loss_largest : float [nat]
    test_over_restricted_wave_loss : float
        Test loss over restricted wave loss, of logits and waves of ``a + b``, on all pairs.
    cube_coefficient, cube_amplitude, cube_cosine : (q,) ndarray
    cube_fve : (3, q) ndarray
        See `ontogeny.studies.composition.addition.readout.LogitFit`.
    spectrum_gini : (3, 3) ndarray
        Of left embedding, right embedding, neuron-to-logit map, by `SPECTRA`.
    squared_weights, last_layer_norm, weight_norm : float
        Of all parameters, of W_U, of all parameters.
    parameter_squared_weights : (P,) ndarray
    embedding_norm : (2, p) ndarray
        Norms of the Fourier components of left and right embedding.
    unembedding_norm : (p,) ndarray
    fourier_density, fourier_crispness : (2,) ndarray
        Of left and right embedding.
    logit_margin, logit_norm, efficiency : (3,) ndarray
    generalising_share : float
        See `ontogeny.studies.composition.addition.followups.Efficiency`.
    softmax_collapse : (2,) ndarray
        By `PRECISIONS`.
    alignment : float
        Of the descent of the training loss with the weights.
    """

    loss: Annotated[Array, Measure("split", "cross-entropy", "nat")]
    accuracy: Annotated[Array, Measure("split", "accuracy")]
    restricted_wave_loss: Annotated[
        Array, Measure(("place", "width", "split"), "restricted wave loss", "nat")
    ]
    restricted_wave_accuracy: Annotated[
        Array, Measure(("place", "width", "split"), "restricted wave accuracy")
    ]
    excluded_wave_loss: Annotated[Array, Measure("exclusion", "excluded wave loss", "nat")]
    excluded_wave_accuracy: Annotated[Array, Measure("exclusion", "excluded wave accuracy")]
    excluded_wave_loss_by_frequency: Annotated[
        Array, Measure("frequency", "excluded wave loss of one frequency", "nat")
    ]
    excluded_wave_accuracy_by_frequency: Annotated[
        Array, Measure("frequency", "excluded wave accuracy of a key frequency")
    ]
    excluded_wave_loss_largest: Annotated[
        float, Measure((), "largest excluded wave loss of one frequency", "nat")
    ]
    test_over_restricted_wave_loss: Annotated[
        float, Measure((), "test loss over restricted wave loss")
    ]
    cube_coefficient: Annotated[Array, Measure("frequency", "coefficient of the logits on a cube")]
    cube_amplitude: Annotated[Array, Measure("frequency", "amplitude of a cosine")]
    cube_cosine: Annotated[Array, Measure("frequency", "cosine of the logits with a cube")]
    cube_fve: Annotated[Array, Measure(("centring", "frequency"), "share of the logits in a cube")]
    spectrum_gini: Annotated[
        Array, Measure(("matrix", "spectrum"), "Gini coefficient of the spectrum")
    ]
    squared_weights: Annotated[float, Measure((), "sum of squared weights")]
    parameter_squared_weights: Annotated[
        Array, Measure("parameter", "sum of squared weights of a parameter")
    ]
    last_layer_norm: Annotated[float, Measure((), "norm of the last layer")]
    embedding_norm: Annotated[
        Array, Measure(("side", "entry"), "norm of the embedding's component")
    ]
    unembedding_norm: Annotated[
        Array, Measure("entry", "norm of the neuron-to-logit map's component")
    ]
    fourier_density: Annotated[Array, Measure("side", "Fourier frequency density")]
    fourier_crispness: Annotated[Array, Measure("side", "Fourier coefficient ratio")]
    logit_margin: Annotated[Array, Measure("circuit", "margin of the right logit")]
    logit_norm: Annotated[Array, Measure("circuit", "root mean square logit")]
    efficiency: Annotated[Array, Measure("circuit", "margin over weight norm")]
    generalising_share: Annotated[
        float, Measure((), "share of the logits in waves of a + b of key frequencies")
    ]
    weight_norm: Annotated[float, Measure((), "norm of all weights")]
    softmax_collapse: Annotated[
        Array, Measure("precision", "share of training pairs whose loss underflows to 0")
    ]
    alignment: Annotated[float, Measure((), "cosine of the descent with the weights")]


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
    without = excluded(network.logits, network.through, train, key, answer)
    fit = logit_fit(network.logits)
    weights = squared_weights(network.parameters)
    total = sum(weights.values())
    circuits = circuit_efficiency(network.logits, train, key, total, answer)
    left, right = network.embeddings
    return Measures(
        loss=losses.loss,
        accuracy=losses.accuracy,
        restricted_wave_loss=kept.loss,
        restricted_wave_accuracy=kept.accuracy,
        excluded_wave_loss=without.loss,
        excluded_wave_accuracy=without.accuracy,
        excluded_wave_loss_by_frequency=without.by_frequency,
        excluded_wave_accuracy_by_frequency=without.accuracy_by_frequency,
        excluded_wave_loss_largest=float(without.by_frequency.max()),
        test_over_restricted_wave_loss=float(losses.loss[_TEST] / kept.loss[0, 0, _ALL]),
        cube_coefficient=fit.coefficient,
        cube_amplitude=fit.amplitude,
        cube_cosine=fit.cosine,
        cube_fve=fit.fve,
        spectrum_gini=np.stack([spectrum_gini(m) for m in (left, right, network.unembedding)]),
        squared_weights=total,
        parameter_squared_weights=np.array(list(weights.values())),
        last_layer_norm=float(np.sqrt(weights["W_U"])),
        embedding_norm=np.stack([component_norms(m) for m in (left, right)]),
        unembedding_norm=component_norms(network.unembedding),
        fourier_density=np.array([fourier_density(m) for m in (left, right)]),
        fourier_crispness=np.array([fourier_crispness(m) for m in (left, right)]),
        logit_margin=circuits.margin,
        logit_norm=circuits.norm,
        efficiency=circuits.efficiency,
        generalising_share=circuits.share,
        weight_norm=circuits.weights,
        softmax_collapse=np.array(
            [
                softmax_collapse(network.logits, train, each, answer)
                for each in (np.float32, np.float64)
            ]
        ),
        alignment=alignment(gradient, network.parameters),
    )
