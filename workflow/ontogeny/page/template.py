"""The page as text, from the template beside this file."""

from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from ontogeny.page._numbers import coded, number, plural
from ontogeny.page.outline import TEMPLATES

__all__ = ["rendered"]


def rendered(page: Any) -> str:
    """Return a page as a document of HTML that stands alone.

    Parameters
    ----------
    page : Page
        From `ontogeny.page.page_of`.
    """
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"coded": coded, "number": number, "plural": plural}
    return environment.get_template("page.html").render(page=page)
