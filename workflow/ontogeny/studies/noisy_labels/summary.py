"""How good and how biased each strategy is, in a few lines."""

import xarray as xr

from ontogeny.workflow.summaries import study_lines

__all__ = ["summary"]


def summary(comparison: xr.Dataset) -> list[str]:
    """Return a headline and a line for each setting and strategy: means over seeds."""
    if not comparison.sizes["run"]:
        return ["noisy labels: raters alone; no network was trained"]
    rows = []
    for setting, runs in comparison.groupby("setting_of_run"):
        for recipe, alike in runs.groupby("recipe_of_run"):
            shown = alike.sel(scored_on="test").mean("run", numeric_only=True)
            rows.append(
                (
                    f"{setting}, {recipe}",
                    f"AUC {float(shown['auc']):.3f}",
                    f"mean |negative AEG| {float(shown['mean_absolute_negative_aeg']):.3f}",
                )
            )
    return study_lines("noisy labels: accuracy and bias on the test comments", rows)
