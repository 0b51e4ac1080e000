"""Error rates of the raters by group, and whether their errors depend on the comment.

For each source of labels, the rater of the setting that the other figures show. Left, on the
comments that networks learn from: the share of harmless comments that the rater calls toxic, by the
group that they name; the dotted line is this share among comments that name no group. Middle, the
same for toxic comments that it calls harmless. Right, on the test comments: the share of wrong
labels by the score of networks trained on true labels (mean over seeds), in bins of equally many
comments. If wrong labels depended on the true label alone, they would be equally frequent in all
bins but for chance; a band is as wide as their range over bins would then be. Without such a
network there are no panels on the right.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ontogeny.config import Style
from ontogeny.labels import text
from ontogeny.plotting import PALETTE, figure, handle, legend_below, note, settings
from ontogeny.studies.noisy_labels.bases import base_rater
from ontogeny.studies.noisy_labels.facts import SOURCES
from ontogeny.studies.noisy_labels.labels import coordinate, variable
from ontogeny.studies.noisy_labels.panels import GUIDE, SIDE, TOO_FEW, rows_axis

__all__ = ["draw", "numbers"]

_RATES = {
    "false_positive_rate": "share of harmless comments\ncalled toxic",
    "false_negative_rate": "share of toxic comments\ncalled harmless",
}
_SAID = {
    "comments": "real comments",
    "votes": "real comments with votes",
    "generated": "generated comments",
}
_LABELS = {"harmless": PALETTE[0], "toxic": PALETTE[1]}
_MARK: Mapping[str, Any] = {"marker": "o", "ms": 3.5}
_BAND = {"long_name": "range of noise that does not depend on the comment", "units": "1"}
_ROW = 0.18


def numbers(comparison: xr.Dataset) -> xr.Dataset:
    """Select rates and noise of the rater of the base setting of each source."""
    raters = {source: base_rater(comparison, source) for source in SOURCES}
    found = {source: rater for source, rater in raters.items() if rater is not None}
    rates = [f"rater_{of}{name}" for name in _RATES for of in ("", "background_")]
    chosen = comparison.sel(rater=list(found.values()))
    noise = chosen[["noise_by_score", "noise_null"]]
    level = noise["noise_by_score"].mean("bin")
    half = noise["noise_null"] / 2
    band = xr.concat([level - half, level + half], coordinate("end", text(("lower", "upper"))))
    return (
        chosen[rates]
        .merge(noise)
        .assign(noise_band=band.rename("noise_band").assign_attrs(_BAND))
        .assign_coords(source=variable("rater", text(found), "source of the labels"))
    )


def draw(numbers: xr.Dataset, style: Style) -> Figure:
    """Draw the rates by group and the noise by score, a row of panels for each rater."""
    known = numbers["rater_false_positive_rate"].notnull()
    groups = [numbers["identity"].values[each] for each in known.values]
    heights = [max(_ROW * len(each), 1.4) + 0.75 for each in groups]
    with settings():
        drawn = figure(width=style.width, height=sum(heights))
        drawn.set_layout_engine("constrained", w_pad=SIDE)
        has_noise = bool(numbers["noise_by_score"].notnull().any())
        columns = len(_RATES) + has_noise
        grid = drawn.subplots(len(heights), columns, squeeze=False, height_ratios=heights)
        for place, (panels, names) in enumerate(zip(grid, groups, strict=True)):
            one = numbers.isel(rater=place).sel(identity=names)
            rates = panels[: len(_RATES)]
            said = f"{_SAID[one['source'].item()]}, rater {one['rater'].item()}"
            panels[0].set_title(said, loc="left")
            for axes, (name, label), of in zip(rates, _RATES.items(), _LABELS, strict=True):
                rate = one[f"rater_{name}"].values
                rows = np.flatnonzero(np.isfinite(rate))
                if rows.size:
                    axes.plot(rate[rows], rows, "o", ms=4, color=_LABELS[of], clip_on=False)
                else:
                    note(axes, TOO_FEW)
                axes.axvline(float(one[f"rater_background_{name}"]), **GUIDE)
                axes.set(xlabel=label, xlim=(0, None))
                shown = list(map(str, names)) if axes is rates[0] else [""] * len(names)
                rows_axis(axes, shown)
            if has_noise:
                _noise(panels[-1], one)
        legend_below(
            drawn,
            [
                *(handle(f"{label} comments", **_MARK, color=_LABELS[label]) for label in _LABELS),
                handle("comments that name no group", **GUIDE),
            ],
            columns=3,
        )
    return drawn


def _noise(axes: Axes, one: xr.Dataset) -> None:
    bins = 1 + np.arange(one.sizes["bin"])
    for label, colour in _LABELS.items():
        of_label = one.sel(true_label=label)
        band = of_label["noise_band"].sel(end=["lower", "upper"]).values
        axes.plot(bins, of_label["noise_by_score"], lw=1.2, color=colour, **_MARK)
        if np.isfinite(band).all():
            axes.axhspan(*band, color=colour, alpha=0.2, lw=0)
    axes.set(xlabel="bin of the oracle's score", ylabel="share of wrong labels", ylim=(0, None))
    axes.set_xticks(bins)
    if not one["noise_by_score"].notnull().any():
        axes.set_axis_off()
        note(axes, "no network was trained\non true labels (oracle)")
