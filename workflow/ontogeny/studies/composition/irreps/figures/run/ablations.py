"""Losses without parts of the network.

Loss on all pairs after part of the hidden layer is removed at the final checkpoint: the projection
on ρ(a), on ρ(b) or on ρ(ab) of the irrep that names the row, in bold where it is key. The squares
are losses when only one part is kept: of the unembedding the key irreps or all others, or of the
hidden layer ρ(ab) of the key irreps, rebuilt with all entries equally strong. The network needs the
parts whose removal raises the loss. If many irreps are not key, only some of these are shown.
"""

import numpy as np
import xarray as xr
from matplotlib.figure import Figure

from ontogeny.plotting import figure, settings
from ontogeny.studies.composition.config import Style
from ontogeny.studies.composition.irreps.panels import PARTS, irrep_label

__all__ = ["draw", "numbers"]

_MOST = 12
_WHOLE = {
    "unembedding_key_loss": "unembedding: key irreps alone",
    "unembedding_rest_loss": "unembedding: other irreps alone",
    "constructed_loss": "hidden layer: ρ(ab) of key irreps,\nall entries equally strong",
}


def numbers(analysis: xr.Dataset) -> xr.Dataset:
    """Select the losses on all pairs."""
    chosen = analysis[["ablated_loss", "hidden_loss", *_WHOLE, "key"]]
    return chosen.sel(split="all", drop=True)


def draw(numbers: xr.Dataset, style: Style, title: str) -> Figure:
    """Draw one row for each irrep and each whole part; the loss of the whole as a line."""
    key = numbers["key"].values
    irreps = [str(name) for name in numbers["irrep"].values]
    order = [*np.flatnonzero(key), *np.flatnonzero(~key)]
    shown = order[: max(_MOST, int(key.sum()) + 2)]
    rows = [irreps[r] for r in shown]
    rows = ["trivial (mean)" if name == irreps[0] else irrep_label(name) for name in rows]
    places = np.arange(len(rows) + len(_WHOLE))
    base = float(numbers["hidden_loss"])
    with settings():
        drawn = figure(width=style.width, height=1.2 + 0.2 * len(places))
        axes = drawn.subplots()
        axes.axvline(base, color="#009E73", lw=1.0, label="nothing removed")
        for part, look in PARTS.items():
            losses = numbers["ablated_loss"].sel(part=part).values[shown]
            axes.plot(losses, places[: len(rows)], look.marker, color=look.colour, ms=5, mfc="none",
                      label=f"without {look.label}")  # fmt: skip
        for place, name in zip(places[len(rows) :], _WHOLE, strict=True):
            axes.plot(float(numbers[name]), place, "s", color="#444444", ms=5,
                      label="only this part kept" if place == places[-1] else None)  # fmt: skip
        bold = int(key[shown].sum())
        axes.set_yticks(places, rows + list(_WHOLE.values()))
        for tick in axes.get_yticklabels()[:bold]:
            tick.set_fontweight("bold")
        axes.invert_yaxis()
        axes.set(xscale="log", xlabel="loss on all pairs [nat]")
        drawn.legend(loc="outside right upper")
        drawn.suptitle(title, fontsize=10)
    return drawn
