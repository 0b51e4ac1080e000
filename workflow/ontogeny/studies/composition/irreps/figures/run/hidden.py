"""Parts of the hidden layer of a run over training.

How much of the variance of the hidden layer the key irreps explain along training, by functions
of the left factor ρ(a), of the right factor ρ(b), and of the product ρ(ab): together, and irrep
by irrep. Only ρ(ab) can carry the answer.
"""

import xarray as xr
from matplotlib.figure import Figure

from ontogeny.plotting import figure, settings
from ontogeny.studies.composition.config import Style
from ontogeny.studies.composition.irreps.panels import PARTS, irrep_label, looks_of
from ontogeny.studies.composition.step_panels import over_steps

__all__ = ["draw", "numbers"]

NEEDS = ("steps",)


def numbers(evaluation: xr.Dataset) -> xr.Dataset:
    """Select the shares of the hidden layer in the key irreps."""
    names = ["key_hidden_fve", "key_hidden_part_fve", "hidden_fve", "key"]
    return evaluation[[*names, *(["phase_boundary"] if "phase_boundary" in evaluation else [])]]


def draw(numbers: xr.Dataset, style: Style, title: str) -> Figure:
    """Draw the sum over key irreps of each part, then each part by irrep."""
    looks = looks_of(numbers)
    key = [str(name) for name in numbers["irrep"].values[numbers["key"].values]]
    with settings():
        drawn = figure(width=1.25 * style.width, height=0.85 * style.width)
        panels = drawn.subplots(2, 2, sharex=True)
        whole = panels[0, 0]
        whole.plot(numbers["step"], numbers["key_hidden_fve"], color="#222222", ls=":",
                   label="all three")  # fmt: skip
        for part, about in PARTS.items():
            whole.plot(numbers["step"], numbers["key_hidden_part_fve"].sel(part=part),
                       color=about.colour, ls=about.dash, label=about.label)  # fmt: skip
        whole.set(ylabel="share of the hidden layer\nin all key irreps", ylim=(0, 1))
        whole.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=4, borderaxespad=0.1)
        for axes, (part, about) in zip(panels.ravel()[1:], PARTS.items(), strict=True):
            for name in key:
                values = numbers["hidden_fve"].sel(part=part, irrep=name)
                look = looks[name]
                axes.plot(numbers["step"], values, color=look.colour, ls=look.dash,
                          label=irrep_label(name))  # fmt: skip
            axes.set(ylabel=f"share of the hidden layer\nin {about.label}", ylim=(0, None))
        drawn.legend(
            *panels[1, 1].get_legend_handles_labels(), loc="outside right upper", title="irrep"
        )
        over_steps(drawn, [*panels.ravel()], numbers, style, last_row=2)
        drawn.suptitle(title, fontsize=10)
    return drawn
