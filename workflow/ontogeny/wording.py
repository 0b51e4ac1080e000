"""Numbers and lists in sentences: how many of how many, at which step, which names."""

from collections.abc import Sequence

import numpy as np

__all__ = [
    "all_of",
    "between",
    "counted",
    "joined",
    "median_of",
    "number",
    "percent",
    "plural",
    "verb",
]

_LARGE = 1000
_IRREGULAR = {"analysis": "analyses"}
_VOWELS = "aeiou"


def number(value: float) -> str:
    """Return a number with three digits, or as a whole number with commas; nothing for NaN.

    Examples
    --------
    >>> number(0.83333), number(12345.6), number(1e-7), number(-0.5), number(float("nan"))
    ('0.833', '12,346', '1e−07', '−0.5', '')
    """
    if np.isnan(value):
        return ""
    text = f"{value:,.0f}" if _LARGE <= abs(value) < _LARGE**3 else f"{value:.3g}"
    return text.replace("-", "−")


def percent(share: float) -> str:
    """Return a share in percent.

    Examples
    --------
    >>> percent(0.7), percent(1 / 3)
    ('70 %', '33.3 %')
    """
    return f"{100 * share:.3g} %"


def plural(count: int, noun: str) -> str:
    """Return a number with its noun, which is given in the singular.

    Examples
    --------
    >>> plural(1, "run"), plural(1200, "run"), plural(2, "study"), plural(2, "set of figures")
    ('1 run', '1,200 runs', '2 studies', '2 sets of figures')
    """
    first, *others = noun.split(" of ")
    return f"{count:,} {' of '.join([first if count == 1 else _several(first), *others])}"


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


def all_of(count: int, total: int, noun: str = "network") -> str:
    """Return how many of some things, as the subject of a sentence.

    Examples
    --------
    >>> all_of(1, 1), all_of(2, 2), all_of(6, 6), all_of(1, 3), all_of(0, 3), all_of(0, 1)
    ('the network', 'both networks', 'all 6 networks', '1 of 3 networks', 'none of 3 networks', \
'no network')
    """
    if count == total:
        return {1: f"the {noun}", 2: f"both {_several(noun)}"}.get(
            total, f"all {plural(total, noun)}"
        )
    if count == 0:
        return f"no {noun}" if total == 1 else f"none of {plural(total, noun)}"
    return f"{count:,} of {plural(total, noun)}"


def verb(count: int, one: str, several: str) -> str:
    """Return the form of a verb for a number of things.

    Examples
    --------
    >>> verb(1, "forms", "form"), verb(2, "forms", "form")
    ('forms', 'form')
    """
    return one if count == 1 else several


def between(steps: Sequence[float]) -> str:
    """Return one step, or the first and the last of several.

    Examples
    --------
    >>> between([1600.0]), between([1500.0, 2000.0, 1600.0])
    ('at step 1,600', 'between steps 1,500 and 2,000')
    """
    first, last = (f"{step:,.0f}" for step in (min(steps), max(steps)))
    return f"at step {first}" if first == last else f"between steps {first} and {last}"


def median_of(steps: Sequence[float]) -> str:
    """Return the median of some steps, with their range if they differ.

    Examples
    --------
    >>> median_of([1600.0]), median_of([1500.0, 1600.0, 2000.0])
    ('step 1,600', 'step 1,600 (median, from 1,500 to 2,000)')
    """
    ordered = sorted(steps)
    middle = (ordered[(len(ordered) - 1) // 2] + ordered[len(ordered) // 2]) / 2
    text = f"step {middle:,.0f}"
    if ordered[0] == ordered[-1]:
        return text
    return f"{text} (median, from {ordered[0]:,.0f} to {ordered[-1]:,.0f})"


def joined(words: Sequence[str]) -> str:
    """Return words as a list in a sentence.

    Examples
    --------
    >>> joined(["A5"]), joined(["A5", "C59"]), joined(["A5", "C59", "S5"])
    ('A5', 'A5 and C59', 'A5, C59 and S5')
    """
    *others, last = words
    return f"{', '.join(others)} and {last}" if others else last


def _several(noun: str) -> str:
    if noun.endswith("y") and noun[-2] not in _VOWELS:
        return f"{noun[:-1]}ies"
    return _IRREGULAR.get(noun, f"{noun}s")
