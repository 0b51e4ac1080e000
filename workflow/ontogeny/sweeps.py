"""Sweeps: a list in the place of a value stands for one entry for each of its values.

For each entry of the configuration, in this order:

1. What the entry overrides is taken out of the defaults, lists included; a list of the entry
   takes the whole list at the same path.
2. The lists of the entry and of the defaults are unfolded into members without sweeps.
3. Each member is merged over its defaults and validated, as an entry without sweeps would be.
4. Its name and its values of the swept fields are made of what validation has read, so that they
   depend neither on the spelling of a value nor on its place in the list.
"""

import json
import re
from collections.abc import Collection, Iterator, Mapping
from itertools import product
from typing import Any, NamedTuple

from ontogeny.config import (
    canonical,
    check_defaults,
    is_other_kind,
    merge,
    noted,
    refuse,
    validate,
)
from ontogeny.provenance import spec_digest

__all__ = ["Sweeps", "label", "unfolded"]

Path = tuple[str, ...]
Written = dict[Path, Any]
Sweeps = dict[str, dict[str, dict[str, Any]]]
"""By the name of the sweep, then by that of each member: the swept fields and their values."""

_RUNS = ("seeds", "weights")
_LONGEST_LABEL, _LONGEST_LABELS = 48, 150
_UNAMBIGUOUS = re.compile(
    r"(?!(none|true|false|empty|default|minus-.*)$)[a-z][a-z0-9]*(-[a-z0-9]+)*"
)


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
    Several swept fields make every combination.

    Parameters
    ----------
    entries : mapping
        Experiments or corpora by name. Anything else is returned as it is, for `validate` to
        refuse, and so is an entry that is not a mapping.
    model : type of Section, or a union of such types
        What an entry with its defaults has to be.
    lists : collection of str
        Dotted paths of the fields that are lists themselves.
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
    if not isinstance(entries, Mapping):
        return entries, {}
    problems: list[str] = []
    if defaults is not None:
        for plain, *_ in _without_sweeps(defaults, lists):
            with noted(problems):
                check_defaults(plain, model, at=defaults_at)
        refuse(problems)
    found: dict[Any, Any] = {}
    sweeps: Sweeps = {}
    for name, entry in entries.items():
        if not isinstance(entry, Mapping | None):
            found[name] = entry
            continue
        members = list(_members(entry or {}, defaults or {}, lists))
        if not members[0].written or not isinstance(name, str):
            found[name] = members[0].plain
            continue
        with noted(problems):
            named = _named(name, members, model, at=f"{at}.{name}")
            refuse(
                f"`{at}.{name}`: its member {member!r} has the name of another; rename one of them"
                for member in named
                if member in found or member in entries
            )
            found |= {member: plain for member, (plain, _) in named.items()}
            sweeps[name] = {member: values for member, (_, values) in named.items()}
    refuse(problems)
    return found, sweeps


def label(value: Any) -> str:
    """Return a value as it stands in names: lower-case letters, digits and single hyphens.

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
    elif _is_sweep(node, lists, path):
        for item in node:
            if isinstance(item, Mapping):
                for plain, _, swept in _without_sweeps(item, lists, path):
                    yield plain, {path: plain}, swept | {path}
            else:
                yield item, {path: item}, frozenset({path})
    else:
        yield node, {}, frozenset()


def _is_sweep(node: Any, lists: Collection[str], path: Path) -> bool:
    if not isinstance(node, list) or not node:
        return False
    return ".".join(path) not in lists or all(isinstance(item, list) for item in node)


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
    if _is_sweep(node, lists, path) and path not in swept:
        items = [_left(item, over, lists, swept, path) for item in node]
        return items if any(items) else {}
    return {}


def _named(
    name: str, members: list[_Member], model: Any, *, at: str
) -> dict[str, tuple[dict[str, Any], dict[str, Any]]]:
    """Return the members of a sweep by name, in the order of their values, and these values."""
    fields = _swept_fields(members, at)
    problems: list[str] = []
    read = []
    for each in members:
        with noted(problems):
            meaning = canonical(validate(each.plain, model, at=at))
            values = [_meant(meaning, path, each.written[path]) for path in fields]
            read.append((values, meaning, each))
    refuse(problems)
    read.sort(key=lambda member: [_order(value) for value in member[0]])
    named: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {}
    by_meaning: dict[str, _Member] = {}
    by_name: dict[str, Written] = {}
    for values, meaning, each in read:
        same = by_meaning.setdefault(json.dumps(meaning), each)
        if same is not each:
            if _is_made_equal(same, each):
                continue
            both = _two(same.written, each.written)
            refuse([f"`{at}`: {both} mean the same; give each value once"])
        labels = [f"{path[-1]}-{label(v)}" for path, v in zip(fields, values, strict=True)]
        words = "-".join(labels).replace("_", "-")
        member = f"{name}-{_shortened(words, values, _LONGEST_LABELS)}"
        namesake = by_name.setdefault(member, each.written)
        if namesake is not each.written:
            both = _two(namesake, each.written)
            refuse([f"`{at}`: {both} would both be called {member!r}; rename one of them"])
        told = {".".join(path): _told(v) for path, v in zip(fields, values, strict=True)}
        named[member] = each.plain, told
    return named


def _is_made_equal(first: _Member, second: _Member) -> bool:
    """Return whether a mapping of the entry, merged over items of the defaults, made them equal."""
    if first.over is not second.over:
        return False
    merged = {path for path in first.below if isinstance(_at(first.over, path), Mapping)}
    differ = {path for path in first.below if repr(first.below[path]) != repr(second.below[path])}
    return bool(merged) and differ <= merged


def _at(node: Any, path: Path) -> Any:
    for key in path:
        node = node.get(key) if isinstance(node, Mapping) else None
    return node


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
    differ = [path for path in first if repr(first[path]) != repr(second[path])]
    return " and ".join(
        ", ".join(f"`{'.'.join(path)}` = {written[path]!r}" for path in differ or first)
        for written in (first, second)
    )


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
    if 0 < len(words) <= longest:
        return words
    beginning = words[: longest or _LONGEST_LABEL].strip("-")
    return f"{beginning}-{spec_digest(value)[:8]}".lstrip("-")
