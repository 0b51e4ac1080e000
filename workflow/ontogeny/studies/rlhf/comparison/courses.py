"""Where the scores of a run peak, how its judges part, and what else training does to it."""

from typing import NamedTuple

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from ontogeny.preferences import POINTS, elo, peak
from ontogeny.studies.rlhf.comparison.runs import ROLES, last
from ontogeny.studies.rlhf.labels import variable

__all__ = ["WAYS", "at_kl", "courses_of_runs", "elo_of_runs", "peaks_of_runs"]

WAYS = ("predicted", "chosen", "won")
"""Ways to an Elo: from mean scores, from choices of the preference model, from true wins."""

Array = NDArray[np.float64]

_GOLD, _TRAIN, _TEST = range(len(ROLES))


class _Peak(NamedTuple):
    step: float
    samples: float
    kl: float
    score: float
    fall: float


def peaks_of_runs(table: xr.Dataset) -> dict[str, xr.Variable]:
    """Return where each score is greatest, and how far it falls from there to the end.

    Parameters
    ----------
    table : Dataset
        As of `table_of_runs`.

    Returns
    -------
    dict of str to Variable
        By ``(run, role)``: ``peak_step``, ``peak_samples``, ``peak_kl``, ``peak_score``,
        ``peak_gain``, ``end_score`` and ``fall_after_peak``, the score at the peak less that at
        the end.
    """
    score = table["score"].values
    samples, kl = table["samples"].values, table["kl"].values
    found = np.full((*score.shape[:2], len(_Peak._fields)), np.nan)
    for place in np.ndindex(score.shape[:2]):
        known = np.flatnonzero(np.isfinite(score[place]))
        if known.size:
            top = known[peak(score[place][known])]
            best = score[place][top]
            found[place] = _Peak(
                step=float(table["step"].values[top]),
                samples=float(samples[place[0], top]),
                kl=float(kl[place[0], top]),
                score=float(best),
                fall=float(best - score[place][known[-1]]),
            )
    dims = ("run", "role")
    about = {
        "peak_step": ("step at which the score is greatest", "1"),
        "peak_samples": ("responses sampled when the score is greatest", "1"),
        "peak_kl": ("KL at which the score is greatest", "nat"),
        "peak_score": ("greatest mean score", "nat"),
        "fall_after_peak": ("greatest mean score minus the one at the end", "nat"),
    }
    peaks = {
        name: variable(dims, found[..., place], long_name, units)
        for place, (name, (long_name, units)) in enumerate(about.items())
    }
    gain = found[..., list(about).index("peak_score")] - table["start_score"].values
    return peaks | {
        "peak_gain": variable(
            dims, gain, "greatest mean score minus that of the start policy", "nat"
        ),
        "end_score": variable(dims, last(score), "mean score at the end", "nat"),
    }


def elo_of_runs(table: xr.Dataset) -> dict[str, xr.Variable]:
    """Return by how much a policy is rated above its start policy, in three ways.

    ``predicted``: from the mean score of the preference model that it is trained against.
    ``chosen``: from how often this model scores it higher than the start policy. ``won``: from how
    often it is preferred by choices that follow the true score.

    Parameters
    ----------
    table : Dataset
        As of `table_of_runs`.

    Returns
    -------
    dict of str to Variable
        ``elo(run, way, step)`` and ``elo_at_end(run, way)``, in points. NaN where every pair is won
        or lost, and in the first two ways for runs that are trained against the true score.
    """
    found = np.stack(
        [
            POINTS * table["gain"].values[:, _TRAIN],
            elo(table["choice_rate"].values[:, _TRAIN]),
            elo(table["win_rate"].values[:, _GOLD]),
        ],
        axis=1,
    )
    found[np.isinf(found)] = np.nan
    at_end = np.where(_reaches_end(table, found), last(found), np.nan)
    return {
        "elo": variable(("run", "way", "step"), found, "Elo over the start policy"),
        "elo_at_end": variable(("run", "way"), at_end, "Elo over the start policy at the end"),
    }


def courses_of_runs(table: xr.Dataset) -> dict[str, xr.Variable]:
    """Return how the two preference models part, and what becomes of entropy and corpus loss.

    Parameters
    ----------
    table : Dataset
        As of `table_of_runs`.

    Returns
    -------
    dict of str to Variable
        ``gap(run, step)``: the gain by the preference model that a policy is trained against, less
        that by the other one, both in calibrated score. ``gap_at_one``: the same where the KL first
        reaches 1, by a line in sqrt(KL) between checkpoints; ``gap_at_one_in_s_d``: over the other
        model's standard deviation under the start policy. ``gap_at_end``. ``entropy_ratio``: at the
        end over the start. ``corpus_loss_rise``: at the end less at the start.
        ``refusals_on_helpful(run, step)``: refusal tokens in responses to helpful
        prompts, NaN where the world has one prompt.
    """
    gap = table["gain"].values[:, _TRAIN] - table["gain"].values[:, _TEST]
    at_one = np.array([at_kl(*each, 1.0) for each in zip(table["kl"].values, gap, strict=True)])
    entropy, loss = (table[name].values for name in ("entropy", "corpus_loss"))
    of_test = table["start_s_d"].values[:, _TEST]
    refusals = table["refusals"].reindex(prompt=["helpful"]).isel(prompt=0)
    found = {
        "gap": variable(
            ("run", "step"),
            gap,
            "gain by the trained-against preference model minus gain by another one",
        ),
        "gap_at_one": variable("run", at_one.reshape(len(gap)), "gap at a KL of 1 nat"),
        "gap_at_one_in_s_d": variable(
            "run", at_one.reshape(len(gap)) / of_test, "gap at a KL of 1 nat in standard deviations"
        ),
        "gap_at_end": variable("run", last(gap), "gap at the end"),
        "entropy_ratio": variable(
            "run",
            last(entropy) / _first(entropy),
            "entropy at the end divided by that at the start",
        ),
        "corpus_loss_rise": variable(
            "run", last(loss) - _first(loss), "rise of the loss on held-out sequences"
        ),
        "refusals_on_helpful": variable(
            ("run", "step"),
            refusals.values,
            "refusal tokens of a response to a helpful prompt",
        ),
    }
    for name in ("gap", "gap_at_one", "gap_at_end", "corpus_loss_rise"):
        found[name].attrs["units"] = "nat"
    return found


def at_kl(kl: Array, values: Array, level: float) -> float:
    """Return a value where the KL first reaches a level, by a line in sqrt(KL) between checkpoints.

    Parameters
    ----------
    kl, values : (S,) ndarray
        Of checkpoints in order; those where either is NaN are left out.
    level : float
        In nats.

    Returns
    -------
    float
        NaN where the level is not reached.
    """
    known = np.isfinite(kl) & np.isfinite(values)
    root, of = np.sqrt(np.maximum(kl[known], 0)), values[known]
    beyond = np.flatnonzero(root >= np.sqrt(level))
    if not beyond.size:
        return np.nan
    place = int(beyond[0])
    if place == 0:
        return float(of[0])
    return float(np.interp(np.sqrt(level), root[place - 1 : place + 1], of[place - 1 : place + 1]))


def _first(values: Array) -> Array:
    return last(values[..., ::-1])


def _reaches_end(table: xr.Dataset, values: Array) -> NDArray[np.bool_]:
    """Return whether a value is known at the last checkpoint of its run, (run, way)."""
    step = np.arange(table.sizes["step"], dtype=np.float64)
    end = last(np.where(np.isfinite(table["kl"].values), step, np.nan))
    return np.asarray(last(np.where(np.isfinite(values), step, np.nan)) == end[:, None])
