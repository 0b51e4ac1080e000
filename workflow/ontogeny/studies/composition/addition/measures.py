"""Progress measures of one network, for the key frequencies of the last one of its run.

Symbols as in `ontogeny.studies.composition.addition.waves`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np
import torch
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
    gini,
    splits_of,
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

SPECTRA = ("norms of waves", "norms of frequencies", "squared norms of waves")
"""The numbers whose Gini coefficient is taken, as `spectrum_gini` says."""

PRECISIONS = ("float32", "float64")
"""In which the plain loss is computed to see whether it collapses."""


@dataclass(frozen=True, eq=False)
class Snapshot:
    """A network at one checkpoint, in float64: its logits, and what else of it is known.

    Attributes
    ----------
    logits : (p, p, p) ndarray
        On all pairs, of the residues.
    hidden : callable or None
        Returns the hidden layer on all pairs, (p, p, h).
    embeddings : pair of (p, e) ndarray or None
        What it reads of the left and of the right summand.
    unembedding : (p, h) ndarray or None
        The neuron-to-logit map ``W_L``.
    through : (p, p, p) ndarray or None
        What of the logits passes through the hidden layer, ``N W_L^T``; all of it where there is no
        path around. It is computed of the hidden layer and ``W_L`` where it is not given.
    parameters : dict of str to ndarray or None
        All weights.
    """

    logits: Array
    hidden: Callable[[], Array] | None = None
    embeddings: tuple[Array, Array] | None = None
    unembedding: Array | None = None
    through: Array | None = None
    parameters: dict[str, Array] | None = None

    def __post_init__(self) -> None:
        """Compute what passes through the hidden layer."""
        if self.through is None and self.hidden is not None and self.unembedding is not None:
            object.__setattr__(self, "through", self.hidden() @ self.unembedding.T)

    @property
    def matrices(self) -> dict[str, Array]:
        """The matrices that are known, by the name that the dimension ``matrix`` has for them."""
        found: dict[str, Array] = {}
        if self.embeddings is not None:
            found["left_embedding"], found["right_embedding"] = self.embeddings
        if self.unembedding is not None:
            found["unembedding"] = self.unembedding
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
    """All progress measures of one network: a variable for each field that is not None.

    None is what a network does not show; see `all_measures`.

    Attributes
    ----------
    loss, accuracy : (split,) ndarray
        The loss in nat.
    restricted_wave_loss, restricted_wave_accuracy : (place, 3, split) ndarray
        See `ontogeny.studies.composition.addition.key_losses.Restricted`.
    excluded_wave_loss, excluded_wave_accuracy : (exclusion,) ndarray or None
    excluded_wave_loss_by_frequency, excluded_wave_accuracy_by_frequency : (q,) ndarray or None
        See `ontogeny.studies.composition.addition.key_losses.Excluded`.
    excluded_wave_loss_largest : float or None [nat]
    test_over_restricted_wave_loss : float or None
        Test loss over restricted wave loss, of logits and waves of ``a + b``, on all pairs. None
        without test pairs.
    cube_coefficient, cube_amplitude, cube_cosine : (q,) ndarray
    cube_fve : (3, q) ndarray
        See `ontogeny.studies.composition.addition.readout.LogitFit`.
    spectrum_gini : (matrix, 3) ndarray or None
        Of the matrices that are known, by `SPECTRA`.
    squared_weights, weight_norm : float or None
        Of all parameters.
    last_layer_norm : float or None
        Of ``W_U``, where there is a parameter of that name.
    parameter_squared_weights : (P,) ndarray or None
    embedding_norm : (2, p) ndarray or None
        Norms of the Fourier components of left and right embedding.
    unembedding_norm : (p,) ndarray or None
    fourier_density, fourier_crispness : (2,) ndarray or None
        Of left and right embedding.
    logit_margin, efficiency : (3,) ndarray or None
    logit_norm : (3,) ndarray
    generalising_share : float
        See `ontogeny.studies.composition.addition.followups.Efficiency`.
    softmax_collapse : (2,) ndarray or None
        By `PRECISIONS`.
    alignment : float or None
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
    excluded_wave_loss: Annotated[Array | None, Measure("exclusion", "excluded wave loss", "nat")]
    excluded_wave_accuracy: Annotated[Array | None, Measure("exclusion", "excluded wave accuracy")]
    excluded_wave_loss_by_frequency: Annotated[
        Array | None, Measure("frequency", "excluded wave loss of one frequency", "nat")
    ]
    excluded_wave_accuracy_by_frequency: Annotated[
        Array | None, Measure("frequency", "excluded wave accuracy of a key frequency")
    ]
    excluded_wave_loss_largest: Annotated[
        float | None, Measure((), "largest excluded wave loss of one frequency", "nat")
    ]
    test_over_restricted_wave_loss: Annotated[
        float | None, Measure((), "test loss divided by restricted wave loss")
    ]
    cube_coefficient: Annotated[Array, Measure("frequency", "coefficient of the logits on a cube")]
    cube_amplitude: Annotated[Array, Measure("frequency", "amplitude of a cosine")]
    cube_cosine: Annotated[Array, Measure("frequency", "cosine of the logits with a cube")]
    cube_fve: Annotated[Array, Measure(("centring", "frequency"), "share of the logits in a cube")]
    spectrum_gini: Annotated[
        Array | None, Measure(("matrix", "spectrum"), "Gini coefficient of the spectrum")
    ]
    squared_weights: Annotated[float | None, Measure((), "sum of squared weights")]
    parameter_squared_weights: Annotated[
        Array | None, Measure("parameter", "sum of squared weights of a parameter")
    ]
    last_layer_norm: Annotated[float | None, Measure((), "norm of the last layer")]
    embedding_norm: Annotated[
        Array | None, Measure(("side", "entry"), "norm of the embedding's component")
    ]
    unembedding_norm: Annotated[
        Array | None, Measure("entry", "norm of the neuron-to-logit map's component")
    ]
    fourier_density: Annotated[Array | None, Measure("side", "Fourier frequency density")]
    fourier_crispness: Annotated[Array | None, Measure("side", "Fourier coefficient ratio")]
    logit_margin: Annotated[Array | None, Measure("circuit", "margin of the right logit")]
    logit_norm: Annotated[
        Array, Measure("circuit", "root mean square of the logits minus each pair's mean")
    ]
    efficiency: Annotated[Array | None, Measure("circuit", "margin divided by the weight norm")]
    generalising_share: Annotated[
        float, Measure((), "share of the logits in waves of a + b of key frequencies")
    ]
    weight_norm: Annotated[float | None, Measure((), "norm of all weights")]
    softmax_collapse: Annotated[
        Array | None, Measure("precision", "share of training pairs whose loss is exactly 0")
    ]
    alignment: Annotated[float | None, Measure((), "cosine of the descent with the weights")]


def all_measures(
    network: Snapshot,
    gradient: Mapping[str, NDArray[np.floating]] | None,
    train: Mask | None,
    key: Mask,
    answer: Answers | None = None,
) -> Measures:
    """Return all progress measures of one network, as far as it shows them.

    Parameters
    ----------
    network : Snapshot
    gradient : mapping of str to ndarray or None
        Of the training loss, by parameter; None where it is not known.
    train : (p, p) ndarray of bool or None
        The training set; None where it is not known.
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
    fit = logit_fit(network.logits)
    weights = None if network.parameters is None else squared_weights(network.parameters)
    total = None if weights is None else sum(weights.values())
    circuits = circuit_efficiency(network.logits, train, key, total, answer)
    return Measures(
        loss=losses.loss,
        accuracy=losses.accuracy,
        restricted_wave_loss=kept.loss,
        restricted_wave_accuracy=kept.accuracy,
        cube_coefficient=fit.coefficient,
        cube_amplitude=fit.amplitude,
        cube_cosine=fit.cosine,
        cube_fve=fit.fve,
        squared_weights=total,
        parameter_squared_weights=None if weights is None else np.array(list(weights.values())),
        last_layer_norm=float(np.sqrt(weights["W_U"])) if weights and "W_U" in weights else None,
        logit_margin=circuits.margin,
        logit_norm=circuits.norm,
        efficiency=circuits.efficiency,
        generalising_share=circuits.share,
        weight_norm=circuits.weights,
        alignment=None
        if gradient is None or network.parameters is None
        else alignment(gradient, network.parameters),
        **_of_training_pairs(network, losses.loss, float(kept.loss[0, 0, -1]), train, key, answer),
        **_of_matrices(network),
    )


_OF_TRAINING_PAIRS = (
    "excluded_wave_loss",
    "excluded_wave_accuracy",
    "excluded_wave_loss_by_frequency",
    "excluded_wave_accuracy_by_frequency",
    "excluded_wave_loss_largest",
    "test_over_restricted_wave_loss",
    "softmax_collapse",
)


def _of_training_pairs(
    network: Snapshot,
    loss: Array,
    restricted_loss: float,
    train: Mask | None,
    key: Mask,
    answer: Answers | None,
) -> dict[str, Any]:
    """Return the measures that need the training pairs, by field; None without these."""
    if train is None:
        return dict.fromkeys(_OF_TRAINING_PAIRS)
    without = excluded(network.logits, network.through, train, key, answer)
    collapse = [
        softmax_collapse(network.logits, train, getattr(torch, each), answer) for each in PRECISIONS
    ]
    splits = splits_of(train)
    on_test = float(loss[splits.index("test")]) if "test" in splits else None
    return {
        "excluded_wave_loss": without.loss,
        "excluded_wave_accuracy": without.accuracy,
        "excluded_wave_loss_by_frequency": without.by_frequency,
        "excluded_wave_accuracy_by_frequency": without.accuracy_by_frequency,
        "excluded_wave_loss_largest": float(without.by_frequency.max()),
        "test_over_restricted_wave_loss": None if on_test is None else on_test / restricted_loss,
        "softmax_collapse": np.array(collapse),
    }


def _of_matrices(network: Snapshot) -> dict[str, Any]:
    """Return the measures of embeddings and neuron-to-logit map, by field; None without these."""
    named, sides = network.matrices, network.embeddings
    read = network.unembedding
    return {
        "spectrum_gini": np.stack([*map(spectrum_gini, named.values())]) if named else None,
        "embedding_norm": sides and np.stack([*map(component_norms, sides)]),
        "unembedding_norm": None if read is None else component_norms(read),
        "fourier_density": sides and np.array([*map(fourier_density, sides)]),
        "fourier_crispness": sides and np.array([*map(fourier_crispness, sides)]),
    }
