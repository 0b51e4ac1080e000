"""Scores gained by policies as they move away from their start policy.

The horizontal axis is the root of the KL divergence to the start policy. A thin line is a policy
along its training, a thick one the mean over policies after equally many samples. Blue is the score
that the policy is trained against, green that of another preference model, fitted to other
comparisons, amber the true score. Along a straight line the gain is proportional to the root of the
KL, as arXiv 2204.05862 finds early in training. Where amber bends down while blue goes on rising,
the policy is over-optimised. Dotted lines are the greatest expected score that any policy of that
KL can have; in worlds whose sequences cannot be enumerated, it is known for small KL alone. Filled
squares are the best of n samples of the start policy by the score that is trained against, at their
KL; hollow ones are the same scores at ln n, which the paper takes for it. For each kind of world
and of reward one group of runs is shown, which differ in seed and in the exchange of preference
models alone.
"""

from collections.abc import Mapping
from typing import Any

import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ontogeny.config import Style
from ontogeny.plotting import handle, legend_below, settings
from ontogeny.studies.rlhf.panels import (
    COLOURS,
    best_of_runs,
    known_of_all,
    means_of_settings,
    panel_title,
    panels_of,
    plot_known,
    role_handles,
    shown_runs,
)

__all__ = ["draw", "numbers"]

NEEDS = ("policies",)

_SQUARE: Mapping[str, Any] = {"marker": "s", "ms": 3.5, "ls": ""}


def numbers(comparison: xr.Dataset) -> xr.Dataset:
    """Select gains and roots of KL of the runs that are shown, and their means by setting."""
    runs = shown_runs(comparison)
    runs = runs.assign(frontier_gain=known_of_all(runs, "frontier_gain"))
    names = ["root_kl", "gain", "frontier_gain"]
    of_runs = runs[names[:2]].rename({name: f"{name}_of_run" for name in names[:2]})
    best = best_of_runs(runs)
    means = means_of_settings(runs.assign(best.data_vars), [*names, *best])[[*names, *best]]
    return xr.merge([means, of_runs, best.coords], combine_attrs="override")


def draw(numbers: xr.Dataset, style: Style) -> Figure:
    """Draw a panel for each setting."""
    with settings():
        drawn, panels = panels_of(style.width, numbers.sizes["setting"])
        for place, axes in enumerate(panels):
            one = numbers.isel(setting=place)
            name = str(one["setting"].values)
            _panel(axes, one, numbers.isel(run=numbers["setting_of_run"].values == name))
            axes.set(xlabel="√KL [√nat]", title=panel_title(name, min(len(panels), 2)))
        for axes in panels[::2]:
            axes.set_ylabel("score gained [nat]")
        handles = role_handles(numbers, "gain")
        if numbers["frontier_gain"].notnull().any():
            handles.append(handle("greatest possible score", color="#444444", ls=":"))
        if "best_of_gain" in numbers:
            handles.append(handle("best of n samples, at its KL", color="#444444", **_SQUARE))
            handles.append(
                handle("best of n samples, at ln n", color="#444444", mfc="none", **_SQUARE)
            )
        legend_below(drawn, handles, columns=2)
    return drawn


def _panel(axes: Axes, one: xr.Dataset, runs: xr.Dataset) -> None:
    for role, colour in COLOURS.items():
        of_role, of_runs = one.sel(role=role), runs["gain_of_run"].sel(role=role)
        for place in range(runs.sizes["run"]):
            root, gain = runs["root_kl_of_run"][place], of_runs[place]
            plot_known(axes, root, gain, lw=0.7, alpha=0.35, color=colour)
        root = of_role["root_kl"]
        plot_known(axes, root, of_role["gain"], lw=1.8, color=colour)
        plot_known(axes, root, of_role["frontier_gain"], ls=":", color=colour)
    if "best_of_gain" in one:
        _best_of(axes, one)


def _best_of(axes: Axes, one: xr.Dataset) -> None:
    for role, colour in COLOURS.items():
        gain = one["best_of_gain"].sel(role=role)
        axes.plot(one["best_of_root_kl"], gain, color=colour, **_SQUARE)
    aim = "train" if one["gain"].sel(role="train").notnull().any() else "gold"
    gain = one["best_of_gain"].sel(role=aim)
    axes.plot(one["root_log_samples"], gain, color=COLOURS[aim], mfc="none", **_SQUARE)
