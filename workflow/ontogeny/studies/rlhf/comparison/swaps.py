"""Pairs of runs that exchange two preference models: each is trained against what judges the other.

The gap between two preference models is as much a property of the two as of the training. Averaged
over a swap, what either model does to both runs cancels.
"""

from itertools import combinations
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from ontogeny.estimates import FEWEST, mean
from ontogeny.labels import text
from ontogeny.studies.rlhf.config import GOLD
from ontogeny.studies.rlhf.labels import coordinate, variable

__all__ = ["MEMBERS", "SHARED", "swaps_of_runs"]

MEMBERS = ("first", "exchanged")
"""The runs of a swap."""

SHARED = (
    "policy",
    "world",
    "kind",
    "skew",
    "prompts",
    "kl_penalty",
    "d_model",
    "layers",
    "reward_d_model",
    "reward_layers",
    "reward_pairs",
    "conditions",
    "mixes_online",
)
"""What the runs of a swap agree in, beside the seed."""

_MEANS = (
    "gap_at_one",
    "gap_at_one_in_s_d",
    "gap_at_end",
    "fall_after_peak",
    "peak_samples",
    "peak_kl",
    "elo_at_end",
    "slope_of_root",
    "r_squared_of_root",
    "r_squared_of_line",
    "frontier_ratio",
    "frontier_ratio_error",
    "entropy_ratio",
    "corpus_loss_rise",
    "score",
    "gain",
    "kl",
    "samples",
    "elo",
)
"""What is averaged over the two runs."""

Places = NDArray[np.int64]


def swaps_of_runs(table: xr.Dataset, seeds: NDArray[np.int64]) -> xr.Dataset:
    """Return what runs do on average over the exchange of their preference models.

    A swap is two experiments whose runs agree in all but reward and judge, of which each has the
    other's reward as its judge.

    Parameters
    ----------
    table : Dataset
        Of runs, with all that is computed of them.
    seeds : (n,) ndarray of int
        Ascending, those of all runs among them.

    Returns
    -------
    Dataset
        By ``(swap, seed)`` and what else the variable of runs has, the mean over the two runs:
        ``swapped_NAME`` for gaps, falls, peaks, Elo, fits, bounds, entropy, corpus loss and the
        curves; NaN where a seed lacks one of the runs. ``run_of_swap(swap, seed, member)``: places
        of the runs along ``run``, -1 where there is none. Over seeds, ``mean_gain(swap, role,
        step)`` with its ``gain_interval(end)``, NaN with fewer than three seeds that have the step.
        Coordinates ``NAME_of_swap`` for what its runs agree in.
    """
    swaps = _found(table)
    members = np.full((len(swaps), len(seeds), 2), -1, dtype=np.int64)
    for row, of_seeds in enumerate(swaps.values()):
        for seed, pair in of_seeds.items():
            members[row, np.searchsorted(seeds, seed)] = pair
    any_run = members.max(axis=(1, 2), initial=-1)
    shared = {
        f"{name}_of_swap": variable(
            "swap",
            table[f"{name}_of_run"].values[any_run],
            f"{name.replace('_', ' ')} of the runs of the swap",
        )
        for name in SHARED
    }
    means = {f"swapped_{name}": _mean_of(table[name], members) for name in _MEANS}
    members_variable = variable(
        ("swap", "seed", "member"), members, "place of the run, -1 for none"
    )
    return xr.Dataset(
        means | {"run_of_swap": members_variable} | _over_seeds(means["swapped_gain"]),
        shared
        | {
            "swap": coordinate("swap", text(f"{a} and {b}" for a, b in swaps)),
            "seed": coordinate("seed", seeds),
            "member": coordinate("member", text(MEMBERS)),
        },
    )


def _found(table: xr.Dataset) -> dict[tuple[str, str], dict[int, tuple[int, int]]]:
    """Return the places of the two runs by seed, by the names of the two experiments."""
    columns = {name: table[f"{name}_of_run"].values.tolist() for name in ("seed", *SHARED)}
    alike: dict[tuple[Any, ...], list[int]] = {}
    for place, key in enumerate(zip(*columns.values(), strict=True)):
        alike.setdefault(key, []).append(place)
    experiment, reward, judge = (
        table[f"{name}_of_run"].values.tolist() for name in ("experiment", "reward", "judge")
    )
    found: dict[tuple[str, str], dict[int, tuple[int, int]]] = {}
    for places in alike.values():
        for one, other in combinations(places, 2):
            if reward[one] == judge[other] and judge[one] == reward[other] != GOLD:
                names = (experiment[one], experiment[other])
                found.setdefault(names, {})[columns["seed"][one]] = (one, other)
    return found


def _mean_of(values: xr.DataArray, members: Places) -> xr.Variable:
    """Return the mean over the runs of each swap and seed."""
    rest = values.dims[1:]
    of_members = values.values[members].mean(axis=2)
    there = (members >= 0).all(axis=2).reshape(*members.shape[:2], *(1 for _ in rest))
    return variable(
        ("swap", "seed", *map(str, rest)),
        np.where(there, of_members, np.nan),
        f"{values.attrs['long_name']}, mean over the swap",
        values.attrs["units"],
    )


def _over_seeds(gain: xr.Variable) -> dict[str, xr.Variable]:
    """Return means over seeds with their intervals."""
    by_seed = np.moveaxis(gain.values, 1, -1)
    found = np.full((*by_seed.shape[:-1], 3), np.nan)
    for place in np.ndindex(by_seed.shape[:-1]):
        known = by_seed[place][np.isfinite(by_seed[place])]
        if known.size >= FEWEST:
            each = mean(known)
            found[place] = each.value, each.lower, each.upper
    dims = ("swap", "role", "step")
    about = "gain, mean over the swap and seeds"
    return {
        "mean_gain": variable(dims, found[..., 0], about, "nat"),
        "gain_interval": variable(
            (*dims, "end"), found[..., 1:], f"interval of the {about}", "nat"
        ),
    }
