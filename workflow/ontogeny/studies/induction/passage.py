"""A sequence written out token by token, each on a ground of its own colour."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import Colormap, Normalize
from matplotlib.patches import FancyArrowPatch, Rectangle
from numpy.typing import NDArray

__all__ = ["COLUMNS", "Layout", "arrow", "laid_out", "written"]

COLUMNS = 96
"""Letters in a line."""

_ADVANCE = 0.602
"""Width of a letter of DejaVu Sans Mono, over the size of the font."""

_WIDTH = 0.86
"""Share of the width of a figure that the axes of a passage have beside a bar of colours."""

_DARK = 0.45
"""Brightness below which letters are white."""

_SPACE = 0.6
"""Room between two words that are not set apart by letters of their own."""


@dataclass(frozen=True)
class Layout:
    """Where the tokens of a passage are, in letters and lines.

    Attributes
    ----------
    words : tuple of str
    left, line : (M,) ndarray
        Left end of each token, and its line, from above.
    size : float
        Of the font [point].
    """

    words: tuple[str, ...]
    left: NDArray[np.float64]
    line: NDArray[np.int64]
    size: float

    @property
    def lines(self) -> int:
        """Return the number of lines."""
        return int(self.line[-1]) + 1

    def centre(self, token: int) -> tuple[float, float]:
        """Return the middle of a token."""
        return self.left[token] + len(self.words[token]) / 2, self.line[token] + 0.5


def laid_out(words: Sequence[str], *, apart: bool, width: float) -> Layout:
    """Return the places of words in lines of `COLUMNS` letters; a line ends behind a line break.

    Parameters
    ----------
    words : sequence of str
    apart : bool
        Leave room between any two: words of a text have their own spaces.
    width : float
        Of the figure [inch].
    """
    left, line = [], []
    column, row = 0.0, 0
    for word in words:
        if column and column + len(word) > COLUMNS:
            column, row = 0.0, row + 1
        left.append(column)
        line.append(row)
        column += len(word) + (_SPACE if apart else 0)
        if word.endswith("⏎"):
            column, row = 0.0, row + 1
    size = 72 * width * _WIDTH / (COLUMNS * _ADVANCE)
    return Layout(tuple(words), np.array(left), np.array(line), size)


def written(
    axes: Axes,
    layout: Layout,
    values: NDArray[np.floating],
    colours: Colormap,
    norm: Normalize,
    *,
    marked: NDArray[np.bool_],
) -> None:
    """Write a passage, with a value of each token as the colour behind it.

    Parameters
    ----------
    axes : Axes
    layout : Layout
    values : (M,) ndarray
        NaN for a white ground.
    colours : Colormap
    norm : Normalize
    marked : (M,) ndarray of bool
        Tokens in bold type with a line below.
    """
    for token, word in enumerate(layout.words):
        x, y = layout.left[token], layout.line[token]
        ground = (1.0, 1.0, 1.0, 1.0) if np.isnan(values[token]) else colours(norm(values[token]))
        axes.add_patch(Rectangle((x, y + 0.08), len(word), 0.84, facecolor=ground, lw=0))
        axes.text(*layout.centre(token), word, ha="center", va="center_baseline",
                  fontsize=layout.size, family="DejaVu Sans Mono", parse_math=False,
                  color="white" if _is_dark(ground) else "black",
                  fontweight="bold" if marked[token] else "normal")  # fmt: skip
        if marked[token]:
            axes.plot([x, x + len(word)], [y + 0.88] * 2, color="black", lw=0.8)
    axes.set(xlim=(0, COLUMNS), ylim=(layout.lines, 0))
    axes.set_axis_off()


def arrow(axes: Axes, layout: Layout, start: int, end: int) -> None:
    """Box a token, and draw an arrow from it to another one, unless they are neighbours."""
    x, y = layout.left[start], layout.line[start]
    axes.add_patch(Rectangle((x, y + 0.08), len(layout.words[start]), 0.84, fill=False, lw=1.2))
    if abs(start - end) < 2:
        return
    drawn = FancyArrowPatch(
        layout.centre(start), layout.centre(end), arrowstyle="-|>", mutation_scale=8, lw=0.9,
        connectionstyle="arc3,rad=0.15", shrinkA=7, shrinkB=7, color="#555555", clip_on=False,
    )  # fmt: skip
    axes.add_patch(drawn)


def _is_dark(ground: tuple[float, ...]) -> bool:
    """Return whether white letters are easier to read on a colour than black ones."""
    red, green, blue, _ = ground
    return bool(0.3 * red + 0.59 * green + 0.11 * blue < _DARK)
