"""All runs of an experiment.

Cross-entropy and accuracy of all runs of the experiment, which differ in split and initial weights;
each seed has a dash of its own (for addition: arXiv 2301.05217, figure 2). The phases of a single
run are shaded; of several runs each has a bar below with its own phases, hatched where the run ends
before the phase does. Phases are placed by a fixed rule, or given in the configuration for all runs
(docs/conventions.md).
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import xarray as xr
from matplotlib.figure import Figure

from ontogeny.plotting import (
    SPLIT_COLOURS,
    figure,
    handle,
    phase_legend,
    phase_rows,
    settings,
)
from ontogeny.studies.composition.config import Style
from ontogeny.studies.composition.labels import coordinate
from ontogeny.studies.composition.step_panels import over_steps

__all__ = ["draw", "numbers"]

NEEDS = ("steps",)

_DASHES: tuple[Any, ...] = ("-", "--", ":", "-.", (0, (5, 1, 1, 1, 1, 1)), (0, (8, 2)))


def numbers(
    history: Sequence[xr.Dataset], phases: Sequence[xr.Dataset], seeds: Sequence[int]
) -> xr.Dataset:
    """Join losses, accuracies and phases along `seed`; steps that a run does not have are NaN.

    Parameters
    ----------
    history : sequence of Dataset
    phases : sequence of Dataset
        With `phase_boundary`, one for each run; none, or without it, where runs have no phases.
    seeds : sequence of int
    """
    chosen = [run[["loss", "accuracy"]] for run in history]
    if phases and all("phase_boundary" in found for found in phases):
        chosen = [
            run.assign(phase_boundary=found["phase_boundary"])
            for run, found in zip(chosen, phases, strict=True)
        ]
    joined = xr.concat(chosen, "seed", join="outer", combine_attrs="override")
    return joined.assign_coords(seed=coordinate("seed", list(seeds)))


def draw(numbers: xr.Dataset, style: Style, title: str) -> Figure:
    """Draw every seed thinly, loss above accuracy, by the splits that are known.

    Phases that all seeds have in common are shaded; others are bars below, one for each seed.
    """
    seeds, lines = numbers["seed"].values, numbers[["loss", "accuracy"]]
    several = len(seeds) > 1
    shared = not several or style.phases is not None
    rows = "phase_boundary" in numbers and not shared
    heights = [0.375 * style.width] * 2 + [0.25 + 0.12 * len(seeds)] * rows
    last = []
    with settings():
        drawn = figure(width=style.width, height=sum(heights))
        panels = [*drawn.subplots(len(heights), 1, sharex=True, height_ratios=heights)]
        above, below = panels[:2]
        for number, seed in enumerate(seeds):
            run = lines.sel(seed=seed).dropna("step")
            last.append(float(run["step"][-1]))
            for split in numbers["split"].values:
                dash = _DASHES[number % len(_DASHES)]
                look = {"color": SPLIT_COLOURS[split], "lw": 1.1, "alpha": 0.8, "ls": dash}
                label = None if number else str(split)
                above.plot(run["step"], run["loss"].sel(split=split), label=label, **look)
                below.plot(run["step"], run["accuracy"].sel(split=split), **look)
        above.set(yscale="log", ylabel="cross-entropy [nat]")
        below.set(ylabel="accuracy", ylim=(-0.03, 1.03))
        over_steps(drawn, panels, numbers.isel(seed=0) if shared else lines, style, last_row=1)
        for axes in panels[2:]:
            ends = numbers["phase_boundary"].transpose("seed", "boundary").values
            phase_rows(axes, ends, np.array(last), [str(seed) for seed in seeds])
            axes.set_ylabel("seed")
            names = [str(name) for name in numbers["boundary"].values]
            phase_legend(drawn, names, unfinished=bool(np.isnan(ends[:, -1]).any()))
        handles = above.get_legend_handles_labels()[0]
        if several:
            handles += [
                handle(f"seed {seed}", color="#444444", ls=_DASHES[number % len(_DASHES)])
                for number, seed in enumerate(seeds)
            ]
        drawn.legend(handles=handles, loc="outside right upper")
        drawn.suptitle(title, fontsize=10)
    return drawn
