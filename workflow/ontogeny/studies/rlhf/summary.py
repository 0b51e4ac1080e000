"""What policies have gained, in a few lines."""

import numpy as np
import xarray as xr

from ontogeny.workflow.summaries import study_lines

__all__ = ["summary"]


def summary(comparison: xr.Dataset) -> list[str]:
    """Return a headline and a line for each run.

    It says the KL to the start policy at the end of training, and the true score at its peak and
    at the end.
    """
    if not comparison.sizes["run"]:
        return ["preferences: no policy was trained"]
    rows = []
    for place in range(comparison.sizes["run"]):
        run = comparison.isel(run=place)
        kl = run["kl"].values
        score = run["score"].sel(role="gold").values
        last = np.flatnonzero(np.isfinite(kl))[-1]
        rows.append(
            (
                f"{run['experiment_of_run'].item()}, seed {run['seed_of_run'].item()}",
                f"(against {run['reward_of_run'].item()})",
                f"KL {kl[last]:.2f} nat",
                f"true score {np.nanmax(score):.2f} at its peak, {score[last]:.2f} at the end",
            )
        )
    return study_lines("preferences: trained policies", rows)
