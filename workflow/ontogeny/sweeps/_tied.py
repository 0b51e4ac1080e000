"""Fields that are swept together: the first value of one with the first value of the others."""

from collections.abc import Collection, Iterator, Mapping
from itertools import product
from typing import Any

from ontogeny.config import merge, refuse, short
from ontogeny.sweeps._paths import Path, found_at, is_sweep

__all__ = ["steps_of"]

KEY = "tied"
"""The key of an entry that names its tied fields, as groups of dotted paths."""


def steps_of(
    entry: Mapping[str, Any], defaults: Mapping[str, Any], lists: Collection[str], *, at: str
) -> Iterator[dict[str, Any]]:
    """Yield an entry once for each step of its tied fields; several groups make every combination.

    Parameters
    ----------
    entry, defaults : mapping
        The entry, or the defaults, has a list at the path of a tied field.
    lists : collection of str
        Dotted paths of the fields that are lists themselves; `*` stands for any part of a path.
    at : str
        Key of the entry, for messages.

    Yields
    ------
    dict
        Without the key ``tied``; each tied field has a list of the one value of this step.

    Raises
    ------
    ConfigurationError
        If the key does not name groups of fields, a field is in two places of it, a field has no
        list of values, or the lists of a group differ in length.

    Examples
    --------
    >>> entry = {"rate": [0.1, 0.2], "width": [8, 4], "tied": [["rate", "width"]]}
    >>> list(steps_of(entry, {}, (), at="experiments.e"))
    [{'rate': [0.1], 'width': [8]}, {'rate': [0.2], 'width': [4]}]
    """
    untied = {key: value for key, value in entry.items() if key != KEY}
    if KEY not in entry:
        yield untied
        return
    groups = _groups(entry[KEY], f"`{at}.{KEY}` = {short(entry[KEY])}")
    whole = merge(defaults, untied)
    values = {path: found_at(whole, path) for group in groups for path in group}
    refuse(
        f"`{at}.{KEY}`: `{'.'.join(path)}` {_why_not(each)}; give it one value for each step, or "
        "leave it out of `tied`"
        for path, each in values.items()
        if not is_sweep(each, lists, path)
    )
    for group in groups:
        counts = {".".join(path): len(values[path]) for path in group}
        if len(set(counts.values())) > 1:
            said = " and ".join(f"`{field}` has {count}" for field, count in counts.items())
            refuse(
                [
                    f"`{at}.{KEY}`: tied fields must have lists of the same length, but {said}; "
                    "give each of them one value for each step"
                ]
            )
    for places in product(*(range(len(values[group[0]])) for group in groups)):
        step = untied
        for group, place in zip(groups, places, strict=True):
            for path in group:
                step = _placed(step, path, [values[path][place]])
        yield step


def _groups(written: Any, said: str) -> list[list[Path]]:
    """Return the paths of each group of tied fields."""
    is_known = isinstance(written, list) and all(
        isinstance(group, list) and len(group) > 1 and all(isinstance(name, str) for name in group)
        for group in written
    )
    if not is_known:
        rule = "must be a list of groups of two or more fields"
        refuse([f"{said}: {rule}, for example [[optimiser.learning_rate, network.d_model]]"])
    names = [name for group in written for name in group]
    refuse(
        f"{said}: holds `{name}` more than once; name each field once"
        for name in names
        if names.count(name) > 1
    )
    return [[tuple(name.split(".")) for name in group] for group in written]


def _placed(node: Mapping[str, Any], path: Path, value: Any) -> dict[str, Any]:
    """Return a mapping with a value at a path, and else as it is."""
    key, *below = path
    inner = node.get(key)
    if below:
        value = _placed(inner if isinstance(inner, Mapping) else {}, tuple(below), value)
    return {**node, key: value}


def _why_not(value: Any) -> str:
    if value is None:
        return "is a field that is neither here nor in the defaults"
    return f"= {short(value)} is not a list of values here or in the defaults"
