"""Runs as this stage reads them."""

from collections.abc import Sequence

import numpy as np
import xarray as xr

from ontogeny.joins import Run

__all__ = ["analysis", "checkpoint", "evaluation", "references", "window", "windows"]


def evaluation(run: Run) -> xr.Dataset:
    """Return the measures of a run along training."""
    return run.results["evaluation"]


def analysis(run: Run) -> xr.Dataset:
    """Return what a run shows: its window, its heads, its final checkpoint without some of them."""
    return run.results["analysis"]


def checkpoint(run: Run, step: float) -> xr.Dataset:
    """Return the measures of the checkpoint at or before a step; NaN if none is stored so early."""
    found = evaluation(run)
    if step < found["step"][0]:
        return found.isel(step=0).where(False)
    return found.sel(step=step, method="ffill")


def window(run: Run) -> tuple[float, float]:
    """Return start and end of the phase change of a run [step]; NaN without one."""
    return float(analysis(run)["window_start"]), float(analysis(run)["window_end"])


def references(runs: Sequence[Run]) -> list[Run | None]:
    """Return for each run the plain one of one layer on its corpus, of its seed if there is one."""
    found = []
    for run in runs:
        those = [each for each in runs if _is_plain(each, 1, run.about["corpus"])]
        same = [each for each in those if each.about["seed"] == run.about["seed"]]
        found.append(next(iter(same or those), None))
    return found


def windows(runs: Sequence[Run]) -> list[tuple[float, float]]:
    """Return the window of each run; for one without, the mean one of plain two-layer runs."""
    found = []
    for run in runs:
        own = window(run)
        if np.isnan(own[0]):
            two = [window(each) for each in runs if _is_plain(each, 2, run.about["corpus"])]
            two = [each for each in two if np.isfinite(each[0])]
            mean = np.mean(two, axis=0) if two else (np.nan, np.nan)
            own = float(mean[0]), float(mean[1])
        found.append(own)
    return found


def _is_plain(run: Run, layers: int, corpus: str) -> bool:
    """Return whether a run on a corpus is attention-only, with keys of its own, of some layers."""
    about = run.about
    is_attention_only = not about["mlp"] and not about["smeared"]
    return is_attention_only and about["layers"] == layers and about["corpus"] == corpus
