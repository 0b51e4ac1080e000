"""Modular addition runs that differ in the schedule of the weight decay.

Test loss (thin: training loss), sum of squared weights, restricted wave loss (on all pairs) and
excluded wave loss (on training pairs) of runs that differ only in changes of the weight decay
during training. Dotted lines mark the changes, in the colour of their run. Restricted and excluded
wave loss use the key frequencies of each run's own final checkpoint, so they may differ before a
change. The shaded phases are those of the run without a change. No phases are shaded where there is
no such run, or several seeds.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import xarray as xr
from matplotlib.figure import Figure

from ontogeny.plotting import figure, irrep_looks, settings
from ontogeny.studies.composition.addition.panels import paper_losses
from ontogeny.studies.composition.addition.schedules import SCHEDULE, changes, in_words
from ontogeny.studies.composition.config import Style
from ontogeny.studies.composition.labels import coordinate, variable
from ontogeny.studies.composition.step_panels import over_steps

__all__ = ["draw", "numbers"]


def numbers(
    addition_evaluation: Sequence[xr.Dataset], schedules: Sequence[Mapping[str, Any]]
) -> xr.Dataset:
    """Join the measures along schedules and seeds; steps that a run does not have are NaN.

    Parameters
    ----------
    addition_evaluation : sequence of Dataset
    schedules : sequence of mapping
        `schedule`, as JSON, and `seed` of each.
    """
    seeds = list(dict.fromkeys(run["seed"] for run in schedules))
    chosen = [
        paper_losses(run)[["loss", "restricted_wave_loss", "excluded_wave_loss"]].merge(
            run[["squared_weights", "phase_boundary"]]
        )
        for run in addition_evaluation
    ]
    rows = [chosen[start : start + len(seeds)] for start in range(0, len(chosen), len(seeds))]
    joined = xr.combine_nested(
        rows, [SCHEDULE, "seed"], join="outer", combine_attrs="override", data_vars="all"
    )
    texts = np.array(list(dict.fromkeys(run["schedule"] for run in schedules)), dtype=object)
    return joined.assign_coords(
        {
            SCHEDULE: variable(SCHEDULE, texts, f"value of {SCHEDULE}"),
            "seed": coordinate("seed", seeds),
        }
    )


def draw(numbers: xr.Dataset, style: Style, title: str) -> Figure:
    """Draw losses and squared weights, one colour for each schedule; dotted lines mark changes.

    The phases are those of the run without a change, where there is one.
    """
    schedules = [str(text) for text in numbers[SCHEDULE].values]
    looks = irrep_looks(["", *schedules])
    with settings():
        drawn = figure(width=1.3 * style.width, height=0.9 * style.width)
        panels = [*drawn.subplots(2, 2, sharex=True).ravel()]
        losses, weights, restricted, excluded = panels
        for text in schedules:
            look = {"color": looks[text].colour, "ls": looks[text].dash}
            for number in range(numbers.sizes["seed"]):
                run = numbers.sel({SCHEDULE: text}).isel(seed=number).dropna("step")
                step = run["step"]
                losses.plot(step, run["loss"].sel(split="train"), lw=0.6, **look)
                losses.plot(step, run["loss"].sel(split="test"), lw=1.5, **look,
                            label=in_words(text) if number == 0 else None)  # fmt: skip
                weights.plot(step, run["squared_weights"], **look)
                restricted.plot(step, run["restricted_wave_loss"], **look)
                excluded.plot(step, run["excluded_wave_loss"], **look)
            for axes in panels:
                for change in changes(text):
                    axes.axvline(change["step"], color=looks[text].colour, ls=":", lw=1.2)
        losses.set(yscale="log", ylabel="test loss (thin: training) [nat]")
        weights.set(ylabel="sum of squared weights", ylim=(0, None))
        restricted.set(yscale="log", ylabel="restricted wave loss [nat]")
        excluded.set(yscale="log", ylabel="excluded wave loss [nat]")
        over_steps(drawn, panels, _with_phases(numbers, style), style, last_row=2)
        handles, labels = losses.get_legend_handles_labels()
        drawn.legend(handles, labels, title="weight decay", loc="outside right upper")
        drawn.suptitle(title, fontsize=10)
    return drawn


def _with_phases(numbers: xr.Dataset, style: Style) -> xr.Dataset:
    """Return the numbers with the phases of one run: that without a change, where there is one."""
    unchanged = [not changes(str(text)) for text in numbers[SCHEDULE].values]
    if style.phases is not None or (any(unchanged) and numbers.sizes["seed"] == 1):
        return numbers.isel({SCHEDULE: int(np.argmax(unchanged)), "seed": 0})
    return numbers.drop_vars("phase_boundary")
