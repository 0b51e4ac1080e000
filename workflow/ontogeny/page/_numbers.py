"""Numbers and sentences as a reader wants them."""

from markupsafe import Markup, escape

__all__ = ["coded", "counted", "number", "plural"]

_LARGE = 1000


def number(value: float) -> str:
    """Return a number with three digits, or as a whole number with commas.

    Examples
    --------
    >>> number(0.83333), number(12345.6), number(1e-7), number(1.0)
    ('0.833', '12,346', '1e-07', '1')
    """
    return f"{value:,.0f}" if _LARGE <= abs(value) < _LARGE**3 else f"{value:.3g}"


def plural(count: int, noun: str, many: str = "") -> str:
    """Return a number with its noun.

    Examples
    --------
    >>> plural(1, "run"), plural(1200, "run"), plural(2, "study", "studies")
    ('1 run', '1,200 runs', '2 studies')
    """
    return f"{count:,} {noun if count == 1 else many or f'{noun}s'}"


def counted(count: float, nouns: str) -> str:
    """Return a number with what is counted, which is given in the plural.

    Examples
    --------
    >>> counted(5.0, "seeds"), counted(1.0, "seeds"), counted(1.0, "families of models")
    ('5 seeds', '1 seed', '1 family of models')
    """
    if count != 1:
        return f"{count:,.0f} {nouns}"
    first, *others = nouns.split()
    one = f"{first.removesuffix('ies')}y" if first.endswith("ies") else first.removesuffix("s")
    return " ".join(["1", one, *others])


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
