"""What is measured on the final checkpoint of each run, and when it came about."""

from collections.abc import Sequence

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from ontogeny.joins import Run
from ontogeny.joins.outcomes import LEARNED_ACCURACY, first_step, is_learned
from ontogeny.joins.rows import columns
from ontogeny.studies.composition.irreps.comparison._groups import Groups
from ontogeny.studies.composition.labels import variable

__all__ = ["events", "measures"]

PLACES = {
    "left_embedding": "left embedding",
    "right_embedding": "right embedding",
    "unembedding": "unembedding",
    "hidden": "hidden layer",
    "hidden_product": "hidden layer, in the entries of rho(ab)",
}


def measures(runs: Sequence[Run], known: Groups) -> dict[str, xr.Variable]:
    """Return what is measured on the final checkpoint of each run."""
    return columns(
        [_measures_of(run.results["analysis"], known.order[run.about["group"]]) for run in runs]
    )


def _measures_of(last: xr.Dataset, order: int) -> dict[str, xr.Variable]:
    key = last["key"].values
    found = {
        f"{split}_{name}": variable((), last[name].sel(split=split), f"{split} {name}", units)
        for split in ("train", "test")
        for name, units in (("loss", "nat"), ("accuracy", "1"))
    }
    for name in ("excluded_loss", "restricted_loss"):
        found[name] = variable((), last[name], name.replace("_", " "), "nat")
    found["uniform_loss"] = variable((), np.log(order), "loss of equal logits", "nat")
    found["logit_fve"] = variable((), last["logit_fve_total"], "share of the logits explained")
    for kind, of_what in (("fve", ""), ("chance", ", of random numbers")):
        for name, share in _shares(last, kind).items():
            about = f"share of the {PLACES[name]} in key irreps{of_what}"
            found[f"{name}_{kind}"] = variable((), share.values[key].sum(), about)
    rank = last["rank"].values[key].sum() / (order - 1)
    return found | {
        "squared_weights": variable((), last["squared_weights"], "sum of squared weights"),
        "key_irreps": variable((), key.sum(), "number of key irreps"),
        "key_rank": variable(
            (), rank, "share of all non-trivial matrix entries that belongs to key irreps"
        ),
    }


def _shares(last: xr.Dataset, kind: str) -> dict[str, xr.DataArray]:
    """Return the shares of all irreps in each of `PLACES`, as measured or as expected by chance."""
    embedding, hidden = last[f"embedding_{kind}"], last[f"hidden_{kind}"]
    return {
        "left_embedding": embedding.sel(side="left"),
        "right_embedding": embedding.sel(side="right"),
        "unembedding": last[f"unembedding_{kind}"],
        "hidden": hidden.sum("part"),
        "hidden_product": hidden.sel(part="product"),
    }


def events(runs: Sequence[Run], known: Groups) -> dict[str, xr.Variable]:
    """Return when things happened in each run, NaN where they did not."""
    found = columns(
        [_events_of(run.results["evaluation"], known.order[run.about["group"]]) for run in runs]
    )
    accuracy = [run.results["analysis"]["accuracy"].sel(split="test").item() for run in runs]
    about = f"test accuracy of at least {LEARNED_ACCURACY}"
    return found | {"grokked": variable("run", is_learned(accuracy), about)}


def _events_of(along: xr.Dataset, order: int) -> dict[str, xr.Variable]:
    step = along["step"].values
    half = np.log(order) / 2
    train, test = (along["accuracy"].sel(split=split).values for split in ("train", "test"))
    memorisation, circuit, cleanup = map(float, along["phase_boundary"].values)
    at_least = f"accuracy of at least {LEARNED_ACCURACY}"
    numbers = {
        "memorised_step": (
            _first(step, is_learned(train)),
            f"first checkpoint with training {at_least}",
        ),
        "restricted_step": (
            _first(step, along["restricted_loss"].values < half),
            "first checkpoint with restricted loss below half of ln n",
        ),
        "generalised_step": (
            _first(step, along["loss"].sel(split="test").values < half),
            "first checkpoint with test loss below half of ln n",
        ),
        "test_step": (_first(step, is_learned(test)), f"first checkpoint with test {at_least}"),
        "memorisation_end": (memorisation, "end of memorisation"),
        "circuit_end": (circuit, "end of circuit formation"),
        "cleanup_end": (cleanup, "end of cleanup"),
        "cleanup_ratio": (
            _cleanup_ratio(step, along["squared_weights"].values, circuit, cleanup),
            "squared weights after cleanup over those before it",
        ),
        "last_step": (float(step[-1]), "last checkpoint"),
    }
    return {name: variable((), number, about) for name, (number, about) in numbers.items()}


def _cleanup_ratio(
    step: NDArray[np.integer], weights: NDArray[np.floating], circuit: float, cleanup: float
) -> float:
    """Return the share of the squared weights that is left after cleanup, or at the end."""
    if np.isnan(circuit):
        return float("nan")
    begin = int(np.searchsorted(step, circuit))
    end = len(step) - 1 if np.isnan(cleanup) else int(np.searchsorted(step, cleanup))
    return float(weights[end] / weights[begin]) if end > begin else float("nan")


def _first(step: NDArray[np.integer], passed: NDArray[np.bool_]) -> float:
    """Return the first step at which something holds; NaN when never, or at the only one."""
    return first_step(step, passed) if len(step) > 1 else float("nan")
