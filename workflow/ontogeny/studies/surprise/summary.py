"""How loss and abilities grow with the size of networks, in a few lines."""

from collections.abc import Callable, Mapping

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
        Losses and abilities are means over seeds. Networks that diverged are counted.
    """
    rows = []
    for name, abilities in _ABILITIES.items():
        if name in scaling:
            for setting, families in scaling[name].groupby("setting_of_family"):
                rows.append((str(setting), *_row(families, abilities)))
    if not rows:
        return ["surprise: published models; no network was trained"]
    return study_lines("surprise: loss and abilities, from the smallest to the largest", rows)


def _row(families: xr.Dataset, abilities: Callable[[xr.Dataset], str]) -> tuple[str, ...]:
    """Return what is said of the families of a setting."""
    diverged = int(families["left_out"].sum())
    trained = families.isel(width=families["parameters"].notnull().any("family").values)
    if not trained.sizes["width"]:
        return (f"all {diverged} networks diverged",)
    loss = trained["loss"].mean("family").values
    return (
        f"{len(loss)} size{'s' * (len(loss) > 1)}",
        f"loss {loss[0]:.2f} to {loss[-1]:.2f} nat",
        abilities(trained),
        f"{diverged} network{'s' * (diverged > 1)} diverged" if diverged else "",
    )


def _of_parity(families: xr.Dataset) -> str:
    learned = families["learned_tasks"].mean("family").values
    return f"{learned[0]:.3g} to {learned[-1]:.3g} tasks learned"


def _of_mixture(families: xr.Dataset) -> str:
    exact = families["exact"].sel(shots="most").mean("family").dropna("task", how="all")
    if not exact.sizes["task"]:
        return ""
    solved = (exact > _SOLVED).sum("task").values
    return f"{solved[0]} to {solved[-1]} of {exact.sizes['task']} tasks solved"


_ABILITIES: dict[str, Callable[[xr.Dataset], str]] = {
    "parity_scaling": _of_parity,
    "mixture_scaling": _of_mixture,
}
