"""Values as messages show them: as YAML writes them."""

import math
import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

__all__ = ["short", "shown_key"]

_LONGEST = 60
_LARGE = 1e6
_EXPONENT = re.compile(r"[+-]?\d+[eE][+-]?\d+")
"""What YAML 1.1 reads as text, and YAML 1.2 as a number."""
_PLAIN_KEY = re.compile(r"[A-Za-z_][\w.-]*")


def short(value: object) -> str:
    """Return a value as a message shows it: as YAML writes it, on one line and not too long.

    Examples
    --------
    >>> short(None), short(True), short("a"), short("1e-3"), short({"a": [1, None]})
    ('null', 'true', "'a'", '1e-3', '{a: [1, null]}')
    >>> short(float("nan")), short(["x" * 80])
    ('.nan', "['xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx...")
    """
    return _cut(_written(value))


def shown_key(key: object) -> str:
    """Return a key as a message shows it: a text without quotation marks.

    Examples
    --------
    >>> shown_key("a b"), shown_key(None), shown_key(1)
    ('a b', 'null', '1')
    """
    return _cut(repr(key)[1:-1]) if isinstance(key, str) else short(key)


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 3] + "..."


def _written(value: Any) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return str(value).lower()
        case float() if not math.isfinite(value):
            return repr(value).replace("inf", ".inf").replace("nan", ".nan")
        case str():
            return value if _EXPONENT.fullmatch(value) else repr(value)
        case date():
            return value.isoformat()
        case Mapping():
            pairs = (f"{_written_key(key)}: {_written(below)}" for key, below in value.items())
            return f"{{{_joined(pairs)}}}"
        case list() | tuple() | set() | frozenset():
            return f"[{_joined(map(_written, value))}]"
        case float():
            return _number(value)
    return repr(value) if isinstance(value, int) else str(value)


def _number(value: float) -> str:
    """Return a number in the shorter of its two forms, such as ``1e9`` and not ``1000000000.0``."""
    digits, exponent = f"{value:.15e}".split("e")
    scientific = f"{digits.rstrip('0').rstrip('.')}e{int(exponent)}"
    decimal = repr(value)
    is_shorter = float(scientific) == value and len(scientific) < len(decimal)
    return scientific if is_shorter and abs(value) >= _LARGE else decimal


def _written_key(key: object) -> str:
    return key if isinstance(key, str) and _PLAIN_KEY.fullmatch(key) else _written(key)


def _joined(items: Iterable[str]) -> str:
    """Return items with commas between them, of a long list no more than a message shows."""
    found = ""
    for item in items:
        found += f", {item}" if found else item
        if len(found) > _LONGEST:
            break
    return found
