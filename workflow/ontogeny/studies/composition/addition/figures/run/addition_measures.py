"""Every form of restricted and excluded wave loss of a modular-addition run.

Restricted wave loss on all pairs: of the key frequencies, only the waves of a + b, only products of
a wave of a and one of b, or these and single waves of a and of b are kept, in the logits or in the
part of them that comes from the neurons. Excluded wave loss on training pairs: the waves of a + b
of all key frequencies are removed from the logits or from the neurons, or only their part in cos(w
(a + b - c)) is removed from the logits; grey: the largest loss when one frequency is removed, which
needs no choice of key frequencies. Test loss over restricted wave loss rises while the circuit
forms and falls in cleanup. Gini coefficient of the norms of waves, of the norms of frequencies
(cosine and sine together), and of the squared norms of waves.
"""

import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ontogeny.plotting import SPLIT_COLOURS, figure, handle, settings
from ontogeny.studies.composition.addition.panels import (
    EXCLUDED,
    RESTRICTED,
    legend_above,
    shown_matrices,
)
from ontogeny.studies.composition.config import Style
from ontogeny.studies.composition.looks import MATRIX_LOOKS, SPLIT_NAMES, matrix_names
from ontogeny.studies.composition.step_panels import over_steps

__all__ = ["draw", "numbers"]

NEEDS = ("split",)

_WIDTHS = {
    "sum": ("waves of a + b", RESTRICTED),
    "product": ("products of waves", "#7A2E59"),
    "block": ("products and single waves", "#E9BBD6"),
}
_GREY = "#444444"
_PLACES = {"logits": "-", "neurons": "--"}
_EXCLUSIONS = {
    "logits": ("waves removed from logits", EXCLUDED, "-"),
    "neurons": ("waves removed from neurons", "#00543D", "--"),
    "cubes": ("cosines removed from logits", "#8FD6C0", "-"),
}
_SPECTRA = {
    "norms of waves": "-",
    "norms of frequencies": "--",
    "squared norms of waves": ":",
}


def numbers(addition_evaluation: xr.Dataset) -> xr.Dataset:
    """Select the losses of all forms, on all pairs where the split is free, and the ratio."""
    chosen = addition_evaluation[
        [
            "excluded_wave_loss",
            "excluded_wave_loss_largest",
            "test_over_restricted_wave_loss",
            "spectrum_gini",
        ]
    ]
    return chosen.sel(matrix=shown_matrices(addition_evaluation)).assign(
        loss=addition_evaluation["loss"],
        restricted_wave_loss=addition_evaluation["restricted_wave_loss"].sel(
            split="all", drop=True
        ),
        phase_boundary=addition_evaluation["phase_boundary"],
    )


def draw(numbers: xr.Dataset, style: Style, title: str) -> Figure:
    """Draw restricted and excluded wave loss, test over restricted, and Gini coefficients."""
    with settings():
        drawn = figure(width=1.45 * style.width, height=1.05 * style.width)
        panels = [*drawn.subplots(2, 2, sharex=True).ravel()]
        restricted, excluded, ratio, sparsity = panels
        _restricted(restricted, numbers)
        _excluded(excluded, numbers)
        ratio.plot(numbers["step"], numbers["test_over_restricted_wave_loss"], color="#444444")
        ratio.axhline(1.0, color="#999999", lw=0.8)
        ratio.set(yscale="log", ylabel="test loss / restricted wave loss")
        _sparsity(sparsity, numbers)
        over_steps(drawn, panels, numbers, style, last_row=2)
        drawn.suptitle(title, fontsize=10)
    return drawn


def _restricted(axes: Axes, numbers: xr.Dataset) -> None:
    step, test = numbers["step"], numbers["loss"].sel(split="test")
    axes.plot(step, test, color=SPLIT_COLOURS["test"])
    for width, (_, colour) in _WIDTHS.items():
        for place, dash in _PLACES.items():
            line = numbers["restricted_wave_loss"].sel(place=place, width=width)
            axes.plot(step, line, color=colour, ls=dash)
    axes.set(yscale="log", ylabel="restricted wave loss, all pairs [nat]")
    entries = [
        handle(f"loss, {SPLIT_NAMES['test']}", color=SPLIT_COLOURS["test"]),
        *(handle(about, color=colour) for about, colour in _WIDTHS.values()),
        *(handle(f"kept in the {place}", color=_GREY, ls=_PLACES[place]) for place in _PLACES),
    ]
    legend_above(axes, columns=2, handles=entries)


def _excluded(axes: Axes, numbers: xr.Dataset) -> None:
    step, train = numbers["step"], numbers["loss"].sel(split="train")
    axes.plot(step, train, color=SPLIT_COLOURS["train"], label=f"loss, {SPLIT_NAMES['train']}")
    for exclusion, (about, colour, dash) in _EXCLUSIONS.items():
        line = numbers["excluded_wave_loss"].sel(exclusion=exclusion)
        axes.plot(step, line, color=colour, ls=dash, label=about)
    largest = numbers["excluded_wave_loss_largest"]
    axes.plot(step, largest, color="#888888", label="one frequency removed, largest")
    axes.set(yscale="log", ylabel="excluded wave loss, training pairs [nat]")
    legend_above(axes, columns=2)


def _sparsity(axes: Axes, numbers: xr.Dataset) -> None:
    names = matrix_names(numbers["matrix"].values)
    for matrix in map(str, numbers["matrix"].values):
        for spectrum, dash in _SPECTRA.items():
            line = numbers["spectrum_gini"].sel(matrix=matrix, spectrum=spectrum)
            axes.plot(numbers["step"], line, color=MATRIX_LOOKS[matrix][0], ls=dash)
    axes.set(ylabel="Gini coefficient", ylim=(0, 1))
    matrices = [
        handle(names[matrix], color=MATRIX_LOOKS[matrix][0])
        for matrix in map(str, numbers["matrix"].values)
    ]
    gap = [handle("", ls="")] * (len(_SPECTRA) - len(matrices))
    spectra = [handle(about, color=_GREY, ls=dash) for about, dash in _SPECTRA.items()]
    legend_above(axes, columns=2, handles=[*matrices, *gap, *spectra])
