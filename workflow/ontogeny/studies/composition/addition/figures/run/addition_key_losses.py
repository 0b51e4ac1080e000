"""Excluded wave loss and logits of a modular-addition run, by frequency.

Excluded wave loss and accuracy: values on training pairs when the waves of a + b of one frequency
are removed from the logits, and those of the whole network (black). Below: amplitude of cos(w (a +
b - c)) of each frequency in the logits, w = 2 pi k / p, and cosine of the angle between the two
(arXiv 2301.05217, figures 14 and 15). Key frequencies are coloured, all others grey; their
accuracies are not shown.
"""

import xarray as xr
from matplotlib.figure import Figure

from ontogeny.plotting import figure, handle, settings
from ontogeny.studies.composition.addition.panels import REST, frequency_legend, key_looks
from ontogeny.studies.composition.config import Style
from ontogeny.studies.composition.step_panels import over_steps

__all__ = ["draw", "numbers"]

NEEDS = ("split",)

_WHOLE = "#222222"
_SHOWN = {
    "excluded_wave_loss_by_frequency": "excluded wave loss, one k [nat]",
    "excluded_wave_accuracy_by_frequency": "excluded wave accuracy, one k",
    "cube_amplitude": "amplitude of cos(w (a + b − c))",
    "cube_cosine": "cosine, logits and cos(w (a + b − c))",
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
        drawn = figure(width=1.45 * style.width, height=0.9 * style.width)
        panels = [*drawn.subplots(2, 2, sharex=True).ravel()]
        for axes, (name, about) in zip(panels, _SHOWN.items(), strict=True):
            rest = numbers[name].sel(frequency=~numbers["key_frequency"].values)
            if rest.size and name != "excluded_wave_accuracy_by_frequency":
                axes.plot(step, rest.transpose("step", ...), color=REST, lw=0.6)
            for frequency, look in looks.items():
                line = numbers[name].sel(frequency=frequency)
                axes.plot(step, line, color=look.colour, ls=look.dash)
            axes.set_ylabel(about)
        losses, accuracies = panels[:2]
        losses.plot(step, numbers["train_loss"], color=_WHOLE, lw=2.2, zorder=1.5)
        losses.set_yscale("log")
        accuracies.plot(step, numbers["train_accuracy"], color=_WHOLE, lw=2.2, zorder=1.5)
        accuracies.set_ylim(-0.03, 1.03)
        others = [
            handle("other k", color=REST, lw=0.6),
            handle("whole network,\ntraining pairs", color=_WHOLE, lw=2.2),
        ]
        frequency_legend(drawn, looks, others)
        over_steps(drawn, panels, numbers, style, last_row=2)
        drawn.suptitle(title, fontsize=10)
    return drawn
