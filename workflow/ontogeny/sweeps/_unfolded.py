"""From entries with lists in the place of values to entries without."""

import json
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from itertools import product
from typing import Any, NamedTuple

from ontogeny.config import (
    Fault,
    Location,
    Name,
    canonical,
    check_defaults,
    is_other_kind,
    merge,
    noted,
    read,
    refuse,
    short,
    shown_key,
    without,
)
from ontogeny.sweeps._labels import LONGEST_SWEEP, label, member_name
from ontogeny.sweeps._paths import Path, found_at, is_sweep
from ontogeny.sweeps._tied import steps_of

__all__ = ["Sweeps", "Unfolding", "unfolded", "unfolding"]

Written = dict[Path, Any]
Sweeps = dict[str, dict[str, dict[str, Any]]]
"""By the name of the sweep, then by that of each member: the swept fields and their values."""

_RUNS = ("seeds", "weights")


def unfolded(
    entries: Any,
    model: Any,
    *,
    lists: Collection[str],
    at: str,
    defaults: Any = None,
    defaults_at: str = "",
) -> tuple[Any, Sweeps]:
    """Return entries without sweeps, each merged over the defaults, and the members of each sweep.

    A list is a sweep over its items, except for fields that are lists themselves: those sweep
    where every item is a list. Lists inside the mappings of a list give more items of that list.
    Several swept fields make every combination, except those that the key ``tied`` of an entry
    names together: their lists go in step.

    Parameters
    ----------
    entries : mapping
        Experiments or corpora by name. Anything else is returned as it is, for `validate` to
        refuse, and so is an entry that is not a mapping.
    model : type of Section, or a union of such types
        What an entry with its defaults has to be.
    lists : collection of str
        Dotted paths of the fields that are lists themselves; `*` stands for any part of a path.
    at, defaults_at : str
        Where the entries and the defaults stand, for messages.
    defaults : mapping, optional
        What holds for every entry that says nothing else.

    Returns
    -------
    entries : dict
        A swept entry is replaced by its members, in the order of their values. The name of a
        member has the last part of each swept field and the `label` of its value.
    sweeps : dict
        By the name that was replaced. Numbers, booleans, texts and null are as validation has read
        them; of a list so are its items, and a mapping is given by its `label`.

    Raises
    ------
    ConfigurationError
        If the defaults or a member break a rule, two members mean the same, two entries would have
        one name, or a field is swept that says which runs there are.

    Examples
    --------
    >>> from ontogeny.config import Section, Seeds
    >>> class Data(Section):
    ...     fraction: float
    >>> class Experiment(Section):
    ...     seeds: Seeds
    ...     data: Data
    >>> found, sweeps = unfolded(
    ...     {"a": {"data": {"fraction": [0.5, 0.2]}}},
    ...     Experiment,
    ...     lists={"seeds"},
    ...     at="experiments",
    ...     defaults={"seeds": [0, 1]},
    ... )
    >>> found["a-fraction-0p5"]
    {'seeds': [0, 1], 'data': {'fraction': 0.5}}
    >>> sweeps
    {'a': {'a-fraction-0p2': {'data.fraction': 0.2}, 'a-fraction-0p5': {'data.fraction': 0.5}}}
    """
    found = unfolding(
        entries, model, lists=lists, at=at, defaults=defaults, defaults_at=defaults_at
    )
    refuse(found.problems)
    return found.entries, found.sweeps


class Unfolding(NamedTuple):
    """What `unfolded` returns, as far as it is right, and what is wrong with the rest."""

    entries: Any
    sweeps: Sweeps
    problems: list[str]
    refused: set[Any]
    """Names of entries that are left out."""
    absent: list[Location]
    """Places of what is left out of the defaults."""

    def follows(self, fault: Fault, location: Location) -> bool:
        """Return whether a key of an entry is missing since the defaults that have it are wrong."""
        return fault.is_missing and any(
            left[: len(location)] == location or location[: len(left)] == left
            for left in self.absent
        )


def unfolding(
    entries: Any,
    model: Any,
    *,
    lists: Collection[str],
    at: str,
    defaults: Any = None,
    defaults_at: str = "",
) -> Unfolding:
    """Return entries without sweeps as `unfolded` does, and every problem in the place of an error.

    Entries with a sweep are read here; what is wrong with others is for `read` to find.
    """
    if not isinstance(entries, Mapping):
        return Unfolding(entries, {}, [], set(), [])
    found = Unfolding({}, {}, [], set(), [])
    if defaults is not None:
        plain = [each for each, *_ in _without_sweeps(defaults, lists)]
        for fault in (each for one in plain for each in check_defaults(one, model, at=defaults_at)):
            found.problems.append(str(fault))
            found.absent.append(fault.location)
        for location in found.absent:
            defaults = without(defaults, location)
    for name, entry in entries.items():
        if not isinstance(entry, Mapping | None):
            found.entries[name] = entry
            continue
        here = f"{at}.{shown_key(name)}"
        problems: list[str] = []
        with noted(problems):
            members = [
                member
                for step in steps_of(entry or {}, defaults or {}, lists, at=here)
                for member in _members(step, defaults or {}, lists)
            ]
            if not members[0].written:
                found.entries[name] = members[0].plain
                continue
            refuse(_problems_of_name(name, at))
            named = _named(name, members, model, found, at=here, defaults_at=defaults_at)
            refuse(
                f"`{here}`: its member {member!r} has the name of another; rename one of them"
                for member in named
                if member in found.entries or member in entries
            )
            found.entries.update({member: plain for member, (plain, _) in named.items()})
            found.sweeps[name] = {member: values for member, (_, values) in named.items()}
            if named:
                continue
        found.problems.extend(problems)
        found.refused.add(name)
    return found


def _problems_of_name(name: Any, at: str) -> list[str]:
    """Say what is wrong with the name of a sweep, to which the values of each member are added."""
    problems = [str(fault) for fault in read({name: None}, dict[Name, Any], at=at)[1]]
    if not problems and len(name) > LONGEST_SWEEP:
        problems = [
            f"`{at}.{shown_key(name)}`: the name must have at most {LONGEST_SWEEP} characters, and "
            f"has {len(name)}, since the values of each member are added to it; shorten it"
        ]
    return problems


class _Member(NamedTuple):
    plain: dict[str, Any]
    """The entry without sweeps, merged over its defaults."""
    written: Written
    """What the lists of the entry and of the defaults say for it."""
    below: Written
    """What those of the defaults say."""
    over: Mapping[str, Any]
    """The entry alone, without sweeps; the same object for all members that share it."""


def _members(entry: Mapping[str, Any], defaults: Any, lists: Collection[str]) -> Iterator[_Member]:
    """Yield each member of an entry, merged over its defaults."""
    for over, chosen, swept in _without_sweeps(entry, lists):
        for base, below, _ in _without_sweeps(_left(defaults, over, lists, swept), lists):
            yield _Member(merge(base, over), below | chosen, below, over)


def _without_sweeps(
    node: Any, lists: Collection[str], path: Path = ()
) -> Iterator[tuple[Any, Written, frozenset[Path]]]:
    """Yield a mapping once for each combination of items of its lists.

    With it come the items chosen, and where all lists were, those inside of items included.
    """
    if isinstance(node, Mapping):
        fields = [
            [(key, *form) for form in _without_sweeps(value, lists, (*path, str(key)))]
            for key, value in node.items()
        ]
        for forms in product(*fields):
            plain = {key: value for key, value, *_ in forms}
            chosen = {at: item for _, _, items, _ in forms for at, item in items.items()}
            yield plain, chosen, frozenset(at for *_, swept in forms for at in swept)
    elif is_sweep(node, lists, path):
        for item in node:
            if isinstance(item, Mapping):
                for plain, _, swept in _without_sweeps(item, lists, path):
                    yield plain, {path: plain}, swept | {path}
            else:
                yield item, {path: item}, frozenset({path})
    else:
        yield node, {}, frozenset()


def _left(
    node: Any, over: Any, lists: Collection[str], swept: Collection[Path], path: Path = ()
) -> Any:
    """Return what is left of defaults where what `over` says is taken out; {} for nothing.

    At the paths in `swept` the entry has a list, which replaces one of the defaults.
    """
    if not isinstance(over, Mapping):
        return {}
    if isinstance(node, Mapping) and not is_other_kind(node, over):
        left = {
            key: _left(value, over[key], lists, swept, (*path, str(key))) if key in over else value
            for key, value in node.items()
        }
        return {key: value for key, value in left.items() if value != {} or key not in over}
    if is_sweep(node, lists, path) and path not in swept:
        items = [_left(item, over, lists, swept, path) for item in node]
        return items if any(items) else {}
    return {}


def _named(
    name: str,
    members: list[_Member],
    model: Any,
    unfolding: Unfolding,
    *,
    at: str,
    defaults_at: str,
) -> dict[str, tuple[dict[str, Any], dict[str, Any]]]:
    """Return the members of a sweep by name, in the order of their values, and these values.

    There are none where a key is missing since the defaults that have it are wrong.
    """
    fields = _swept_fields(members, at)
    faults: list[str] = []
    ordered = []
    for each in members:
        section, found = read(each.plain, model, at=at)
        faults += [
            _said(fault, members) for fault in found if not unfolding.follows(fault, fault.location)
        ]
        if not found:
            meaning = canonical(section)
            values = [_meant(meaning, path, each.written[path]) for path in fields]
            ordered.append((values, meaning, each))
    refuse(faults)
    if len(ordered) < len(members):
        return {}
    ordered.sort(key=lambda member: [_order(value) for value in member[0]])
    named: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {}
    by_meaning: dict[str, _Member] = {}
    by_name: dict[str, Written] = {}
    for values, meaning, each in ordered:
        same = by_meaning.setdefault(json.dumps(meaning), each)
        if same is not each:
            if _is_made_equal(same, each):
                continue
            both = _two(same.written, each.written)
            where = defaults_at if _are_of_defaults(same, each) else at
            refuse([f"`{where}`: {both} mean the same; give each value once"])
        member = member_name(name, [path[-1] for path in fields], values)
        namesake = by_name.setdefault(member, each.written)
        if namesake is not each.written:
            both = _two(namesake, each.written)
            refuse([f"`{at}`: {both} would both be called {member!r}; rename one of them"])
        told = {".".join(path): _told(v) for path, v in zip(fields, values, strict=True)}
        named[member] = each.plain, told
    return named


def _said(fault: Fault, members: list[_Member]) -> str:
    """Return the sentence of a fault of one member; of an unknown key, with the whole list."""
    values = [found_at(each.plain, fault.location) for each in members]
    if fault.rule.startswith("unknown key") and fault.location in members[0].written:
        return str(replace(fault, value=values))
    return str(fault)


def _is_made_equal(first: _Member, second: _Member) -> bool:
    """Return whether a mapping of the entry, merged over items of the defaults, made them equal."""
    if first.over is not second.over:
        return False
    merged = {path for path in first.below if isinstance(found_at(first.over, path), Mapping)}
    differ = {path for path in first.below if repr(first.below[path]) != repr(second.below[path])}
    return bool(merged) and differ <= merged


def _are_of_defaults(first: _Member, second: _Member) -> bool:
    """Return whether two members differ in nothing but what the lists of the defaults say."""
    differ = _differing(first.written, second.written)
    return all(path in first.below and path in second.below for path in differ)


def _swept_fields(members: list[_Member], at: str) -> list[Path]:
    """Return the paths of the fields that all members of a sweep have a value of, sorted."""
    fields = sorted({path for member in members for path in member.written})
    refuse(
        f"`{at}.{path[0]}`: is a list of lists, and says which runs there are, so that it cannot "
        "be swept; give one list"
        for path in fields
        if path[0] in _RUNS
    )
    refuse(
        f"`{at}.{'.'.join(path)}`: is a list in the defaults that some members of this sweep do "
        "not have; write the combinations into this entry, as a list of mappings"
        for path in fields
        if any(path not in member.written for member in members)
    )
    return fields


def _meant(meaning: Any, path: Path, written: Any) -> Any:
    """Return the value that validation has read for a field; of a mapping, the keys written."""
    for key in path:
        meaning = meaning[key]
    if not isinstance(meaning, dict):
        return meaning
    keys = written if isinstance(written, Mapping) else ()
    return {key: _meant(meaning, (key,), written[key]) for key in meaning if key in keys}


def _told(value: Any) -> Any:
    """Return the value of a swept field as the results have it."""
    if isinstance(value, list):
        return json.loads(json.dumps(value), parse_float=_shortest)
    return label(value) if isinstance(value, dict) else value


def _shortest(number: str) -> int | float:
    return int(number[:-2]) if number.endswith(".0") else float(number)


def _two(first: Written, second: Written) -> str:
    """Say where two members differ in what is written."""
    return " and ".join(
        ", ".join(
            f"`{'.'.join(path)}` = {short(written[path])}" for path in _differing(first, second)
        )
        for written in (first, second)
    )


def _differing(first: Written, second: Written) -> list[Path]:
    """Return the fields that two members write differently, all where they write the same."""
    return [path for path in first if repr(first[path]) != repr(second[path])] or [*first]


def _order(value: Any) -> tuple[Any, ...]:
    """Return what sorts values: numbers by size, numbers inside of texts too, null at the end."""
    match value:
        case bool() | int() | float():
            return 0, value
        case str():
            return 1, [int(p) if p.isdecimal() else p for p in re.split(r"(\d+)", value)], value
        case list():
            return 2, [_order(item) for item in value]
        case dict():
            return 3, [(key, _order(item)) for key, item in value.items()]
    return (4,)
