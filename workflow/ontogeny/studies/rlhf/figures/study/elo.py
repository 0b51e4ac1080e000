"""Elo rating of policies against their start policy, computed in three ways.

Predicted: from the mean score by the preference model that is trained against, at 174 points for
one nat. Chosen: from how often that preference model scores a sample of the policy above one of the
start policy. Won: from how often the true score prefers it. Means over seeds, with bands from the
least to the greatest seed. A line ends where some policy wins or loses every pair, since its rating
is then infinite. A preference model that is exploited predicts more than is won. For each kind of
world one group of runs is shown, which differ in seed and in the exchange of preference models
alone.
"""

import xarray as xr
from matplotlib.figure import Figure

from ontogeny.config import Style
from ontogeny.plotting import PALETTE, handle, legend_below, settings
from ontogeny.studies.rlhf.panels import (
    COLOURS,
    GUIDE,
    WITHOUT_MODEL,
    band,
    known_of_all,
    means_of_settings,
    nothing,
    panel_title,
    panels_of,
    samples_axis,
    shown_runs,
)

__all__ = ["draw", "numbers"]

NEEDS = ("judged",)

_WAYS = {
    "predicted": ("predicted from mean scores", {"color": COLOURS["train"], "ls": "-"}),
    "chosen": ("from choices by the preference model", {"color": PALETTE[5], "ls": "--"}),
    "won": ("from choices by the true score", {"color": COLOURS["gold"], "ls": "-"}),
}


def numbers(comparison: xr.Dataset) -> xr.Dataset:
    """Select the ratings of runs against preference models, as means by setting."""
    runs = shown_runs(comparison, rewards=["model"])
    if runs.sizes["run"]:
        runs = runs.assign(elo=known_of_all(runs, "elo"))
    return means_of_settings(runs, ["elo", "samples"])


def draw(numbers: xr.Dataset, style: Style) -> Figure:
    """Draw a panel for each setting."""
    if not numbers.sizes["setting"]:
        return nothing(style.width, WITHOUT_MODEL)
    with settings():
        drawn, panels = panels_of(style.width, numbers.sizes["setting"])
        for place, axes in enumerate(panels):
            one = numbers.isel(setting=place)
            for way, (_, look) in _WAYS.items():
                band(axes, one["samples"], one.sel(way=way), "elo", **look)
            axes.axhline(0, **GUIDE)
            axes.set_title(panel_title(str(one["setting"].values), len(panels)))
            samples_axis(axes)
        panels[0].set_ylabel("Elo rating (start policy: 0)")
        legend_below(drawn, [handle(name, **look) for name, look in _WAYS.values()], columns=3)
    return drawn
