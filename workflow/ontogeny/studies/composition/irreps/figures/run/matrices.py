"""Share of each matrix that each irrep explains.

Share of each matrix at the final checkpoint, and of the variance of its hidden layer, that the
matrix entries of each irrep explain. Each row adds up to 1; in the rows of the hidden layer,
functions of other arguments than that of the row are not explained. The black marks show the share
that all key irreps together would explain of random numbers.
"""

from collections.abc import Mapping

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ontogeny.plotting import Look, figure, settings
from ontogeny.studies.composition.config import Style
from ontogeny.studies.composition.irreps.panels import irrep_label, looks_of

__all__ = ["draw", "numbers"]

_PLACES = {
    "left embedding": ("embedding", {"side": "left"}),
    "right embedding": ("embedding", {"side": "right"}),
    "unembedding": ("unembedding", {}),
    "hidden layer in ρ(a)": ("hidden", {"part": "left"}),
    "hidden layer in ρ(b)": ("hidden", {"part": "right"}),
    "hidden layer in ρ(ab)": ("hidden", {"part": "product"}),
}

_CHANCES = {
    "embedding": "key_embedding_chance",
    "unembedding": "key_unembedding_chance",
    "hidden": "key_hidden_part_chance",
}


def numbers(analysis: xr.Dataset) -> xr.Dataset:
    """Select the shares of irreps, and the chance level of the key ones together."""
    shares = [f"{kind}_{what}" for kind in _CHANCES for what in ("fve", "fve_total")]
    return analysis[[*shares, *_CHANCES.values(), "key"]]


def draw(numbers: xr.Dataset, style: Style, title: str) -> Figure:
    """Draw stacked bars, one a place: key irreps, then the trivial one, then the rest."""
    looks = looks_of(numbers)
    with settings():
        drawn = figure(width=1.15 * style.width, height=0.6 * style.width)
        axes = drawn.subplots()
        for row, (_place, (kind, where)) in enumerate(_PLACES.items()):
            _row(axes, row, numbers.sel(where), kind, looks)
        axes.set_yticks(np.arange(len(_PLACES)), list(_PLACES))
        axes.invert_yaxis()
        axes.set(xlabel="share that an irrep explains", xlim=(0, 1.0))
        axes.grid(visible=False, axis="y")
        drawn.legend(loc="outside right upper")
        drawn.suptitle(title, fontsize=10)
    return drawn


def _row(axes: Axes, row: int, numbers: xr.Dataset, kind: str, looks: Mapping[str, Look]) -> None:
    """Draw the shares of one place, the key irreps in turn before all irreps and the whole."""
    irreps = [str(name) for name in numbers["irrep"].values]
    key = [name for name in irreps if bool(numbers["key"].sel(irrep=name))]
    start = 0.0
    for name in [*key, irreps[0]]:
        width, look = float(numbers[f"{kind}_fve"].sel(irrep=name)), looks[name]
        axes.barh(row, width, left=start, height=0.7, color=look.colour, hatch=look.hatch,
                  edgecolor="white", lw=0.4, zorder=3,
                  label=None if row else irrep_label(name))  # fmt: skip
        start += width
    axes.barh(row, float(numbers[f"{kind}_fve_total"]), height=0.7, color="#e5e5e5",
              edgecolor="#999999", lw=0.4, zorder=2,
              label=None if row else "other irreps")  # fmt: skip
    axes.barh(row, 1.0, height=0.7, color="white", edgecolor="#bbbbbb", hatch="....", lw=0.4,
              label=None if row else "not explained")  # fmt: skip
    level = float(numbers[_CHANCES[kind]])
    axes.plot([level, level], [row - 0.42, row + 0.42], color="black", lw=1.5, zorder=4,
              label=None if row else "key irreps in\nrandom numbers")  # fmt: skip
