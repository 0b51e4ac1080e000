"""How all figures look: sizes, colours that stay with an irrep, and the files they become."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.transforms import Bbox

from ontogeny.storage import write_bytes

__all__ = ["PALETTE", "SPLIT_COLOURS", "Look", "figure", "irrep_looks", "place", "save", "settings"]

PALETTE = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#6A3D9A")
"""Colours that readers with any colour vision can tell apart (after Okabe and Ito)."""

SPLIT_COLOURS = {"train": "#0072B2", "test": "#D55E00", "all": "#444444"}
"""Of training and test pairs, and of nothing else in a figure that shows them."""

_IRREP_COLOURS = (
    "#117733",
    "#AA4499",
    "#88CCEE",
    "#999933",
    "#332288",
    "#CC6677",
    "#44AA99",
    "#882255",
)
"""Of irreps: other colours than those of splits, told apart with any colour vision (Tol, muted)."""

_DASHES: tuple[Any, ...] = (
    "-",
    "--",
    ":",
    "-.",
    (0, (5, 1, 1, 1, 1, 1)),
    (0, (8, 2)),
    (0, (3, 1, 1, 1)),
    (0, (1, 3)),
    (0, (8, 2, 2, 2)),
)
_HATCHES = ("", "///", "...", "xx", "\\\\\\", "oo", "++", "--", "**")

_RC: Any = {
    "axes.axisbelow": True,
    "axes.edgecolor": "#444444",
    "axes.grid": True,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlesize": 9,
    "axes.labelsize": 9,
    "font.family": "DejaVu Sans",
    "font.size": 9,
    "grid.color": "#dddddd",
    "grid.linewidth": 0.5,
    "legend.fontsize": 8,
    "legend.frameon": False,
    "lines.linewidth": 1.4,
    "svg.fonttype": "path",
    "text.hinting": "no_hinting",
    "svg.hashsalt": "ontogeny",
    "xtick.labelsize": 8,
    "ytick.labelsize": 8,
}


@contextmanager
def settings() -> Iterator[None]:
    """Draw with the settings of this project, whatever those of the user are."""
    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(_RC)
        yield


def figure(*, width: float, height: float) -> Figure:
    """Return an empty figure of a size in inches that keeps its parts from overlapping."""
    made = Figure(figsize=(width, height), layout="constrained")
    FigureCanvasAgg(made)
    return made


@dataclass(frozen=True)
class Look:
    """How one irrep is drawn: as a line and as an area."""

    colour: str
    dash: Any
    hatch: str


def irrep_looks(irreps: Sequence[str]) -> dict[str, Look]:
    """Return the look of each irrep of a group; it depends on the group alone.

    Parameters
    ----------
    irreps : sequence of str
        All of them, in their stored order, the trivial one first.

    Returns
    -------
    dict of str to Look
        Up to 72 non-trivial irreps differ in colour or dash. None has a colour of
        `SPLIT_COLOURS`.
    """
    looks = {irreps[0]: Look("#999999", "-", "")}
    for number, name in enumerate(irreps[1:]):
        shape, place = divmod(number, len(_IRREP_COLOURS))
        shape %= len(_DASHES)
        looks[name] = Look(_IRREP_COLOURS[place], _DASHES[shape], _HATCHES[shape])
    return looks


def save(drawn: Figure, *, svg: str | Path, png: str | Path, resolution: int) -> None:
    """Write a figure as SVG and PNG, the same bytes each time.

    Parameters
    ----------
    drawn : Figure
    svg, png : path
    resolution : int
        Of the PNG [dots/inch].

    Raises
    ------
    ontogeny.storage.StorageError
        If a file cannot be written.
    """
    as_svg, as_png = BytesIO(), BytesIO()
    with settings():
        place(drawn)
        drawn.savefig(as_svg, format="svg", metadata={"Date": None, "Creator": None})
        drawn.savefig(as_png, format="png", dpi=resolution, metadata={"Software": None})
    write_bytes(as_svg.getvalue(), svg)
    write_bytes(as_png.getvalue(), png)


def place(drawn: Figure) -> None:
    """Place the axes once, since that takes longer than drawing.

    The solver of the layout differs in the last bits from one process to another, and so would the
    files; positions are therefore rounded.
    """
    engine = drawn.get_layout_engine()
    if engine is None:
        return
    drawn.set_dpi(72)  # as in SVG files
    engine.execute(drawn)
    drawn.set_layout_engine("none")
    for axes in drawn.axes:
        place = axes.get_position(original=True)
        axes.set_position(Bbox.from_extents(*np.round(place.extents, 6)))
