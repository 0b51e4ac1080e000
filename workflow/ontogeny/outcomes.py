"""Outcomes of long configurations: verdicts that are kept when the results are gone.

An outcome is a dataset of verdicts (`ontogeny.claims`) that says which command made it, when, and
on which processor. `atlas/README.md` lists those that are kept with the project.
"""

from collections.abc import Iterable, Mapping

import numpy as np
import xarray as xr

from ontogeny.wording import number

__all__ = ["COLUMNS", "MEASURED", "kept", "made_on", "rows"]

MEASURED = "measured"
"""The source of an outcome that was copied from the verdicts of a finished configuration."""

COLUMNS = ["claim", "measured [interval]", "claimed", "runs", "verdict", "outlook"]
"""Of a table of outcomes."""


def kept(judged: xr.Dataset, about: Mapping[str, str | int]) -> xr.Dataset:
    """Return the verdicts that rest on runs, described by where they come from.

    Parameters
    ----------
    judged : Dataset
        From `ontogeny.claims.joined`.
    about : mapping of str
        The attributes of the outcome: ``configuration``, ``command``, ``date``, ``version``,
        ``source`` and what else is known.

    Returns
    -------
    Dataset
        Without the claims that no run measures.
    """
    measured = judged.isel(claim=judged["runs"].values > 0).drop_attrs(deep=False)
    return measured.assign_attrs(title="Outcomes of a configuration", **about)


def made_on(machines: Iterable[Mapping[str, str]]) -> dict[str, str]:
    """Return the processor and the libraries of the steps of a configuration, as attributes.

    Parameters
    ----------
    machines : iterable of mapping of str
        From `ontogeny.machine.machine`, one for each step.

    Returns
    -------
    dict of str
        ``processor`` and ``libraries``; several that differ are joined.
    """
    each = list(machines)
    processors = sorted({one["instruction_set"] for one in each})
    libraries = sorted(
        {f"{name} {one[name]}" for one in each for name in ("numpy", "scipy", "torch") if one[name]}
        | {one["blas"] for one in each}
    )
    return {"processor": ", ".join(processors), "libraries": ", ".join(libraries)}


def rows(outcome: xr.Dataset) -> list[list[str]]:
    """Return an outcome as the rows of a table with the columns `COLUMNS`, as text."""
    return [_row(outcome.isel(claim=place)) for place in range(outcome.sizes["claim"])]


def _row(claim: xr.Dataset) -> list[str]:
    lower, upper = (float(end) for end in claim["interval"].sel(end=["lower", "upper"]))
    ends = f" [{number(lower)}, {number(upper)}]" if np.isfinite(lower) else ""
    runs = float(claim["runs"])
    return [
        f"`{claim['claim'].item()}`",
        number(float(claim["value"])) + ends,
        f"{'>' if claim['side'].item() == 'above' else '<'} {number(float(claim['threshold']))}",
        f"{runs:,.0f}" if np.isfinite(runs) else "",
        claim["verdict"].item(),
        claim["outlook"].item(),
    ]
