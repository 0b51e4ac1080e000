"""Single tasks of a world of parity over size: what can be predicted, and how abruptly they come.

Symbols: ``F`` families, ``W`` widths, ``J`` tasks. What a family lacks is NaN.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ontogeny.estimates import agreement
from ontogeny.scaling import (
    FORECASTERS,
    LAWS,
    crossing,
    cuts,
    emergence_null,
    emergence_score,
    forecast,
    gain,
    quanta,
)
from ontogeny.studies.surprise.families import Array, Variables, spread_of_crossing
from ontogeny.studies.surprise.labels import variable
from ontogeny.studies.surprise.laws import cut_labels, exponent_of, known_sizes

__all__ = ["FORECASTERS_OF_PARITY", "Tasks", "abilities", "exponents", "forecasts"]

CHANCE = 0.5
"""Accuracy of a guess."""

HALFWAY = (1 + CHANCE) / 2
"""Accuracy at which a task is said to appear."""

FLOOR = 0.55
"""A task whose accuracy has never been above this is at the floor."""

FORECASTERS_OF_PARITY = (*FORECASTERS, "quanta")
"""Ways to predict an ability: by its own curve, and by the loss and the frequencies of tasks."""


@dataclass(frozen=True, eq=False)
class Tasks:
    """Accuracies of all tasks by size.

    Attributes
    ----------
    parameters : (F, W) ndarray
    widths : (W,) ndarray of int
    probability : (F, J) ndarray
        Of each task.
    accuracy : (F, W, J) ndarray
    is_learned : (F, W, J) ndarray of bool
    """

    parameters: Array
    widths: NDArray[np.int64]
    probability: Array
    accuracy: Array
    is_learned: NDArray[np.bool_]

    def sizes(self) -> Iterator[tuple[int, NDArray[np.int64], NDArray[np.int64]]]:
        """Yield each family with the places of its sizes, in ascending order, and of its tasks."""
        for family, sizes in enumerate(self.parameters):
            yield family, known_sizes(sizes), np.flatnonzero(~np.isnan(self.probability[family]))


def exponents(tasks: Tasks, loss_quarter: Array, *, least_sizes: int) -> Variables:
    """Return the exponents of each family that stand beside that of its loss.

    Parameters
    ----------
    tasks : Tasks
    loss_quarter : (F, W) ndarray
        Loss after a quarter of the training [nat].
    least_sizes : int
        Exponents of a family with fewer sizes are NaN.
    """
    quarter, alone = np.full((2, len(tasks.parameters)), np.nan)
    for family, known, _ in tasks.sizes():
        if len(known) >= least_sizes:
            quarter[family] = exponent_of(tasks.parameters[family], loss_quarter[family])
            alone[family] = _known_exponent(tasks, family)
    return {
        "exponent_quarter": variable(
            "family", quarter, "exponent of loss against parameters, a quarter of training"
        ),
        "known_exponent": variable(
            "family", alone, "exponent if as many tasks were learned as the size in proportion"
        ),
    }


def _known_exponent(tasks: Tasks, family: int) -> float:
    """Return the exponent of what is left when k of the most frequent tasks are learned.

    k is proportional to the size, through the number that the middle size has learned; between
    whole numbers of tasks what is left is interpolated. Sizes that would learn all tasks are left
    out.
    """
    known = known_sizes(tasks.parameters[family])
    sizes, middle = tasks.parameters[family, known], len(known) // 2
    learned_tasks = int(tasks.is_learned[family, known[middle]].sum())
    if not learned_tasks:
        return np.nan
    count = learned_tasks * sizes / sizes[middle]
    rising = np.sort(tasks.probability[family])  # NaN comes last
    rising = rising[~np.isnan(rising)]
    left = np.append(rising.cumsum()[::-1], 0.0)
    some_left = count < len(rising)
    return exponent_of(sizes[some_left], np.interp(count[some_left], np.arange(len(left)), left))


def forecasts(tasks: Tasks, loss_forecast: Array, *, least_sizes: int) -> Variables:
    """Predict the accuracy of each task at the next size, from all sizes before it.

    Parameters
    ----------
    tasks : Tasks
    loss_forecast : (F, laws, cuts, W) ndarray
        That of the law `power` decides how many tasks `quanta` counts off [nat].
    least_sizes : int
        The smallest cut.

    Returns
    -------
    dict of str to Variable
        ``ability_forecast(family, forecaster, cut, task)``; ``from_floor(family, cut, task)``, the
        accuracy at the next size of tasks at the floor before; ``miss_from_floor(family,
        forecaster, cut)``, the mean distance of the two.
    """
    labels = cut_labels(tasks.parameters, least_sizes)
    families, _, count = tasks.accuracy.shape
    found = np.full((families, len(FORECASTERS_OF_PARITY), len(labels), count), np.nan)
    seen = np.full((families, len(labels), count), np.nan)
    power = loss_forecast[:, LAWS.index("power")]
    for family, known, has in tasks.sizes():
        sizes, accuracy = tasks.parameters[family, known], tasks.accuracy[family][known]
        for at_cut, cut in enumerate(cuts(len(known), least_sizes)):
            curves = accuracy[:cut, has].T
            for at, name in enumerate(FORECASTERS):
                predicted = forecast(name, sizes[:cut], curves, sizes[cut : cut + 1], chance=CHANCE)
                found[family, at, at_cut, has] = predicted[:, 0]
            found[family, -1, at_cut, has] = quanta(
                tasks.probability[family, has], power[family, at_cut, known[cut]], chance=CHANCE
            )
            at_floor = has[(curves <= FLOOR).all(axis=1)]
            seen[family, at_cut, at_floor] = accuracy[cut, at_floor]
    return {
        "ability_forecast": variable(
            ("family", "forecaster", "cut", "task"), found, "accuracy predicted at the next size"
        ),
        "from_floor": variable(
            ("family", "cut", "task"),
            seen,
            "accuracy at the next size, of tasks at the floor before",
        ),
        "miss_from_floor": variable(
            ("family", "forecaster", "cut"),
            _known_mean(np.abs(found - seen[:, None])),
            "mean distance of predicted and measured accuracies, tasks at the floor before",
        ),
    }


def _known_mean(values: Array) -> Array:
    """Return the mean along the last axis of what is not NaN, and NaN where nothing is."""
    known = ~np.isnan(values)
    count = known.sum(axis=-1)
    total = np.where(known, values, 0).sum(axis=-1)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


def abilities(tasks: Tasks, setting_of_family: Sequence[str], *, least_sizes: int) -> Variables:
    """Return how each task of each family depends on size.

    Parameters
    ----------
    tasks : Tasks
    setting_of_family : sequence of str
    least_sizes : int
        Statistics of curves with fewer sizes are NaN.

    Returns
    -------
    dict of str to Variable
        By ``family`` and ``task``, and ``agreement(family)``, ``spread_of_crossing(setting,
        task)``.
    """
    lacks = np.isnan(tasks.probability)

    def smallest(of_width: Array) -> Array:
        """Return the smallest value, of (F, W) or (1, W), with which each task is learned."""
        least = np.where(tasks.is_learned, of_width[:, :, None], np.inf).min(axis=1)
        return np.where(lacks, np.nan, least)

    learned_width = smallest(tasks.widths[None].astype(np.float64))
    names = ("gain", "crossing", "emergence", "emergence_null")
    found = {name: np.full(tasks.probability.shape, np.nan) for name in names}
    agreed = np.full(len(tasks.parameters), np.nan)
    for family, known, has in tasks.sizes():
        if len(known) < least_sizes:
            continue
        sizes = tasks.parameters[family, known]
        for task in has:
            curve = tasks.accuracy[family, known, task]
            found["gain"][family, task] = gain(sizes, curve)
            found["crossing"][family, task] = crossing(sizes, curve, HALFWAY)
            found["emergence"][family, task] = emergence_score(curve)
            found["emergence_null"][family, task] = emergence_null(curve)
        agreed[family] = _agreement(tasks.probability[family, has], learned_width[family, has])
    about = {
        "gain": "largest gain of accuracy over a factor of two in parameters",
        "crossing": "log10 parameters half of the way from chance to 1",
        "emergence": "emergence score of accuracy (arXiv 2304.15004)",
        "emergence_null": "share of orders of sizes with a score at least as large",
    }
    dims = ("family", "task")
    return {
        "learned_width": variable(
            dims, learned_width, "smallest width with which the task is learned, infinite: never"
        ),
        "learned_parameters": variable(
            dims,
            smallest(tasks.parameters),
            "fewest parameters with which the task is learned, infinite: never",
        ),
        **{name: variable(dims, found[name], long_name) for name, long_name in about.items()},
        "agreement": variable(
            "family",
            agreed,
            "Somers' D of rank of frequency with respect to the width at which a task is learned",
        ),
        "spread_of_crossing": spread_of_crossing(found["crossing"], setting_of_family),
    }


def _agreement(probability: Array, learned_width: Array) -> float:
    """Return how far the frequent tasks are the first to be learned.

    Pairs of tasks that are learned at the same width, or both never, do not count: how many there
    are depends on how many widths and tasks were chosen.
    """
    rank = np.argsort(np.argsort(-probability, kind="stable"))
    agreed, pairs = agreement(learned_width, rank)
    return agreed / pairs if pairs else np.nan
