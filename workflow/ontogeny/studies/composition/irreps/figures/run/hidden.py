"""Parts of the hidden layer of a run over training.

How much of the variance of the hidden layer the key irreps explain along training, by functions
of the left factor ρ(a), of the right factor ρ(b), and of the product ρ(ab): together, and irrep
by irrep. Only ρ(ab) can carry the answer.
"""

import xarray as xr
from matplotlib.figure import Figure

from ontogeny.plotting import figure, irrep_looks, settings
from ontogeny.studies.composition.config import Style
from ontogeny.studies.composition.step_panels import over_steps

__all__ = ["draw", "numbers"]

NEEDS = ("steps",)

_PARTS = {
    "left": ("ρ(a)", "#56B4E9"),
    "right": ("ρ(b)", "#0072B2"),
    "product": ("ρ(ab)", "#D55E00"),
}


def numbers(evaluation: xr.Dataset) -> xr.Dataset:
    """Select the shares of the hidden layer in the key irreps."""
    names = ("hidden_fve", "hidden_chance", "key", "phase_boundary")
    chosen = evaluation[[name for name in names if name in evaluation]]
    return chosen.assign(key_hidden_fve=chosen["hidden_fve"].where(chosen["key"], 0.0).sum("irrep"))


def draw(numbers: xr.Dataset, style: Style, title: str) -> Figure:
    """Draw the sum over key irreps of each part, then each part by irrep."""
    irreps = [str(name) for name in numbers["irrep"].values]
    looks = irrep_looks(irreps)
    key = [name for name in irreps if bool(numbers["key"].sel(irrep=name))]
    total = numbers["key_hidden_fve"]
    with settings():
        drawn = figure(width=1.25 * style.width, height=0.85 * style.width)
        panels = drawn.subplots(2, 2, sharex=True)
        whole = panels[0, 0]
        whole.plot(numbers["step"], total.sum("part"), color="#444444", label="all three")
        for part, (label, colour) in _PARTS.items():
            whole.plot(numbers["step"], total.sel(part=part), color=colour, label=label)
        whole.set(ylabel="hidden layer in the key irreps", ylim=(0, 1))
        whole.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=4, borderaxespad=0.1)
        for axes, (part, (label, _)) in zip(panels.ravel()[1:], _PARTS.items(), strict=True):
            for name in key:
                values = numbers["hidden_fve"].sel(part=part, irrep=name)
                look = looks[name]
                axes.plot(numbers["step"], values, color=look.colour, ls=look.dash, label=name)
            axes.set(ylabel=f"hidden layer in {label}", ylim=(0, None))
        drawn.legend(
            *panels[1, 1].get_legend_handles_labels(), loc="outside right upper", title="irrep"
        )
        over_steps(drawn, [*panels.ravel()], numbers, style, last_row=2)
        drawn.suptitle(title, fontsize=10)
    return drawn
