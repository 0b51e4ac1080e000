"""What policies have gained, in a few lines."""

import xarray as xr

from ontogeny.workflow.summaries import study_lines

__all__ = ["summary"]


def summary(comparison: xr.Dataset) -> list[str]:
    """Return a headline and a line for each run: KL, gains, and the greatest true score."""
    if not comparison.sizes["run"]:
        return ["preferences: no policy was trained"]
    rows = []
    for place in range(comparison.sizes["run"]):
        run = comparison.isel(run=place)
        last = run.isel(step=-1)
        rows.append(
            (
                f"{run['experiment_of_run'].item()}, seed {run['seed_of_run'].item()}",
                f"(against {run['reward_of_run'].item()})",
                f"KL {float(last['kl']):.2f} nat",
            )
        )
    return study_lines("preferences: policies at the end of training", rows)
