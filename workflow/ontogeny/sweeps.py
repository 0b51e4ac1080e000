"""Sweeps: an experiment that gives a list for a field stands for one experiment for each value."""

from collections.abc import Collection, Iterator, Mapping
from itertools import product
from typing import Any

from ontogeny.config import ConfigurationError

__all__ = ["Sweeps", "expanded"]

Path = tuple[str, ...]
Sweeps = dict[str, dict[str, dict[str, Any]]]
"""By the name of the sweep, then by that of each experiment: the swept fields and their values."""


def expanded(
    entries: Mapping[Any, Any], *, lists: Collection[str], at: str
) -> tuple[dict[Any, Any], Sweeps]:
    """Return entries without sweeps, and which of them belong to which sweep.

    A list is a sweep over its items, except for fields that are lists by themselves: those sweep
    where every item is a list. Several swept fields make every combination.

    Parameters
    ----------
    entries : mapping
        Experiments by name, with their defaults. What is no mapping is left as it is.
    lists : collection of str
        Dotted paths of the fields that are lists by themselves.
    at : str
        Where the entries stand, for messages.

    Returns
    -------
    entries : dict
        A swept experiment is replaced by one for each combination. Its name gets the last part of
        each field and its value, or the place of a value that is no scalar.
    sweeps : dict
        By the name that was replaced.

    Raises
    ------
    ConfigurationError
        If two experiments would have the same name.

    Examples
    --------
    >>> found, sweeps = expanded(
    ...     {"a": {"seeds": [0, 1], "data": {"fraction": [0.2, 0.5]}}}, lists={"seeds"}, at="x"
    ... )
    >>> sorted(found)
    ['a-fraction-0p2', 'a-fraction-0p5']
    >>> found["a-fraction-0p5"]
    {'seeds': [0, 1], 'data': {'fraction': 0.5}}
    >>> sweeps
    {'a': {'a-fraction-0p2': {'data.fraction': 0.2}, 'a-fraction-0p5': {'data.fraction': 0.5}}}
    """
    found: dict[Any, Any] = {}
    sweeps: Sweeps = {}
    for name, entry in entries.items():
        is_named = isinstance(name, str) and isinstance(entry, Mapping)
        axes = dict(_axes(entry, (), lists)) if is_named else {}
        if not axes:
            found[name] = entry
            continue
        sweeps[name] = {}
        for choice in product(*(enumerate(values) for values in axes.values())):
            chosen = {path: value for path, (_, value) in zip(axes, choice, strict=True)}
            parts = [
                f"{path[-1]}-{place if isinstance(value, list | Mapping) else _text(value)}"
                for path, (place, value) in zip(axes, choice, strict=True)
            ]
            member = "-".join([name, *parts]).replace("_", "-")
            if member in found or member in entries:
                msg = (
                    f"`{at}.{name}`: two experiments would be called {member!r}; values of a sweep "
                    "must differ, and no other experiment may have that name"
                )
                raise ConfigurationError(msg)
            found[member] = _with(entry, chosen, ())
            sweeps[name][member] = {".".join(path): value for path, value in chosen.items()}
    return found, sweeps


def _axes(node: Any, path: Path, lists: Collection[str]) -> Iterator[tuple[Path, list[Any]]]:
    """Yield the path and the values of each list that is a sweep."""
    if isinstance(node, Mapping):
        for key, value in node.items():
            yield from _axes(value, (*path, str(key)), lists)
    elif isinstance(node, list) and node:
        is_own = ".".join(path) in lists and not all(isinstance(item, list) for item in node)
        if not is_own:
            yield path, node


def _with(node: Any, chosen: Mapping[Path, Any], path: Path) -> Any:
    """Return a copy with the chosen values."""
    if path in chosen:
        return chosen[path]
    if isinstance(node, Mapping):
        return {key: _with(value, chosen, (*path, str(key))) for key, value in node.items()}
    return node


def _text(value: Any) -> str:
    """Return a value as it can stand in a name."""
    return str("none" if value is None else value).lower().replace(".", "p").replace("+", "")
