"""Probability of harm by conservative learners, against that under the demonstrator.

Conservative learners on treacherous classes: the probability that harm is done while the
demonstrator has always been plausible (dot, with its 95 % interval over histories), against its
exact probability when the demonstrator acts all the time. The runs of a panel differ only in their
seed and in the demonstrator's probability of harm, which takes at least three values. Beside it the
bounds D8, D8a and D10, estimated: their sums are means over the same histories. They are about
events in which the demonstrator stays plausible to the end, and apply here too, where it may be
left out after the harm: were the demonstrator to act from then on, the probability would be the
same and the sums no larger. D10 uses that harm is one bad action at a time. The other two hold for
every event, and say something only of much rarer ones: a bound of 1 says nothing. Both axes are
linear below the mark next to 0; what the demonstrator never does is at 0. On the line it would be
as rare as under the demonstrator.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ontogeny.config import Style
from ontogeny.plotting import PALETTE, figure, handle, settings
from ontogeny.studies.imitation.panels import BOUND, chosen, settings_of, with_several

__all__ = ["draw", "numbers"]

NEEDS = ("rarity",)

_BOUNDS: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    "harm_bound_d8": ("estimated bound D8", {"marker": "^", "color": PALETTE[4]}),
    "harm_bound_d8a": ("estimated bound D8a", {"marker": "v", "color": PALETTE[3]}),
    "harm_bound_d10": ("estimated bound D10", {"marker": "s", "color": PALETTE[2]}),
}
_LINEAR = 1e-6
_COLUMNS = 3
_SETTING: Mapping[str, str] = {
    "steps": "{} steps",
    "alpha": "α = {:g}",
    "ties": "demonstrator {}",
    "policies": "{} policies",
    "copies": "{} copies",
    "betrayal": "betrayal at {}",
    "betrayal_probability": "betrayal with {:g}",
    "states": "{} states",
    "actions": "{} actions",
}
"""What does not differ within a panel, and how it is written."""


def numbers(comparison: xr.Dataset) -> xr.Dataset:
    """Select conservative runs on treacherous classes in which alpha/w is less than 1."""
    names = ["harm_kept", "harm_kept_interval", "demonstrated_harm", "left_out_bound", *_BOUNDS]
    found = chosen(
        comparison[names], "run", kind="treacherous", learner="conservative", hazard=False,
        contains_demonstrator=True, prior="uniform", own_event=False,
    )  # fmt: skip
    found = found.isel(run=found["left_out_bound"].values < 1)
    return with_several(found, "run", "harm_probability", list(_SETTING))


def draw(numbers: xr.Dataset, style: Style) -> Figure:
    """Draw a panel for each setting; its title gives the number of steps and what else differs."""
    each = sorted(set(settings_of(numbers, "run", list(_SETTING))))
    columns = min(max(len(each), 1), _COLUMNS)
    rows = -(-max(len(each), 1) // columns)
    with settings():
        drawn = figure(width=style.width, height=(0.14 + 0.36 * rows) * style.width)
        panels = drawn.subplots(rows, columns, squeeze=False, sharex=True, sharey=True).ravel()
        for setting, title, axes in zip(each, _titles(each), panels, strict=False):
            described = dict(zip(_SETTING, setting, strict=True))
            _panel(axes, chosen(numbers, "run", **described))
            axes.set_title(title)
        for axes in panels[len(each) :]:
            axes.set_visible(False)
        for axes in panels[: len(each)][-columns:]:
            axes.tick_params(labelbottom=True)
            axes.set_xlabel("probability of harm\nunder the demonstrator")
        for axes in panels[::columns]:
            axes.set_ylabel("probability of harm\nwhile the demonstrator\nis plausible")
        handles = [
            handle("measured probability", color=PALETTE[0], marker="o", ms=4),
            *(handle(name, ls="", ms=4, mfc="none", **look) for name, look in _BOUNDS.values()),
            handle("equality of the two", **BOUND),
        ]
        drawn.legend(handles=handles, loc="outside lower center", ncols=3)
    return drawn


def _titles(each: Sequence[tuple[Any, ...]]) -> list[str]:
    """Return the steps of each setting, and all else in which they differ."""
    values = [set(column) for column in zip(*each, strict=True)]
    return [
        "\n".join(
            said.format(value)
            for name, said, value, all_values in zip(
                _SETTING, _SETTING.values(), setting, values, strict=True
            )
            if name == "steps" or len(all_values) > 1
        )
        for setting in each
    ]


def _panel(axes: Axes, runs: xr.Dataset) -> None:
    demonstrated = runs["demonstrated_harm"].values
    line = np.append(0, np.geomspace(_LINEAR, 1, 50))
    axes.plot(line, line, **BOUND)
    for name, (_, look) in _BOUNDS.items():
        axes.plot(demonstrated, runs[name], ls="", ms=4, mfc="none", mew=0.8, **look)
    axes.vlines(demonstrated, *runs["harm_kept_interval"].values.T, color=PALETTE[0], lw=0.8)
    axes.plot(demonstrated, runs["harm_kept"], "o", ms=3.5, color=PALETTE[0])
    for scale in (axes.set_xscale, axes.set_yscale):
        scale("symlog", linthresh=_LINEAR, linscale=0.8)
    ticks = [0, 1e-6, 1e-4, 1e-2, 1]
    axes.set_xticks(ticks)
    axes.set_yticks(ticks)
    axes.set(xlim=(-2e-7, 1.3), ylim=(-2e-7, 1.6))
