"""Preference models that learn from samples of trained policies, and the policies they train.

Two preference models have equally many comparisons: one of samples of the start policy alone, the
other in part of the best of several samples, or of samples of policies that were trained before.
Left, how often each is right on fresh comparisons of each kind, and how often the true score is,
from which preferences are drawn. Right, the true score gained by policies that are trained against
each of the two. Where several such pairs of preference models differ in nothing but the samples,
those of a seed are averaged first. Marks and lines are means over seeds; bars and bands go from the
least to the greatest seed.
"""

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ontogeny.config import Style
from ontogeny.labels import text
from ontogeny.plotting import PALETTE, figure, handle, legend_below, settings
from ontogeny.studies.rlhf.bases import base_online
from ontogeny.studies.rlhf.comparison.online import LEARNED_FROM
from ontogeny.studies.rlhf.labels import coordinate, variable
from ontogeny.studies.rlhf.panels import GUIDE, band, means_of_settings, nothing, samples_axis

__all__ = ["draw", "numbers"]

NEEDS = ("online",)

_COLOURS = dict(zip(LEARNED_FROM, ("#888888", PALETTE[6]), strict=True))
"""By what comparisons are of."""

_KINDS = {
    "probes": "start policy\n(probes)",
    "start": "start policy",
    "best-of": "best of\nseveral",
    "snapshots": "trained\npolicies",
}


def numbers(comparison: xr.Dataset) -> xr.Dataset:
    """Select the preference models and the policies that claims are about.

    Returns
    -------
    Dataset
        By ``setting``, what preference models learned from: means over seeds of their accuracy, and
        of that of the true score, by ``kind``; the true gain by ``step``.
    """
    names = base_online(comparison)
    if not names:
        return xr.Dataset({}, {"setting": coordinate("setting", text(()))})
    pairs = comparison.sel(online=names)
    accuracies = pairs[["online_accuracy", "online_ceiling"]].mean("online", skipna=False)
    accuracies = accuracies.dropna("kind", how="all").rename(learned_from="setting")
    found = accuracies.mean("seed", keep_attrs=True)
    found["online_accuracy_least"] = accuracies["online_accuracy"].min("seed", keep_attrs=True)
    found["online_accuracy_greatest"] = accuracies["online_accuracy"].max("seed", keep_attrs=True)
    places = [pairs[name].values[pairs[name].values >= 0] for name in ("partner_run", "online_run")]
    runs = comparison.isel(run=np.concatenate(places))
    settings_of_runs = [name for name, each in zip(_COLOURS, places, strict=True) for _ in each]
    runs = runs.assign_coords(
        setting_of_run=variable("run", text(settings_of_runs), "comparisons learned from")
    )
    gains = runs[["samples"]].assign(gold_gain=runs["gain"].sel(role="gold", drop=True))
    of_runs = means_of_settings(gains, ["samples", "gold_gain"])
    return xr.merge([found, of_runs], join="exact", compat="equals", combine_attrs="override")


def draw(numbers: xr.Dataset, style: Style) -> Figure:
    """Draw the accuracy by kind of comparisons, and the true score along training."""
    if not numbers.sizes["setting"]:
        return nothing(style.width, "no policies differ in the kind of comparisons alone")
    with settings():
        drawn = figure(width=style.width, height=0.5 * style.width)
        accuracy, course = drawn.subplots(1, 2)
        _accuracy(accuracy, numbers)
        for name, colour in _COLOURS.items():
            one = numbers.sel(setting=name)
            band(course, one["samples"], one, "gold_gain", color=colour, lw=1.6)
        course.axhline(0, **GUIDE)
        course.set_ylabel("true score gained [nat]")
        samples_axis(course)
        handles = [handle(name, color=c, marker="o", ms=5) for name, c in _COLOURS.items()]
        handles.append(handle("accuracy of the true score", color="#444444", marker="_", ls=""))
        legend_below(drawn, handles, columns=3)
    return drawn


def _accuracy(axes: Axes, numbers: xr.Dataset) -> None:
    for shift, (name, colour) in zip((-0.12, 0.12), _COLOURS.items(), strict=True):
        one = numbers.sel(setting=name)
        place = np.arange(one.sizes["kind"]) + shift
        axes.vlines(
            place,
            one["online_accuracy_least"],
            one["online_accuracy_greatest"],
            color=colour,
            lw=1.5,
        )
        axes.plot(place, one["online_accuracy"], "o", ms=5, color=colour)
    whole = np.arange(numbers.sizes["kind"])
    axes.plot(
        whole, numbers["online_ceiling"].isel(setting=0), "_", ms=24, mew=1.4, color="#444444"
    )
    axes.set_xticks(whole, [_KINDS[kind] for kind in numbers["kind"].values])
    axes.set(ylabel="accuracy", xlim=(-0.5, len(whole) - 0.5))
    axes.grid(visible=False, axis="x")
