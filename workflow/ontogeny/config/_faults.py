"""Reading a value as a model, and every fault that it has, in words of the file."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeVar, overload

from pydantic import BaseModel, TypeAdapter, ValidationError

from ontogeny.config._messages import refuse
from ontogeny.config._models import (
    description_at,
    keys_at,
    kind_of,
    kinds_at,
    length_at,
    models_at,
    nearest,
    tags,
)
from ontogeny.config._shown import short, shown_key
from ontogeny.config._spelling import as_written, respelt

__all__ = ["Fault", "Location", "check_defaults", "read", "unknown_name", "validate", "without"]

Model = TypeVar("Model", bound=BaseModel)
Location = tuple[Any, ...]

_NOUNS = {
    "string_type": "a text",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
    "tuple_type": "a list",
}
_LIMITS = {
    "greater_than": "must be greater than {gt:,.15g}",
    "greater_than_equal": "must be greater than or equal to {ge:,.15g}",
    "less_than": "must be less than {lt:,.15g}",
    "less_than_equal": "must be less than or equal to {le:,.15g}",
    "finite_number": "must be a finite number",
    "too_short": "must hold at least {min_length}",
    "too_long": "must hold at most {max_length}",
    "string_too_short": "is empty; give at least one character",
    "string_too_long": "must have at most {max_length} characters",
}
_MAPPINGS = {"model_type", "model_attributes_type", "dict_type"}
_ABSENT = object()


@dataclass(frozen=True)
class Fault:
    """Something that breaks a rule.

    Attributes
    ----------
    location : tuple
        The keys and indices that lead to it.
    key : str
        The same from the whole, with dots.
    value : object
        What is written there; of a key that is missing, nothing that a file can hold.
    rule : str
        What it breaks, with the remedy.
    is_missing : bool
        Whether the key is not there.
    """

    location: Location
    key: str
    value: Any
    rule: str
    is_missing: bool = False

    def __str__(self) -> str:
        """Return the fault as one sentence."""
        value = "" if self.value is _ABSENT else f" = {short(self.value)}"
        return f"`{self.key}`{value}: {self.rule}"


@overload
def validate(raw: Any, model: type[Model], *, at: str = "") -> Model: ...


@overload
def validate(raw: Any, model: Any, *, at: str = "") -> Any: ...


def validate(raw: Any, model: Any, *, at: str = "") -> Any:
    """Return the configuration as a value of `model`.

    Parameters
    ----------
    raw : mapping
        What the configuration files hold.
    model : type of Section, or a union of such types
        The contract.
    at : str
        Key of `raw` in the whole configuration, for messages.

    Raises
    ------
    ConfigurationError
        One message with every problem: key, value, rule and, for an unknown key, the nearest
        known one.
    """
    value, faults = read(raw, model, at=at)
    if faults:
        meant, problems, spelt = respelt(raw, model, at=at)
        _, faults = read(meant, model, at=at)
        refuse(problems + [as_written(str(fault), spelt) for fault in faults])
    return value


def read(raw: Any, model: Any, *, at: str = "") -> tuple[Any, list[Fault]]:
    """Return the configuration as a value of `model`, None where it has faults, and these.

    Parameters
    ----------
    raw, model, at
        As of `validate`.
    """
    try:
        return TypeAdapter(model).validate_python(raw), []
    except ValidationError as error:
        problems = [_problem(each, raw, model) for each in error.errors()]
    return None, _told_once([_fault(each, model, at) for each in problems])


def _told_once(faults: list[Fault]) -> list[Fault]:
    """Return one fault for each place: of a value that may be of several types, with both rules."""
    once: dict[Any, Fault] = {}
    for fault in faults:
        is_rule_of_value = fault.rule.startswith("must be ")
        place = fault.key, fault.is_missing, is_rule_of_value or fault.rule
        same = once.setdefault(place, fault)
        if same.rule != fault.rule:
            other = fault.rule.removeprefix("must be ")
            once[place] = replace(same, rule=f"{same.rule} or {other}")
    return list(once.values())


@dataclass(frozen=True)
class _Problem:
    """One error of pydantic, and the place in the file that it is about.

    `loc` is the location of pydantic, with tags of unions; `location` has the keys of the file.
    """

    type: str
    context: Mapping[str, Any]
    text: str
    loc: tuple[Any, ...]
    tags: set[int]
    location: Location
    value: Any
    is_of_key: bool


def _problem(error: Any, raw: Any, model: Any) -> _Problem:
    loc, kind = error["loc"], error["type"]
    is_of_key = loc[-1:] == ("[key]",)
    if is_of_key:
        loc = loc[:-1]
    if kind == "missing" and isinstance(loc[-1], int):
        loc, kind = loc[:-1], "too_short"
    tagged = tags(model, loc)
    parts = [part for index, part in enumerate(loc) if index not in tagged]
    location: list[Any] = []
    node = raw
    for index, part in enumerate(parts):
        is_last = index == len(parts) - 1
        if isinstance(node, Mapping):
            key = error["input"] if is_last and (is_of_key or kind == "invalid_key") else part
            known = [each for each in node if each is key or str(each) == str(key) or each == key]
            if known or (is_last and kind == "missing"):
                location.append(known[0] if known else key)
                node = node[known[0]] if known else _ABSENT
        elif isinstance(part, int):
            location.append(part)
            is_there = isinstance(node, list | tuple) and part < len(node)
            node = node[part] if is_there else error["input"]
    context = error.get("ctx", {})
    text, place = error["msg"], tuple(location)
    return _Problem(kind, context, text, loc, tagged, place, node, is_of_key)


def _path(location: Location, at: str) -> str:
    """Return the keys that lead to a place."""
    return ".".join([at] * bool(at) + [*map(shown_key, location)]) or "the configuration"


def _fault(problem: _Problem, model: Any, at: str) -> Fault:
    """Return an error of pydantic in words of the file."""
    path = _path(problem.location, at)
    if problem.is_of_key:
        rule = _rule(replace(problem, value=problem.location[-1]), model)
        return Fault(problem.location, path, _ABSENT, f"the name {rule}")
    if problem.type in {"extra_forbidden", "invalid_key"}:
        rule = _unknown(problem, model)
        return Fault(problem.location, path, problem.value, rule)
    if problem.type == "missing":
        what = description_at(model, problem.loc).rstrip(".")
        rule = f"is missing; give it: {what[:1].lower()}{what[1:]}" if what else "is missing"
        return Fault(problem.location, path, _ABSENT, rule, is_missing=True)
    if problem.type in {"union_tag_not_found", "union_tag_invalid"}:
        location, kinds = (*problem.location, "kind"), kinds_at(model, problem.loc)
        path = _path(location, at)
        if problem.type == "union_tag_not_found" and "kind" not in problem.value:
            rule = f"is missing; must be one of {', '.join(kinds)}"
            return Fault(location, path, _ABSENT, rule, is_missing=True)
        value = problem.value["kind"]
        return Fault(location, path, value, _one_of(kinds, value))
    return Fault(problem.location, path, problem.value, _rule(problem, model))


def _unknown(problem: _Problem, model: Any) -> str:
    """Return that a key is not known, and the nearest one that is."""
    written, above = problem.location[-1], problem.loc[:-1]
    is_tagged = len(above) - 1 in problem.tags
    known = keys_at(model, above)
    others = models_at(model, above[:-1]) if is_tagged else []
    having = [f"`{kind_of(each)}`" for each in others if written in each.model_fields]
    near = None if having else nearest(written, known)
    if near:
        return f"unknown key; did you mean `{near}`?"
    what = f"unknown key of the kind `{above[-1]}`" if is_tagged else "unknown key"
    if not isinstance(written, str):
        return f"{what}, since it is not a text; known keys are {', '.join(known)}"
    if having:
        what += f", though one of the kind {' and '.join(having)}"
    return f"{what}; known keys are {', '.join(known)}"


def _rule(problem: _Problem, model: Any) -> str:
    """Return what a value breaks, with the remedy."""
    value, context = problem.value, problem.context
    if problem.type == "value_error":
        return str(context["error"])
    if problem.type in _NOUNS:
        return _not_a(_NOUNS[problem.type], value)
    if problem.type in _MAPPINGS:
        return _not_a_mapping(value, kinds_at(model, problem.loc), keys_at(model, problem.loc))
    if problem.type in {"too_short", "too_long"}:
        length = length_at(model, problem.loc)
        if length is not None:
            return f"must be a list of {length} values, not of {len(value)}"
    if problem.type == "literal_error":
        return _one_of(re.findall(r"'([^']*)'", context["expected"]), value)
    if problem.type in _LIMITS:
        return _LIMITS[problem.type].format(**context)
    text = problem.text.replace("Input should be", "must be")
    return text[0].lower() + text[1:]


def _one_of(known: list[str], value: object) -> str:
    near = nearest(value, known)
    return f"must be one of {', '.join(known)}" + (f"; did you mean `{near}`?" if near else "")


def _not_a(noun: str, value: object) -> str:
    match value:
        case None:
            return f"must be {noun}, and the value is empty; give one, or leave the key out"
        case [] | ():
            return f"must be {noun}, not an empty list; give one, or leave the key out"
        case list() | tuple():
            return f"must be {noun}, not a list"
        case Mapping():
            return f"must be {noun}, not a mapping of keys to values"
    is_text = noun == _NOUNS["string_type"]
    return f"must be {noun}" + ("; put quotation marks around it if it is one" if is_text else "")


def _not_a_mapping(value: object, kinds: list[str], keys: list[str]) -> str:
    rule = "must be a mapping of keys to values"
    if len(kinds) > 1:
        kind = value if isinstance(value, str) and value in kinds else kinds[0]
        return f"{rule} with a `kind`, one of {', '.join(kinds)}, for example {{kind: {kind}}}"
    return f"{rule}; known keys are {', '.join(keys)}" if keys else rule


def check_defaults(defaults: Any, model: Any, *, at: str) -> list[Fault]:
    """Return what is wrong with defaults by themselves.

    Parameters
    ----------
    defaults : mapping
        What holds for all entries; any part of `model` may be missing.
    model : type of Section
        What an entry with its defaults has to be.
    at : str
        Key of `defaults`, for messages.
    """
    return [fault for fault in read(defaults, model, at=at)[1] if not fault.is_missing]


def unknown_name(key: str, name: str, known: Collection[str], what: str) -> Fault:
    """Return the fault of a name that is not among those that it must be one of.

    Parameters
    ----------
    key : str
        Key of the name in the whole configuration.
    name : str
    known : collection of str
    what : str
        What has such names, with its article, for example ``a corpus``.
    """
    names = f"; known are {', '.join(known)}" if known else ", and there is none"
    return Fault((), key, name, f"is not {what}{names}")


def without(node: Any, location: Location) -> Any:
    """Return a mapping without what is at a location, or without the list that has it.

    Examples
    --------
    >>> without({"a": {"b": [1, 2], "c": 3}}, ("a", "b", 1))
    {'a': {'c': 3}}
    """
    if not isinstance(node, Mapping) or not location:
        return {}
    key, *below = location
    if key not in node:
        return node
    if below and isinstance(node[key], Mapping):
        return {**node, key: without(node[key], tuple(below))}
    return {each: value for each, value in node.items() if each != key}
