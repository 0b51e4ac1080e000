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


_COPIED = {
    "excluded_hidden_loss": ("excluded loss of the hidden layer", "nat"),
    "restricted_hidden_loss": ("restricted loss of the hidden layer", "nat"),
    "logit_fve_total": ("share of the logits explained by all non-trivial irreps", "1"),
    "squared_weights": ("sum of squared weights", "1"),
}


def measures(runs: Sequence[Run], known: Groups) -> dict[str, xr.Variable]:
    """Return what is measured on the final checkpoint of each run."""
    return columns(
        [_measures_of(run.results["analysis"], known.order[run.about["group"]]) for run in runs]
    )


def _measures_of(last: xr.Dataset, order: int) -> dict[str, xr.Variable]:
    """Return what is measured on a final checkpoint, NaN where it is not known."""
    key = last["key"].values
    found = {
        f"{split}_{name}": variable((), _of_split(last, name, split), f"{split} {name}", units)
        for split in ("train", "test")
        for name, units in (("loss", "nat"), ("accuracy", "1"))
    }
    for name, (about, units) in _COPIED.items():
        found[name] = variable((), last.get(name, np.nan), about, units)
    found["uniform_loss"] = variable((), np.log(order), "loss of equal logits", "nat")
    for kind, of_what in (("fve", ""), ("chance", ", of random numbers")):
        shares = _shares(last, kind)
        for name, place in PLACES.items():
            share = shares[name].values[key].sum() if name in shares else np.nan
            about = f"share of the {place} in key irreps{of_what}"
            found[f"key_{name}_{kind}"] = variable((), share, about)
    rank = last["rank"].values[key].sum() / (order - 1)
    return found | {
        "key_irreps": variable((), key.sum(), "number of key irreps"),
        "key_rank": variable(
            (), rank, "share of all non-trivial matrix entries that belongs to key irreps"
        ),
    }


def _of_split(results: xr.Dataset, name: str, split: str) -> xr.DataArray | float:
    """Return a quantity on a split, NaN where that is not known."""
    return results[name].sel(split=split) if split in results["split"] else float("nan")


def _shares(last: xr.Dataset, kind: str) -> dict[str, xr.DataArray]:
    """Return the shares of all irreps in each of `PLACES`, as measured or as expected by chance."""
    found = {}
    if "embedding_fve" in last:
        embedding = last[f"embedding_{kind}"]
        found["left_embedding"] = embedding.sel(side="left")
        found["right_embedding"] = embedding.sel(side="right")
    if "unembedding_fve" in last:
        found["unembedding"] = last[f"unembedding_{kind}"]
    if "hidden_fve" in last:
        hidden = last[f"hidden_{kind}"]
        found |= {"hidden": hidden.sum("part"), "hidden_product": hidden.sel(part="product")}
    return found


def events(runs: Sequence[Run], known: Groups) -> dict[str, xr.Variable]:
    """Return when things happened in each run, NaN where they did not or it is not known."""
    found = columns(
        [_events_of(run.results["evaluation"], known.order[run.about["group"]]) for run in runs]
    )
    accuracy = [float(_of_split(run.results["analysis"], "accuracy", "test")) for run in runs]
    about = f"test accuracy of at least {LEARNED_ACCURACY}"
    return found | {"grokked": variable("run", is_learned(accuracy), about)}


def _events_of(along: xr.Dataset, order: int) -> dict[str, xr.Variable]:
    step = along["step"].values
    half = np.log(order) / 2
    unknown = np.full(len(step), np.nan)

    def of(name: str, split: str) -> NDArray[np.float64]:
        return along[name].sel(split=split).values if split in along["split"] else unknown

    at_least = f"accuracy of at least {LEARNED_ACCURACY}"
    restricted, weights = (
        np.asarray(along.get(name, unknown))
        for name in ("restricted_hidden_loss", "squared_weights")
    )
    memorisation, circuit, cleanup = map(float, along.get("phase_boundary", np.full(3, np.nan)))
    numbers = {
        "memorised_step": (
            _first(step, is_learned(of("accuracy", "train"))),
            f"first checkpoint with training {at_least}",
        ),
        "restricted_step": (
            _first(step, restricted < half),
            "first checkpoint with restricted loss of the hidden layer below half of ln n",
        ),
        "test_loss_step": (
            _first(step, of("loss", "test") < half),
            "first checkpoint with test loss below half of ln n",
        ),
        "test_step": (
            _first(step, is_learned(of("accuracy", "test"))),
            f"first checkpoint with test {at_least}",
        ),
        "memorisation_end": (memorisation, "end of memorisation"),
        "circuit_end": (circuit, "end of circuit formation"),
        "cleanup_end": (cleanup, "end of cleanup"),
        "cleanup_ratio": (
            _cleanup_ratio(step, weights, circuit, cleanup),
            "squared weights after cleanup divided by those before it",
        ),
        "last_step": (float(step[-1]), "final checkpoint"),
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
