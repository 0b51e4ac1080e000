"""Sentences below a figure."""

import textwrap
from collections.abc import Sequence

from matplotlib.figure import Figure
from matplotlib.transforms import Bbox

from ontogeny.plotting._style import place, settings

__all__ = ["write_below"]

_LETTERS = 17
"""In an inch of small text, so that a line of it is a little narrower than its figure."""

_LINE, _MARGIN = 0.14, 0.06
"""Height of a line of small text, and of the margin around all [inch]."""


def write_below(drawn: Figure, sentences: Sequence[str]) -> None:
    """Write sentences in small text below a figure, which becomes higher by the room they take.

    Parameters
    ----------
    drawn : Figure
        Complete: what is added later is not placed with the rest.
    sentences : sequence of str
        One after the other, in as many lines as they need.
    """
    width, height = drawn.get_size_inches()
    lines = textwrap.wrap(" ".join(sentences), max(20, int(_LETTERS * width)))
    room = _LINE * len(lines) + _MARGIN
    dpi = drawn.get_dpi()
    if drawn.axes:
        with settings():
            place(drawn)
    drawn.set_dpi(dpi)
    drawn.set_size_inches(width, height + room)
    share = room / (height + room)
    for axes in drawn.axes:
        left, bottom, right, top = axes.get_position(original=True).extents
        raised = Bbox.from_extents(left, _raised(bottom, share), right, _raised(top, share))
        axes.set_position(raised)
    for legend in drawn.legends:
        legend.set_bbox_to_anchor((0, share, 1, 1 - share), transform=drawn.transFigure)
    for text in drawn.texts:  # titles and labels of the whole figure among them
        text.set_y(_raised(text.get_position()[1], share))
    with settings():
        drawn.text(
            0.01, _MARGIN / 2 / (height + room), "\n".join(lines),
            fontsize=7, color="#8a4b00", va="bottom",
        )  # fmt: skip


def _raised(y: float, share: float) -> float:
    """Return a place in a figure, of 0 to 1, after room was added below it."""
    return share + (1 - share) * y
