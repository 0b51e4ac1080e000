"""Losses of a run without parts of the network.

Loss on all pairs after part of the hidden layer is removed: the projection on ρ(a), on ρ(b) or on
ρ(ab) of one irrep; after only the key irreps' part of the unembedding is kept, or only its
complement; and with a hidden layer rebuilt from ρ(ab) of the key irreps alone. Key irreps are in
bold.
"""

import numpy as np
import xarray as xr
from matplotlib.figure import Figure

from ontogeny.plotting import figure, settings
from ontogeny.studies.composition.config import Style

__all__ = ["draw", "numbers"]

_PARTS = {
    "left": ("without ρ(a)", "#56B4E9", "<"),
    "right": ("without ρ(b)", "#0072B2", ">"),
    "product": ("without ρ(ab)", "#D55E00", "o"),
}
_WHOLE = {
    "unembedding_key_loss": "unembedding: key irreps",
    "unembedding_rest_loss": "unembedding: the rest",
    "constructed_loss": "hidden layer: key ρ(ab), even",
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
    shown = order if len(order) <= 24 else order[: max(24, int(key.sum()))]
    rows = [irreps[r] for r in shown]
    rows = ["the mean" if name == irreps[0] else name for name in rows]
    places = np.arange(len(rows) + len(_WHOLE))
    base = float(numbers["hidden_loss"])
    with settings():
        drawn = figure(width=style.width, height=1.2 + 0.2 * len(places))
        axes = drawn.subplots()
        axes.axvline(base, color="#444444", lw=1.0, label="hidden layer whole")
        for part, (label, colour, marker) in _PARTS.items():
            losses = numbers["ablated_loss"].sel(part=part).values[shown]
            axes.plot(
                losses, places[: len(rows)], marker, color=colour, label=label, ms=5, mfc="none"
            )
        for place, name in zip(places[len(rows) :], _WHOLE, strict=True):
            axes.plot(float(numbers[name]), place, "s", color="#444444", ms=5)
        bold = int(key[shown].sum())
        axes.set_yticks(places, rows + list(_WHOLE.values()))
        for tick in axes.get_yticklabels()[:bold]:
            tick.set_fontweight("bold")
        axes.invert_yaxis()
        axes.set(xscale="log", xlabel="loss on all pairs [nat]")
        drawn.legend(loc="outside right upper")
        drawn.suptitle(title, fontsize=10)
    return drawn
