"""What is measured of each trained policy, with its judges by their role."""

from collections.abc import Sequence

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from ontogeny.joins import Run
from ontogeny.joins.rows import described, labels_of
from ontogeny.labels import text
from ontogeny.studies.rlhf.comparison.rows import rows_of
from ontogeny.studies.rlhf.config import GOLD
from ontogeny.studies.rlhf.labels import dataset, variable

__all__ = ["ROLES", "last", "table_of_runs"]

ROLES = ("gold", "train", "test")
"""The true score, the preference model that a policy is trained against, and another one."""

_ABOUT: dict[str, type] = {
    "experiment": str,
    "seed": int,
    "policy": str,
    "world": str,
    "kind": str,
    "skew": str,
    "prompts": int,
    "reward": str,
    "judge": str,
    "kl_penalty": float,
    "prompt": str,
    "d_model": int,
    "layers": int,
    "reward_d_model": int,
    "reward_layers": int,
    "reward_pairs": int,
    "reward_tranches": str,
    "reward_kinds": str,
    "conditions": str,
    "mixes_online": bool,
}
"""What runs are described by, with its type."""

_MEASURES: dict[str, tuple[tuple[str, ...], str, str]] = {
    "iteration": (("step",), "iterations done", "1"),
    "samples": (("step",), "responses sampled so far", "1"),
    "kl": (("step",), "KL to the start policy", "nat"),
    "kl_sampled": (("step",), "mean log-ratio to the start policy", "nat"),
    "entropy": (("step",), "entropy of the next token", "nat"),
    "corpus_loss": (("step",), "loss on held-out sequences of the world", "nat"),
    "repeats": (("step",), "repeated tokens of a response", "1"),
    "objective": (("step",), "mean reward minus penalty times KL", "nat"),
    "score": (("role", "step"), "mean score", "nat"),
    "score_error": (("role", "step"), "standard error of the mean score", "nat"),
    "win_rate": (("role", "step"), "probability to be preferred to the start policy", "1"),
    "choice_rate": (("role", "step"), "share of pairs in which the policy scores higher", "1"),
    "frontier": (("role", "step"), "greatest mean score of any policy of the same KL", "nat"),
    "start_score": (("role",), "mean score of the start policy", "nat"),
    "start_s_d": (("role",), "standard deviation of the start policy's score", "nat"),
    "third_moment": (
        ("role",),
        "third central moment of the start policy's score",
        "nat^3",
    ),
    "optimum": ((), "greatest mean reward minus penalty times KL of any policy", "nat"),
    "score_of_prompt": (("role", "prompt", "step"), "mean score of responses to a prompt", "nat"),
    "refusals": (("prompt", "step"), "refusal tokens of a response to a prompt", "1"),
}
"""What is taken from evaluations: dimensions, meaning and unit."""


def table_of_runs(runs: Sequence[Run], prompts: Sequence[str] = ()) -> xr.Dataset:
    """Return the measures of all runs along ``run``, with judges by their role.

    Parameters
    ----------
    runs : sequence of Run
        With ``evaluation``; may be none.
    prompts : sequence of str
        Of all worlds that have several.

    Returns
    -------
    Dataset
        What evaluations hold, with ``role`` in place of ``judge``, over the steps of all runs; NaN
        where a run lacks a value. Of a run that is trained against the true score, the role
        ``train`` is NaN. ``gain`` and ``frontier_gain`` are over the score of the start policy,
        ``root_kl`` is the root of the KL. Coordinates ``NAME_of_run`` say what a run is.
    """
    evaluations = [_in_roles(run) for run in runs]
    labels = {
        "role": text(ROLES),
        "prompt": text(prompts),
        "step": labels_of(evaluations, "step") if runs else np.zeros(0, dtype=np.int64),
    }
    variables = {
        name: variable(
            ("run", *dims),
            rows_of(evaluations, name, {dim: labels[dim] for dim in dims}),
            long_name,
            units,
        )
        for name, (dims, long_name, units) in _MEASURES.items()
    }
    found = dataset(variables, {**_about(runs), **labels}, title="All trained policies")
    return found.assign(_gains(found))


def last(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the last known value along the last axis; NaN where none is known.

    Parameters
    ----------
    values : (..., S) ndarray

    Returns
    -------
    (...) ndarray
    """
    if not values.shape[-1]:
        return np.full(values.shape[:-1], np.nan)
    place = values.shape[-1] - 1 - np.isfinite(values)[..., ::-1].argmax(axis=-1)
    found = np.take_along_axis(values, place[..., None], axis=-1)[..., 0]
    return np.where(np.isfinite(found), found, np.nan)


def _in_roles(run: Run) -> xr.Dataset:
    """Return the evaluation of a run, its judges by their role; missing ones are NaN."""
    evaluation = run.results["evaluation"]
    found = evaluation[[name for name in _MEASURES if name in evaluation]]
    names = evaluation["judge"].values.tolist()
    reward = run.about["reward"]
    judges = (GOLD, "" if reward == GOLD else reward, run.about["judge"])
    known = [place for place, judge in enumerate(judges) if judge in names]
    by_judge = [name for name, each in found.items() if "judge" in each.dims]
    of_roles = (
        found[by_judge]
        .isel(judge=[names.index(judges[place]) for place in known])
        .rename(judge="role")
        .assign_coords(role=text(ROLES[place] for place in known))
        .reindex(role=text(ROLES))
    )
    return found.drop_vars([*by_judge, "judge"]).assign(of_roles.data_vars)


def _gains(table: xr.Dataset) -> dict[str, xr.Variable]:
    start = table["start_score"].values[..., None]
    dims = ("run", "role", "step")
    root = np.sqrt(np.maximum(table["kl"].values, 0))
    return {
        "root_kl": variable(("run", "step"), root, "root of the KL", "nat^(1/2)"),
        "gain": variable(
            dims, table["score"].values - start, "mean score minus that of the start policy", "nat"
        ),
        "frontier_gain": variable(
            dims, table["frontier"].values - start, "greatest gain of any policy of this KL", "nat"
        ),
    }


def _about(runs: Sequence[Run]) -> dict[str, xr.Variable]:
    """Return what the configuration says of each run."""
    if runs:
        return described(runs)
    none = Run({name: kind() for name, kind in _ABOUT.items()}, {})
    return {name: each[:0] for name, each in described([none]).items()}
