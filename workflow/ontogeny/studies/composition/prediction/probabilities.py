"""Probabilities of winners and of strong irreps, fitted on other runs, and how good they are.

Winners of neurons have a conditional logit: among A alternatives, here the non-trivial irreps, the
probability of alternative a in unit m is proportional to exp(b_a + x_ma . c), with an intercept b_a
for each alternative and a coefficient for each feature. Whether an irrep is strong has the logit
that is its case of two alternatives, with features 0 for the second one. A run is never judged by
a fit that saw its initial weights: fits are on the runs of the same setting with other seeds.

Symbols: ``M`` units, which are neurons or irreps; ``A`` alternatives; ``K`` features; ``N`` runs.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import minimize

__all__ = [
    "FEWEST_OTHERS",
    "RIDGE",
    "STRONG_MODELS",
    "WINNER_MODELS",
    "Logit",
    "brier",
    "curvature",
    "fitted",
    "left_out",
    "logarithms",
    "loss",
    "probabilities",
    "skill",
    "standardised",
    "strong_probabilities",
    "winner_probabilities",
]

RIDGE = 0.1
"""Half of this times the sum of the squares of all intercepts and coefficients is added to the
negative log-likelihood of all units, so that the optimum is unique: intercepts are known only up
to a constant, and features may be equal, as both inputs of a transformer are. With hundreds of
units its effect is small."""

FEWEST_OTHERS = 3
"""With fewer runs of other seeds nothing is fitted."""

FLOOR = 1e-9
"""Smaller shares of the largest power count as this in a logarithm."""

WINNER_MODELS: Mapping[str, tuple[str, ...]] = {
    "intercepts": (),
    "write": ("output",),
    "powers": ("left input", "right input", "output"),
    "powers, alignment": ("left input", "right input", "output", "alignment"),
    "powers, gradient": ("left input", "right input", "output", "gradient"),
    "all": ("left input", "right input", "output", "alignment", "gradient", "flow"),
}
"""Features of each model of the winner of a neuron."""

STRONG_MODELS: Mapping[str, tuple[str, ...]] = {
    "base rate": (),
    "power": ("power",),
    "all": ("power", "trilinear", "flow"),
}
"""Features of each model of whether an irrep is strong."""

Array = NDArray[np.float64]
Indices = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Logit:
    """A conditional logit.

    Attributes
    ----------
    intercepts : (A,) ndarray
    coefficients : (K,) ndarray
    """

    intercepts: Array
    coefficients: Array


def standardised(values: ArrayLike) -> Array:
    """Return values less their mean over their standard deviation along the last axis.

    0 where all are the same; a value that is NaN makes its row 0, so that it says nothing.
    """
    each = np.asarray(values, dtype=np.float64)
    centred = each - each.mean(axis=-1, keepdims=True)
    spread = centred.std(axis=-1, keepdims=True)
    varies = spread > 1e-12 * np.abs(each).max(axis=-1, keepdims=True, initial=0.0)
    return np.divide(centred, spread, out=np.zeros(each.shape), where=varies)


def logarithms(values: ArrayLike) -> Array:
    """Return logarithms, not below that of `FLOOR` times the largest value along the last axis."""
    each = np.asarray(values, dtype=np.float64)
    largest = each.max(axis=-1, keepdims=True)
    return np.log(np.maximum(each, np.where(largest > 0, FLOOR * largest, 1.0)))


def loss(parameters: Array, features: Array, chosen: Indices) -> tuple[float, Array]:
    r"""Return the penalised negative log-likelihood over M, and its gradient.

    :math:`\frac1M (\sum_m (\ln \sum_a e^{z_{ma}} - z_{m, y(m)}) + \frac{\lambda}{2} |b, c|^2)` with
    z = b + x c and λ = `RIDGE`.

    Parameters
    ----------
    parameters : (A + K,) ndarray
        Intercepts, then coefficients.
    features : (M, A, K) ndarray
    chosen : (M,) ndarray of int

    Returns
    -------
    value : float [nat]
    gradient : (A + K,) ndarray
    """
    count, alternatives, _ = features.shape
    logits = _logits(parameters, features)
    rows = np.arange(count)
    at_chosen = logits[rows, chosen].sum()
    excess, normalisers = _softmax(logits)
    value = normalisers.sum() - at_chosen + RIDGE / 2 * parameters @ parameters
    excess[rows, chosen] -= 1
    slopes = excess.ravel() @ features.reshape(count * alternatives, -1)
    gradient = np.concatenate([excess.sum(axis=0), slopes]) + RIDGE * parameters
    return float(value) / count, gradient / count


def curvature(parameters: Array, features: Array, chosen: Indices) -> Array:
    """Return the second derivatives of `loss`, (A + K, A + K).

    With q the probabilities, a unit has the covariance under q of the indicators of alternatives
    and of the features; what was chosen does not enter.
    """
    del chosen
    count, alternatives, width = features.shape
    q, _ = _softmax(_logits(parameters, features))
    weighted = q[:, :, None] * features
    means = weighted.sum(axis=1)
    flat = (count * alternatives, width)
    mixed = weighted.sum(axis=0) - q.T @ means
    slopes = weighted.reshape(flat).T @ features.reshape(flat) - means.T @ means
    whole = np.block([[np.diag(q.sum(axis=0)) - q.T @ q, mixed], [mixed.T, slopes]])
    return np.asarray(whole + RIDGE * np.eye(len(whole))) / count


def fitted(features: Array, chosen: Indices, *, start: Logit | None = None) -> Logit:
    """Return the conditional logit of the largest penalised likelihood.

    Parameters
    ----------
    features : (M, A, K) ndarray
    chosen : (M,) ndarray of int
        Which alternative each unit has.
    start : Logit, optional
        Where the search begins, which makes it short and changes nothing else; 0 when left out.
    """
    alternatives, count = features.shape[1:]
    first = np.zeros(alternatives + count)
    if start is not None:
        first = np.concatenate([start.intercepts, start.coefficients])
    found = minimize(
        loss,
        first,
        (features, chosen),
        jac=True,
        hess=curvature,
        method="trust-exact",
        options={"gtol": 1e-6},
    )
    return Logit(found.x[:alternatives], found.x[alternatives:])


def probabilities(logit: Logit, features: Array) -> Array:
    """Return the probability of each alternative, (M, A)."""
    parameters = np.concatenate([logit.intercepts, logit.coefficients])
    return _softmax(_logits(parameters, features))[0]


def left_out(features: Sequence[Array], chosen: Sequence[Indices], seed: ArrayLike) -> list[Array]:
    """Return probabilities in each run by the fit to all runs with other seeds.

    Parameters
    ----------
    features : sequence of (M_i, A, K) ndarray
        Of each run.
    chosen : sequence of (M_i,) ndarray of int
    seed : (N,) array_like of int
        Of the initial weights.

    Returns
    -------
    list of (M_i, A) ndarray
        NaN where fewer than `FEWEST_OTHERS` runs have another seed, or these have no unit.
    """
    seeds = np.asarray(seed)
    found = [np.full(each.shape[:2], np.nan) for each in features]
    start = None
    for one in dict.fromkeys(seeds.tolist()):
        others = np.flatnonzero(seeds != one).tolist()
        if len(others) < FEWEST_OTHERS or not sum(len(chosen[place]) for place in others):
            continue
        start = fitted(
            np.concatenate([features[place] for place in others]),
            np.concatenate([chosen[place] for place in others]),
            start=start,
        )
        for place in np.flatnonzero(seeds == one).tolist():
            found[place] = probabilities(start, features[place])
    return found


def brier(probability: ArrayLike, chosen: ArrayLike) -> float:
    """Return the Brier score: mean over units of the sum over alternatives of (q - y)^2.

    Between 0 and 2; NaN without units.

    Examples
    --------
    >>> brier([[0.5, 0.5], [0.0, 1.0]], [0, 1])
    0.25
    """
    q = np.asarray(probability, dtype=np.float64)
    if not len(q):
        return np.nan
    y = np.arange(q.shape[1]) == np.asarray(chosen)[:, None]
    return float(((q - y) ** 2).sum(axis=1).mean())


def skill(score: ArrayLike, reference: ArrayLike) -> Array:
    """Return 1 - Brier score over that of a reference: 1 is perfect, 0 as good as it, NaN for 0."""
    found, base = np.broadcast_arrays(
        np.asarray(score, dtype=np.float64), np.asarray(reference, dtype=np.float64)
    )
    return np.asarray(1 - np.divide(found, base, out=np.full(found.shape, np.nan), where=base > 0))


def winner_probabilities(
    features: Sequence[Mapping[str, Array]], winner: Sequence[Indices], seed: ArrayLike
) -> dict[str, list[Array]]:
    """Return probabilities of irreps in each neuron, by the fit of each model to other runs.

    Parameters
    ----------
    features : sequence of mapping of str to (M_i, A) ndarray
        Of each run: those in `WINNER_MODELS`, over neurons with a winner and non-trivial irreps.
    winner : sequence of (M_i,) ndarray of int
        Place of the winner among the non-trivial irreps.
    seed : (N,) array_like of int

    Returns
    -------
    dict of str to list of (M_i, A) ndarray
        By model. One that asks for a feature that some run does not have is NaN; ``all`` has the
        features that there are.
    """
    present = [name for name in WINNER_MODELS["all"] if all(name in each for each in features)]
    found = {}
    for model, names in WINNER_MODELS.items():
        used = [name for name in names if name in present]
        if model != "all" and len(used) < len(names):
            found[model] = [np.full((len(won), _width(features)), np.nan) for won in winner]
            continue
        columns = [_columns([each[name] for name in used], len(won), _width(features))
                   for each, won in zip(features, winner, strict=True)]  # fmt: skip
        found[model] = left_out(columns, winner, seed)
    return found


def strong_probabilities(
    features: Mapping[str, Array],
    strong: ArrayLike,
    seed: ArrayLike,
    *,
    beside: Sequence[ArrayLike] = (),
) -> dict[str, Array]:
    """Return the probability that each irrep is strong, by the fit of each model to other runs.

    Parameters
    ----------
    features : mapping of str to (N, A) ndarray
        Those in `STRONG_MODELS`, over runs and non-trivial irreps; one with NaN says nothing.
    strong : (N, A) array_like of bool
    seed : (N,) array_like of int
    beside : sequence of (A,) array_like
        Features of irreps that every model has beside its own, such as the degree.

    Returns
    -------
    dict of str to (N, A) ndarray
        By model.
    """
    is_strong = np.asarray(strong, dtype=np.bool_)
    shared = [np.broadcast_to(standardised(each), is_strong.shape) for each in beside]
    chosen = [np.where(row, 0, 1) for row in is_strong]
    found = {}
    for model, names in STRONG_MODELS.items():
        each = [*(standardised(features[name]) for name in names), *shared]
        values = np.zeros((*is_strong.shape, 2, len(each)))
        for column, of_irreps in enumerate(each):
            values[:, :, 0, column] = of_irreps
        found[model] = np.stack([q[:, 0] for q in left_out(list(values), chosen, seed)])
    return found


def _logits(parameters: Array, features: Array) -> Array:
    count, alternatives, width = features.shape
    slopes = features.reshape(count * alternatives, width) @ parameters[alternatives:]
    return parameters[:alternatives] + slopes.reshape(count, alternatives)


def _softmax(logits: Array) -> tuple[Array, Array]:
    """Return probabilities along the second axis, and logarithms of their normalisers."""
    largest = logits.max(axis=1, keepdims=True)
    odds = np.exp(logits - largest)
    total = odds.sum(axis=1, keepdims=True)
    return odds / total, (np.log(total) + largest)[:, 0]


def _columns(features: Sequence[Array], units: int, alternatives: int) -> Array:
    return np.stack(features, axis=-1) if features else np.zeros((units, alternatives, 0))


def _width(features: Sequence[Mapping[str, Array]]) -> int:
    return int(next(iter(features[0].values())).shape[1])
