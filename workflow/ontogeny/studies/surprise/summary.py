"""How loss and abilities grow with the size of networks, in a few lines."""

from collections.abc import Callable, Mapping

import numpy as np
import xarray as xr

from ontogeny.workflow.summaries import study_lines

__all__ = ["summary"]

_SOLVED = 0.5
"""A transformer that solves more than this share of the problems of a task is said to solve it."""


def summary(scaling: Mapping[str, xr.Dataset]) -> list[str]:
    """Return a headline and a line for all networks that differ in width and seed alone.

    Parameters
    ----------
    scaling : mapping of str to Dataset
        ``parity_scaling`` and ``mixture_scaling``, those that there are.

    Returns
    -------
    list of str
        Numbers are means over seeds.
    """
    rows = [
        (setting, f"{int(np.isfinite(parameters).sum())} sizes", _loss(family, parameters), said)
        for name, abilities in _ABILITIES.items()
        if name in scaling
        for setting, family in scaling[name].groupby("setting_of_family")
        for parameters in [family["parameters"].mean("family").values]
        for said in [abilities(family)]
    ]
    if not rows:
        return ["surprise: published models; no network was trained"]
    return study_lines("surprise: loss and abilities, from the smallest to the largest", rows)


def _loss(family: xr.Dataset, parameters: np.ndarray) -> str:
    loss = family["loss"].mean("family").values
    known = loss[np.isfinite(parameters)]
    return f"loss {known[0]:.2f} to {known[-1]:.2f} nat"


def _of_parity(family: xr.Dataset) -> str:
    learned = family["learned_tasks"].mean("family").values
    known = learned[np.isfinite(learned)]
    return f"{known[0]:.3g} to {known[-1]:.3g} tasks learned"


def _of_mixture(family: xr.Dataset) -> str:
    exact = family["exact"].sel(shots="most").mean("family").dropna("width", how="all")
    solved = (exact > _SOLVED).sum("task").values
    return f"{solved[0]} to {solved[-1]} of {exact.sizes['task']} tasks solved"


_ABILITIES: dict[str, Callable[[xr.Dataset], str]] = {
    "parity_scaling": _of_parity,
    "mixture_scaling": _of_mixture,
}
