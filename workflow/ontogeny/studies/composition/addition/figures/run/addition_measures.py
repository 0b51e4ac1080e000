"""Every form of restricted and excluded wave loss of a modular-addition run.

Every form of the two losses. Restricted wave loss on all pairs: only the waves of a + b of the key
frequencies, only products of waves of a and of b, or everything of the key frequencies k is kept,
in the logits or in what passes through the neurons. Excluded wave loss on training pairs: the waves
of a + b of all key frequencies are removed from the logits or from the neurons, or only the part
that points to the right answer is (cubes); or one frequency is removed at a time, which needs no
choice of key frequencies. Test over restricted wave loss rises while the circuit forms and falls in
cleanup. Gini coefficient of the Fourier norms wave by wave, frequency by frequency, and of their
squares.
"""

import xarray as xr
from matplotlib.figure import Figure

from ontogeny.plotting import SPLIT_COLOURS, figure, settings
from ontogeny.studies.composition.addition.panels import (
    MATRIX_LOOKS,
    legend_above,
    sides,
)
from ontogeny.studies.composition.config import Style
from ontogeny.studies.composition.step_panels import over_steps

__all__ = ["draw", "numbers"]

NEEDS = ("split",)

_WIDTHS = {
    "sum": ("waves of a + b", "#CC79A7"),
    "product": ("products", "#0072B2"),
    "block": ("all of k", "#E69F00"),
}
_PLACES = {"logits": "-", "neurons": "--"}
_EXCLUSIONS = {"logits": ("#009E73", "-"), "neurons": ("#CC79A7", "--"), "cubes": ("#E69F00", "-")}
_SPECTRA = {"waves": "-", "frequencies": "--", "energies": ":"}


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
    matrices = [
        f"{side}_embedding" for side in sides(addition_evaluation["embedding_norm"])["side"].values
    ]
    return chosen.sel(matrix=[*matrices, "unembedding"]).assign(
        loss=addition_evaluation["loss"],
        restricted_wave_loss=addition_evaluation["restricted_wave_loss"].sel(
            split="all", drop=True
        ),
        phase_boundary=addition_evaluation["phase_boundary"],
    )


def draw(numbers: xr.Dataset, style: Style, title: str) -> Figure:
    """Draw restricted and excluded wave loss, test over restricted, and Gini coefficients."""
    step, loss = numbers["step"], numbers["loss"]
    with settings():
        drawn = figure(width=1.3 * style.width, height=0.95 * style.width)
        panels = [*drawn.subplots(2, 2, sharex=True).ravel()]
        restricted, excluded, ratio, sparsity = panels
        restricted.plot(step, loss.sel(split="test"), color=SPLIT_COLOURS["test"], label="test")
        for width, (about, colour) in _WIDTHS.items():
            for place, dash in _PLACES.items():
                line = numbers["restricted_wave_loss"].sel(place=place, width=width)
                label = about if place == "logits" else None
                restricted.plot(step, line, color=colour, ls=dash, label=label)
        restricted.plot([], [], color="#444444", ls="--", label="through neurons")
        restricted.set(yscale="log", ylabel="restricted wave loss, all pairs [nat]")
        excluded.plot(step, loss.sel(split="train"), color=SPLIT_COLOURS["train"], label="train")
        for exclusion, (colour, dash) in _EXCLUSIONS.items():
            line = numbers["excluded_wave_loss"].sel(exclusion=exclusion)
            excluded.plot(step, line, color=colour, ls=dash, label=f"without {exclusion}")
        excluded.plot(step, numbers["excluded_wave_loss_largest"], color="#444444", ls="--",
                      label="one frequency, the largest")  # fmt: skip
        excluded.set(yscale="log", ylabel="excluded wave loss, training pairs [nat]")
        ratio.plot(step, numbers["test_over_restricted_wave_loss"], color="#6A3D9A")
        ratio.axhline(1.0, color="#444444", lw=0.8)
        ratio.set(yscale="log", ylabel="test loss / restricted wave loss")
        shared = len(numbers["matrix"]) < len(MATRIX_LOOKS)
        for matrix in numbers["matrix"].values:
            name = str(matrix).removeprefix("left_" if shared else "").replace("_", " ")
            for spectrum, dash in _SPECTRA.items():
                line = numbers["spectrum_gini"].sel(matrix=matrix, spectrum=spectrum)
                label = name if spectrum == "waves" else None
                sparsity.plot(step, line, color=MATRIX_LOOKS[matrix][0], ls=dash, label=label)
        for spectrum in ("frequencies", "energies"):
            sparsity.plot([], [], color="#444444", ls=_SPECTRA[spectrum], label=spectrum)
        sparsity.set(ylabel="Gini coefficient", ylim=(0, 1))
        for axes in (restricted, excluded, sparsity):
            legend_above(axes, columns=3)
        over_steps(drawn, panels, numbers, style, last_row=2)
        drawn.suptitle(title, fontsize=10)
    return drawn
