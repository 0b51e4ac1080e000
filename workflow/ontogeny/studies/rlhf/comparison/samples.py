"""The best of several samples of a start policy, and how it tells foreign sequences."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import xarray as xr

from ontogeny.joins.rows import labels_of, stacked
from ontogeny.labels import text
from ontogeny.studies.rlhf.comparison.runs import ROLES
from ontogeny.studies.rlhf.config import GOLD
from ontogeny.studies.rlhf.labels import coordinate, variable

__all__ = ["detection_of_policies", "selections_of_policies"]

Results = Mapping[tuple[str, int], xr.Dataset]
"""By name of the start policy and seed."""


def selections_of_policies(best_of: Results, table: xr.Dataset) -> xr.Dataset:
    """Return what the best of n samples gains by each score.

    Parameters
    ----------
    best_of : mapping
        At least one.
    table : Dataset
        As of `table_of_runs`.

    Returns
    -------
    Dataset
        Along ``selection``, which is a policy, its seed and the score that selects:
        ``best_of_gain(selection, role, samples_compared)``, over one sample, with the role
        ``train`` for the preference model that selects (NaN where the true score does) and ``test``
        for the judge of the run from this policy, of this seed, that is trained against the score
        that selects (of several, the first; NaN where there is none). Beside it
        ``best_of_kl(selection, samples_compared)``, ``best_of_root_kl`` and
        ``log_samples(samples_compared)``. Coordinates ``policy_of_selection``,
        ``seed_of_selection`` and ``selector_of_selection``.
    """
    counts = labels_of(best_of.values(), "samples_compared")
    judges = _judges(table)
    about, gains, kls = [], [], []
    for (policy, seed), each in best_of.items():
        for selector in each["selector"].values.tolist():
            about.append((policy, seed, selector))
            score = each["score"].sel(selector=selector, drop=True)
            gains.append(_in_roles(score, selector, judges.get((policy, seed, selector), "")))
            kls.append(each["kl"].sel(selector=selector, drop=True))
    kl = stacked(kls, samples_compared=counts)
    gain = stacked(gains, role=ROLES, samples_compared=counts)
    dims = ("selection", "samples_compared")
    logs = np.log(counts.astype(np.float64))
    return xr.Dataset(
        {
            "best_of_gain": variable(
                ("selection", "role", "samples_compared"),
                gain,
                "score minus the score of one sample",
                "nat",
            ),
            "best_of_kl": variable(dims, kl, "KL to the start policy", "nat"),
            "best_of_root_kl": variable(
                dims, np.sqrt(np.maximum(kl, 0)), "root of the KL to the start policy", "nat^(1/2)"
            ),
            "log_samples": variable("samples_compared", logs, "logarithm of the samples", "nat"),
        },
        {
            "selection": coordinate(
                "selection",
                text(f"{policy}, seed {seed}, by {name}" for policy, seed, name in about),
            ),
            "role": coordinate("role", text(ROLES)),
            "samples_compared": coordinate("samples_compared", counts),
            **_described(about, ("policy", "seed", "selector"), "selection"),
        },
    )


def detection_of_policies(detection: Results) -> xr.Dataset:
    """Return how well distances of activations tell foreign sequences.

    Parameters
    ----------
    detection : mapping
        At least one.

    Returns
    -------
    Dataset
        Along ``policy_model``, a policy and its seed: ``auroc(policy_model, layer, distance)`` and
        ``auroc_with_examples(policy_model, layer, examples)``; NaN where a policy has fewer layers.
        ``relative_less_plain(policy_model)``: the AUROC of the relative distance less that of the
        plain one, each in its best layer; ``relative_is_better(policy_model)``: the share of
        layers. Coordinates ``policy_of_policy_model`` and ``seed_of_policy_model``.
    """
    results = list(detection.values())
    layers, examples = (labels_of(results, dim) for dim in ("layer", "examples"))
    distances = ("plain", "relative")
    auroc = stacked([each["auroc"] for each in results], layer=layers, distance=distances)
    of_examples = stacked(
        [each["auroc_with_examples"] for each in results], layer=layers, examples=examples
    )
    plain, relative = auroc[..., 0], auroc[..., 1]
    known = np.isfinite(plain)
    about = list(detection)
    return xr.Dataset(
        {
            "auroc": variable(
                ("policy_model", "layer", "distance"), auroc, "AUROC of foreign sequences"
            ),
            "auroc_with_examples": variable(
                ("policy_model", "layer", "examples"),
                of_examples,
                "AUROC of foreign sequences with some of them known",
            ),
            "relative_less_plain": variable(
                "policy_model",
                np.nanmax(relative, axis=1) - np.nanmax(plain, axis=1),
                "AUROC of the relative minus that of the plain distance, best layers",
            ),
            "relative_is_better": variable(
                "policy_model",
                (known & (relative > plain)).sum(axis=1) / known.sum(axis=1),
                "share of layers in which the relative distance has the higher AUROC",
            ),
        },
        {
            "policy_model": coordinate(
                "policy_model", text(f"{policy}, seed {seed}" for policy, seed in about)
            ),
            "layer": coordinate("layer", layers),
            "distance": coordinate("distance", text(distances)),
            "examples": coordinate("examples", examples),
            **_described(about, ("policy", "seed"), "policy_model"),
        },
    )


def _judges(table: xr.Dataset) -> dict[tuple[str, int, str], str]:
    """Return the other preference model of the first run with a start policy, seed and reward."""
    columns = [
        table[f"{name}_of_run"].values.tolist() for name in ("policy", "seed", "reward", "judge")
    ]
    found: dict[tuple[str, int, str], str] = {}
    for policy, seed, reward, judge in zip(*columns, strict=True):
        found.setdefault((policy, seed, reward), judge)
    return found


def _in_roles(score: xr.DataArray, selector: str, judge: str) -> xr.DataArray:
    """Return scores over those of one sample, with judges by their role."""
    names = score["judge"].values.tolist()
    sources = dict(zip(ROLES, (GOLD, "" if selector == GOLD else selector, judge), strict=True))
    known = {role: name for role, name in sources.items() if name in names}
    gain = score - score.sel(samples_compared=1)
    return (
        gain.sel(judge=list(known.values()))
        .rename(judge="role")
        .assign_coords(role=text(known))
        .reindex(role=text(ROLES))
    )


def _described(
    about: Sequence[tuple[Any, ...]], names: Sequence[str], dim: str
) -> dict[str, xr.Variable]:
    columns = dict(zip(names, zip(*about, strict=True), strict=True))
    return {
        f"{name}_of_{dim}": variable(
            dim,
            text(values) if isinstance(values[0], str) else np.array(values),
            f"{name} of the samples" if dim == "selection" else f"{name} of the start policy",
        )
        for name, values in columns.items()
    }
