"""Naive networks, stopped where they are as good as the network of clean labels alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from ontogeny.joins import Run
from ontogeny.labels import Measure
from ontogeny.studies.noisy_labels.comparison.measures import ranked
from ontogeny.studies.noisy_labels.comparison.runs import OfCorpora, development_auc, score_of
from ontogeny.studies.noisy_labels.comparison.texts import SCORED_ON
from ontogeny.studies.noisy_labels.labels import measures_along
from ontogeny.studies.noisy_labels.least import LARGEST_GAP
from ontogeny.studies.noisy_labels.settings import runs_in, setting_of

__all__ = ["stopped_runs"]

Array = NDArray[np.float64]


@dataclass(frozen=True)
class _Stopped:
    stopped_step: Annotated[
        float, Measure((), "checkpoint at which the network is as accurate as that of clean labels")
    ]
    stopped_development_auc: Annotated[
        float, Measure((), "AUC on development of naive, stopped when as good as clean")
    ]
    stopped_auc: Annotated[Array, Measure(("scored_on",), "AUC of naive, stopped as good as clean")]
    stopped_mean_absolute_negative_aeg: Annotated[
        Array, Measure(("scored_on",), "mean |negative AEG| of naive, stopped as good as clean")
    ]


def stopped_runs(runs: Sequence[Run], texts: OfCorpora) -> dict[str, xr.Variable]:
    """Return how biased naive networks are when they are as good as those of clean labels alone.

    The partner of a run of the strategy `naive` without tuning is the run of `clean` with its seed
    in its setting. The run is stopped at the checkpoint whose AUC on development is nearest to that
    of the chosen checkpoint of its partner, the earliest of equals. Where these AUCs differ by more
    than .005, no checkpoint is as good. If clean labels alone are less biased than this checkpoint
    too, then not just because their network knows less.

    Returns
    -------
    dict of str to Variable
        ``stopped_step`` and ``stopped_development_auc`` along ``run``; ``stopped_auc`` and
        ``stopped_mean_absolute_negative_aeg`` by ``(run, scored_on)``. NaN for other runs, without
        a partner, and where no checkpoint is as good.
    """
    about = [run.about for run in runs]
    found = []
    for run in runs:
        is_naive = run.about["strategy"] == "naive" and not run.about["tuned"]
        of_setting = runs_in(about, setting_of(run.about)) if is_naive else {}
        partner = of_setting.get(("clean", run.about["seed"]))
        found.append(_NEVER if partner is None else _stopped(run, runs[partner], texts))
    variables = measures_along("run", found or [_NEVER])
    return {name: each[: len(runs)] for name, each in variables.items()}


_NEVER = _Stopped(np.nan, np.nan, *[np.full(len(SCORED_ON), np.nan)] * 2)


def _stopped(run: Run, partner: Run, texts: OfCorpora) -> _Stopped:
    aim = float(development_auc(partner).sel(step=int(partner.results["scores"]["chosen"])))
    scores = run.results["scores"]
    auc = development_auc(run).sel(step=scores["step"].values).values
    place = int(np.argmin(np.abs(auc - aim)))
    if abs(auc[place] - aim) > LARGEST_GAP:
        return _NEVER
    step = int(scores["step"][place])
    of_corpus = texts[run.about["corpus"]]
    found = [ranked(of_corpus[name], score_of(scores, of_corpus[name], step)) for name in SCORED_ON]
    return _Stopped(
        float(step),
        float(auc[place]),
        np.array([each.auc for each in found]),
        np.array([each.mean_absolute_negative_aeg for each in found]),
    )
