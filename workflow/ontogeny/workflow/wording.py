"""Numbers in sentences: how many of how many, at which step, which names."""

from collections.abc import Sequence

__all__ = ["all_of", "between", "joined", "verb"]


def all_of(number: int, total: int, noun: str = "network") -> str:
    """Return how many of some things, as the subject of a sentence.

    Examples
    --------
    >>> all_of(1, 1), all_of(2, 2), all_of(6, 6), all_of(1, 3), all_of(0, 3), all_of(0, 1)
    ('the network', 'both networks', 'all 6 networks', '1 of 3 networks', 'none of 3 networks', \
'no network')
    """
    if number == total:
        return {1: f"the {noun}", 2: f"both {noun}s"}.get(total, f"all {total:,} {noun}s")
    if number == 0:
        return f"no {noun}" if total == 1 else f"none of {total:,} {noun}s"
    return f"{number:,} of {total:,} {noun}s"


def verb(number: int, singular: str, plural: str) -> str:
    """Return the form of a verb for a number of things.

    Examples
    --------
    >>> verb(1, "forms", "form"), verb(2, "forms", "form")
    ('forms', 'form')
    """
    return singular if number == 1 else plural


def between(steps: Sequence[float]) -> str:
    """Return one step, or the first and the last of several.

    Examples
    --------
    >>> between([1600.0]), between([1500.0, 2000.0, 1600.0])
    ('at step 1,600', 'between steps 1,500 and 2,000')
    """
    first, last = (f"{step:,.0f}" for step in (min(steps), max(steps)))
    return f"at step {first}" if first == last else f"between steps {first} and {last}"


def joined(words: Sequence[str]) -> str:
    """Return words as a list in a sentence.

    Examples
    --------
    >>> joined(["A5"]), joined(["A5", "C59"]), joined(["A5", "C59", "S5"])
    ('A5', 'A5 and C59', 'A5, C59 and S5')
    """
    *others, last = words
    return f"{', '.join(others)} and {last}" if others else last
