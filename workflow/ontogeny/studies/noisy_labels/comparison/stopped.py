"""Naive networks, stopped where they are as good as the network of clean labels alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

import numpy as np
import xarray as xr

from ontogeny.joins import Run
from ontogeny.labels import Measure
from ontogeny.studies.noisy_labels.comparison.measures import ranked
from ontogeny.studies.noisy_labels.comparison.runs import OfCorpora, development_auc, score_of
from ontogeny.studies.noisy_labels.labels import measures_along

__all__ = ["stopped_runs"]


@dataclass(frozen=True)
class _Stopped:
    stopped_step: Annotated[float, Measure((), "checkpoint as good as that of clean labels")] = (
        np.nan
    )
    stopped_development_auc: Annotated[float, Measure((), "its AUC on development")] = np.nan
    stopped_auc: Annotated[float, Measure((), "its AUC on the test comments")] = np.nan
    stopped_mean_absolute_negative_aeg: Annotated[
        float, Measure((), "its mean |negative AEG| on the test comments")
    ] = np.nan


def stopped_runs(runs: Sequence[Run], texts: OfCorpora) -> dict[str, xr.Variable]:
    """Return how biased naive networks are when they are as good as those of clean labels alone.

    The partner of a run of the strategy `naive` without tuning is the run of the strategy `clean`
    on the same corpus with the same clean share and seed, the first by name of its experiment. The
    run is stopped at the checkpoint whose AUC on development is nearest to that of the chosen
    checkpoint of its partner, the earliest of equals. If clean labels alone are less biased than
    this checkpoint too, then not just because their network knows less.

    Returns
    -------
    dict of str to Variable
        ``stopped_step``, ``stopped_development_auc``, ``stopped_auc`` and
        ``stopped_mean_absolute_negative_aeg`` along ``run``; NaN for other runs, and without a
        partner.
    """
    clean = {
        _shared(run): run
        for run in sorted(runs, key=lambda run: str(run.about["experiment"]), reverse=True)
        if run.about["strategy"] == "clean"
    }
    found = []
    for run in runs:
        is_naive = run.about["strategy"] == "naive" and not run.about["tuned"]
        partner = clean.get(_shared(run)) if is_naive else None
        found.append(_Stopped() if partner is None else _stopped(run, partner, texts))
    variables = measures_along("run", found or [_Stopped()])
    return {name: each[: len(runs)] for name, each in variables.items()}


def _shared(run: Run) -> tuple[object, ...]:
    return tuple(run.about[name] for name in ("corpus", "clean_share", "seed"))


def _stopped(run: Run, partner: Run, texts: OfCorpora) -> _Stopped:
    aim = float(development_auc(partner).sel(step=int(partner.results["scores"]["chosen"])))
    scores = run.results["scores"]
    auc = development_auc(run).sel(step=scores["step"].values).values
    place = int(np.argmin(np.abs(auc - aim)))
    step = int(scores["step"][place])
    test = texts[run.about["corpus"]]["test"]
    of_test = ranked(test, score_of(scores, test, step))
    return _Stopped(float(step), float(auc[place]), of_test.auc, of_test.mean_absolute_negative_aeg)
