"""What the figures of modular addition share."""

import numpy as np
import xarray as xr
from matplotlib.axes import Axes

from ontogeny.plotting import Look, irrep_looks

__all__ = [
    "EXCLUDED",
    "MATRIX_LOOKS",
    "REST",
    "RESTRICTED",
    "WAVE_COLOURS",
    "entry_lines",
    "key_looks",
    "key_ticks",
    "legend_above",
    "paper_losses",
    "sides",
    "wave_bars",
]

RESTRICTED, EXCLUDED = "#CC79A7", "#009E73"
REST = "#bbbbbb"
"""Of frequencies that are not key."""

WAVE_COLOURS = {"cos": "#0072B2", "sin": "#D55E00"}
MATRIX_LOOKS = {
    "left_embedding": ("#009E73", "-"),
    "right_embedding": ("#56B4E9", "--"),
    "unembedding": ("#CC79A7", "-"),
}


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


def key_looks(numbers: xr.Dataset) -> dict[int, Look]:
    """Return the looks of the key frequencies of a run, in rising order."""
    keys = [int(k) for k in numbers["frequency"].values[numbers["key_frequency"].values]]
    looks = irrep_looks(["rest", *map(str, keys)])
    return {k: looks[str(k)] for k in keys}


def legend_above(axes: Axes, *, columns: int = 4) -> None:
    """Name the lines of a panel above it."""
    axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=columns, borderaxespad=0.1,
                columnspacing=0.9, handlelength=1.6, handletextpad=0.4)  # fmt: skip


def entry_lines(axes: Axes, norms: xr.DataArray, looks: dict[int, Look]) -> None:
    """Draw a line over steps for each wave: key cosines whole, key sines dashed, the rest grey."""
    owner = norms["frequency_of_entry"].values
    for frequency, entry in sorted(
        zip(owner, norms["entry"].values, strict=True), key=lambda pair: pair[0] in looks
    ):
        line = norms.sel(entry=entry)
        if frequency in looks:
            cosine = str(entry).startswith("cos")
            axes.plot(norms["step"], line, color=looks[frequency].colour, ls="-" if cosine else
                      "--", lw=1.1, label=str(frequency) if cosine else None)  # fmt: skip
        elif frequency > 0:
            axes.plot(norms["step"], line, color=REST, lw=0.6)


def wave_bars(axes: Axes, values: xr.DataArray) -> None:
    """Draw one bar for each cosine and one for each sine, side by side at their frequency."""
    owner = values["frequency_of_entry"].values
    sine = np.array([str(entry).startswith("sin") for entry in values["entry"].values])
    for chosen, offset, wave in ((~sine, -0.2, "cos"), (sine, 0.2, "sin")):
        axes.bar(owner[chosen] + offset, values.values[chosen], 0.4, color=WAVE_COLOURS[wave],
                 label="cosine" if wave == "cos" else "sine")  # fmt: skip
    axes.set_xlim(-1, owner.max() + 1)
    axes.grid(visible=False, axis="x")


def key_ticks(axes: Axes, numbers: xr.Dataset) -> None:
    """Label the key frequencies on the horizontal axis; some others where there are none."""
    keys, count = list(key_looks(numbers)), numbers.sizes["frequency"]
    axes.set_xticks(keys or numbers["frequency"].values[:: max(1, count // 6)])
    crowded = len(keys) > 1 and min(np.diff(keys)) < count / 15
    axes.tick_params(axis="x", labelrotation=90 if crowded else 0)
