"""Distribution of the scores of all sequences, as probable as a policy makes them.

Each line is the distribution at one checkpoint, in which a sequence weighs as much as its
probability under the policy: at the start; at the first checkpoint with a KL of .5 nat or more; at
the checkpoint with the greatest mean true score; and at the end. Left, by the true score; right, by
the score of the preference model that the policy is trained against, or, if that is the true score,
of another judge if there is one. Where the distribution moves up by the preference model and down
by the true score, the policy has found sequences that the preference model overrates.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ontogeny.config import Style
from ontogeny.plotting import PALETTE, figure, handle, legend_below, settings
from ontogeny.studies.rlhf.config import GOLD

__all__ = ["draw", "numbers"]

NEEDS = ("enumerated",)

_LOOKS: Mapping[str, tuple[str, dict[str, Any]]] = {
    "start": ("start", {"color": "#888888", "ls": "--"}),
    "early": ("early", {"color": PALETTE[5], "ls": "-"}),
    "peak": ("greatest true score", {"color": PALETTE[3], "ls": "-"}),
    "end": ("end", {"color": PALETTE[1], "ls": "-"}),
}
_BINS = 40


def numbers(evaluation: xr.Dataset) -> xr.Dataset:
    """Select probabilities and scores of all sequences, by the true score and one other."""
    shown = evaluation[["probability", "sequence_score"]].isel(judge=slice(2))
    kl = evaluation["kl"].sel(step=evaluation["shown_step"].values).values
    return shown.assign_coords(kl_of_shown=("shown", kl, evaluation["kl"].attrs))


def draw(numbers: xr.Dataset, style: Style, title: str) -> Figure:
    """Draw a panel for each score."""
    judges = numbers["judge"].values.tolist()
    with settings():
        drawn = figure(width=style.width, height=0.5 * style.width)
        panels = drawn.subplots(1, len(judges), squeeze=False)[0]
        for axes, judge in zip(panels, judges, strict=True):
            _panel(axes, numbers.sel(judge=judge))
            name = "true score" if judge == GOLD else f"score by preference model {judge}"
            axes.set_xlabel(f"{name} [nat]")
        panels[0].set_ylabel("density [1/nat]")
        drawn.suptitle(title, fontsize=9)
        handles = [
            handle(f"{name}: KL {float(numbers['kl_of_shown'].sel(shown=shown)):.2g} nat", **look)
            for shown, (name, look) in _LOOKS.items()
        ]
        legend_below(drawn, handles, columns=2)
    return drawn


def _panel(axes: Axes, one: xr.Dataset) -> None:
    score = one["sequence_score"].values
    bins = np.linspace(score.min(), score.max(), _BINS + 1).tolist()
    for shown, (_, look) in _LOOKS.items():
        weight = one["probability"].sel(shown=shown).values
        axes.hist(score, bins, weights=weight, density=True, histtype="step", lw=1.4, **look)
