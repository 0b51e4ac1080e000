"""When irreps are learned, by degree and smallest orbit.

Step at which each key irrep is learned (logit similarity on test pairs above 0.05), by its degree
and by the size of the smallest orbit of a vector. D is Somers' rank correlation over pairs of key
irreps of a run, with a bootstrap interval over runs.
"""

import numpy as np
import xarray as xr
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, MaxNLocator, NullFormatter

from ontogeny.plotting import PALETTE, figure, settings
from ontogeny.studies.composition.config import Style

__all__ = ["draw", "numbers"]

NEEDS = ("irreps-differ",)

_PREDICTORS = {"degree": "degree", "smallest orbit": "smallest_orbit"}


def numbers(comparison: xr.Dataset) -> xr.Dataset:
    """Select steps of learning, the properties that may predict them, and the correlations."""
    return comparison[
        [
            "learned_step",
            "key",
            "degree",
            "smallest_orbit",
            "grokked",
            "widest",
            "order_correlation",
            "order_correlation_interval",
        ]
    ]


def draw(numbers: xr.Dataset, style: Style) -> Figure:
    """Draw one dot for each key irrep of each run, one column for each property.

    A group whose non-trivial irreps are alike in both properties has no row.
    """
    counted = np.flatnonzero((numbers["grokked"] & numbers["widest"]).values)
    runs = numbers.isel(run=counted)
    architectures = [str(name) for name in numbers["architecture"].values]
    groups = [
        str(group)
        for group in numbers["group"].values
        if runs["learned_step"].isel(run=runs["group_of_run"].values == group).notnull().any()
        and _irreps_differ(numbers, str(group))
    ]
    with settings():
        height = (0.34 * max(len(groups), 1) + 0.08) * style.width
        drawn = figure(width=1.1 * style.width, height=height)
        if not groups:
            text = "No run that has grokked on a group whose irreps differ was followed."
            drawn.suptitle(text, fontsize=10)
            return drawn
        rows = drawn.subplots(len(groups), len(_PREDICTORS), squeeze=False, sharey="row")
        for row, group in zip(rows, groups, strict=True):
            there = runs.isel(run=runs["group_of_run"].values == group)
            kinds = np.unique(there["architecture_of_run"].values.astype(str))
            for axes, (predictor, name) in zip(row, _PREDICTORS.items(), strict=True):
                values = numbers[name].sel(group=group).values
                for number, architecture in enumerate(kinds):
                    those = there.isel(run=there["architecture_of_run"].values == architecture)
                    first = those["learned_step"].where(those["key"]).values
                    run, irrep = np.nonzero(~np.isnan(first))
                    cell = {"group": group, "architecture": architecture, "predictor": predictor}
                    axes.scatter(
                        values[irrep] + 0.1 * (number - (len(kinds) - 1) / 2),
                        first[run, irrep],
                        s=16,
                        alpha=0.6,
                        lw=0,
                        color=PALETTE[architectures.index(architecture)],
                        label=f"{architecture}, {_correlation(numbers, cell)}",
                    )
                axes.set(yscale="log", xlabel=f"{predictor}, {group}")
                axes.xaxis.set_major_locator(MaxNLocator(6, integer=True, min_n_ticks=1))
                axes.yaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
                axes.yaxis.set_major_formatter("{x:g}")
                axes.yaxis.set_minor_formatter(NullFormatter())
                shown = values[(there["key"] & there["learned_step"].notnull()).any("run").values]
                if np.isfinite(shown).any():
                    axes.set_xlim(np.nanmin(shown) - 0.7, np.nanmax(shown) + 0.7)
                axes.legend(loc="lower left", bbox_to_anchor=(0, 1), borderaxespad=0.1)
            row[0].set_ylabel("step of learning")
    return drawn


def _irreps_differ(numbers: xr.Dataset, group: str) -> bool:
    others = numbers.drop_sel(irrep="trivial")[[*_PREDICTORS.values()]].sel(group=group)
    return any(len(np.unique(values.dropna("irrep"))) > 1 for values in others.values())


def _correlation(numbers: xr.Dataset, cell: dict[str, str]) -> str:
    value = float(numbers["order_correlation"].sel(cell))
    lower, upper = numbers["order_correlation_interval"].sel(cell).values
    if np.isnan(value):
        return "D undefined"
    return f"D = {value:.2f}" + ("" if np.isnan(lower) else f" [{lower:.2f}, {upper:.2f}]")
