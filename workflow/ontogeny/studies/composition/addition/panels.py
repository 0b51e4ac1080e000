"""What the figures of modular addition share."""

from collections.abc import Mapping, Sequence

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from numpy.typing import NDArray

from ontogeny.plotting import Look, handle, irrep_looks

__all__ = [
    "EXCLUDED",
    "PALE",
    "REST",
    "RESTRICTED",
    "around",
    "entry_lines",
    "frequency_bars",
    "frequency_legend",
    "frequency_looks",
    "frequency_marker",
    "key_looks",
    "key_ticks",
    "legend_above",
    "paper_losses",
    "shown_matrices",
    "sides",
    "staggered_ticks",
    "wave_bars",
    "wave_handles",
]

RESTRICTED, EXCLUDED = "#CC79A7", "#009E73"
REST = "#bbbbbb"
"""Of frequencies that are not key."""

PALE = 0.45
"""Opacity of what belongs to a sine, beside the same of a cosine."""

_MARKERS = "os^Dv*PXp"
_TICKS_APART = 15
"""Ticks closer than this part of an axis are staggered."""

_OUTSIDE = 14
"""Distance of a staggered label from its axis [point]."""


# What is selected


def paper_losses(measures: xr.Dataset) -> xr.Dataset:
    """Select restricted and excluded wave loss as arXiv 2301.05217 has them, with all other losses.

    Restricted: logits, waves of ``a + b``, on all pairs. Excluded: from the logits.
    """
    found = {name: measures[name] for name in ("loss", "accuracy")}
    for kind in ("loss", "accuracy"):
        restricted, excluded = (
            measures[f"restricted_wave_{kind}"],
            measures[f"excluded_wave_{kind}"],
        )
        found[f"restricted_wave_{kind}"] = restricted.sel(
            place="logits", width="sum", split="all", drop=True
        )
        found[f"excluded_wave_{kind}"] = excluded.sel(exclusion="logits", drop=True)
    return xr.Dataset(found)


def sides(embedding: xr.DataArray) -> xr.DataArray:
    """Select the sides of the embedding that differ: the left one alone where both share it."""
    left, right = (embedding.sel(side=side).values for side in ("left", "right"))
    return embedding.sel(side=["left"]) if np.array_equal(left, right) else embedding


def shown_matrices(found: xr.Dataset) -> list[str]:
    """Return the matrices that differ: embeddings, then the neuron-to-logit map."""
    which = sides(found["embedding_norm"])["side"].values
    return [*(f"{side}_embedding" for side in which), "unembedding"]


def around(k: int, p: int) -> NDArray[np.intp]:
    """Return the residues in the order in which ``k a`` goes round modulo ``p``, (p,).

    Examples
    --------
    >>> around(2, 5).tolist()
    [0, 3, 1, 4, 2]
    """
    return np.argsort(k * np.arange(p) % p, kind="stable")


# Looks


def frequency_looks(count: int) -> dict[int, Look]:
    """Return the look of each of the frequencies: that of its irrep in all figures of a run.

    Parameters
    ----------
    count : int
        ``q``; the irreps of the group are ``trivial``, ``freq_1``, ... ``freq_q``.
    """
    names = [f"freq_{k}" for k in range(1, count + 1)]
    looks = irrep_looks(["trivial", *names])
    return {k: looks[name] for k, name in enumerate(names, start=1)}


def frequency_marker(k: int) -> str:
    """Return the marker of the dots of a frequency, another one where its colour comes again."""
    looks = frequency_looks(k)
    again = sum(looks[other].colour == looks[k].colour for other in range(1, k))
    return _MARKERS[again % len(_MARKERS)]


def key_looks(numbers: xr.Dataset) -> dict[int, Look]:
    """Return the looks of the key frequencies of a run, in rising order."""
    looks = frequency_looks(numbers.sizes["frequency"])
    return {int(k): looks[int(k)] for k in numbers["frequency"].values[numbers["key_frequency"]]}


# Panels


def legend_above(axes: Axes, *, columns: int = 4, handles: Sequence[Line2D | Patch] = ()) -> None:
    """Name the lines of a panel, or what is given, above it."""
    given = {"handles": list(handles)} if handles else {}
    axes.legend(**given, loc="lower left", bbox_to_anchor=(0, 1), ncols=columns,
                borderaxespad=0.1, columnspacing=0.9, handlelength=1.6,
                handletextpad=0.4)  # fmt: skip


def frequency_legend(
    drawn: Figure, looks: Mapping[int, Look], others: Sequence[Line2D] = ()
) -> None:
    """Name the lines of frequencies, and others below them, at the right of a figure."""
    lines = [handle(f"k = {k}", color=look.colour, ls=look.dash) for k, look in looks.items()]
    drawn.legend(handles=[*lines, *others], title="frequency", loc="outside right upper")


def entry_lines(axes: Axes, norms: xr.DataArray, looks: Mapping[int, Look]) -> None:
    """Draw a line over steps for each wave: those of key cosines thick, the rest grey."""
    owner = norms["frequency_of_entry"].values
    for frequency, entry in sorted(
        zip(owner, norms["entry"].values, strict=True), key=lambda pair: pair[0] in looks
    ):
        line = norms.sel(entry=entry)
        if frequency in looks:
            look, cosine = looks[frequency], str(entry).startswith("cos")
            axes.plot(norms["step"], line, color=look.colour, ls=look.dash,
                      lw=1.6 if cosine else 0.8)  # fmt: skip
        elif frequency > 0:
            axes.plot(norms["step"], line, color=REST, lw=0.6)


def wave_bars(axes: Axes, values: xr.DataArray, looks: Mapping[int, Look]) -> None:
    """Draw one bar for each cosine and a pale one for each sine, side by side at their frequency.

    Key frequencies, those of `looks`, have their colours; the rest is grey.
    """
    owner = values["frequency_of_entry"].values
    sine = np.array([str(entry).startswith("sin") for entry in values["entry"].values])
    for chosen, offset, opacity in ((~sine, -0.2, 1.0), (sine, 0.2, PALE)):
        colours = [looks[k].colour if k in looks else REST for k in owner[chosen].tolist()]
        axes.bar(owner[chosen] + offset, values.values[chosen], 0.4, color=colours, alpha=opacity)
    axes.set_xlim(-1, owner.max() + 1)
    axes.grid(visible=False, axis="x")


def wave_handles() -> list[Patch]:
    """Return the entries of a legend for `wave_bars`."""
    return [
        Patch(color="#444444", label="cosine"),
        Patch(color="#444444", alpha=PALE, label="sine"),
    ]


def frequency_bars(
    axes: Axes, numbers: xr.Dataset, heights: NDArray[np.floating], *, bottom: float = 0.0
) -> None:
    """Draw one bar for each frequency, from a level to its height; key ones are coloured."""
    looks, frequencies = key_looks(numbers), numbers["frequency"].values
    shown = [looks.get(k) for k in frequencies.tolist()]
    axes.bar(
        frequencies,
        heights - bottom,
        0.8,
        bottom=bottom,
        color=[look.colour if look else REST for look in shown],
        hatch=[look.hatch if look else "" for look in shown],
        edgecolor="white",
        linewidth=0,
    )
    axes.set_xlim(0, len(frequencies) + 1)
    axes.grid(visible=False, axis="x")
    key_ticks(axes, numbers)


def key_ticks(axes: Axes, numbers: xr.Dataset) -> None:
    """Label the key frequencies on the horizontal axis; some others where there are none."""
    keys, count = list(key_looks(numbers)), numbers.sizes["frequency"]
    shown = keys or numbers["frequency"].values[:: max(1, count // 6)].tolist()
    places, names = [float(k) for k in shown], [str(k) for k in shown]
    staggered_ticks(axes.xaxis, places, names, length=count)


def staggered_ticks(
    axis: Axis, places: Sequence[float], names: Sequence[str], *, length: int
) -> None:
    """Label places on an axis, further outside where a label would touch the one before it.

    Parameters
    ----------
    axis : Axis
    places : sequence of float
        Rising.
    names : sequence of str
    length : int
        Of the whole axis, in the unit of the places.
    """
    axis.set_ticks(places, list(names))
    outside = False
    for number, tick in enumerate(axis.get_major_ticks()):
        near = number > 0 and places[number] - places[number - 1] < length / _TICKS_APART
        outside = near and not outside
        if outside:
            tick.set_pad(_OUTSIDE)
