"""Excluded and restricted loss of the hidden layer of a run, irrep by irrep.

Training and test loss with the excluded loss (training pairs, without the key irreps' part of the
hidden layer) and the restricted loss (all pairs, with that part alone); the ratio of test to
restricted loss; and both losses irrep by irrep. Irreps that are key at the final checkpoint are
coloured.
"""

import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ontogeny.plotting import (
    SPLIT_COLOURS,
    Look,
    figure,
    irrep_looks,
    settings,
)
from ontogeny.studies.composition.config import Style
from ontogeny.studies.composition.step_panels import over_steps

__all__ = ["draw", "numbers"]

NEEDS = ("split", "steps")


def numbers(evaluation: xr.Dataset) -> xr.Dataset:
    """Select the losses that the four panels show."""
    return evaluation[
        [
            "loss",
            "excluded_hidden_loss",
            "restricted_hidden_loss",
            "excluded_hidden_loss_by_irrep",
            "restricted_hidden_loss_by_irrep",
            "test_over_restricted_hidden_loss",
            "key",
            "phase_boundary",
        ]
    ]


def draw(numbers: xr.Dataset, style: Style, title: str) -> Figure:
    """Draw the losses in total, their ratio, and the losses of each irrep."""
    step, loss = numbers["step"], numbers["loss"]
    with settings():
        drawn = figure(width=1.25 * style.width, height=0.85 * style.width)
        panels = drawn.subplots(2, 2, sharex=True)
        total, ratio, excluded, restricted = panels.ravel()
        for split in ("train", "test"):
            total.plot(step, loss.sel(split=split), color=SPLIT_COLOURS[split], label=split)
        for kind, colour in (("excluded", "#009E73"), ("restricted", "#CC79A7")):
            values = numbers[f"{kind}_hidden_loss"]
            total.plot(step, values, color=colour, label=f"{kind}, hidden layer")
        total.set(yscale="log", ylabel="loss [nat]")
        total.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=2, borderaxespad=0.1)
        ratio.plot(step, numbers["test_over_restricted_hidden_loss"], color="#444444")
        ratio.set(yscale="log", ylabel="test loss / restricted\nloss, hidden layer")
        _by_irrep(excluded, numbers, "excluded_hidden_loss_by_irrep")
        excluded.set(yscale="log", ylabel="excluded loss,\nhidden layer [nat]")
        _by_irrep(restricted, numbers, "restricted_hidden_loss_by_irrep")
        restricted.set(yscale="log", ylabel="restricted loss,\nhidden layer [nat]")
        drawn.legend(
            *excluded.get_legend_handles_labels(), loc="outside right upper", title="irrep"
        )
        over_steps(drawn, [*panels.ravel()], numbers, style, last_row=2)
        drawn.suptitle(title, fontsize=10)
    return drawn


def _by_irrep(axes: Axes, numbers: xr.Dataset, name: str) -> None:
    """Draw the curve of each irrep, those that are not key in grey behind the others."""
    irreps = [str(irrep) for irrep in numbers["irrep"].values]
    looks = irrep_looks(irreps)
    key = {irrep: bool(numbers["key"].sel(irrep=irrep)) for irrep in irreps}
    for irrep in irreps:
        look = looks[irrep] if key[irrep] else Look("#bbbbbb", "-", "")
        axes.plot(
            numbers["step"],
            numbers[name].sel(irrep=irrep),
            color=look.colour,
            ls=look.dash,
            lw=1.4 if key[irrep] else 0.6,
            zorder=3 if key[irrep] else 2,
            label=irrep if key[irrep] else None,
        )
    axes.plot([], [], color="#bbbbbb", lw=0.6, label="not key")
