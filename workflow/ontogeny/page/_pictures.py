"""Pictures of the page: where each is, how large, and its caption."""

from base64 import b64encode
from dataclasses import dataclass
from pathlib import Path
from struct import unpack_from
from typing import NamedTuple

from docutils.core import publish_parts
from markupsafe import Markup

from ontogeny.storage import content_of

__all__ = ["Caption", "Picture", "caption_of", "picture"]

_HEADER = 24
"""Bytes of a PNG file to the end of its width and height."""
_WIDE = 1450
"""Width in pixels from which on the caption is below the picture and not beside it."""
_FLAT = 2.2
"""The same for the ratio of width and height."""


class Caption(NamedTuple):
    """What is said of a figure.

    Attributes
    ----------
    heading : str
        Its first line.
    text : Markup
        The rest.
    """

    heading: str
    text: Markup


@dataclass(frozen=True)
class Picture:
    """A picture with its caption.

    Attributes
    ----------
    anchor : str
        Its name in links on the page.
    name : str
        Of the figure.
    heading : str
        What is shown.
    of : str
        What it is drawn of, in words.
    source : str
        The picture itself as a data URL, or its path from the page.
    vector : str
        Path of the SVG from the page.
    width, height : int
        In pixels.
    caption : Markup
        All but its heading.
    is_folded : bool
        Whether the caption is folded up, as it is on the page in full before.
    """

    anchor: str
    name: str
    heading: str
    of: str
    source: str
    vector: str
    width: int
    height: int
    caption: Markup
    is_folded: bool

    @property
    def alt(self) -> str:
        """Return what it is a picture of."""
        return f"{self.heading}: {self.of}" if self.of else self.heading

    @property
    def is_embedded(self) -> bool:
        """Whether the page holds the picture itself."""
        return self.source.startswith("data:")

    @property
    def is_wide(self) -> bool:
        """Whether its caption is below it and not beside it."""
        return self.width > _WIDE or self.width > _FLAT * self.height


def picture(
    path: str,
    folder: Path,
    *,
    anchor: str,
    of: str,
    caption: Caption,
    is_embedded: bool,
    is_folded: bool = False,
) -> Picture:
    """Return the picture of a figure.

    Parameters
    ----------
    path : str
        From the page to the figure, without suffix.
    folder : Path
        Of the page.
    anchor : str
    of : str
        What the figure is drawn of, in words.
    caption : Caption
    is_embedded : bool
        Whether the page holds the picture itself.
    is_folded : bool
        Whether its caption is on the page in full before.
    """
    content = content_of(folder / f"{path}.png")
    width, height = unpack_from(">II", content[:_HEADER], 16)
    return Picture(
        anchor=anchor,
        name=path.rpartition("/")[2],
        heading=caption.heading,
        of=of,
        source=f"data:image/png;base64,{b64encode(content).decode()}"
        if is_embedded
        else f"{path}.png",
        vector=f"{path}.svg",
        width=width,
        height=height,
        caption=caption.text,
        is_folded=is_folded,
    )


def caption_of(text: str) -> Caption:
    """Return a caption from reStructuredText, whose first line is a heading."""
    settings = {
        "doctitle_xform": False,
        "file_insertion_enabled": False,
        "initial_header_level": 5,
        "raw_enabled": False,
        "report_level": 5,  # a caption of the user's own with a slip is shown as it is
    }
    heading, _, rest = text.partition("\n")
    parts = publish_parts(rest, writer="html5", settings_overrides=settings)
    return Caption(heading.removesuffix("."), Markup(parts["fragment"]))
