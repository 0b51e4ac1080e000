"""What figures of the study share: how recipes look, and tables of the runs that are shown."""

from collections.abc import Mapping, Sequence
from typing import Any

import xarray as xr
from matplotlib.axes import Axes

from ontogeny.labels import text
from ontogeny.plotting import PALETTE
from ontogeny.studies.noisy_labels.bases import base_settings, by_seed, runs_of
from ontogeny.studies.noisy_labels.labels import coordinate, variable

__all__ = [
    "GUIDE",
    "SETS",
    "SIDE",
    "TOO_FEW",
    "block_title",
    "blocks",
    "groups_of",
    "line_look",
    "mark_look",
    "of_base_settings",
    "present",
    "rows_axis",
    "said_groups",
]

GUIDE: Mapping[str, Any] = {"color": "#777777", "lw": 1.0, "ls": ":"}
"""How lines that guide the eye are drawn."""

SIDE = 0.08
"""Room [inch] beside panels with names of rows: text is a little wider in some resolutions."""

TOO_FEW = "no group has\nenough comments"
"""Why there is no bias to show."""

SETS = {"test": "test comments", "templates": "templates"}
"""What figures show measures on, with its name in titles."""

_COLOURS = {
    "clean": PALETTE[2],
    "naive": PALETTE[0],
    "one-hot": PALETTE[5],
    "loss-correction": PALETTE[4],
    "multi-head": PALETTE[1],
    "few-noisy": PALETTE[3],
    "oracle": "#444444",
}
"""By strategy."""

_BLOCK = ("source", "scored_on")

_CONTROLS = {"few-noisy": "v", "oracle": "^"}


def of_base_settings(comparison: xr.Dataset, names: Sequence[str]) -> xr.Dataset:
    """Return quantities in the setting that is shown of each source, by seed and recipe.

    Parameters
    ----------
    comparison : Dataset
    names : sequence of str
        Of variables by ``run`` and others.

    Returns
    -------
    Dataset
        By ``source``, real comments first: the variables by ``seed``, ``recipe`` and others, and
        ``NAME_over_seeds``, their means.
    """
    bases = base_settings(comparison)
    tables = [by_seed(runs_of(comparison, setting), names) for setting in bases.values()]
    found = xr.concat(tables, coordinate("source", text(bases)), join="outer")
    means = found.mean("seed", keep_attrs=True)
    return found.merge(means.rename({name: f"{name}_over_seeds" for name in names})).assign_coords(
        base_setting=variable("source", text(bases.values()), "setting that is shown")
    )


def present(numbers: xr.Dataset, name: str) -> list[str]:
    """Return the recipes for which there is any value of a quantity, in their order."""
    has = numbers[name].notnull()
    known = has.any([dim for dim in has.dims if dim != "recipe"]).values
    return [str(recipe) for recipe in numbers["recipe"].values[known]]


def blocks(numbers: xr.Dataset, name: str) -> list[tuple[str, str]]:
    """Return which sources and sets of `SETS` are shown: test comments, and others with a value."""
    has = numbers[name].notnull().any([dim for dim in numbers[name].dims if dim not in _BLOCK])
    return [
        (source, each)
        for source in map(str, numbers["source"].values)
        for each in SETS
        if each == "test" or has.sel(source=source, scored_on=each)
    ]


def block_title(numbers: xr.Dataset, source: str, scored_on: str) -> str:
    """Return the setting and the set that a panel is of."""
    return f"{numbers['base_setting'].sel(source=source).item()}: {SETS[scored_on]}"


def groups_of(comparison: xr.Dataset) -> xr.DataArray:
    """Return over how many groups a run's means are, by ``run`` and ``scored_on``."""
    return comparison["negative_aeg"].notnull().sum("identity")


def said_groups(numbers: xr.Dataset) -> str:
    """Return over how many groups the means of a panel are, in words."""
    count = numbers["groups_over_seeds"].max()
    return f"{int(count) if count.notnull() else 0} groups"


def mark_look(recipe: str) -> dict[str, Any]:
    """Return how the mark of a recipe is drawn: filled after fine-tuning, hollow before."""
    colour = _COLOURS[_strategy(recipe)]
    is_filled = recipe != _strategy(recipe) or recipe in _CONTROLS
    return {
        "color": colour,
        "marker": _CONTROLS.get(recipe, "o"),
        "mfc": colour if is_filled else "white",
        "mew": 1.1,
    }


def line_look(recipe: str) -> dict[str, Any]:
    """Return how the line of a recipe is drawn: solid after fine-tuning, dashed before."""
    is_tuned = recipe != _strategy(recipe)
    return {"color": _COLOURS[_strategy(recipe)], "ls": "-" if is_tuned else (0, (4, 2))}


def rows_axis(axes: Axes, names: Sequence[str]) -> None:
    """Give the vertical axis a row for each name, the first on top."""
    axes.set_yticks(range(len(names)), names)
    axes.set_ylim(len(names) - 0.4, -0.6)


def _strategy(recipe: str) -> str:
    return recipe.removesuffix(", tuned")
