"""Which networks had a phase change and when: in the last lines of a run, and in a sentence."""

from collections.abc import Mapping, Sequence

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from ontogeny.study import Summary
from ontogeny.wording import all_of, between, plural, verb

__all__ = ["finding", "summary"]


def summary(seeds: Mapping[str, Sequence[int]], comparison: xr.Dataset) -> Summary:
    """Return how many networks had a phase change, and when.

    Parameters
    ----------
    seeds : mapping
        The seeds of each experiment of the configuration.
    comparison : Dataset
        All runs of the study.
    """
    runs = _followed(seeds, comparison)
    had = np.isfinite(runs["window_start"].values)
    if not had.any():
        return Summary()
    layers = runs["layers_of_run"].values
    able = layers > 1 if not had[layers == 1].any() else layers > 0
    total, when = int(able.sum()), between(_window(runs.isel(run=had)))
    which = f"{had.sum()} of {total} networks" if total > 1 else "the network"
    return Summary(circuits=f"induction heads formed {when} in {which} {_layers(layers[able])}")


def finding(seeds: Mapping[str, Sequence[int]], comparison: xr.Dataset) -> str:
    """Return in a sentence which networks had a phase change, and when, by their layers.

    Parameters
    ----------
    seeds, comparison
        As for `summary`.
    """
    runs = _followed(seeds, comparison)
    number = runs.sizes["run"]
    had = np.isfinite(runs["window_start"].values)
    if not number:
        return ""
    if not had.any():
        subject = (
            "The network does not learn" if number == 1 else f"None of {number} networks learns"
        )
        return f"{subject} to use the context in a phase change within its training."
    when = between(_window(runs.isel(run=had)))
    learn = f"{verb(int(had.sum()), 'learns', 'learn')} to use the context in a phase change {when}"
    layers = runs["layers_of_run"].values
    is_one = layers == 1
    if not is_one.any() or is_one.all() or had[is_one].any():
        return f"{all_of(int(had.sum()), number).capitalize()} {learn}."
    deeper = all_of(int(had.sum()), int((~is_one).sum())).capitalize()
    return f"{deeper} {_layers(layers[~is_one])} {learn}; {_without(int(is_one.sum()))}."


def _followed(seeds: Mapping[str, Sequence[int]], comparison: xr.Dataset) -> xr.Dataset:
    """Return the runs of the configuration that have several checkpoints."""
    names, numbers = comparison["experiment_of_run"].values, comparison["seed_of_run"].values
    chosen = [
        int(seed) in seeds.get(str(name), ()) for name, seed in zip(names, numbers, strict=True)
    ]
    followed = comparison["score"].notnull().sum("step").values > 1
    return comparison.isel(run=np.array(chosen, dtype=bool) & followed)


def _window(runs: xr.Dataset) -> list[float]:
    """Return the ends of the phase changes of some runs [step]."""
    return [*runs["window_start"].values, *runs["window_end"].values]


def _layers(layers: NDArray[np.integer]) -> str:
    fewest, most = int(layers.min()), int(layers.max())
    return f"of {plural(fewest, 'layer')}" if fewest == most else f"of {fewest} to {most} layers"


def _without(number: int) -> str:
    """Return that networks of one layer do not do so."""
    if number == 1:
        return "the network of one layer does not"
    return f"none of the {number} networks of one layer does"
