"""The runs that claims about addition count."""

import xarray as xr

from ontogeny.joins.outcomes import is_learned

__all__ = ["MOST", "PAPER", "SCARCE", "distinct", "generalising", "grokked", "is_plain"]

PAPER = "arXiv 2301.05217"
MOST = 0.75
"""A claim about networks in general holds when more than this share of them agrees."""

SCARCE = 0.5
"""With this share of the pairs or less, a network memorises before it generalises."""

_FINISHED = 1e-4


def distinct(runs: xr.Dataset) -> xr.Dataset:
    """Return the runs without those that are parts of another, longer one."""
    last: dict[tuple[int, str], int] = {}
    for index in runs["last_step"].argsort(kind="stable").values:
        run = runs.isel(run=index)
        last[run["modulus_of_run"].item(), run["recipe"].item()] = int(index)
    return runs.isel(run=sorted(last.values()))


def is_plain(results: xr.Dataset) -> xr.DataArray:
    """Return which runs are on sums, with nothing but data and decay that varies."""
    return (
        (results["labels"] == "product")
        & (results["architecture"] == "transformer")
        & (results["initial_scale"] == 1)
        & (results["optimiser"] == "adamw")
        & (results["training_loss"] == "exact")
        & results["decay_change"].isnull()
        & (results["l1"] == 0)
        & (results["dropout"] == 0)
    )


def generalising(results: xr.Dataset) -> xr.Dataset:
    """Return the runs that generalise at their final checkpoint."""
    return results.isel(run=is_learned(results["test_accuracy"]))


def grokked(results: xr.Dataset) -> xr.Dataset:
    """Return the plain runs that generalise late and have finished cleanup, each network once."""
    finished = (
        is_plain(results)
        & (results["test_loss"] < _FINISHED)
        & (results["weight_decay"] >= 1)
        & (results["fraction"] <= SCARCE)
    )
    return distinct(generalising(results.isel(run=finished)))
