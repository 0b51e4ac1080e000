"""Losses of a sweep, and its outcome by swept value.

Test loss (left, thin: training loss) of the runs of a sweep by swept value, and (right) the steps
at which training and test accuracy reach 0.99; open marks at the top: not within the run. Runs that
are trained on all pairs have no test loss and no test accuracy.
"""

from collections.abc import Sequence

import matplotlib as mpl
import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import NullLocator
from numpy.typing import NDArray

from ontogeny.joins.outcomes import LEARNED_ACCURACY
from ontogeny.plotting import SPLIT_COLOURS, figure, settings, step_axis
from ontogeny.studies.composition.addition.schedules import SCHEDULE, in_words
from ontogeny.studies.composition.config import Style

__all__ = ["draw", "numbers"]

_OUTCOMES = ("memorised_step", "generalised_step", "last_step")
_CURVES = ("loss_curve", "accuracy_curve")
_SHARED = ("seed", "step", "split")
_FEW = 5


def numbers(sweep: xr.Dataset) -> xr.Dataset:
    """Select curves and steps; all swept fields become one dimension, `setting`.

    ``setting`` has the values as text; ``value`` has them as numbers where one field is swept, over
    numbers without null.
    """
    fields = [str(dim) for dim in sweep["last_step"].dims if dim not in _SHARED]
    chosen = sweep[[*_OUTCOMES, *_CURVES]].stack(setting=fields)
    combinations = [chosen[field].values for field in fields]
    texts = [", ".join(map(_text, fields, values)) for values in zip(*combinations, strict=True)]
    chosen = chosen.drop_vars(["setting", *fields])
    chosen = chosen.assign_coords(setting=("setting", np.array(texts, dtype=object)))
    values = sweep[fields[0]].values
    if len(fields) == 1 and values.dtype.kind in "fi" and np.isfinite(values).all():
        chosen = chosen.assign_coords(value=("setting", values.astype(np.float64)))
    return chosen.assign_attrs(fields=", ".join(fields))


def draw(numbers: xr.Dataset, style: Style) -> Figure:
    """Draw the losses of all runs, then the steps at which they memorise and generalise."""
    with settings():
        drawn = figure(width=style.width, height=0.5 * style.width)
        left, right = drawn.subplots(1, 2, width_ratios=[1.4, 1])
        colours = _colours(numbers.sizes["setting"])
        for index, colour in enumerate(colours):
            _curves(left, numbers.isel(setting=index), colour)
        last = float(numbers["step"].max())
        step_axis(left, last, logarithmic=style.log_steps)
        tested = "test" in numbers["split"]
        label = "test loss (thin: training) [nat]" if tested else "training loss [nat]"
        left.set(yscale="log", ylabel=label)
        _steps(right, numbers)
        handles = [Line2D([], [], color=colour, lw=1.5) for colour in colours]
        labels = list(numbers["setting"].values)
        drawn.legend(handles, labels, title=numbers.attrs["fields"], loc="outside right upper")
    return drawn


def _curves(axes: Axes, runs: xr.Dataset, colour: str) -> None:
    for seed in runs["seed"].values:
        curve = runs["loss_curve"].sel(seed=seed)
        for split in curve["split"].values:
            line = curve.sel(split=split).dropna("step")
            width = 0.6 if split == "train" and "test" in curve["split"] else 1.5
            axes.plot(line["step"], line, color=colour, lw=width)


def _steps(axes: Axes, numbers: xr.Dataset) -> None:
    """Draw when each run memorises and generalises; open marks stand at the last step of a run."""
    is_numeric = "value" in numbers.coords
    count = numbers.sizes["setting"]
    place = numbers["value"].values if is_numeric else np.arange(count, dtype=np.float64)
    if is_numeric:
        _numeric_axis(axes, place)
    else:
        axes.set_xticks(place, list(numbers["setting"].values), rotation=30, ha="right")
        axes.set_xlim(-0.5, count - 0.5)
    known = numbers["accuracy_curve"].notnull().any("step").transpose("split", "setting", "seed")
    for split, outcome, marker, colour in (
        ("train", "memorised_step", "s", SPLIT_COLOURS["train"]),
        ("test", "generalised_step", "o", SPLIT_COLOURS["test"]),
    ):
        if split not in known["split"]:
            continue
        step, last = (
            numbers[n].transpose("setting", "seed").values for n in (outcome, "last_step")
        )
        x = np.broadcast_to(place[:, None], step.shape)
        reached = np.isfinite(step)
        label = {"memorised_step": "training", "generalised_step": "test"}[outcome]
        axes.plot(x[reached], step[reached], marker, color=colour, alpha=0.8, ms=4, label=label)
        never = ~reached & known.sel(split=split).values
        axes.plot(x[never], last[never], marker, color=colour, mfc="none", ms=5, alpha=0.8)
    axes.set(yscale="log", xlabel=numbers.attrs["fields"])
    axes.set_ylabel(f"first step with accuracy {LEARNED_ACCURACY}")
    axes.legend(loc="best")


def _numeric_axis(axes: Axes, values: NDArray[np.float64]) -> None:
    """Scale the horizontal axis by logarithms where values span a decade; 0 has a place of its own.

    Few values have a tick each.
    """
    positive = values[values > 0]
    if values.min() >= 0 and positive.size and positive.max() > 10 * positive.min():
        if positive.size < values.size:
            axes.set_xscale("symlog", linthresh=positive.min())
        else:
            axes.set_xscale("log")
    if len(values) <= _FEW:
        axes.set_xticks(values, [f"{value:g}" for value in values])
        axes.xaxis.set_minor_locator(NullLocator())


def _colours(count: int) -> Sequence[str]:
    shades = mpl.colormaps["viridis"](np.linspace(0, 0.92, count))
    return [mpl.colors.to_hex(shade) for shade in shades]


def _text(field: str, value: object) -> str:
    if field == SCHEDULE:
        return in_words(str(value))
    if isinstance(value, float):
        return "null" if np.isnan(value) else str(value).removesuffix(".0")
    return str(value).lower() if isinstance(value, np.bool_) else str(value).replace('"', "")
