"""What figures of networks on mixtures share: which families they show, and how."""

from collections.abc import Sequence
from typing import Any

import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import NullFormatter

from ontogeny.plotting import PALETTE
from ontogeny.studies.surprise.families import control_of, families_of, main_kin

__all__ = [
    "GUIDE",
    "LOOKS",
    "below",
    "families_and_mean",
    "handle",
    "handles_of_kins",
    "shown",
    "size_axis",
]

LOOKS: tuple[tuple[dict[str, Any], dict[str, Any]], ...] = (
    ({"color": PALETTE[0], "alpha": 0.5, "mew": 0}, {"color": PALETTE[0], "ls": "-"}),
    (
        {"color": PALETTE[1], "mfc": "none", "mew": 0.8},
        {"color": PALETTE[1], "ls": "--", "lw": 1.2},
    ),
)
"""Marks of networks and the line of their mean: those that claims are about, and their control."""

GUIDE: dict[str, Any] = {"color": "#777777", "lw": 1.0, "ls": ":"}
"""How chance, and what should be, is drawn."""


def shown(scaling: xr.Dataset, names: Sequence[str]) -> xr.Dataset:
    """Return families that claims are about, and those of their control, with their means.

    Parameters
    ----------
    scaling : Dataset
    names : sequence of str
        Variables by ``family``, ``width`` and others; ``parameters`` is always there.

    Returns
    -------
    Dataset
        The variables, and ``NAME_of_kin``, their means over the families of a kin: first the kin
        that claims are about, then its control, if there is one.
    """
    kin = main_kin(scaling)
    wanted = ["parameters", *names]
    kins = [] if kin is None else [each for each in (kin, control_of(scaling, kin)) if each]
    parts = {each: families_of(scaling, each) for each in kins}
    parts = {each: part for each, part in parts.items() if part.sizes["family"]}
    if not parts:
        nothing = scaling[[*wanted, "kin_of_family"]].isel(family=[])
        means = nothing[wanted].mean("family").expand_dims(kin=scaling["kin"][:0])
    else:
        chosen = [part[[*wanted, "kin_of_family"]] for part in parts.values()]
        nothing = xr.concat(chosen, "family")
        means = xr.concat(
            [part[wanted].mean("family", keep_attrs=True) for part in chosen],
            xr.DataArray(list(parts), dims="kin", name="kin"),
        )
    return nothing.merge(means.rename({name: f"{name}_of_kin" for name in wanted}))


def families_and_mean(axes: Axes, numbers: xr.Dataset, name: str, **at: Any) -> None:
    """Draw a quantity over parameters: each family as faint marks, each kin as a line of means.

    Parameters
    ----------
    axes : Axes
    numbers : Dataset
        As `shown` makes it.
    name : str
    **at
        Labels at which it is drawn.
    """
    for kin, (marks, line) in zip(numbers["kin"].values, LOOKS, strict=False):
        one = numbers.sel(kin=kin).dropna("width", subset=["parameters_of_kin"])
        axes.plot(one["parameters_of_kin"], one[f"{name}_of_kin"].sel(at), **line)
        families = numbers.isel(family=numbers["kin_of_family"].values == kin)
        for place in range(families.sizes["family"]):
            each = families.isel(family=place)
            axes.plot(each["parameters"], each[name].sel(at), "o", ms=3, **marks)


def size_axis(axes: Axes) -> None:
    """Make the horizontal axis one of sizes."""
    axes.set_xscale("log")
    axes.xaxis.set_minor_formatter(NullFormatter())
    axes.tick_params(axis="x", labelsize=7)


def handles_of_kins(numbers: xr.Dataset) -> list[Line2D]:
    """Return entries of a legend for what `families_and_mean` draws."""
    found = []
    for kin, (marks, line), said in zip(
        numbers["kin"].values, LOOKS, ("", "four times the training: "), strict=False
    ):
        count = int((numbers["kin_of_family"].values == kin).sum())
        found.append(handle(f"{said}one network", ls="", marker="o", ms=3, **marks))
        if count > 1:
            found.append(handle(f"{said}mean of {count} seeds", **line))
    return found


def below(drawn: Figure, handles: Sequence[Line2D], *, columns: int = 5) -> None:
    """Put a legend below a figure."""
    if not handles:
        return
    drawn.legend(handles=handles, loc="outside lower center", ncols=min(columns, len(handles)))


def handle(label: str, **look: Any) -> Line2D:
    """Return an entry of a legend."""
    return Line2D([], [], label=label, **look)
