"""How well a preference model predicts choices, and whether it knows how well."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from ontogeny.labels import text
from ontogeny.preferences import (
    accuracy,
    calibration,
    error_of_perfect,
    expected_accuracy,
    log_loss,
)
from ontogeny.studies.rlhf.config import PROMPTS
from ontogeny.studies.rlhf.labels import dataset, variable
from ontogeny.studies.rlhf.stages import compare, probe
from ontogeny.studies.rlhf.stages.parts import part_of, right_difference
from ontogeny.studies.rlhf.stages.read import final
from ontogeny.studies.rlhf.stages.score import calibrated_scores

__all__ = ["PROBES", "QUANTILES", "measures_of_preference"]

PROBES = "probes"
"""The name of the fresh probes among what a preference model is tested on."""

QUANTILES = (0.0, 0.25, 0.5, 0.75)
"""Quantiles of the scores of the probes that both scores of a pair shall reach."""

_SCALINGS = ("raw", "calibrated")
_BY_TEST, _ABOVE = ("tested_on",), ("tested_on", "quantile")

_MEASURES: dict[str, tuple[tuple[str, ...], str, str]] = {
    "accuracy": (_BY_TEST, "accuracy", "1"),
    "accuracy_error": (_BY_TEST, "standard error of the accuracy", "1"),
    "ceiling": (_BY_TEST, "accuracy of the true score", "1"),
    "log_loss": (_BY_TEST, "loss of a comparison", "nat"),
    "policy_accuracy": (_BY_TEST, "accuracy of the start policy's log-probability", "1"),
    "accuracy_above": (_ABOVE, "accuracy where both scores are high", "1"),
    "pairs_above": (_ABOVE, "pairs both of whose scores are high", "1"),
    "threshold": (("quantile",), "score that both responses of a pair exceed", "nat"),
    "parameters": ((), "parameters", "1"),
    "pairs": ((), "pairs to learn from", "1"),
}

_DRAWS = 100
"""Sets of choices that a perfect preference model is judged on."""

_PERFECT = 32
"""Seed of these."""

Array = NDArray[np.float64]


def measures_of_preference(
    checkpoints: xr.Dataset,
    calibrated: xr.Dataset,
    probes: xr.Dataset,
    tranches: Mapping[str, xr.Dataset],
    *,
    bins: int,
    pairs: int,
) -> xr.Dataset:
    """Return the measures of a preference model.

    Parameters
    ----------
    checkpoints, calibrated : Dataset
        Of the preference model, as stored.
    probes : Dataset
        Of its start policy.
    tranches : mapping of str to Dataset
        Comparisons by name, on whose test pairs it is judged.
    bins : int
        Of differences of scores, in which calibration is measured.
    pairs : int
        Number of pairs that it has learned from.

    Returns
    -------
    Dataset
        By ``tested_on``, the tranches and then ``probes``, the fresh ones: ``accuracy``, with
        ``accuracy_error`` over pairs, ``ceiling``, the accuracy of the true score, ``log_loss``
        (calibrated), ``policy_accuracy`` of the start policy's log-probability; by ``quantile``
        too, ``accuracy_above`` where both scores are at least the ``threshold``, and
        ``pairs_above``. On the fresh probes, by ``scaling`` and ``bin``: ``bin_difference``,
        ``bin_expected``, ``bin_accuracy``; ``calibration_error(scaling)``, and
        ``calibration_error_of_perfect``, which chance leaves to calibrated scores that are right;
        by ``prompt``: ``accuracy_of_prompt``, ``ceiling_of_prompt``. ``parameters`` (all of them)
        and ``pairs``, numbers.

    Raises
    ------
    ValueError
        When there are fewer fresh probes than bins.
    """
    needed = probes[["gold", "chosen", "part", "prompt", "log_probability"]]
    fresh = part_of(needed.assign(score=calibrated["score"]), probe.PARTS, "fresh")
    tested = {
        name: _scored(checkpoints, calibrated, part_of(each, compare.PARTS, "test"))
        for name, each in tranches.items()
    }
    tested[PROBES] = fresh
    threshold = np.quantile(calibrated["score"].values, QUANTILES)
    along = [_of_pairs(each, threshold) for each in tested.values()]
    found: dict[str, Any] = {name: np.stack([each[name] for each in along]) for name in along[0]}
    found |= {
        "threshold": threshold,
        "parameters": sum(each.size for each in final(checkpoints).values()),
        "pairs": pairs,
    }
    variables = {
        name: variable(dims, found[name], long_name, units)
        for name, (dims, long_name, units) in _MEASURES.items()
    }
    variables |= _calibration(fresh, float(calibrated["temperature"]), bins) | _by_prompt(fresh)
    return dataset(
        variables,
        {
            "tested_on": text(tested),
            "quantile": np.array(QUANTILES),
            "scaling": text(_SCALINGS),
            "bin": np.arange(bins),
            "prompt": text(PROMPTS[: variables["accuracy_of_prompt"].size]),
        },
        title="Measures of a preference model",
    )


def _scored(checkpoints: xr.Dataset, calibrated: xr.Dataset, pairs: xr.Dataset) -> xr.Dataset:
    score = calibrated_scores(checkpoints, calibrated, pairs["tokens"].values)
    return pairs.assign(score=(pairs["tokens"].dims[:2], score))


def _of_pairs(pairs: xr.Dataset, threshold: Array) -> dict[str, Any]:
    difference = right_difference(pairs, "score")
    share = accuracy(difference)
    lower = pairs["score"].min("side").values
    reached = lower >= threshold[:, None]
    return {
        "accuracy": share,
        "accuracy_error": np.sqrt(share * (1 - share) / max(len(difference), 1)),
        "ceiling": expected_accuracy(right_difference(pairs, "gold")),
        "log_loss": log_loss(difference),
        "policy_accuracy": accuracy(right_difference(pairs, "log_probability")),
        "accuracy_above": np.array([accuracy(difference[each]) for each in reached]),
        "pairs_above": reached.sum(axis=1),
    }


def _calibration(pairs: xr.Dataset, temperature: float, bins: int) -> dict[str, xr.Variable]:
    first, second = pairs["score"].transpose("side", "pair").values.astype(np.float64)
    first_is_chosen = pairs["chosen"].values == 0
    difference = first - second
    raw, calibrated = (
        calibration(each, first_is_chosen, bins) for each in (temperature * difference, difference)
    )
    perfect = error_of_perfect(difference, bins, _DRAWS, np.random.default_rng(_PERFECT))

    def both(name: str) -> Array:
        return np.stack([getattr(each, name) for each in (raw, calibrated)])

    by_bin = ("scaling", "bin")
    return {
        "bin_difference": variable(
            by_bin, both("difference"), "mean absolute difference of scores", "nat"
        ),
        "bin_expected": variable(by_bin, both("expected"), "accuracy that scores predict"),
        "bin_accuracy": variable(by_bin, both("accuracy"), "accuracy"),
        "calibration_error": variable(
            "scaling", both("calibration_error"), "expected calibration error"
        ),
        "calibration_error_of_perfect": variable(
            (), perfect, "expected calibration error of scores that are right"
        ),
    }


def _by_prompt(pairs: xr.Dataset) -> dict[str, xr.Variable]:
    prompt = pairs["prompt"].values
    asked = [pairs.isel(pair=prompt == number) for number in range(prompt.max() + 1)]
    return {
        "accuracy_of_prompt": variable(
            "prompt",
            [accuracy(right_difference(each, "score")) for each in asked],
            "accuracy on responses to a prompt",
        ),
        "ceiling_of_prompt": variable(
            "prompt",
            [expected_accuracy(right_difference(each, "gold")) for each in asked],
            "accuracy of the true score on responses to a prompt",
        ),
    }
