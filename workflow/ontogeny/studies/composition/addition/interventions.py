"""What a network computes when parts of it are removed or replaced by what explains them.

The interventions of arXiv 2301.05217, section 4.4. Each is a function of arrays; how good what is
left is, on which pairs, is for
`ontogeny.studies.composition.addition.split_losses.split_losses` to say.

Symbols as in `ontogeny.studies.composition.addition.waves` and ``...forward``: ``N`` the neurons on
all pairs, ``W_L`` the neuron-to-logit map, ``L`` the logits, ``r`` the residual stream.
"""

from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from ontogeny.studies.composition.addition import forward
from ontogeny.studies.composition.addition.attention import linear_patterns, patterns
from ontogeny.studies.composition.addition.neuron_waves import surrogate
from ontogeny.studies.composition.addition.readout import directions
from ontogeny.studies.composition.addition.split_losses import split_losses
from ontogeny.studies.composition.addition.waves import (
    Width,
    cube_coefficients,
    project,
    project_cubes,
)

__all__ = [
    "LOGIT_INTERVENTIONS",
    "NEURON_INTERVENTIONS",
    "TRANSFORMER_INTERVENTIONS",
    "along",
    "cubes",
    "keep",
    "logit_interventions",
    "neuron_interventions",
    "remove",
    "removed_losses",
    "transformer_interventions",
]

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]

TRANSFORMER_INTERVENTIONS = (
    "attention: weight of = on itself removed",
    "MLP: residual path around it set to 0",
    "MLP: residual path around it set to its mean",
    "attention: output of the heads set to 0",
    "attention: residual path around it set to 0",
    "attention: replaced by a linear function of waves",
)
NEURON_INTERVENTIONS = (
    "neurons: replaced by polynomials of waves",
    "neurons: only waves of a + b of key frequencies",
    "neurons: only the directions that logits read",
    "neurons: without the directions that logits read",
)
LOGIT_INTERVENTIONS = (
    "logits: only key frequencies",
    "logits: without key frequencies",
    "logits: only cos(w (a + b − c)) of key frequencies",
)


def keep(values: Array, key: Mask, width: Width = "block", *, mean: bool = True) -> Array:
    """Return functions of pairs with nothing left but the span of some frequencies.

    Parameters
    ----------
    values : (p, p, ...) ndarray
        Neurons or logits.
    key : (q,) ndarray of bool
    width : {"sum", "product", "block"}
        The span, as `ontogeny.studies.composition.addition.waves.project` says.
    mean : bool
        Whether the mean over pairs stays as well.

    Returns
    -------
    (p, p, ...) ndarray
    """
    kept = project(values, key, width)
    return kept + values.mean(axis=(0, 1)) if mean else kept


def remove(values: Array, key: Mask, width: Width = "block", *, mean: bool = True) -> Array:
    """Return functions of pairs without the span of some frequencies.

    Parameters
    ----------
    values : (p, p, ...) ndarray
        Neurons or logits.
    key : (q,) ndarray of bool
    width : {"sum", "product", "block"}
    mean : bool
        Whether the mean over pairs stays; it is in no span.

    Returns
    -------
    (p, p, ...) ndarray
    """
    left = values - project(values, key, width)
    return left if mean else left - values.mean(axis=(0, 1))


def along(hidden: Array, span: Array) -> Array:
    """Return the part of each pair's neurons in the span of some neuron directions.

    Parameters
    ----------
    hidden : (..., h) ndarray
    span : (m, h) ndarray
        Directions, such as ``u_k`` and ``v_k`` of the key frequencies; they may be dependent.

    Returns
    -------
    (..., h) ndarray
    """
    _, s, rows = np.linalg.svd(span, full_matrices=False)
    independent = rows[s > 1e-10 * s.max(initial=0.0)]
    return np.asarray((hidden @ independent.T) @ independent)


def cubes(logits: Array, key: Mask, *, mean: bool = False) -> Array:
    """Return ``sum over K of alpha_k cos(w_k (a + b - c))``, the best to the logits.

    Parameters
    ----------
    logits : (p, p, p) ndarray
    key : (q,) ndarray of bool
    mean : bool
        Whether the mean over pairs of each logit, a bias, is added.

    Returns
    -------
    (p, p, p) ndarray
    """
    p = len(logits)
    residue = np.arange(p)
    of_sum = project_cubes(cube_coefficients(logits), key)
    found = of_sum[np.add.outer(residue, residue) % p]
    return found + logits.mean(axis=(0, 1)) if mean else found


def logit_interventions(logits: Array, key: Mask) -> Iterator[tuple[str, Array]]:
    """Yield the logits under each of `LOGIT_INTERVENTIONS`, by name.

    Parameters
    ----------
    logits : (p, p, p) ndarray
    key : (q,) ndarray of bool
    """
    changed = (keep(logits, key), remove(logits, key), cubes(logits, key))
    yield from zip(LOGIT_INTERVENTIONS, changed, strict=True)


def neuron_interventions(
    logits: Array,
    hidden: Array,
    unembedding: Array,
    key: Mask,
    frequency: NDArray[np.integer],
    explained: Mask,
) -> Iterator[tuple[str, Array]]:
    """Yield the logits under each of `NEURON_INTERVENTIONS`, by name.

    Neurons that a frequency explains become polynomials of degree 2 in its waves; the others are
    untouched. All neurons keep nothing but their mean and the waves of ``a + b`` of the key
    frequencies; or they are reduced to the span of ``u_k``, ``v_k`` of these, or lose it. What
    reaches the logits around the hidden layer stays: ``L' = L + (N' - N) W_L^T``.

    Parameters
    ----------
    logits : (p, p, p) ndarray
    hidden : (p, p, h) ndarray
    unembedding : (p, h) ndarray
        The neuron-to-logit map.
    key : (q,) ndarray of bool
    frequency : (h,) ndarray of int
        ``k`` of each neuron.
    explained : (h,) ndarray of bool
    """
    members = np.flatnonzero(explained)
    some, readers, of = hidden[..., members], unembedding[:, members].T, frequency[members]
    everyone = np.ones(len(members), dtype=bool)
    polynomials, sums, read_alone, unread = NEURON_INTERVENTIONS
    yield polynomials, logits + (surrogate(some, of, everyone) - some) @ readers
    through = hidden @ unembedding.T
    yield sums, logits + keep(through, key, "sum") - through
    span = directions(unembedding)[:, key].reshape(-1, hidden.shape[2])
    read = along(hidden, span) @ unembedding.T
    yield read_alone, logits + read - through
    yield unread, logits - read


def transformer_interventions(parameters: Mapping[str, Array]) -> Iterator[tuple[str, Array]]:
    """Yield the logits under each of `TRANSFORMER_INTERVENTIONS`, by name.

    - No attention to ``=``: the other two positions share all of it.
    - The path around the MLP zero, or its mean over pairs: ``L = (0 or mean r) W_U + N W_L^T`` and
      the bias.
    - Heads zero: ``r = x_2``. Path around attention zero: ``r`` is what the heads write.
    - Every attention weight its best linear function of the waves of its head's frequency.

    Parameters
    ----------
    parameters : mapping of str to ndarray
        Of a network of ``architectures/transformer.py``.
    """
    weights = forward.attention(parameters)
    stream = forward.residual(parameters, weights)
    hidden = forward.neurons(parameters, stream)
    alone = forward.attention(parameters, to_equals=False)
    linear = linear_patterns(weights, patterns(weights).frequency)

    def whole(changed: Array) -> Array:
        return forward.logits(parameters, changed, forward.neurons(parameters, changed))

    first, zero, average, heads, around, last = TRANSFORMER_INTERVENTIONS
    yield first, whole(forward.residual(parameters, alone))
    yield zero, forward.logits(parameters, np.zeros_like(stream), hidden)
    yield average, forward.logits(parameters, stream.mean(axis=(0, 1), keepdims=True), hidden)
    yield heads, whole(forward.residual(parameters, weights, heads=False))
    yield around, whole(forward.residual(parameters, weights, skip=False))
    yield last, whole(forward.residual(parameters, linear))


def removed_losses(
    logits: Array,
    part: Array,
    train: Mask | None,
    width: Width = "block",
    answer: NDArray[np.integer] | None = None,
) -> Array:
    """Return the loss without each single frequency, by split, (q, split).

    Parameters
    ----------
    logits : (p, p, p) ndarray
    part : (p, p, p) ndarray
        What loses the frequency: the logits themselves, or what of them passes through the hidden
        layer, which is the same as to take the frequency from every neuron.
    train : (p, p) ndarray of bool or None
        None where it is not known; there is then one split, all pairs.
    width : {"sum", "product", "block"}
    answer : (p, p) ndarray of int, optional
        The right answer to each pair; ``a + b`` where none is given.

    Returns
    -------
    (q, split) ndarray [nat]
    """
    each = np.eye((len(logits) - 1) // 2, dtype=bool)
    changed = (logits - project(part, k, width) for k in each)
    return np.stack([split_losses(values, train, answer).loss for values in changed])
