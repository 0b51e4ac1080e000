"""Loss that can be predicted and abilities that cannot, of published models.

Top: models that differ in size alone, and what can be predicted from the smallest of them (shaded).
Left, their loss (dots) and the law with a floor that is fitted to the shaded ones (circles). Right,
their abilities, and of three forecasts from the shaded ones the one that turns out nearest, at each
size. Bottom left, single tasks and their mean, with the straight line in ln N from the shaded ones;
the number is how far forecasts of the mean miss the next size, relative to those of single tasks.
Bottom right, all models with known training compute: abilities beside a broad benchmark; lines are
the non-decreasing functions of compute that fit best, and ± is the r.m.s. distance from them.
"""

from typing import Any

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from numpy.typing import NDArray

from ontogeny.config import Style
from ontogeny.plotting import PALETTE, figure, settings
from ontogeny.studies.surprise.labels import variable

__all__ = ["draw", "numbers"]

NEEDS = ()

LAW = "offset"

_GREY = "#444444"
_DOT: dict[str, Any] = {"marker": "o", "ms": 4, "mew": 0}
_FORECAST: dict[str, Any] = {"ls": "--", "lw": 1.4, "marker": "o", "ms": 6, "mfc": "none"}
_DASHES = ("-", "-.", ":")


def numbers(published_scaling: xr.Dataset) -> xr.Dataset:
    """Select losses, scores and averages with forecasts from the smallest cut, and compute.

    Of the forecasts of an ability, that which is nearest at each size. Models with compute are
    those of the first world that has a reference.
    """
    found = published_scaling
    first = found.isel(cut=slice(1))
    loss_predicted = first["loss_predicted"].sel(law=LAW)
    of_families = found[
        ["parameters", "loss", "score", "is_averaged", "chance", "mean", "roughness"]
    ].assign(
        seen=first["cut"],
        loss_predicted=loss_predicted,
        loss_miss=_largest(loss_predicted / found["loss"] - 1, "largest miss of the loss"),
        predicted=_nearest(first["predicted"], found["score"]),
        unforeseen=_largest(first["unforeseen"], "largest miss of the best forecast"),
        mean_predicted=first["mean_predicted"],
    )
    compared = found["world"].values[found["reference"].values != ""][:1]
    models = np.isin(found["world_of_model"], compared) & np.isfinite(found["compute"].values)
    of_models = found[
        ["compute", "model_score", "fitted", "reference_score", "reference_fitted"]
    ].isel(model=models)
    of_worlds = found[["reference", "residual", "reference_residual"]].sel(world=compared)
    return xr.merge([of_families, of_models, of_worlds], join="exact", compat="no_conflicts")


def _nearest(predicted: xr.DataArray, score: xr.DataArray) -> xr.DataArray:
    """Return of several forecasts the one that is nearest to the score."""
    best = abs(predicted - score).fillna(np.inf).argmin("forecaster")
    return predicted.isel(forecaster=best).drop_vars("forecaster")


def _largest(values: xr.DataArray, about: str) -> xr.Variable:
    """Return the largest absolute value that is known."""
    known = np.abs(values.values[np.isfinite(values.values)])
    return variable((), float(known.max()) if known.size else np.nan, about)


def draw(numbers: xr.Dataset, style: Style) -> Figure:
    """Draw loss beside abilities over sizes, and below them averages and compute."""
    with settings():
        drawn = figure(width=style.width, height=0.9 * style.width)
        rows = drawn.add_gridspec(2, 1)
        top = rows[0].subgridspec(1, 2)
        bottom = rows[1].subgridspec(1, 3, width_ratios=(1, 1.15, 0.85))
        loss, score = (drawn.add_subplot(top[place]) for place in range(2))
        below = [drawn.add_subplot(bottom[place]) for place in range(3)]
        _draw_loss(loss, numbers)
        _draw_abilities(score, numbers)
        _draw_average(below[0], numbers)
        _draw_compute(below[1], below[2], numbers)
    return drawn


def _draw_loss(axes: Axes, numbers: xr.Dataset) -> None:
    families = _with_values(numbers["loss"])
    if not families.size:
        _leave(axes, "loss")
        return
    for place, family in enumerate(families):
        found, colour = numbers.isel(family=family), PALETTE[place % len(PALETTE)]
        size = found["parameters"].values
        axes.plot(size, found["loss"].values, ls="", color=colour, label=_name(found), **_DOT)
        _dashed(axes, found, "loss_predicted", colour)
    axes.set(xscale="log", yscale="log", xlabel="parameters", ylabel="loss [nat]")
    axes.yaxis.set_major_formatter("{x:g}")
    axes.yaxis.set_minor_formatter("{x:g}")
    miss = numbers["loss_miss"].item()
    axes.set_title(f"loss: missed by at most {100 * miss:.0f} %" if np.isfinite(miss) else "loss")
    _shade(axes, numbers.isel(family=families[0]))
    axes.legend(handles=_handles(axes, "predicted"), loc="upper right").set_in_layout(False)


def _draw_abilities(axes: Axes, numbers: xr.Dataset) -> None:
    families = _with_values(numbers["chance"])
    if not families.size:
        _leave(axes, "abilities of models that differ in size")
        return
    tasks = np.flatnonzero(np.isfinite(numbers["chance"].values).any(axis=0))
    for place, task in enumerate(tasks):
        colour = PALETTE[place % len(PALETTE)]
        for number, family in enumerate(families):
            found = numbers.isel(family=family, task=task)
            axes.plot(
                found["parameters"].values, found["score"].values, color=colour, lw=0.8,
                ls=_DASHES[number % len(_DASHES)],
                label=found["task"].item() if not number else None, **_DOT,
            )  # fmt: skip
            _dashed(axes, found, "predicted", colour)
    axes.set(xscale="log", ylim=(-0.03, 1.03), xlabel="parameters", ylabel="score")
    miss = numbers["unforeseen"].item()
    axes.set_title(f"abilities: missed by up to {miss:.2f}" if np.isfinite(miss) else "abilities")
    _shade(axes, numbers.isel(family=families[0]))
    axes.legend(handles=_handles(axes, "best forecast"), loc="upper left").set_in_layout(False)


def _draw_average(axes: Axes, numbers: xr.Dataset) -> None:
    families = _with_values(numbers["mean"])
    if not families.size:
        _leave(axes, "mean of tasks")
        return
    found = numbers.isel(family=families[0])
    size, is_averaged = found["parameters"].values, found["is_averaged"].values
    for place in np.flatnonzero(is_averaged):
        axes.plot(size, found["score"].isel(task=place).values, color="#aaaaaa", lw=0.8)
    axes.plot([], [], color="#aaaaaa", lw=0.8, label="one task")
    axes.plot(size, found["mean"].values, color=PALETTE[0], lw=2, label="mean", **_DOT)
    _dashed(axes, found, "mean_predicted", PALETTE[1])
    title, share = f"mean of {is_averaged.sum()} tasks", found["roughness"].item()
    axes.set(xscale="log", ylim=(0, 1.35), xlabel="parameters", ylabel="score")
    axes.set_yticks(np.linspace(0, 1, 6))
    if np.isfinite(share):
        title += f":\n{share:.2f} of the miss of a task"
    axes.set_title(title)
    _shade(axes, found)
    axes.legend(
        handles=_handles(axes, "predicted", PALETTE[1]), loc="upper left", ncols=2, columnspacing=1,
        handlelength=1.2, fontsize=7,
    ).set_in_layout(False)  # fmt: skip


def _draw_compute(left: Axes, right: Axes, numbers: xr.Dataset) -> None:
    tasks = _with_values(numbers["fitted"].transpose("task", "model"))
    if not tasks.size:
        _leave(left, "abilities at equal compute")
        right.set_axis_off()
        return
    models = numbers.isel(model=np.argsort(numbers["compute"].values, kind="stable"), world=0)
    for place, task in enumerate(tasks):
        found = models.isel(task=task)
        said = f"{found['task'].item()}  ±{found['residual'].item():.2f}"
        _scatter(left, found, "model_score", "fitted", PALETTE[place % len(PALETTE)], said)
    found = models.isel(task=tasks[0])
    said = f"{found['reference'].item()}  ±{found['reference_residual'].item():.2f}"
    _scatter(right, found, "reference_score", "reference_fitted", _GREY, said)
    for axes, title in (
        (left, "abilities\ngiven compute"),
        (right, "broad benchmark\ngiven compute"),
    ):
        axes.set(xscale="log", ylim=(0, 1.35), xlabel="compute [FLOP]")
        axes.set_yticks(np.linspace(0, 1, 6))
        axes.set_title(title)
        axes.legend(loc="upper left", handlelength=0.5, fontsize=7).set_in_layout(False)


def _scatter(
    axes: Axes, found: xr.Dataset, score: str, fitted: str, colour: str, said: str
) -> None:
    known = np.isfinite(found[fitted].values)
    flop = found["compute"].values[known]
    look: dict[str, Any] = {"marker": "o", "ms": 2.5, "mew": 0, "alpha": 0.8}
    axes.plot(flop, found[score].values[known], ls="", color=colour, label=said, **look)
    axes.plot(flop, found[fitted].values[known], color=colour, lw=1)


def _with_values(values: xr.DataArray) -> NDArray[np.int64]:
    """Return where along the first of two dimensions anything is known."""
    return np.flatnonzero(np.isfinite(values.values).any(axis=1))


def _dashed(axes: Axes, found: xr.Dataset, name: str, colour: str) -> None:
    for predicted in found[name].values.reshape(-1, found.sizes["size"]):
        if np.isfinite(predicted).any():
            axes.plot(found["parameters"].values, predicted, color=colour, **_FORECAST)


def _shade(axes: Axes, found: xr.Dataset) -> None:
    """Shade the sizes that forecasts are made from, if there are larger ones."""
    size = found["parameters"].values
    edges = size[0] / 1.5, np.nanmax(size) * 1.5
    for seen in found["seen"].values:
        if np.isfinite(size[seen]):
            between = np.sqrt(size[seen - 1] * size[seen])
            axes.axvspan(edges[0], between, color="#eeeeee", lw=0, zorder=0)
    axes.set_xlim(edges)


def _handles(axes: Axes, said: str, colour: str = _GREY) -> list[Any]:
    """Return the handles of a legend, with the forecasts if there are any."""
    drawn = any(line.get_linestyle() == _FORECAST["ls"] for line in axes.get_lines())
    forecast = Line2D([], [], color=colour, label=said, **_FORECAST)
    return [*axes.get_legend_handles_labels()[0], *[forecast] * drawn]


def _name(found: xr.Dataset) -> str:
    return str(found["family"].item())


def _leave(axes: Axes, what: str) -> None:
    """Say in an empty panel what no world of the configuration has."""
    axes.set_axis_off()
    axes.text(
        0.5, 0.5, f"{what}:\nin no published world", transform=axes.transAxes, ha="center",
        va="center", color=_GREY,
    )  # fmt: skip
