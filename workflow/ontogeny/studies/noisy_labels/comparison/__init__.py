"""All networks and raters of a configuration, compared."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import xarray as xr

from ontogeny.joins import Run
from ontogeny.joins.rows import described
from ontogeny.labels import text
from ontogeny.studies.noisy_labels.comparison.noise import noise_of_raters
from ontogeny.studies.noisy_labels.comparison.raters import TRUE_LABELS, about_raters, of_raters
from ontogeny.studies.noisy_labels.comparison.runs import (
    THRESHOLD_RULES,
    curves_of_runs,
    of_runs,
)
from ontogeny.studies.noisy_labels.comparison.settings import MEASURES, of_settings
from ontogeny.studies.noisy_labels.comparison.stopped import stopped_runs
from ontogeny.studies.noisy_labels.comparison.texts import SCORED_ON, texts_of
from ontogeny.studies.noisy_labels.comparison.votes import votes_of_raters
from ontogeny.studies.noisy_labels.config import Analysis
from ontogeny.studies.noisy_labels.corpora.comments import PARTS
from ontogeny.studies.noisy_labels.labels import coordinate, dataset, variable
from ontogeny.studies.noisy_labels.settings import setting_of

__all__ = ["compare"]

_ABOUT: dict[str, type] = {
    "experiment": str,
    "seed": int,
    "recipe": str,
    "strategy": str,
    "tuned": bool,
    "source": str,
    "corpus": str,
    "rater": str,
    "clean_share": float,
    "variant": str,
    "conditions": str,
}
"""What runs are described by, with its type."""


def compare(
    runs: Sequence[Run],
    corpora: Mapping[str, xr.Dataset],
    ratings: Mapping[str, xr.Dataset],
    *,
    raters: Mapping[str, Mapping[str, Any]],
    analysis: Analysis,
) -> xr.Dataset:
    """Return how good and how biased all networks and raters are.

    Parameters
    ----------
    runs : sequence of Run
        With ``scores`` and ``history``; may be none.
    corpora : mapping of str to Dataset
        By name.
    ratings : mapping of str to Dataset
        Labels by name of the rater.
    raters : mapping of str to mapping
        By the same names: ``corpus``, ``source``, ``accuracy`` and ``keep``.
    analysis : Analysis

    Returns
    -------
    Dataset
        Along ``run``: what `of_runs`, `curves_of_runs` and `stopped_runs` return. Along ``rater``:
        what `of_raters`, `about_raters`, `noise_of_raters` and `votes_of_raters` return. Along
        ``setting``: what `of_settings` returns. ``identity`` has the groups of all corpora; what a
        corpus knows nothing of is NaN.
    """
    identities = tuple(
        dict.fromkeys(str(name) for each in corpora.values() for name in each["identity"].values)
    )
    texts = {
        corpus: {
            name: texts_of(each, name, identities, least=analysis.least_comments)
            for name in dict.fromkeys((*PARTS, *SCORED_ON))
        }
        for corpus, each in corpora.items()
    }
    measured = of_runs(runs, texts, groups=len(identities))
    step, curves = curves_of_runs(runs, texts)
    noise = noise_of_raters(runs, ratings, raters, texts, bins=analysis.bins)
    of = {name: which.of(measured, SCORED_ON) for name, which in MEASURES.items()}
    about_settings, settings = of_settings(runs, of)
    found_of_raters = of_raters(ratings, raters, texts, least=analysis.least_comments)
    coordinates = {
        "identity": text(identities),
        "scored_on": text(SCORED_ON),
        "threshold_rule": text(THRESHOLD_RULES),
        "true_label": text(TRUE_LABELS),
        "end": text(["lower", "upper"]),
        "rater": text(ratings),
        "bin": np.arange(analysis.bins),
        "step": step,
    }
    return dataset(
        measured
        | curves
        | stopped_runs(runs, texts)
        | found_of_raters
        | noise
        | votes_of_raters(list(ratings), raters, corpora)
        | settings,
        _described(runs)
        | {name: coordinate(name, values) for name, values in coordinates.items()}
        | about_raters(ratings, raters)
        | about_settings,
        title="All networks and raters of the configuration",
    )


def _described(runs: Sequence[Run]) -> dict[str, xr.Variable]:
    """Return what the configuration says of each run, with its setting."""
    if runs:
        found = described(runs)
    else:
        none = Run({name: kind() for name, kind in _ABOUT.items()}, {})
        found = {name: each[:0] for name, each in described([none]).items()}
    settings = text(str(setting_of(run.about)) for run in runs)
    return found | {"setting_of_run": variable("run", settings, "setting of the run")}
