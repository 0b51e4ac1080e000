"""How often preference models are right, against how often their scores say that they are.

Pairs of samples of the start policy are sorted into bins by their score difference. A point on the
diagonal says that a preference model is right as often as it claims; one below the diagonal, that
it is too sure of itself. Raw scores are those that were fitted; calibrated ones are divided by a
temperature, which was chosen on other pairs. Thin lines are preference models of several seeds and
comparisons, thick ones their means. ECE, the expected calibration error, is the mean distance from
the diagonal; that of a perfect model is not 0, since there are finitely many pairs. At most four
groups of preference models are shown: those that claims are about and, of the others, those with
the fewest and the most comparisons.
"""

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from ontogeny.config import Style
from ontogeny.labels import text
from ontogeny.plotting import handle, legend_below, settings
from ontogeny.studies.rlhf.bases import (
    KINDS,
    NETWORK,
    base_models,
    largest_group,
    overfitted_models,
    simple_models,
)
from ontogeny.studies.rlhf.labels import coordinate, size_name, variable
from ontogeny.studies.rlhf.panels import (
    COLOURS,
    GUIDE,
    nothing,
    panels_of,
    plot_known,
)

__all__ = ["draw", "numbers"]

NEEDS = ("preferences",)

_COLOURS = {"raw": "#888888", "calibrated": COLOURS["train"]}
_SHOWN = ("bin_accuracy", "bin_expected")
_ERRORS = ("calibration_error", "calibration_error_of_perfect")
_MOST = 4


def numbers(comparison: xr.Dataset) -> xr.Dataset:
    """Select the calibration of a few groups of preference models, and the means of each.

    Returns
    -------
    Dataset
        Along ``preference_model``, with ``setting_of_preference_model``, a name of its group; the
        means of groups by ``setting``, with ``_over_models`` after their names.
    """
    groups = _chosen(comparison)
    places = np.concatenate(groups) if groups else np.zeros(0, dtype=np.int64)
    names = [_said(comparison.isel(preference_model=each[0])) for each in groups]
    shown = comparison[[*_SHOWN, *_ERRORS]].isel(preference_model=places)
    settings_of_models = [name for name, each in zip(names, groups, strict=True) for _ in each]
    shown = shown.assign_coords(
        setting_of_preference_model=variable(
            "preference_model", text(settings_of_models), "preference models shown together"
        )
    )
    if not groups:
        return shown[list(_SHOWN)].assign_coords(setting=coordinate("setting", text(())))
    means = shown.groupby("setting_of_preference_model").mean("preference_model", keep_attrs=True)
    means = means.rename(setting_of_preference_model="setting").sel(setting=names)
    return shown[list(_SHOWN)].merge(means.rename({n: f"{n}_over_models" for n in means}))


def draw(numbers: xr.Dataset, style: Style) -> Figure:
    """Draw a panel for each group of preference models."""
    names = numbers["setting"].values.tolist()
    if not names:
        return nothing(style.width, "no preference model learned from one start policy alone")
    least, most = min(0.5, float(numbers["bin_accuracy"].min())) - 0.01, _most_shown(numbers)
    with settings():
        drawn, panels = panels_of(style.width, len(names))
        for axes, name in zip(panels, names, strict=True):
            is_shown = numbers["setting_of_preference_model"].values == name
            _panel(axes, numbers.isel(preference_model=is_shown), numbers.sel(setting=name))
            axes.set(xlabel="expected accuracy", xlim=(0.49, most), ylim=(least, most))
        for axes in panels[::2]:
            axes.set_ylabel("accuracy")
        scalings = [handle(f"{each} scores", color=c, marker="o") for each, c in _COLOURS.items()]
        legend_below(drawn, [*scalings, handle("perfect calibration", **GUIDE)], columns=3)
    return drawn


def _most_shown(numbers: xr.Dataset) -> float:
    """Return the upper end of both axes: as far as the bins of the preference models go."""
    largest = max(float(numbers[name].max()) for name in _SHOWN)
    return min(1.0, largest + 0.05) + 0.01


def _chosen(comparison: xr.Dataset) -> list[NDArray[np.int64]]:
    """Return the places of the preference models of each group, by comparisons and epochs."""
    kinds = [kind for kind in KINDS if not simple_models(comparison, kind).empty]
    if not kinds:
        return []
    models = simple_models(comparison, kinds[0])
    groups = [each for _, each in models.groupby([*NETWORK, "pairs"], sort=False)]
    if len(groups) > _MOST:
        groups = [base_models(comparison, kinds[0]), overfitted_models(comparison, kinds[0])]
        known = [each["pairs"].iloc[0] for each in groups]
        others = models[~models["pairs"].isin(known)]
        for pairs in sorted({others["pairs"].min(), others["pairs"].max()} - {np.nan}):
            of_pairs = others[others["pairs"] == pairs]
            groups.append(
                largest_group(of_pairs, NETWORK, lambda each: -each["parameters"].iloc[0])
            )
    by_size = {
        (int(each["pairs"].iloc[0]), int(each["epochs"].iloc[0]), tuple(each["place"])): each
        for each in groups
    }
    return [by_size[key]["place"].to_numpy() for key in sorted(by_size)]


def _said(model: xr.Dataset) -> str:
    pairs, epochs, d_model, layers = (
        int(model[f"{name}_of_preference_model"])
        for name in ("pairs", "epochs", "d_model", "layers")
    )
    policy = str(model["policy_of_preference_model"].values)
    return (
        f"{pairs:,} comparisons of policy {policy}, {epochs} epochs; {size_name(d_model, layers)}"
    )


def _panel(axes: Axes, models: xr.Dataset, mean: xr.Dataset) -> None:
    axes.plot([0.5, 1], [0.5, 1], **GUIDE)
    for scaling, colour in _COLOURS.items():
        for place in range(models.sizes["preference_model"]):
            one = models.isel(preference_model=place).sel(scaling=scaling)
            look = {"lw": 0.6, "alpha": 0.4, "color": colour}
            plot_known(axes, one["bin_expected"], one["bin_accuracy"], **look)
        of_scaling = mean.sel(scaling=scaling)
        expected, accuracy = (of_scaling[f"bin_{n}_over_models"] for n in ("expected", "accuracy"))
        plot_known(axes, expected, accuracy, marker="o", ms=4, color=colour)
    error = mean["calibration_error_over_models"]
    raw, calibrated = (float(error.sel(scaling=scaling)) for scaling in _COLOURS)
    perfect = float(mean["calibration_error_of_perfect_over_models"])
    comparisons, size = str(mean["setting"].values).split("; ")
    axes.set_title(
        f"{comparisons}\n{size}\n"
        f"ECE raw {raw:.2g}, calibrated {calibrated:.2g}, of a perfect model {perfect:.2g}"
    )
