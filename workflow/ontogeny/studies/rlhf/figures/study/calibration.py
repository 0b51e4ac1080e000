"""How often preference models are right, against how often their scores say that they are.

Pairs of samples of the start policy are sorted into bins by their score difference. Where a point
lies on the diagonal, a preference model is right as often as it says; below the diagonal it is too
sure of itself. Raw scores are those that were fitted; calibrated ones are divided by a temperature,
which was chosen on other pairs. Thin lines are seeds, thick ones their means. ECE, the expected
calibration error, is the mean distance from the diagonal; that of a perfect model is not 0, since
there are finitely many pairs. If there are more than four preference models, one is shown for each
of up to four numbers of comparisons: the one with the most epochs, of these that with the largest
network.
"""

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ontogeny.config import Style
from ontogeny.plotting import handle, legend_below, settings
from ontogeny.studies.rlhf.panels import (
    COLOURS,
    GUIDE,
    means_of_models,
    panels_of,
    plain_models,
    plot_known,
)

__all__ = ["draw", "numbers"]

NEEDS = ("preferences",)

_COLOURS = {"raw": "#888888", "calibrated": COLOURS["train"]}
_MEANS = ("bin_accuracy", "bin_expected", "calibration_error", "calibration_error_of_perfect")
_MOST = 4


def numbers(comparison: xr.Dataset) -> xr.Dataset:
    """Select the calibration of a few preference models, and its means over their seeds."""
    models = plain_models(comparison)
    names, pairs, epochs = (
        models[f"{name}_of_preference_model"].values for name in ("preference", "pairs", "epochs")
    )
    in_order = np.lexsort((-models["parameters"].values, -epochs, pairs))
    chosen = list(dict.fromkeys(names[in_order].tolist()))
    if len(chosen) > _MOST:
        _, firsts = np.unique(pairs[in_order], return_index=True)
        kept = np.unique(np.linspace(0, len(firsts) - 1, _MOST).round().astype(int))
        chosen = names[in_order][firsts[kept]].tolist()
    shown = models.isel(preference_model=np.isin(names.astype(str), chosen))
    means = means_of_models(shown, _MEANS).sel(preference=chosen)
    return shown[["bin_accuracy", "bin_expected"]].merge(means)


def draw(numbers: xr.Dataset, style: Style) -> Figure:
    """Draw a panel for each preference model."""
    names = numbers["preference"].values.tolist()
    least = min(0.5, float(numbers["bin_accuracy"].min())) - 0.01
    with settings():
        drawn, panels = panels_of(style.width, len(names))
        for axes, name in zip(panels, names, strict=True):
            of_seeds = numbers.isel(
                preference_model=numbers["preference_of_preference_model"].values == name
            )
            _panel(axes, of_seeds, numbers.sel(preference=name))
            axes.set(xlabel="expected accuracy", xlim=(0.49, 1.01), ylim=(least, 1.01))
        for axes in panels[::2]:
            axes.set_ylabel("accuracy")
        scalings = [handle(f"{each} scores", color=c, marker="o") for each, c in _COLOURS.items()]
        legend_below(drawn, scalings, columns=2)
    return drawn


def _panel(axes: Axes, models: xr.Dataset, mean: xr.Dataset) -> None:
    axes.plot([0.5, 1], [0.5, 1], **GUIDE)
    for scaling, colour in _COLOURS.items():
        for place in range(models.sizes["preference_model"]):
            one = models.isel(preference_model=place).sel(scaling=scaling)
            look = {"lw": 0.6, "alpha": 0.4, "color": colour}
            plot_known(axes, one["bin_expected"], one["bin_accuracy"], **look)
        of_scaling = mean.sel(scaling=scaling)
        expected, accuracy = (of_scaling[f"bin_{n}_over_seeds"] for n in ("expected", "accuracy"))
        plot_known(axes, expected, accuracy, marker="o", ms=4, color=colour)
    error = mean["calibration_error_over_seeds"]
    raw, calibrated = (float(error.sel(scaling=scaling)) for scaling in _COLOURS)
    perfect = float(mean["calibration_error_of_perfect_over_seeds"])
    pairs = int(models["pairs_of_preference_model"][0])
    axes.set_title(
        f"{mean['preference'].values}: {pairs:,} comparisons\n"
        f"ECE raw {raw:.2g}, calibrated {calibrated:.2g}, perfect {perfect:.2g}"
    )
