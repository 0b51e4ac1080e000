"""Titles of figures: what a run is in a few words, the same in the workflow and in a notebook."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

import xarray as xr

__all__ = ["common", "made_of", "titled"]

_LONGEST = 64
"""Characters of a line of a title."""


def titled(words: Iterable[str], name: str, *, seed: int | None = None) -> str:
    """Return the title of the figures of a run or an experiment.

    Parameters
    ----------
    words : iterable of str
        What the network, its data and its training are.
    name : str
        Of the experiment. It tells experiments apart that have the same words.
    seed : int, optional
        Of the run; an experiment has several.

    Returns
    -------
    str
        On two lines where one would be too long.

    Examples
    --------
    >>> titled(["S5", "MLP", "70 % of the pairs"], "s5-mlp", seed=2)
    'S5, MLP, 70 % of the pairs, seed 2 (s5-mlp)'
    """
    said = ", ".join([*words, *([] if seed is None else [f"seed {seed}"])])
    space = " " if len(said) + len(name) + 3 <= _LONGEST else "\n"
    return f"{said}{space}({name})"


def common(words: Iterable[Iterable[str]]) -> list[str]:
    """Return the words that several experiments have in common, in their order.

    Examples
    --------
    >>> common([["S5", "MLP", "30 % of the pairs"], ["S5", "MLP", "40 % of the pairs"]])
    ['S5', 'MLP']
    """
    first, *others = [list(each) for each in words]
    return [word for word in first if all(word in other for other in others)]


def made_of(results: Mapping[str, xr.Dataset]) -> tuple[dict[str, Any], str, int]:
    """Return what the results of a run say of it.

    Parameters
    ----------
    results : mapping of str to Dataset
        By name; the first says what the run is.

    Returns
    -------
    configuration : dict
        With every default.
    name : str
        Of the experiment.
    seed : int
    """
    about = next(iter(results.values())).attrs
    return json.loads(about["configuration"]), str(about["experiment"]), int(about["seed"])
