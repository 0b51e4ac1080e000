"""What is measured on the final checkpoint of each run, and when it came about."""

from collections.abc import Sequence

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from ontogeny.studies.composition.irreps.universality._inputs import Groups, Run
from ontogeny.studies.composition.labels import variable

__all__ = ["GROKKED", "events", "measures"]

Array = NDArray[np.float64]

GROKKED = 0.99
"""A run has grokked when the test accuracy of its final checkpoint exceeds this."""


def measures(runs: Sequence[Run], known: Groups) -> dict[str, xr.Variable]:
    """Return what is measured on the final checkpoint of each run."""
    order = [known.order[known.names.index(run.group)] for run in runs]
    rows = [_measures_of(run.representation, n) for run, n in zip(runs, order, strict=True)]
    return {
        name: variable("run", [row[name][0] for row in rows], about, units)
        for name, (_, about, units) in rows[0].items()
    }


def _measures_of(last: xr.Dataset, order: int) -> dict[str, tuple[float, str, str]]:
    key = last["key"].values
    share = {
        "left_embedding": _pair(last, "embedding", side="left"),
        "right_embedding": _pair(last, "embedding", side="right"),
        "unembedding": _pair(last, "unembedding"),
        "hidden_product": _pair(last, "hidden", part="product"),
        "hidden": tuple(last[f"hidden_{kind}"].sum("part").values for kind in ("fve", "chance")),
    }
    place = {
        "left_embedding": "left embedding",
        "right_embedding": "right embedding",
        "unembedding": "unembedding",
        "hidden": "hidden layer",
        "hidden_product": "hidden layer, in the entries of rho(ab)",
    }
    found: dict[str, tuple[float, str, str]] = {}
    for split in ("train", "test"):
        loss, accuracy = (float(last[name].sel(split=split)) for name in ("loss", "accuracy"))
        found[f"{split}_loss"] = loss, f"{split} loss", "nat"
        found[f"{split}_accuracy"] = accuracy, f"{split} accuracy", "1"
    for name in ("excluded_loss", "restricted_loss"):
        found[name] = float(last[name]), name.replace("_", " "), "nat"
    found["uniform_loss"] = float(np.log(order)), "loss of equal logits", "nat"
    found["logit_fve"] = float(last["logit_fve_total"]), "share of the logits explained", "1"
    for name, (fve, chance) in share.items():
        about = f"share of the {place[name]} in key irreps"
        found[f"{name}_fve"] = float(fve[key].sum()), about, "1"
        found[f"{name}_chance"] = float(chance[key].sum()), f"{about}, of random numbers", "1"
    found["squared_weights"] = float(last["squared_weights"]), "sum of squared weights", "1"
    found["key_irreps"] = float(key.sum()), "number of key irreps", "1"
    found["key_rank"] = (
        float(last["rank"].values[key].sum() / (order - 1)),
        "share of all non-trivial matrix entries that belongs to key irreps",
        "1",
    )
    return found


def _pair(last: xr.Dataset, name: str, **where: str) -> tuple[Array, ...]:
    """Return the shares of all irreps in a place, and those expected by chance."""
    return tuple(last[f"{name}_{kind}"].sel(where).values for kind in ("fve", "chance"))


def events(runs: Sequence[Run], known: Groups) -> dict[str, xr.Variable]:
    """Return when things happened in each run, NaN where they did not."""
    about = {
        "memorised_step": "first checkpoint with training accuracy of at least 0.99",
        "restricted_step": "first checkpoint with restricted loss below half of ln n",
        "generalised_step": "first checkpoint with test loss below half of ln n",
        "test_step": "first checkpoint with test accuracy of at least 0.99",
        "memorisation_end": "end of memorisation",
        "circuit_end": "end of circuit formation",
        "cleanup_end": "end of cleanup",
        "cleanup_ratio": "squared weights after cleanup over those before it",
        "last_step": "last checkpoint",
    }
    orders = dict(zip(known.names, known.order, strict=True))
    rows = [_events_of(run.progress, orders[run.group]) for run in runs]
    found = {
        name: variable("run", [row[name] for row in rows], text) for name, text in about.items()
    }
    accuracy = [float(run.representation["accuracy"].sel(split="test")) for run in runs]
    found["grokked"] = variable(
        "run", np.array(accuracy) > GROKKED, f"test accuracy above {GROKKED}"
    )
    return found


def _events_of(progress: xr.Dataset, order: int) -> dict[str, float]:
    step = progress["step"].values
    half = np.log(order) / 2
    accuracy, loss = progress["accuracy"], progress["loss"]
    ends = [float(end) for end in progress["phase_boundary"].values]
    weights = progress["squared_weights"].values
    cleanup = np.nan
    if not np.isnan(ends[1]):
        begin = int(np.searchsorted(step, ends[1]))
        end = len(step) - 1 if np.isnan(ends[2]) else int(np.searchsorted(step, ends[2]))
        cleanup = float(weights[end] / weights[begin]) if end > begin else np.nan
    return {
        "memorised_step": _first(step, accuracy.sel(split="train").values >= 0.99),
        "restricted_step": _first(step, progress["restricted_loss"].values < half),
        "generalised_step": _first(step, loss.sel(split="test").values < half),
        "test_step": _first(step, accuracy.sel(split="test").values >= 0.99),
        "memorisation_end": ends[0],
        "circuit_end": ends[1],
        "cleanup_end": ends[2],
        "cleanup_ratio": cleanup,
        "last_step": float(step[-1]),
    }


def _first(step: NDArray[np.integer], condition: NDArray[np.bool_]) -> float:
    """Return the first step at which a condition holds; NaN when never, or at the only one."""
    hits = np.flatnonzero(condition)
    return float(step[hits[0]]) if hits.size and len(step) > 1 else np.nan
