"""Scores gained along training by the preference model trained against, another one and the truth.

Means over seeds, with bands from the least to the greatest seed. Two preference models that were
fitted to different comparisons take turns: each is trained against while the other one only judges,
and the scores of a seed are averaged over both. Blue is the score that is trained against, green
that of the other preference model, amber the true score. As long as blue and green rise together,
the gain is one that the comparisons agree on. Triangles are the peaks of single policies: where the
true score (amber) turns before the other preference model does (green), the judge notices over-
optimisation too late. All scores of preference models are calibrated, so that a difference is a
log-odds of preference. For each kind of world one group of runs is shown, which differ in seed and
in the exchange of preference models alone.
"""

import xarray as xr
from matplotlib.figure import Figure

from ontogeny.config import Style
from ontogeny.plotting import handle, legend_below, settings
from ontogeny.studies.rlhf.panels import (
    COLOURS,
    WITHOUT_MODEL,
    band,
    means_of_settings,
    nothing,
    panel_title,
    panels_of,
    role_handles,
    samples_axis,
    shown_runs,
)

__all__ = ["draw", "numbers"]

NEEDS = ("judged",)

_TURNING = ("gold", "test")


def numbers(comparison: xr.Dataset) -> xr.Dataset:
    """Select gains by samples of runs against preference models, and the peaks of each run."""
    runs = shown_runs(comparison, rewards=["model"])
    peaks = runs[["peak_samples", "peak_gain"]]
    means = means_of_settings(runs, ["gain", "samples"])
    return xr.merge([means, peaks.sel(role=list(_TURNING))], join="outer", combine_attrs="override")


def draw(numbers: xr.Dataset, style: Style) -> Figure:
    """Draw a panel for each setting."""
    if not numbers.sizes["setting"]:
        return nothing(style.width, WITHOUT_MODEL)
    with settings():
        drawn, panels = panels_of(style.width, numbers.sizes["setting"])
        for place, axes in enumerate(panels):
            one = numbers.isel(setting=place)
            name = str(one["setting"].values)
            runs = numbers.isel(run=numbers["setting_of_run"].values == name)
            for role, colour in COLOURS.items():
                band(axes, one["samples"], one.sel(role=role), "gain", color=colour, lw=1.6)
                if role in _TURNING:
                    of_role = runs.sel(role=role)
                    axes.plot(
                        of_role["peak_samples"], of_role["peak_gain"], "v",
                        ms=5, mew=0.6, mec="white", color=colour,
                    )  # fmt: skip
            axes.axhline(0, color="#777777", lw=0.8, ls=":")
            axes.set_title(panel_title(name, len(panels)))
            samples_axis(axes)
        panels[0].set_ylabel("score gained [nat]")
        peak = handle("peak of the score of one policy", marker="v", ms=5, ls="", color="#444444")
        legend_below(drawn, [*role_handles(numbers, "gain"), peak], columns=2)
    return drawn
