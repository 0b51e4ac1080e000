"""How good preference models are, and on what."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from ontogeny.joins import Run
from ontogeny.labels import text
from ontogeny.studies.rlhf.comparison.rows import rows_of
from ontogeny.studies.rlhf.labels import dataset, variable

__all__ = ["PROBES", "table_of_preferences"]

PROBES = "probes"
"""Fresh pairs of the start policy, on which every preference model is tested."""

_ABOUT: dict[str, type] = {
    "preference": str,
    "seed": int,
    "policy": str,
    "world": str,
    "kind": str,
    "skew": str,
    "prompts": int,
    "tranches": str,
    "kinds": str,
    "d_model": int,
    "layers": int,
    "pairs": int,
    "last_share": float,
    "last_weight": float,
    "epochs": int,
    "helpful_pairs": float,
    "harmless_pairs": float,
    "skill_pairs": float,
    "mixes_online": bool,
}
"""What preference models are described by, with its type."""

_OF = "of_preference_model"

_NAMES = {
    "accuracy": "accuracy_on",
    "accuracy_error": "accuracy_error_on",
    "ceiling": "ceiling_on",
    "log_loss": "log_loss_on",
    "policy_accuracy": "policy_accuracy_on",
}
"""Names of measures by ``tested_on``, which would be taken for numbers of the whole model."""

_MEASURES: dict[str, tuple[tuple[str, ...], str, str]] = {
    "accuracy": (("tested_on",), "accuracy", "1"),
    "accuracy_error": (("tested_on",), "standard error of the accuracy", "1"),
    "ceiling": (("tested_on",), "accuracy of the true score", "1"),
    "log_loss": (("tested_on",), "loss of a comparison", "nat"),
    "policy_accuracy": (("tested_on",), "accuracy of the start policy's mean log-probability", "1"),
    "accuracy_above": (
        ("tested_on", "quantile"),
        "accuracy where both scores exceed a quantile",
        "1",
    ),
    "pairs_above": (("tested_on", "quantile"), "pairs whose scores both exceed a quantile", "1"),
    "bin_accuracy": (("scaling", "bin"), "accuracy in a bin of score differences", "1"),
    "bin_expected": (("scaling", "bin"), "accuracy that score differences of a bin predict", "1"),
    "bin_difference": (("scaling", "bin"), "mean score difference of a bin", "nat"),
    "calibration_error": (("scaling",), "mean |accuracy - predicted accuracy| over bins", "1"),
    "calibration_error_of_perfect": ((), "calibration error of a perfect model by chance", "1"),
    "parameters": ((), "number of parameters", "1"),
    "temperature": ((), "divisor of raw scores", "1"),
    "offset": ((), "mean raw score of the start policy", "nat"),
    "raw_s_d": ((), "standard deviation of raw scores under the start policy", "nat"),
    "accuracy_of_prompt": (("prompt",), "accuracy on pairs that answer a prompt", "1"),
    "ceiling_of_prompt": (("prompt",), "accuracy of the true score on pairs of a prompt", "1"),
}
"""What is taken from measures and calibrations: dimensions, meaning and unit."""


def table_of_preferences(
    preferences: Sequence[Run],
    tranches: Mapping[str, Mapping[str, Any]],
    prompts: Sequence[str] = (),
) -> xr.Dataset:
    """Return the measures of all preference models along ``preference_model``.

    Parameters
    ----------
    preferences : sequence of Run
        With ``measures`` and ``calibration``; may be none.
    tranches : mapping of str to mapping
        By name: ``kind`` ("start", "best-of" or "snapshots") and ``prompt``.
    prompts : sequence of str
        Of all worlds that have several.

    Returns
    -------
    Dataset
        What measures and calibrations hold; by ``tested_on``, ``NAME_on`` for accuracy, ceiling,
        loss and the policy's accuracy. Coordinates ``NAME_of_preference_model`` say what a model
        is, with a ``last_share`` of NaN where it has none; ``harmless_share`` is the share of
        harmless pairs among those to helpful and harmless prompts, NaN where there are neither.
        ``kind_of_tested_on`` and ``prompt_of_tested_on`` say what it is tested on.
    """
    results = [each.results["measures"].merge(_scalars(each)) for each in preferences]
    labels = _labels(results, prompts)
    variables = {
        _NAMES.get(name, name): variable(
            ("preference_model", *dims),
            rows_of(results, name, {dim: labels[dim] for dim in dims}),
            long_name,
            units,
        )
        for name, (dims, long_name, units) in _MEASURES.items()
    }
    return dataset(
        variables,
        {**labels, **_about(preferences), **_about_tests(labels["tested_on"], tranches)},
        title="All preference models of the configuration",
    )


def _scalars(of: Run) -> xr.Dataset:
    calibration = of.results["calibration"]
    return calibration[["temperature", "offset", "raw_s_d"]]


def _labels(results: Sequence[xr.Dataset], prompts: Sequence[str]) -> dict[str, NDArray[Any]]:
    """Return the labels of all models; what models are tested on: the probes first."""
    found: dict[str, dict[Any, None]] = {
        dim: {} for dim in ("tested_on", "quantile", "scaling", "bin")
    }
    for each in results:
        for dim, values in found.items():
            if dim in each.coords:
                values.update(dict.fromkeys(each[dim].values.tolist()))
            elif dim in each.sizes:
                values.update(dict.fromkeys(range(each.sizes[dim])))
    tests = sorted(found["tested_on"], key=lambda name: (name != PROBES, name))
    return {
        "tested_on": text(tests),
        "quantile": np.array(sorted(found["quantile"]), dtype=np.float64),
        "scaling": text(found["scaling"]),
        "bin": np.array(sorted(found["bin"]), dtype=np.int64),
        "prompt": text(prompts),
    }


def _about(preferences: Sequence[Run]) -> dict[str, xr.Variable]:
    """Return what the configuration says of each preference model."""
    names = text(f"{each.about['preference']}, seed {each.about['seed']}" for each in preferences)
    found = {"preference_model": variable("preference_model", names, "name and seed")}
    for name, kind in _ABOUT.items():
        values = [each.about[name] for each in preferences]
        found[f"{name}_{_OF}"] = variable(
            "preference_model",
            text(values) if kind is str else np.array(values, dtype=kind),
            f"{name.replace('_', ' ')} of the preference model",
        )
    share = found[f"last_share_{_OF}"]
    share.values = np.where(share.values < 0, np.nan, share.values)
    helpful, harmless = (found[f"{name}_pairs_{_OF}"].values for name in ("helpful", "harmless"))
    both = helpful + harmless
    found[f"harmless_share_{_OF}"] = variable(
        "preference_model",
        np.where(both > 0, harmless / np.where(both > 0, both, 1), np.nan).round(6),
        "share of harmless pairs among helpful and harmless ones",
    )
    return found


def _about_tests(
    tested_on: NDArray[Any], tranches: Mapping[str, Mapping[str, Any]]
) -> dict[str, xr.Variable]:
    probes = {"kind": PROBES, "prompt": "mixed"}
    of = [probes if name == PROBES else tranches[name] for name in tested_on]
    return {
        f"{key}_of_tested_on": variable(
            "tested_on", text(each[key] for each in of), f"{key} of the comparisons"
        )
        for key in ("kind", "prompt")
    }
