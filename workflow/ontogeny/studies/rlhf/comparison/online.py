"""Policies of preference models that learned from trained policies, against those that did not."""

from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray
from scipy.special import expit, logit

from ontogeny.labels import text
from ontogeny.studies.rlhf.comparison.runs import ROLES, last
from ontogeny.studies.rlhf.labels import coordinate, variable

__all__ = ["COMPARED_AT", "online_of_runs"]

COMPARED_AT = ("equal samples", "peaks")
"""Policies are compared after as many samples, the most that both have; or each at its best."""

_SHARED = (
    "policy",
    "world",
    "kind",
    "prompts",
    "kl_penalty",
    "d_model",
    "layers",
    "reward_d_model",
    "reward_layers",
    "reward_pairs",
    "conditions",
)

_GOLD = ROLES.index("gold")

Array = NDArray[np.float64]


def online_of_runs(table: xr.Dataset, seeds: NDArray[np.int64]) -> xr.Dataset:
    """Return how policies do whose preference model learned from trained policies as well.

    The partner of such a run agrees with it in all but the comparisons of its preference model,
    which has as many, all of samples of the start policy. Of several, the first in the
    configuration.

    Parameters
    ----------
    table : Dataset
        As of `table_of_runs`.
    seeds : (n,) ndarray of int
        Ascending, those of all runs among them.

    Returns
    -------
    Dataset
        By ``(online, seed, compared_at)``: ``online_win_rate``, the probability that a response of
        the policy is preferred to one of its partner, by the true score. Both win rates against the
        start policy are known; the difference of their logits is taken for that of the two
        policies, as Bradley and Terry would have it. ``online_excess``: difference of the mean true
        scores. ``online_run`` and ``partner_run`` by ``(online, seed)``: places along ``run``, -1
        where there is none. A run at its peak is the checkpoint with the greatest true score.
    """
    pairs = _found(table)
    names = list(dict.fromkeys(names for names, _ in pairs))
    shape = (len(names), len(seeds))
    win_rate, excess = (np.full((*shape, len(COMPARED_AT)), np.nan) for _ in range(2))
    members = np.full((2, *shape), -1, dtype=np.int64)
    for (row_names, seed), (own, partner) in pairs.items():
        place = names.index(row_names), int(np.searchsorted(seeds, seed))
        members[(slice(None), *place)] = own, partner
        for column, steps in enumerate(_steps(table, own, partner)):
            if steps is not None:
                rates, scores = (
                    [
                        table[name].values[run, _GOLD, step]
                        for run, step in zip((own, partner), steps, strict=True)
                    ]
                    for name in ("win_rate", "score")
                )
                win_rate[(*place, column)] = expit(logit(rates[0]) - logit(rates[1]))
                excess[(*place, column)] = scores[0] - scores[1]
    dims = ("online", "seed", "compared_at")
    first = [next(own for (each, _), (own, _) in pairs.items() if each == name) for name in names]
    return xr.Dataset(
        {
            "online_win_rate": variable(dims, win_rate, "true win rate against the partner"),
            "online_excess": variable(dims, excess, "true score less that of the partner", "nat"),
            "online_run": variable(dims[:2], members[0], "place of the run, -1 for none"),
            "partner_run": variable(dims[:2], members[1], "place of the partner, -1 for none"),
        },
        {
            "online": coordinate("online", text(f"{own} against {other}" for own, other in names)),
            "seed": coordinate("seed", seeds),
            "compared_at": coordinate("compared_at", text(COMPARED_AT)),
            **{
                f"{name}_of_online": variable(
                    "online", table[f"{name}_of_run"].values[first], f"{name} of both policies"
                )
                for name in ("world", "kind", "prompts", "conditions")
            },
        },
    )


def _found(table: xr.Dataset) -> dict[tuple[tuple[str, str], int], tuple[int, int]]:
    """Return the places of a run and its partner, by the names of the experiments and the seed."""
    columns = [table[f"{name}_of_run"].values.tolist() for name in ("seed", *_SHARED)]
    key: list[tuple[Any, ...]] = list(zip(*columns, strict=True))
    experiment = table["experiment_of_run"].values.tolist()
    online = table["mixes_online_of_run"].values
    rewarded = table["reward_pairs_of_run"].values > 0
    partners = {
        key[place]: place for place in reversed(np.flatnonzero(~online & rewarded).tolist())
    }
    return {
        ((experiment[own], experiment[partners[key[own]]]), key[own][0]): (own, partners[key[own]])
        for own in np.flatnonzero(online).tolist()
        if key[own] in partners
    }


def _steps(table: xr.Dataset, *runs: int) -> list[tuple[int, ...] | None]:
    """Return the places of the checkpoints of two runs that are compared, by `COMPARED_AT`."""
    score = table["score"].values[:, _GOLD]
    known = [np.flatnonzero(np.isfinite(score[run])) for run in runs]
    if not all(each.size for each in known):
        return [None, None]
    samples = [table["samples"].values[run] for run in runs]
    most = min(float(last(each)) for each in samples)
    at_most = [int(places[samples[i][places] <= most][-1]) for i, places in enumerate(known)]
    peaks = [
        int(places[np.argmax(score[run][places])]) for run, places in zip(runs, known, strict=True)
    ]
    return [tuple(at_most), tuple(peaks)]
