"""Policies of preference models that learned from trained policies, against those that did not."""

from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray
from scipy.special import expit, logit

from ontogeny.labels import text
from ontogeny.studies.rlhf.comparison.preferences import PROBES
from ontogeny.studies.rlhf.comparison.runs import ROLES, last
from ontogeny.studies.rlhf.labels import coordinate, variable

__all__ = ["COMPARED_AT", "KINDS", "LEARNED_FROM", "SHARED", "online_of_runs"]

COMPARED_AT = ("equal samples", "peaks")
"""Policies are compared after as many samples, the most that both have; or each at its best."""

LEARNED_FROM = ("start policy alone", "trained policies as well")
"""What the preference model of the partner learned from, and what that of the run did."""

KINDS = (PROBES, "start", "best-of", "snapshots")
"""Kinds of comparisons that preference models are tested on."""

SHARED = (
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
"""What a run and its partner agree in, beside the seed."""

_GOLD = ROLES.index("gold")

Array = NDArray[np.float64]
Pairs = dict[tuple[tuple[str, str], int], tuple[int, int]]
"""Places of a run and its partner, by the names of the experiments and the seed."""


def online_of_runs(table: xr.Dataset, models: xr.Dataset, seeds: NDArray[np.int64]) -> xr.Dataset:
    """Return how policies do whose preference model learned from trained policies as well.

    The partner of such a run agrees with it in all but the comparisons of its preference model,
    which has as many, all of samples of the start policy. Of several, the one whose preference
    model shares the most sets of comparisons with that of the run, then the first in the
    configuration.

    Parameters
    ----------
    table : Dataset
        As of `table_of_runs`.
    models : Dataset
        As of `table_of_preferences`.
    seeds : (n,) ndarray of int
        Ascending, those of all runs among them.

    Returns
    -------
    Dataset
        By ``(online, seed, compared_at)``: ``online_win_rate_by_bradley_terry``, the probability
        that a response of the policy is preferred to one of its partner, by the true score. It is
        not measured but derived: the win rates of both against the start policy are known, and
        the difference of their logits is taken for that of the two policies. This is exact in the
        model of Bradley and Terry, with one strength for each policy, and an approximation where
        scores vary within a policy. ``online_excess``: difference of the mean true scores.
        ``online_run`` and ``partner_run`` by ``(online, seed)``: places along ``run``, -1 where
        there is none. A run at its peak is the checkpoint with the greatest true score.

        By ``(online, seed, learned_from, kind)``: ``online_accuracy`` of the two preference models,
        and ``online_ceiling``, that of the true score, each the mean over the sets of comparisons
        of a kind on which both are tested.
    """
    pairs = _found(table)
    names = list(dict.fromkeys(names for names, _ in pairs))
    shape = (len(names), len(seeds))
    win_rate, excess = (np.full((*shape, len(COMPARED_AT)), np.nan) for _ in range(2))
    accuracy, ceiling = (np.full((*shape, len(LEARNED_FROM), len(KINDS)), np.nan) for _ in range(2))
    members = np.full((2, *shape), -1, dtype=np.int64)
    for (row_names, seed), (own, partner) in pairs.items():
        place = names.index(row_names), int(np.searchsorted(seeds, seed))
        members[(slice(None), *place)] = own, partner
        win_rate[place], excess[place] = _policies_compared(table, own, partner)
        accuracy[place], ceiling[place] = _models_compared(table, models, partner, own)
    of_policies, of_models = (
        ("online", "seed", *rest) for rest in (("compared_at",), ("learned_from", "kind"))
    )
    first = [next(own for (each, _), (own, _) in pairs.items() if each == name) for name in names]
    return xr.Dataset(
        {
            "online_win_rate_by_bradley_terry": variable(
                of_policies,
                win_rate,
                "true win rate against the partner, derived from those against the start policy",
            ),
            "online_excess": variable(
                of_policies, excess, "true score minus true score of the partner", "nat"
            ),
            "online_accuracy": variable(of_models, accuracy, "accuracy of the preference model"),
            "online_ceiling": variable(of_models, ceiling, "accuracy of the true score"),
            "online_run": variable(("online", "seed"), members[0], "place of the run, -1 for none"),
            "partner_run": variable(
                ("online", "seed"), members[1], "place of the partner, -1 for none"
            ),
        },
        _about(table, names, first) | {"seed": coordinate("seed", seeds)},
    )


def _about(
    table: xr.Dataset, names: list[tuple[str, str]], first: list[int]
) -> dict[str, xr.Variable]:
    """Return the labels, and what a run and its partner agree in; kinds are those of the run."""
    shared = {
        f"{name}_of_online": variable(
            "online", table[f"{name}_of_run"].values[first], f"{name.replace('_', ' ')} of the run"
        )
        for name in (*SHARED, "reward_kinds")
    }
    return shared | {
        "online": coordinate("online", text(f"{own} against {other}" for own, other in names)),
        "compared_at": coordinate("compared_at", text(COMPARED_AT)),
        "learned_from": coordinate("learned_from", text(LEARNED_FROM)),
        "kind": coordinate("kind", text(KINDS)),
    }


def _found(table: xr.Dataset) -> Pairs:
    columns = [table[f"{name}_of_run"].values.tolist() for name in ("seed", *SHARED)]
    key: list[tuple[Any, ...]] = list(zip(*columns, strict=True))
    experiment = table["experiment_of_run"].values.tolist()
    tranches = [set(each.split(" + ")) for each in table["reward_tranches_of_run"].values.tolist()]
    online = table["mixes_online_of_run"].values
    rewarded = table["reward_pairs_of_run"].values > 0
    plain = np.flatnonzero(~online & rewarded).tolist()
    found: Pairs = {}
    for own in np.flatnonzero(online).tolist():
        alike = [place for place in plain if key[place] == key[own]]
        if alike:
            partner = max(alike, key=lambda place: len(tranches[place] & tranches[own]))
            found[(experiment[own], experiment[partner]), key[own][0]] = own, partner
    return found


def _policies_compared(table: xr.Dataset, *runs: int) -> tuple[list[float], list[float]]:
    """Return the derived win rate of the first of two runs and its excess, by `COMPARED_AT`."""
    win_rates, excesses = [], []
    for steps in _steps(table, *runs):
        rates, scores = (
            [
                table[name].values[run, _GOLD, step] if step is not None else np.nan
                for run, step in zip(runs, steps, strict=True)
            ]
            for name in ("win_rate", "score")
        )
        win_rates.append(float(expit(logit(rates[0]) - logit(rates[1]))))
        excesses.append(float(scores[0] - scores[1]))
    return win_rates, excesses


def _steps(table: xr.Dataset, *runs: int) -> list[list[int | None]]:
    """Return the places of the checkpoints of two runs that are compared, by `COMPARED_AT`."""
    score = table["score"].values[:, _GOLD]
    known = [np.flatnonzero(np.isfinite(score[run])) for run in runs]
    if not all(each.size for each in known):
        return [[None, None]] * len(COMPARED_AT)
    samples = [table["samples"].values[run] for run in runs]
    most = min(float(last(each)) for each in samples)
    at_most = [int(places[samples[i][places] <= most][-1]) for i, places in enumerate(known)]
    peaks = [
        int(places[np.argmax(score[run][places])]) for run, places in zip(runs, known, strict=True)
    ]
    return [[*at_most], [*peaks]]


def _models_compared(table: xr.Dataset, models: xr.Dataset, *runs: int) -> tuple[Array, Array]:
    """Return the accuracies of the preference models of two runs and the ceilings, (run, kind)."""
    found = np.full((2, len(runs), len(KINDS)), np.nan)
    names = models["preference_model"].values.tolist()
    rewards, seeds = (table[f"{name}_of_run"].values for name in ("reward", "seed"))
    wanted = [f"{rewards[run]}, seed {seeds[run]}" for run in runs]
    if set(wanted) <= set(names):
        places = [names.index(each) for each in wanted]
        accuracy, ceiling = (
            models[f"{name}_on"].values[places] for name in ("accuracy", "ceiling")
        )
        kind = models["kind_of_tested_on"].values
        known = np.isfinite(accuracy).all(axis=0)
        for column, each in enumerate(KINDS):
            of_kind = known & (kind == each)
            if of_kind.any():
                found[0, :, column] = accuracy[:, of_kind].mean(axis=1)
                found[1, :, column] = ceiling[:, of_kind].mean(axis=1)
    return found[0], found[1]
