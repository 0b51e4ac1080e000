"""What models of real comparisons say of their own kind of comparisons, and of the other kinds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from ontogeny.estimates import ratio
from ontogeny.labels import text
from ontogeny.preferences import calibration, log_loss
from ontogeny.studies.rlhf.labels import dataset, variable
from ontogeny.studies.rlhf.pairs.features import differences
from ontogeny.studies.rlhf.pairs.protocol import (
    FOLDS,
    Candidate,
    CrossValidated,
    cross_validated,
    without_length,
)
from ontogeny.studies.rlhf.stages.pairs_world import counts_from

__all__ = ["BINS", "real_pairs"]

Array = NDArray[np.float64]

BINS = 8
"""Number of bins of calibration, of equal numbers of comparisons."""

_SCALINGS = ("raw", "calibrated")


@dataclass(frozen=True)
class _Rules:
    """Whether rules that see the length alone agree with what was chosen, by comparison."""

    shorter: Array
    chosen: Array


def real_pairs(worlds: Mapping[str, xr.Dataset]) -> xr.Dataset:
    """Return how well models of each world judge the comparisons of every world.

    Of its own world, each comparison is judged by a model that saw neither it nor any other with
    the same first message (`cross_validated`); of other worlds by one model, of the whole world.
    Intervals are of 95 %, with all comparisons of one first message drawn together. An equal score
    counts one half.

    Parameters
    ----------
    worlds : mapping of str to Dataset
        From `pairs_world`, by name.

    Returns
    -------
    Dataset
        By `trained_on` and `tested_on`, ``accuracy`` and ``accuracy_without_length``, with
        intervals; by `tested_on`, the accuracy of rules that see the length alone, what the model
        is ahead of them, calibration and choices; by `pair`, of all worlds one after the other,
        what intervals follow from: ``right``, ``shorter_right``, ``group``, ``score``, ``fold``.
    """
    names = list(worlds)
    models = [
        cross_validated(counts_from(world), world["group"].values) for world in worlds.values()
    ]
    given = list(worlds.values())
    scores = [
        [
            _scores(model, None if model is other else world)
            for world, other in zip(given, models, strict=True)
        ]
        for model in models
    ]
    right = [[_right(score) for score, _ in row] for row in scores]
    without = [[_right(score) for _, score in row] for row in scores]
    rules = [_rules(world, model.fold) for world, model in zip(given, models, strict=True)]
    variables = (
        _accuracies(given, right, without, rules)
        | _about_worlds(given)
        | _about_calibration(models)
        | _about_choices(models)
        | _by_pair(given, models, right, without, rules)
    )
    coordinates = {
        "trained_on": text(names),
        "tested_on": text(names),
        "scaling": text(_SCALINGS),
        "end": text(["lower", "upper"]),
        "bin": np.arange(BINS),
        "fold": np.arange(FOLDS),
    }
    return dataset(variables, coordinates, title="Models of real comparisons")


def _accuracies(
    worlds: Sequence[xr.Dataset],
    right: Sequence[Sequence[Array]],
    without: Sequence[Sequence[Array]],
    rules: Sequence[_Rules],
) -> dict[str, xr.Variable]:
    """Return means over comparisons, each with its interval."""
    groups = [world["group"].values for world in worlds]
    own = [row[place] for place, row in enumerate(right)]
    tested = {
        "shorter_wins": (
            [rule.shorter for rule in rules],
            "share of comparisons whose shorter response is chosen",
        ),
        "paired_excess": (
            [model - rule.shorter for model, rule in zip(own, rules, strict=True)],
            "accuracy minus accuracy of `the shorter wins`",
        ),
        "length_alone": (
            [rule.chosen for rule in rules],
            "accuracy of `the shorter wins` or `the longer wins`, as chosen in the training folds",
        ),
        "excess_over_length": (
            [model - rule.chosen for model, rule in zip(own, rules, strict=True)],
            "accuracy minus accuracy of length alone",
        ),
    }
    both = {
        "accuracy": (right, "share of comparisons judged as chosen"),
        "accuracy_without_length": (without, "the same with the weight of the log length at 0"),
    }
    found: dict[str, xr.Variable] = {}
    for name, (rows, long_name) in both.items():
        found |= _estimated(name, ("trained_on", "tested_on"), rows, groups, long_name)
    for name, (values, long_name) in tested.items():
        found |= _estimated(name, ("tested_on",), [values], groups, long_name)
    return found


def _about_worlds(worlds: Sequence[xr.Dataset]) -> dict[str, xr.Variable]:
    agreement = [float(world.get("agreement", np.nan)) for world in worlds]
    groups = [np.unique(world["group"]).size for world in worlds]
    return {
        "agreement": variable(
            "tested_on", agreement, "share of equal votes of two annotators, ties left out"
        ),
        "pairs": variable("tested_on", [world.sizes["pair"] for world in worlds], "comparisons"),
        "groups": variable("tested_on", groups, "first messages"),
    }


def _about_calibration(models: Sequence[CrossValidated]) -> dict[str, xr.Variable]:
    each = [_calibrations(model) for model in models]
    dims, along_bins = ("tested_on", "scaling"), ("tested_on", "scaling", "bin")
    return {
        "log_loss": variable(dims, [one.log_loss for one in each], "log loss", "nat"),
        "calibration_error": variable(
            dims,
            [one.error for one in each],
            "mean distance of accuracy and expected accuracy over the bins",
        ),
        "bin_accuracy": variable(along_bins, [one.accuracy for one in each], "accuracy in a bin"),
        "bin_expected": variable(
            along_bins, [one.expected for one in each], "expected accuracy in a bin"
        ),
        "bin_difference": variable(
            along_bins,
            [one.difference for one in each],
            "mean score difference in a bin, without its sign",
        ),
    }


def _about_choices(models: Sequence[CrossValidated]) -> dict[str, xr.Variable]:
    choices = [[_said(each) for each in model.chosen] for model in models]
    return {
        "temperature": variable(
            ("trained_on", "fold"),
            [model.temperature for model in models],
            "temperature fitted in the training folds",
        ),
        "choice": variable(
            ("trained_on", "fold"),
            np.array(choices, dtype=object),
            "features and penalty chosen in the training folds",
        ),
        "choice_of_whole": variable(
            "trained_on",
            text(_said(model.whole) for model in models),
            "features and penalty of the model that is tested on other worlds",
        ),
    }


def _by_pair(
    worlds: Sequence[xr.Dataset],
    models: Sequence[CrossValidated],
    right: Sequence[Sequence[Array]],
    without: Sequence[Sequence[Array]],
    rules: Sequence[_Rules],
) -> dict[str, xr.Variable]:
    """Return what intervals follow from, of all worlds one after the other."""
    place = np.repeat(np.arange(len(worlds)), [world.sizes["pair"] for world in worlds])
    return {
        "right": variable(
            ("trained_on", "pair"),
            [np.concatenate(row) for row in right],
            "1: judged as chosen, 0: not, one half: an equal score",
        ),
        "right_without_length": variable(
            ("trained_on", "pair"),
            [np.concatenate(row) for row in without],
            "the same with the weight of the log length at 0",
        ),
        "shorter_right": variable(
            "pair",
            np.concatenate([rule.shorter for rule in rules]),
            "1: the shorter response is chosen, 0: the longer, one half: equally long",
        ),
        "score": variable(
            "pair",
            np.concatenate([model.score for model in models]),
            "score difference by the model of the same world that did not see the fold",
        ),
        "world": variable("pair", place, "place in `tested_on`"),
        "group": variable(
            "pair",
            np.concatenate([world["group"].values for world in worlds]),
            "number of the first message in its world",
        ),
        "fold_of_pair": variable(
            "pair", np.concatenate([model.fold for model in models]), "fold it is tested in"
        ),
    }


def _scores(model: CrossValidated, other: xr.Dataset | None) -> tuple[Array, Array]:
    """Return what a model says of its own world or of another one, with and without length."""
    if other is None:
        return model.score, model.score_without_length
    rows = differences(counts_from(other), model.whole.features)
    return rows @ model.weights, rows @ without_length(model.weights)


def _right(score: Array) -> Array:
    return 0.5 * (1 + np.sign(score))


def _rules(world: xr.Dataset, fold: NDArray[np.int_]) -> _Rules:
    words = world["words"].values
    shorter = _right((words[1] - words[0]).astype(np.float64))
    chosen = shorter.copy()
    for k in range(FOLDS):
        if shorter[fold != k].mean() < 0.5:
            chosen[fold == k] = 1 - shorter[fold == k]
    return _Rules(shorter, chosen)


@dataclass(frozen=True)
class _Calibrations:
    """Calibration of raw and of calibrated scores; arrays of (2,) or (2, BINS).

    Bins without comparisons, of a world with fewer than BINS, are NaN.
    """

    log_loss: Array
    error: Array
    accuracy: Array
    expected: Array
    difference: Array


def _calibrations(model: CrossValidated) -> _Calibrations:
    scores = (model.score, model.score / model.temperature[model.fold])
    bins = min(BINS, model.score.size)
    found = [calibration(each, np.ones(each.size, dtype=bool), bins) for each in scores]

    def by_bin(name: str) -> Array:
        values = np.stack([getattr(each, name) for each in found])
        return np.pad(values, ((0, 0), (0, BINS - bins)), constant_values=np.nan)

    return _Calibrations(
        log_loss=np.array([log_loss(each) for each in scores]),
        error=np.array([each.calibration_error for each in found]),
        accuracy=by_bin("accuracy"),
        expected=by_bin("expected"),
        difference=by_bin("difference"),
    )


def _estimated(
    name: str,
    dims: tuple[str, ...],
    values: Sequence[Sequence[Array]],
    groups: Sequence[NDArray[np.int32]],
    long_name: str,
) -> dict[str, xr.Variable]:
    """Return the means of values over comparisons, and their intervals over first messages.

    There is one sequence of values for each place along the dimensions before the last one.
    """
    found = np.array(
        [
            [_mean(of_pairs, group) for of_pairs, group in zip(row, groups, strict=True)]
            for row in values
        ]
    )
    shape = found.shape[:2][-len(dims) :]
    means, ends = found[..., 0].reshape(shape), found[..., 1:].reshape(*shape, 2)
    return {
        name: variable(dims, means, long_name),
        f"{name}_interval": variable((*dims, "end"), ends, f"{long_name}: interval of 95 %"),
    }


def _mean(of_pairs: Array, group: NDArray[np.int32]) -> tuple[float, float, float]:
    """Return the mean with the ends of its interval."""
    found = ratio(np.bincount(group, weights=of_pairs), np.bincount(group))
    return found.value, found.lower, found.upper


def _said(candidate: Candidate) -> str:
    features, penalty = candidate
    length = "with length" if features.length else "without length"
    return f"{features.kind}, {features.scaling}, {length}, penalty {penalty:g}"
