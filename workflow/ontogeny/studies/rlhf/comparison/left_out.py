"""Which experiments have no partner, so that claims leave them out."""

from collections.abc import Iterator

import numpy as np
import xarray as xr

from ontogeny.studies.rlhf.config import GOLD

__all__ = ["left_out"]


def left_out(comparison: xr.Dataset) -> Iterator[str]:
    """Yield sentences on experiments that lack the partner with which they would be compared.

    Parameters
    ----------
    comparison : Dataset

    Yields
    ------
    str
        Of each experiment with a second preference model that no other one exchanges, and of each
        online one without a partner.
    """
    experiment = comparison["experiment_of_run"].values
    judged = (comparison["reward_of_run"].values != GOLD) & (
        comparison["judge_of_run"].values != ""
    )
    online = comparison["mixes_online_of_run"].values.astype(np.bool_)
    swapped, paired = (
        np.isin(np.arange(len(experiment)), comparison[name].values)
        for name in ("run_of_swap", "online_run")
    )
    for name in dict.fromkeys(experiment[judged & ~online & ~swapped]):
        yield (
            f"experiment {name}: no other one exchanges its two preference models, so no claim on "
            "over-optimisation is about it"
        )
    for name in dict.fromkeys(experiment[online & ~paired]):
        yield f"experiment {name}: no other one is like it but for the comparisons of its reward"
