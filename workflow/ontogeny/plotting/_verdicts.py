"""The table of claims that the studies share."""

import numpy as np
import xarray as xr
from matplotlib.figure import Figure

from ontogeny.plotting._style import figure, settings

__all__ = ["VERDICT_COLOURS", "runs_wanted", "shown_verdicts", "verdict_table"]

VERDICT_COLOURS = {"holds": "#009E73", "does not hold": "#D55E00", "undecided": "#888888"}


_SHOWN = ["value", "interval", "threshold", "side", "runs", "runs_needed", "verdict", "title"]


def shown_verdicts(claims: xr.Dataset) -> xr.Dataset:
    """Select what figures show of claims: what was measured, what is claimed, and the verdict."""
    return claims[_SHOWN]


def verdict_table(claims: xr.Dataset, width: float) -> Figure:
    """Return one row a claim: what is claimed, what was measured, and the verdict.

    Where a claim is undecided, the number of runs in all is beside the verdict that would decide it
    if the value stays.

    Parameters
    ----------
    claims : Dataset
        From `shown_verdicts`.
    width : float
        Of a figure [inch]; the table is a quarter wider.
    """
    count = claims.sizes["claim"]
    with settings():
        drawn = figure(width=1.25 * width, height=(0.035 * count + 0.06) * width)
        axes = drawn.subplots()
        for row in range(count):
            one = claims.isel(claim=row)
            said = str(one["verdict"].values)
            cells = (
                (0.0, str(one["title"].values), "black"),
                (0.44, f"{one['side'].values} {float(one['threshold']):g}", "black"),
                (0.53, _measured(one), "black"),
                (0.78, said, VERDICT_COLOURS[said]),
                (0.89, runs_wanted(one), VERDICT_COLOURS[said]),
            )
            for place, text, colour in cells:
                axes.text(place, row, text, va="center", fontsize=8, color=colour)
        axes.set(xlim=(0, 1), ylim=(count - 0.4, -0.6))
        axes.axis("off")
    return drawn


def _measured(one: xr.Dataset) -> str:
    value, (lower, upper) = float(one["value"]), one["interval"].values
    if np.isnan(value):
        return f"n = {int(one['runs'])}"
    ends = "" if np.isnan(lower) else f" [{lower:.3g}, {upper:.3g}]"
    return f"{value:.3g}{ends}, n = {int(one['runs'])}"


def runs_wanted(one: xr.Dataset) -> str:
    """Return how many runs would decide a claim; empty where it is decided or none would."""
    runs, needed = int(one["runs"]), float(one["runs_needed"])
    return f"needs n = {needed:,.0f}" if runs < needed < np.inf else ""
