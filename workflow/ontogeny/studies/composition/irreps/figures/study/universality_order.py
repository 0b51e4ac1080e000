"""When irreps are learned, by degree and smallest orbit.

Step at which each key irrep of each run is learned (logit similarity on test pairs above 0.05),
against its degree and the size of the smallest orbit of a vector. Irreps have colours and
architectures marks; irreps of one value are drawn side by side. D is Somers' rank correlation over
pairs of key irreps of a run, with a bootstrap interval over runs: 1 where small values always come
first.
"""

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, NullFormatter

from ontogeny.plotting import Look, figure, handle, irrep_looks, settings
from ontogeny.studies.composition.config import Style
from ontogeny.studies.composition.irreps.panels import irrep_label

__all__ = ["draw", "numbers"]

NEEDS = ("irreps-differ",)

_MARKERS = "osD^vP*X"
_PREDICTORS = {"degree": "degree", "smallest orbit": "smallest_orbit"}


def numbers(comparison: xr.Dataset) -> xr.Dataset:
    """Select steps of learning, the properties that may predict them, and the correlations."""
    return comparison[
        [
            "learned_step",
            "key",
            "degree",
            "smallest_orbit",
            "place",
            "grokked",
            "widest",
            "order_correlation",
            "order_correlation_interval",
        ]
    ]


def draw(numbers: xr.Dataset, style: Style) -> Figure:
    """Draw one mark for each key irrep of each run, one column for each property.

    A group whose non-trivial irreps are alike in both properties has no row.
    """
    counted = np.flatnonzero((numbers["grokked"] & numbers["widest"]).values)
    runs = numbers.isel(run=counted)
    groups = [
        str(group)
        for group in numbers["group"].values
        if runs["learned_step"].isel(run=runs["group_of_run"].values == group).notnull().any()
        and _irreps_differ(numbers, str(group))
    ]
    with settings():
        height = (0.36 * max(len(groups), 1) + 0.08) * style.width
        drawn = figure(width=1.3 * style.width, height=height)
        if not groups:
            text = "No run that has grokked on a group whose irreps differ was followed."
            drawn.suptitle(text, fontsize=10)
            return drawn
        rows = drawn.subplots(len(groups), len(_PREDICTORS), squeeze=False, sharey="row")
        for row, group in zip(rows, groups, strict=True):
            there = runs.isel(run=runs["group_of_run"].values == group)
            of_group = numbers.sel(group=group)
            for axes, predictor in zip(row, _PREDICTORS, strict=True):
                _panel(axes, there, of_group, predictor)
            row[0].set_ylabel("step at which an irrep is learned")
            handles = [
                handle(irrep_label(name), color=look.colour, marker="o", ls="")
                for name, look in _shown_looks(there, of_group).items()
            ]
            row[-1].legend(handles=handles, loc="upper left", bbox_to_anchor=(1, 1), title="irrep")
    return drawn


def _panel(axes: Axes, there: xr.Dataset, of_group: xr.Dataset, predictor: str) -> None:
    """Draw the runs on a group over one property of irreps."""
    values, looks = of_group[_PREDICTORS[predictor]], _shown_looks(there, of_group)
    first = there["learned_step"].where(there["key"])
    kinds = np.unique(there["architecture_of_run"].values.astype(str))
    said = []
    for number, architecture in enumerate(kinds):
        those = first.isel(run=there["architecture_of_run"].values == architecture)
        for place, (name, look) in enumerate(looks.items()):
            steps = those.sel(irrep=name).dropna("run").values
            x = float(values.sel(irrep=name)) + 0.12 * (place - (len(looks) - 1) / 2)
            axes.plot(np.full(len(steps), x), steps, _MARKERS[number % len(_MARKERS)], ms=5,
                      color=look.colour, alpha=0.8, mew=0)  # fmt: skip
        cell = {"architecture": architecture, "predictor": predictor}
        said.append(f"{architecture}, {_correlation(of_group, cell)}")
    axes.set_title("\n".join(said), loc="left")
    axes.set(yscale="log", xlabel=f"{predictor} of the irrep, {of_group['group'].values!s}")
    axes.set_xticks(np.unique(values.sel(irrep=list(looks)).values))
    axes.yaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
    axes.yaxis.set_major_formatter("{x:g}")
    axes.yaxis.set_minor_formatter(NullFormatter())
    axes.margins(x=0.15)


def _shown_looks(there: xr.Dataset, of_group: xr.Dataset) -> dict[str, Look]:
    """Return the looks of the irreps of a group that a run has learned as key irreps."""
    order = np.argsort(of_group["place"].values, kind="stable")
    own = of_group["place"].isel(irrep=order).dropna("irrep")["irrep"].values
    learned = (there["key"] & there["learned_step"].notnull()).any("run")
    looks = irrep_looks([str(name) for name in own])
    return {name: look for name, look in looks.items() if bool(learned.sel(irrep=name))}


def _irreps_differ(numbers: xr.Dataset, group: str) -> bool:
    others = numbers.drop_sel(irrep="trivial")[[*_PREDICTORS.values()]].sel(group=group)
    return any(len(np.unique(values.dropna("irrep"))) > 1 for values in others.values())


def _correlation(numbers: xr.Dataset, cell: dict[str, str]) -> str:
    value = float(numbers["order_correlation"].sel(cell))
    lower, upper = numbers["order_correlation_interval"].sel(cell).values
    if np.isnan(value):
        return "D undefined"
    return f"D = {value:.2f}" + ("" if np.isnan(lower) else f" [{lower:.2f}, {upper:.2f}]")
