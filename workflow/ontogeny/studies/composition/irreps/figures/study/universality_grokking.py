"""Losses and accuracies of all runs.

Cross-entropy and accuracy of all runs along training: each run faintly, the mean over the seeds
of an experiment on top. A run that has ended counts with its last value. Experiments that train on
all pairs have no test loss and no test accuracy.
"""

import xarray as xr
from matplotlib.figure import Figure

from ontogeny.plotting import SPLIT_COLOURS, figure, settings, step_axis
from ontogeny.studies.composition.config import Style
from ontogeny.wording import plural

__all__ = ["draw", "numbers"]

NEEDS = ("steps",)

_PANELS = {"loss": "cross-entropy [nat]", "accuracy": "accuracy"}


def numbers(comparison: xr.Dataset) -> xr.Dataset:
    """Select losses and accuracies of all runs and their means."""
    return comparison[["loss", "accuracy", "loss_mean", "accuracy_mean"]]


def draw(numbers: xr.Dataset, style: Style) -> Figure:
    """Draw every run faintly and the mean of each experiment on top."""
    experiments = [str(name) for name in numbers["experiment"].values]
    with settings():
        drawn = figure(
            width=1.25 * style.width, height=(0.26 * len(experiments) + 0.1) * style.width
        )
        rows = drawn.subplots(len(experiments), 2, squeeze=False)
        for row, experiment in zip(rows, experiments, strict=True):
            mean = numbers.sel(experiment=experiment).dropna(
                "step", how="all", subset=["loss_mean"]
            )
            runs = numbers.isel(run=numbers["experiment_of_run"].values == experiment)
            for axes, (name, label) in zip(row, _PANELS.items(), strict=True):
                for split in numbers["split"].values:
                    colour = SPLIT_COLOURS[str(split)]
                    for _, run in runs[name].sel(split=split).groupby("run"):
                        seen = run.squeeze("run").dropna("step")
                        axes.plot(seen["step"], seen, color=colour, lw=0.7, alpha=0.35)
                    values = mean[f"{name}_mean"].sel(split=split)
                    axes.plot(mean["step"], values, color=colour, lw=1.6, label=f"{split}, mean")
                last = float(mean["step"][-1])
                step_axis(axes, max(last, 1.0), logarithmic=style.log_steps)
                axes.set(ylabel=label, title=f"{experiment}, {plural(runs.sizes['run'], 'run')}")
                axes.set_xlabel("" if experiment != experiments[-1] else axes.get_xlabel())
            row[0].set_yscale("log")
            row[1].set_ylim(-0.03, 1.03)
        drawn.legend(*rows[0, 0].get_legend_handles_labels(), loc="outside upper right", ncols=2)
    return drawn
