"""Excluded wave loss and logits of a modular-addition run, by frequency.

Excluded wave loss and accuracy on training pairs without one frequency, beside those of the whole
network (black), and how the logits are made of cos(w (a + b - c)) of each frequency (arXiv
2301.05217, figures 14 and 15). Key frequencies are coloured, all others grey.
"""

import xarray as xr
from matplotlib.figure import Figure

from ontogeny.plotting import figure, settings
from ontogeny.studies.composition.addition.panels import REST, key_looks, legend_above
from ontogeny.studies.composition.config import Style
from ontogeny.studies.composition.step_panels import over_steps

__all__ = ["draw", "numbers"]

NEEDS = ("split",)

_WHOLE = "#222222"
_SHOWN = {
    "excluded_wave_loss_by_frequency": "excluded wave loss [nat]",
    "excluded_wave_accuracy_by_frequency": "excluded wave accuracy",
    "cube_amplitude": "amplitude of cos(w (a + b − c))",
    "cube_cosine": "cosine of the logits with it",
}


def numbers(addition_evaluation: xr.Dataset) -> xr.Dataset:
    """Select what single frequencies do along training; accuracies of key frequencies only."""
    return addition_evaluation[[*_SHOWN, "key_frequency", "phase_boundary"]].assign(
        train_loss=addition_evaluation["loss"].sel(split="train", drop=True),
        train_accuracy=addition_evaluation["accuracy"].sel(split="train", drop=True),
    )


def draw(numbers: xr.Dataset, style: Style, title: str) -> Figure:
    """Draw one line for each frequency; those that are not key are grey."""
    step, looks = numbers["step"], key_looks(numbers)
    with settings():
        drawn = figure(width=1.3 * style.width, height=0.9 * style.width)
        panels = [*drawn.subplots(2, 2, sharex=True).ravel()]
        for axes, (name, about) in zip(panels, _SHOWN.items(), strict=True):
            rest = numbers[name].sel(frequency=~numbers["key_frequency"].values)
            if rest.size and name != "excluded_wave_accuracy_by_frequency":
                axes.plot(step, rest.transpose("step", ...), color=REST, lw=0.6)
            for frequency, look in looks.items():
                line = numbers[name].sel(frequency=frequency)
                axes.plot(step, line, color=look.colour, ls=look.dash, label=f"k = {frequency}")
            axes.set_ylabel(about)
        losses, accuracies = panels[:2]
        losses.plot(step, numbers["train_loss"], color=_WHOLE, lw=2.2, zorder=1.5)
        losses.set_yscale("log")
        accuracies.plot(step, numbers["train_accuracy"], color=_WHOLE, lw=2.2,
                        zorder=1.5, label="train, whole")  # fmt: skip
        accuracies.set_ylim(-0.03, 1.03)
        legend_above(accuracies, columns=5)
        over_steps(drawn, panels, numbers, style, last_row=2)
        drawn.suptitle(title, fontsize=10)
    return drawn
