"""How good and how biased each strategy is, in a few lines."""

import xarray as xr

from ontogeny.studies.noisy_labels.bases import base_settings, runs_of
from ontogeny.workflow.summaries import study_lines

__all__ = ["summary"]

_SHOWN = {"auc": "AUC", "mean_absolute_negative_aeg": "mean |negative AEG|"}
"""Measures by name, in words."""


def summary(comparison: xr.Dataset) -> list[str]:
    """Return a headline and a line for each recipe in the base setting of each source.

    Numbers are means over seeds; the headline of several settings says how many there are.
    """
    if not comparison.sizes["run"]:
        return ["noisy labels: raters alone; no network was trained"]
    rows = []
    for setting in base_settings(comparison).values():
        for recipe, alike in runs_of(comparison, setting).groupby("recipe_of_run"):
            shown = alike[list(_SHOWN)].sel(scored_on="test").mean("run")
            numbers = (f"{words} {float(shown[name]):.3f}" for name, words in _SHOWN.items())
            rows.append((str(recipe), f"({setting})", *numbers))
    settings = comparison.sizes["setting"]
    more = f"; {settings} settings are in comparison.nc" if settings > 1 else ""
    return study_lines(f"noisy labels: accuracy and bias on the test comments{more}", rows)
