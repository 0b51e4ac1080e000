"""How good and how biased each network is."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from ontogeny.joins import Run
from ontogeny.joins.rows import labels_of, stacked
from ontogeny.ranking import equal_error_threshold
from ontogeny.studies.noisy_labels.comparison.measures import decided, ranked
from ontogeny.studies.noisy_labels.comparison.texts import SCORED_ON, TextSet, no_texts
from ontogeny.studies.noisy_labels.config import CLEAN_ALONE
from ontogeny.studies.noisy_labels.labels import measures, measures_along, variable

__all__ = ["THRESHOLD_RULES", "curves_of_runs", "development_auc", "of_runs", "score_of"]

THRESHOLD_RULES = ("equal error", "one half")
"""Thresholds: equal errors on development, and a probability of 1/2."""

_ONE_HALF = 0.0
"""The logit of a probability of 1/2."""

Row = Mapping[str, xr.Variable]
OfCorpora = Mapping[str, Mapping[str, TextSet]]
"""Texts by name of the corpus, and by their own name."""


def of_runs(runs: Sequence[Run], texts: OfCorpora, *, groups: int) -> dict[str, xr.Variable]:
    """Return the measures of runs at their chosen checkpoints.

    Parameters
    ----------
    runs : sequence of Run
        With ``scores`` and ``history``.
    texts : mapping
        By corpus: the texts of development, and what is in `SCORED_ON`.
    groups : int

    Returns
    -------
    dict of str to Variable
        Along ``run``: the fields of `Ranked` by ``scored_on``, and those of `Decided` by
        ``threshold_rule`` too; ``chosen_step`` and ``development_auc``.
    """
    if not runs:
        nothing = dict.fromkeys(SCORED_ON, no_texts(groups))
        row = _row(nothing, dict.fromkeys(SCORED_ON, np.zeros(0)), np.nan)
        return {name: each[:0] for name, each in _along("run", [row]).items()} | _chosen(runs)
    return _along("run", [_of_run(run, texts[run.about["corpus"]]) for run in runs]) | _chosen(runs)


def score_of(scores: xr.Dataset, texts: TextSet, step: int) -> NDArray[np.float64]:
    """Return the scores of texts at a checkpoint, (N,) [nat]."""
    if texts.are_probes:
        found = scores["probe_score"].sel(step=step).values[texts.place]
    else:
        found = scores["score"].sel(step=step, comment=texts.place).values
    return np.asarray(found, dtype=np.float64)


def development_auc(run: Run) -> xr.DataArray:
    """Return the AUC on development along the training of a run."""
    return run.results["history"]["auc"].sel(split="development", drop=True)


def curves_of_runs(
    runs: Sequence[Run], texts: OfCorpora
) -> tuple[NDArray[Any], dict[str, xr.Variable]]:
    """Return how runs become better along their training.

    Parameters
    ----------
    runs : sequence of Run
        With ``scores`` and ``history``.
    texts : mapping
        By corpus: the texts of `study`.

    Returns
    -------
    step : (S,) ndarray of int
        Checkpoints that any run has.
    variables : dict of str to Variable
        ``curve_auc(run, step)``, the AUC on development, and ``examples(run, step)``, the examples
        that the run has seen by then, counting repetitions, from 0 again when a network is tuned.
        NaN where a run has no such checkpoint.
    """
    histories = [run.results["history"] for run in runs]
    step = labels_of(histories, "step") if runs else np.zeros(0, dtype=np.int64)
    auc = np.zeros((0, 0))
    if runs:
        auc = stacked([development_auc(run) for run in runs], step=step)
    seen = [_examples(run, len(texts[run.about["corpus"]]["study"].place), step) for run in runs]
    examples = np.where(np.isnan(auc), np.nan, np.array(seen).reshape(auc.shape))
    return step, {
        "curve_auc": variable(("run", "step"), auc, "AUC on development"),
        "examples": variable(("run", "step"), examples, "examples used in training"),
    }


def _examples(run: Run, study: int, step: NDArray[Any]) -> NDArray[np.int64]:
    """Return how many examples a run has seen at some steps; the last batch of an epoch is rest."""
    strategy, clean = run.about["strategy"], round(run.about["clean_share"] * study)
    if run.about["tuned"] or strategy in CLEAN_ALONE:
        items = clean
    else:
        items = study - clean if strategy == "noisy" else study
    batch = int(run.results["scores"]["examples_per_update"])
    epochs, updates = np.divmod(step, -(-items // batch))
    return np.asarray(epochs * items + np.minimum(updates * batch, items))


def _chosen(runs: Sequence[Run]) -> dict[str, xr.Variable]:
    chosen = [int(run.results["scores"]["chosen"]) for run in runs]
    auc = [
        float(development_auc(run).sel(step=step)) for run, step in zip(runs, chosen, strict=True)
    ]
    return {
        "chosen_step": variable(
            "run",
            np.array(chosen, dtype=np.int64),
            "checkpoint with the highest AUC on development",
        ),
        "development_auc": variable("run", np.array(auc, dtype=np.float64), "AUC on development"),
    }


def _of_run(run: Run, texts: Mapping[str, TextSet]) -> Row:
    scores = run.results["scores"]
    step = int(scores["chosen"])
    score = {name: score_of(scores, texts[name], step) for name in ("development", *SCORED_ON)}
    threshold = equal_error_threshold(score["development"], texts["development"].label)
    return _row(texts, score, threshold)


def _row(
    texts: Mapping[str, TextSet], score: Mapping[str, NDArray[np.float64]], threshold: float
) -> Row:
    of_sets = []
    for name in SCORED_ON:
        decisions = [decided(texts[name], score[name], each) for each in (threshold, _ONE_HALF)]
        of_sets.append(
            measures(ranked(texts[name], score[name])) | measures_along("threshold_rule", decisions)
        )
    return _along("scored_on", of_sets)


def _along(dim: str, rows: Sequence[Row]) -> dict[str, xr.Variable]:
    """Return the variables of rows that have the same, with a first dimension."""
    return {
        name: xr.Variable((dim, *of.dims), np.stack([row[name].values for row in rows]), of.attrs)
        for name, of in rows[0].items()
    }
