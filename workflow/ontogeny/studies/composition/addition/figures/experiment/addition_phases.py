"""All runs of modular addition, with each phase of length 1.

Training and test loss, accuracy, restricted wave loss (on all pairs), excluded wave loss (on
training pairs) and Gini coefficient of all runs of the experiment. The step axis is rescaled so
that each phase has length 1: memorisation from 0 to 1, circuit formation from 1 to 2, cleanup from
2 to 3, and the remaining training after 3. A dot marks the final checkpoint of a run. Phases that
end at the same checkpoint share its steps evenly.
"""

from collections.abc import Sequence

import numpy as np
import xarray as xr
from matplotlib.figure import Figure
from numpy.typing import NDArray

from ontogeny.plotting import (
    figure,
    irrep_looks,
    phase_legend,
    phase_shades,
    settings,
)
from ontogeny.studies.composition.addition.panels import paper_losses
from ontogeny.studies.composition.config import Style
from ontogeny.studies.composition.labels import coordinate, variable
from ontogeny.studies.composition.step_panels import shown_phases

__all__ = ["draw", "numbers", "phases_passed"]

NEEDS = ("split", "steps")


def phases_passed(step: NDArray[np.integer], boundary: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the steps with every phase of unit length.

    Linear from 0 at the first step to 1 at the end of the first phase, and so on. The phase in
    which a run ends, after the last one too, goes to its last step; phases whose ends are not told
    apart share their steps evenly.

    Parameters
    ----------
    step : (K,) ndarray of int
    boundary : (P,) ndarray
        End of each phase [step], NaN where there is none.

    Returns
    -------
    (K,) ndarray

    Examples
    --------
    >>> phases_passed(np.array([0, 5, 10, 30, 40]), np.array([10.0, np.nan, np.nan]))
    array([0.        , 0.5       , 1.        , 1.66666667, 2.        ])
    """
    known = np.flatnonzero(~np.isnan(boundary))
    knots, values = [0.0, *boundary[known]], [0.0, *(known + 1.0)]
    if step[-1] > knots[-1]:
        knots, values = [*knots, float(step[-1])], [*values, values[-1] + 1.0]
    return np.interp(step, knots, values)


def numbers(
    addition_evaluation: Sequence[xr.Dataset], seeds: Sequence[int], style: Style
) -> xr.Dataset:
    """Join the measures along `seed`, with the phases passed; steps that a run has not are NaN.

    `phase_boundary` is what was found; `phases_passed` counts the phases that the style shows.
    """
    chosen = []
    for run in addition_evaluation:
        boundary = shown_phases(run["phase_boundary"], style)
        passed = phases_passed(run["step"].values, boundary.values)
        losses = paper_losses(run)[
            ["loss", "accuracy", "restricted_wave_loss", "excluded_wave_loss"]
        ]
        chosen.append(
            losses.assign(
                spectrum_gini=run["spectrum_gini"].sel(spectrum="norms of waves", drop=True),
                phase_boundary=run["phase_boundary"],
                phases_passed=variable("step", passed, "phases passed"),
            )
        )
    joined = xr.concat(chosen, "seed", join="outer", combine_attrs="override")
    return joined.assign_coords(seed=coordinate("seed", list(seeds)))


def draw(numbers: xr.Dataset, style: Style, title: str) -> Figure:
    """Draw losses, accuracy and sparsity, one colour for each seed."""
    seeds = numbers["seed"].values
    looks = irrep_looks(["", *map(str, seeds)])
    ends = np.arange(1.0, numbers.sizes["boundary"] + 1)
    last = float(ends[-1]) + 1
    with settings():
        drawn = figure(width=1.6 * style.width, height=0.9 * style.width)
        panels = drawn.subplots(2, 3, sharex=True)
        train, test, accuracy, restricted, excluded, sparsity = panels.ravel()
        for seed in seeds:
            run = numbers.sel(seed=seed)
            run = run.isel(step=np.flatnonzero(run["phases_passed"].notnull()))
            look = looks[str(seed)]
            shown = [
                (train, run["loss"].sel(split="train"), 1.1),
                (test, run["loss"].sel(split="test"), 1.1),
                (accuracy, run["accuracy"].sel(split="train"), 0.6),
                (accuracy, run["accuracy"].sel(split="test"), 1.3),
                (restricted, run["restricted_wave_loss"], 1.1),
                (excluded, run["excluded_wave_loss"], 1.1),
                (sparsity, run["spectrum_gini"].sel(matrix="unembedding"), 1.1),
            ]
            for axes, values, width in shown:
                axes.plot(run["phases_passed"], values, color=look.colour, ls=look.dash, lw=width,
                          label=str(seed) if axes is test else None)  # fmt: skip
                axes.plot(run["phases_passed"][-1], values[-1], "o", color=look.colour, ms=3.5)
        losses = {
            "training loss": train,
            "test loss": test,
            "restricted wave loss": restricted,
            "excluded wave loss": excluded,
        }
        for about, axes in losses.items():
            axes.set(yscale="log", ylabel=f"{about} [nat]")
        accuracy.set(ylabel="test accuracy (thin: training)", ylim=(-0.03, 1.03))
        sparsity.set(ylabel="Gini coefficient, neuron-to-logit map", ylim=(0, 1))
        for axes in panels.ravel():
            phase_shades(axes, ends, last)
            axes.set_xlim(0, last)
            axes.set_xticks([0, *ends, last], ["0", *(f"{end:.0f}" for end in ends), "end"])
        for axes in panels[1]:
            axes.set_xlabel("rescaled step [phases]")
        drawn.legend(*test.get_legend_handles_labels(), title="seed", loc="outside right upper")
        phase_legend(drawn, [str(name) for name in numbers["boundary"].values])
        drawn.suptitle(title, fontsize=10)
    return drawn
