"""What results say of measures that mean nothing, in sentences beside them.

The sentences are the attribute ``warnings`` of a result, one a line, and are written below every
figure that shows it.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import wraps
from typing import ParamSpec

import numpy as np
import xarray as xr

from ontogeny.wording import plural

__all__ = ["few_seeds", "key_caveats", "of_all", "phase_caveats", "warned", "with_warnings"]

P = ParamSpec("P")


def warned(
    say: Callable[[xr.Dataset], Sequence[str]],
) -> Callable[[Callable[P, xr.Dataset]], Callable[P, xr.Dataset]]:
    """Return a decorator of a stage: its result has what `say` says of it as ``warnings``."""

    def decorator(stage: Callable[P, xr.Dataset]) -> Callable[P, xr.Dataset]:
        @wraps(stage)
        def with_them(*args: P.args, **kwargs: P.kwargs) -> xr.Dataset:
            found = stage(*args, **kwargs)
            return with_warnings(found, say(found))

        return with_them

    return decorator


def with_warnings(dataset: xr.Dataset, sentences: Sequence[str]) -> xr.Dataset:
    """Return a dataset with sentences as its attribute ``warnings``, beside those it has."""
    said = [*dataset.attrs.get("warnings", "").splitlines(), *sentences]
    return dataset.assign_attrs(warnings="\n".join(dict.fromkeys(said))) if said else dataset


def key_caveats(key: xr.DataArray, one: str, many: str) -> list[str]:
    """Return what follows where none or all of several parts of a network are key.

    Parameters
    ----------
    key : DataArray of bool
        Whether each is, of those that can be.
    one, many : str
        What one and several are called.

    Examples
    --------
    >>> key_caveats(xr.DataArray([False, False]), "irrep", "irreps")
    ['No irrep is key: measures of key irreps mean nothing.']
    """
    if not key.any():
        return [f"No {one} is key: measures of key {many} mean nothing."]
    if key.all() and key.size > 1:
        return [f"All {key.size} {many} are key: measures without the others mean nothing."]
    return []


def phase_caveats(boundary: xr.DataArray) -> list[str]:
    """Return which phase does not end within the run.

    Parameters
    ----------
    boundary : DataArray
        End of each phase [step], by its name; NaN for one without, from the last known end on.

    Examples
    --------
    >>> names = {"boundary": ["memorisation", "circuit formation"]}
    >>> phase_caveats(xr.DataArray([100.0, np.nan], names))
    ['The phase of circuit formation does not end within the run.']
    """
    known = np.flatnonzero(np.isfinite(boundary.values))
    first = known[-1] + 1 if len(known) else 0
    if first == boundary.size:
        return []
    return [f"The phase of {boundary['boundary'].values[first]} does not end within the run."]


def few_seeds(comparison: xr.Dataset) -> list[str]:
    """Return what follows where no experiment has more than two seeds.

    Parameters
    ----------
    comparison : Dataset
        With ``experiment_of_run`` by ``run``.

    Examples
    --------
    >>> few_seeds(xr.Dataset({"experiment_of_run": ("run", ["a", "a", "b"])}))
    ['No experiment has more than 2 seeds: a band or a mean over seeds says little of others.']
    """
    if "experiment_of_run" not in comparison:
        return []
    names, counts = np.unique(comparison["experiment_of_run"].values, return_counts=True)
    most = int(counts.max()) if len(names) else 0
    if most not in {1, 2}:
        return []
    seeds = plural(most, "seed")
    return [
        f"No experiment has more than {seeds}: a band or a mean over seeds says little of others."
    ]


def of_all(results: Iterable[xr.Dataset]) -> dict[str, str]:
    """Return what several results say of where measures mean nothing and of what is absent.

    Returns
    -------
    dict of str to str
        The attributes ``warnings`` and ``absent``, each line once; those that no result has are
        left out.
    """
    found = {}
    each = list(results)
    for name in ("warnings", "absent"):
        lines = [line for one in each for line in str(one.attrs.get(name, "")).splitlines()]
        if lines:
            found[name] = "\n".join(dict.fromkeys(lines))
    return found
