"""Share of each matrix that each irrep explains.

Share of each matrix at the final checkpoint, and of the variance of its hidden layer, that the
matrix entries of each irrep explain. Each row adds up to 1; in the rows of the hidden layer,
functions of other arguments than that of the row are not explained. The black marks show the share
that all key irreps together would explain of random numbers.
"""

import numpy as np
import xarray as xr
from matplotlib.figure import Figure

from ontogeny.plotting import figure, settings
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


def numbers(analysis: xr.Dataset) -> xr.Dataset:
    """Select the shares of the key irreps and their chance levels."""
    names = [f"{kind}_{what}" for kind, _ in _PLACES.values() for what in ("fve", "chance")]
    return analysis[[*dict.fromkeys(names), "key"]]


def draw(numbers: xr.Dataset, style: Style, title: str) -> Figure:
    """Draw stacked bars, one a place: key irreps, then the trivial one, then the rest."""
    irreps = [str(name) for name in numbers["irrep"].values]
    looks = looks_of(numbers)
    key = [name for name in irreps if bool(numbers["key"].sel(irrep=name))]
    others = [name for name in irreps[1:] if name not in key]
    with settings():
        drawn = figure(width=1.15 * style.width, height=0.6 * style.width)
        axes = drawn.subplots()
        for row, (_place, (kind, where)) in enumerate(_PLACES.items()):
            shares = numbers[f"{kind}_fve"].sel(where)
            chance = numbers[f"{kind}_chance"].sel(where)
            start = 0.0
            for name in [*key, irreps[0]]:
                width = float(shares.sel(irrep=name))
                axes.barh(
                    row,
                    width,
                    left=start,
                    height=0.7,
                    color=looks[name].colour,
                    hatch=looks[name].hatch,
                    edgecolor="white",
                    lw=0.4,
                    label=irrep_label(name) if row == 0 else None,
                )
                start += width
            rest = float(shares.sel(irrep=others).sum())
            axes.barh(
                row, rest, left=start, height=0.7, color="#e5e5e5", edgecolor="#999999", lw=0.4,
                label="other irreps" if row == 0 else None,
            )  # fmt: skip
            start += rest
            axes.barh(
                row, max(1 - start, 0.0), left=start, height=0.7, color="white",
                edgecolor="#bbbbbb", hatch="....", lw=0.4,
                label="not explained" if row == 0 else None,
            )  # fmt: skip
            level = float(chance.sel(irrep=key).sum())
            axes.plot(
                [level, level], [row - 0.42, row + 0.42], color="black", lw=1.5, zorder=4,
                label="key irreps in\nrandom numbers" if row == 0 else None,
            )  # fmt: skip
        axes.set_yticks(np.arange(len(_PLACES)), list(_PLACES))
        axes.invert_yaxis()
        axes.set(xlabel="share that an irrep explains", xlim=(0, 1.0))
        axes.grid(visible=False, axis="y")
        drawn.legend(loc="outside right upper")
        drawn.suptitle(title, fontsize=10)
    return drawn
