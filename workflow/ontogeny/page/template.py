"""The page as text, from the template beside this file."""

from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from ontogeny.page.outline import TEMPLATES
from ontogeny.wording import number, plural

__all__ = ["coded", "rendered"]


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


def coded(sentence: str) -> Markup:
    """Return a sentence as HTML, in which what is between backticks is code.

    Examples
    --------
    >>> coded("the recipe `naive` & 2 others")
    Markup('the recipe <code>naive</code> &amp; 2 others')
    """
    parts = sentence.split("`")
    if len(parts) % 2 == 0:
        return escape(sentence)
    codes = [Markup("<code>{}</code>").format(each) for each in parts[1::2]]
    rest = [escape(each) for each in parts[2::2]]
    pairs = zip(codes, rest, strict=True)
    return Markup("").join([escape(parts[0]), *(each for pair in pairs for each in pair)])
