"""How good and how biased each strategy is, in a few lines."""

import xarray as xr

from ontogeny.workflow.summaries import study_lines

__all__ = ["summary"]

_SHOWN = {"auc": "AUC", "mean_absolute_negative_aeg": "mean |negative AEG|"}
"""Measures by name, in words."""


def summary(comparison: xr.Dataset) -> list[str]:
    """Return a headline and a line for each setting and strategy: means over seeds."""
    if not comparison.sizes["run"]:
        return ["noisy labels: raters alone; no network was trained"]
    rows = []
    for setting, runs in comparison.groupby("setting_of_run"):
        for recipe, alike in runs.groupby("recipe_of_run"):
            shown = alike[list(_SHOWN)].sel(scored_on="test").mean("run")
            rows.append(
                (
                    f"{setting}, {recipe}",
                    *(f"{words} {float(shown[name]):.3f}" for name, words in _SHOWN.items()),
                )
            )
    return study_lines("noisy labels: accuracy and bias on the test comments", rows)
