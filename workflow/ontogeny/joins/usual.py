"""How runs are configured unusually."""

from collections import Counter
from collections.abc import Hashable, Iterator, Mapping
from typing import Any

__all__ = ["dotted", "unusual"]


def unusual(
    values: Mapping[str, Mapping[str, str]], alike: Mapping[str, Hashable]
) -> dict[str, str]:
    """Return how each entry departs from what is usual among those that it is compared with.

    Usual is the value that most of these have, of those that read it; of equals, the first.

    Parameters
    ----------
    values : mapping of str to mapping of str
        Of each entry by name what it reads, as dotted paths with values.
    alike : mapping of str
        Entries with the same are compared with each other.

    Returns
    -------
    dict of str to str
        By entry, such as ``"network.dropout 0.5"``; empty for what is usual.

    Examples
    --------
    >>> unusual({"a": {"x": "1"}, "b": {"x": "1"}, "c": {"x": "2"}}, dict.fromkeys("abc"))
    {'a': '', 'b': '', 'c': 'x 2'}
    """
    counts: dict[tuple[Hashable, str], Counter[str]] = {}
    for name, found in values.items():
        for path, value in found.items():
            counts.setdefault((alike[name], path), Counter())[value] += 1
    usual = {key: count.most_common(1)[0][0] for key, count in counts.items()}
    return {
        name: ", ".join(
            f"{path} {value}" for path, value in found.items() if value != usual[alike[name], path]
        )
        for name, found in values.items()
    }


def dotted(values: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    """Yield the values of nested mappings, with dotted paths, as texts."""
    for key, value in values.items():
        if isinstance(value, Mapping):
            yield from dotted(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", "none" if value is None else str(value)
