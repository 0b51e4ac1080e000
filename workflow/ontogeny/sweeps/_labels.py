"""Values as they stand in the names of members."""

import re
from collections.abc import Iterator
from typing import Any

from ontogeny.config import LONGEST_NAME, is_repeated
from ontogeny.provenance import spec_digest

__all__ = ["LONGEST_SWEEP", "label", "member_name"]

_LONGEST_LABEL, _LONGEST_LABELS = 48, 150
_DIGEST = 8
LONGEST_SWEEP = LONGEST_NAME - _LONGEST_LABELS - _DIGEST - 2
"""Characters that the name of a sweep may have, so that those of its members are not too long."""
_UNAMBIGUOUS = re.compile(
    r"(?!(none|true|false|empty|default|minus-.*)$)[a-z][a-z0-9]*(-[a-z0-9]+)*"
)


def member_name(sweep: str, fields: list[str], values: list[Any]) -> str:
    """Return the name of a member: that of its sweep, and each swept field with its value."""
    labels = [f"{field}-{label(value)}" for field, value in zip(fields, values, strict=True)]
    words = "-".join(labels).replace("_", "-")
    return f"{sweep}-{_shortened(words, values, _LONGEST_LABELS)}"


def label(value: Any) -> str:
    """Return a value as it is written in names: lower-case letters, digits and single hyphens.

    Different values of a field have different labels: where letters and digits alone would be
    ambiguous or long, a digest of the value follows. Only texts that differ in upper and lower case
    alone can have the same label.

    Parameters
    ----------
    value : None, bool, int, float, str, list or dict
        As validation has read it.

    Examples
    --------
    >>> label(0.3), label(1.0), label(1e-05), label(-1), label(None), label([]), label({})
    ('0p3', '1', '1e-05', 'minus-1', 'none', 'empty', 'default')
    >>> label({"kind": "mlp", "hidden": 8}), label([{"step": 10, "weight_decay": 0.5}])
    ('mlp-hidden-8', 'step-10-weight-decay-0p5')
    >>> label("0p3"), label(["notes/my text.txt"])
    ('0p3-57abfa4c', 'notes-my-text-txt-fea0c236')
    """
    words = "-".join(filter(None, _words(value)))
    return _shortened(words, value, _LONGEST_LABEL if _is_unambiguous(value) else 0)


def _words(value: Any) -> Iterator[str]:
    match value:
        case None:
            yield "none"
        case bool():
            yield str(value).lower()
        case int() | float():
            sign = "minus-" if value < 0 else ""
            yield sign + repr(abs(value)).removesuffix(".0").replace(".", "p").replace("+", "")
        case str():
            yield re.sub(r"[^a-z0-9]+", "-", value.lower()).strip("-")
        case list():
            for item in value or ["empty"]:
                yield from _words(item)
        case dict():
            yield from [] if value else ["default"]
            for key in sorted(value, key=lambda key: (key != "kind", key)):
                yield from [] if key == "kind" else [key.replace("_", "-")]
                yield from _words(value[key])


def _is_unambiguous(value: Any) -> bool:
    """Return whether no other value has the same words."""
    match value:
        case str():
            return bool(_UNAMBIGUOUS.fullmatch(value.lower()))
        case list():
            return all(_is_unambiguous(v) and not (isinstance(v, str) and "-" in v) for v in value)
        case dict():
            return all(map(_is_unambiguous, value.values()))
    return True


def _shortened(words: str, value: Any, longest: int) -> str:
    if 0 < len(words) <= longest and not is_repeated(words):
        return words
    beginning = words[: longest or _LONGEST_LABEL].strip("-")
    return f"{beginning}-{spec_digest(value)[:_DIGEST]}".lstrip("-")
