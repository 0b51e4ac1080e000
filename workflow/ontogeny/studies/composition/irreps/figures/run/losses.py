"""Contribution of each irrep to the loss.

Excluded and restricted loss of the hidden layer. The excluded loss is that on training pairs when
the key irreps' part of the hidden layer is removed; the restricted loss that on all pairs when only
this part is kept. Above, both with training and test loss, and the ratio of test to restricted
loss; below, both for each single irrep, coloured if it is key at the final checkpoint. Where the
excluded loss of an irrep stays high the network needs that irrep; where its restricted loss falls
the irrep suffices for some of the answers.
"""

import xarray as xr
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, NullFormatter

from ontogeny.plotting import SPLIT_COLOURS, figure, settings
from ontogeny.studies.composition.config import Style
from ontogeny.studies.composition.irreps.panels import EXCLUDED, RESTRICTED, irrep_lines
from ontogeny.studies.composition.looks import SPLIT_NAMES
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
            colour, label = SPLIT_COLOURS[split], SPLIT_NAMES[split]
            total.plot(step, loss.sel(split=split), color=colour, label=label)
        for kind, (colour, dash) in (("excluded", EXCLUDED), ("restricted", RESTRICTED)):
            values = numbers[f"{kind}_hidden_loss"]
            total.plot(step, values, color=colour, ls=dash, label=f"{kind}, hidden layer")
        total.set(yscale="log", ylabel="loss [nat]")
        total.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=2, borderaxespad=0.1)
        ratio.plot(step, numbers["test_over_restricted_hidden_loss"], color="#444444")
        ratio.set(yscale="log", ylabel="test loss / restricted loss\n(hidden layer)")
        irrep_lines(excluded, numbers["excluded_hidden_loss_by_irrep"], numbers["key"])
        excluded.set(yscale="log", ylabel="excluded loss of one irrep\n(hidden layer) [nat]")
        irrep_lines(restricted, numbers["restricted_hidden_loss_by_irrep"], numbers["key"])
        restricted.set(yscale="log", ylabel="restricted loss of one irrep\n(hidden layer) [nat]")
        restricted.yaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
        restricted.yaxis.set_major_formatter("{x:g}")
        restricted.yaxis.set_minor_formatter(NullFormatter())
        drawn.legend(
            *excluded.get_legend_handles_labels(), loc="outside right upper", title="irrep"
        )
        over_steps(drawn, [*panels.ravel()], numbers, style, last_row=2)
        drawn.suptitle(title, fontsize=10)
    return drawn
