"""Validation, and one clear message for all that is wrong."""

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from types import UnionType
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin, overload

from pydantic import BaseModel, TypeAdapter, ValidationError

__all__ = ["ConfigurationError", "check_defaults", "noted", "refuse", "short", "validate"]

Model = TypeVar("Model", bound=BaseModel)


class ConfigurationError(ValueError):
    """The configuration breaks a rule; the message names every key, value and rule."""


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
        Where `raw` stands in the whole, for messages.

    Raises
    ------
    ConfigurationError
        One message with every problem: key, value, rule and, for an unknown key, the nearest
        known one.
    """
    try:
        return TypeAdapter(model).validate_python(raw)
    except ValidationError as error:
        raise _refusal(error.errors(), model, at) from None


def check_defaults(defaults: Any, model: type[BaseModel], *, at: str) -> None:
    """Refuse defaults that break a rule by themselves; any part of `model` may be missing.

    Parameters
    ----------
    defaults : mapping
        What holds for all entries.
    model : type of Section
        What an entry with its defaults has to be.
    at : str
        Where `defaults` stands, for messages.

    Raises
    ------
    ConfigurationError
        One message with every problem.
    """
    try:
        model.model_validate(defaults)
    except ValidationError as error:
        absent = {"missing", "union_tag_not_found"}
        problems = [problem for problem in error.errors() if problem["type"] not in absent]
        if problems:
            raise _refusal(problems, model, at) from None


@contextmanager
def noted(problems: list[str]) -> Iterator[None]:
    """Add the message of a refusal to `problems`, so that others can be found before `refuse`."""
    try:
        yield
    except ConfigurationError as error:
        problems.append(str(error))


def refuse(problems: Iterable[str]) -> None:
    """Raise one `ConfigurationError` that says each problem once; return when there is none."""
    lines = dict.fromkeys(line for problem in problems for line in problem.splitlines())
    if lines:
        raise ConfigurationError("\n".join(lines))


def _refusal(problems: Iterable[Any], model: Any, at: str) -> ConfigurationError:
    sentences = [_sentence(problem, model, at) for problem in problems]
    return ConfigurationError("\n".join(dict.fromkeys(sentences)))


def _sentence(problem: Any, model: Any, at: str) -> str:
    tags = _tags(model, problem["loc"])
    location = [part for index, part in enumerate(problem["loc"]) if index not in tags]
    path = ".".join([at] * bool(at) + [str(part) for part in location]) or "the configuration"
    value = problem["input"]
    if problem["type"] == "extra_forbidden":
        near = difflib.get_close_matches(
            str(location[-1]), _known_keys(model, problem["loc"][:-1]), n=1
        )
        known = ", ".join(_known_keys(model, problem["loc"][:-1]))
        hint = f"did you mean `{near[0]}`?" if near else f"known keys are {known}"
        above = len(problem["loc"]) - 2
        of_kind = f" of the kind `{problem['loc'][above]}`" if above in tags else ""
        return f"`{path}` = {short(value)}: unknown key{of_kind}; {hint}"
    if problem["type"] == "missing":
        return f"`{path}`: is missing; {_describe(model, problem['loc'])}".rstrip("; ")
    if problem["type"] == "union_tag_not_found":
        known = ", ".join(str(_kind_of(each)) for each in _fields_at(model, problem["loc"]))
        return f"`{path}.kind`: is missing; must be one of {known}"
    if problem["type"] in {"model_type", "model_attributes_type", "dict_type"}:
        return f"`{path}` = {short(value)}: must be a mapping of keys to values"
    if problem["type"] == "value_error":
        return f"`{path}` = {short(value)}: {problem['ctx']['error']}"
    if problem["type"] == "too_short":
        return f"`{path}` = {short(value)}: must hold at least {problem['ctx']['min_length']}"
    message = problem["msg"].replace("Input should be", "must be")
    message = message.replace("a valid tuple", "a list")
    if problem["type"] in {"literal_error", "union_tag_invalid"}:
        expected = re.findall(r"'([^']*)'", str(problem["ctx"].get("expected") or ""))
        expected = expected or re.findall(
            r"'([^']*)'", str(problem["ctx"].get("expected_tags") or "")
        )
        if problem["type"] == "union_tag_invalid":
            path = f"{path}.kind"
        given = value.get("kind") if isinstance(value, Mapping) else value
        near = difflib.get_close_matches(given, expected, n=1) if isinstance(given, str) else []
        message = f"must be one of {', '.join(expected)}"
        message += f"; did you mean `{near[0]}`?" if near else ""
        value = given
    return f"`{path}` = {short(value)}: {message[0].lower()}{message[1:]}"


def short(value: object) -> str:
    """Return a value as a message shows it."""
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."


def _tags(model: Any, location: tuple[object, ...]) -> set[int]:
    """Return the places of tags of unions in a pydantic location: no keys of the file."""
    return {
        index
        for index, part in enumerate(location)
        if any(
            _is_model(each) and _kind_of(each) == part
            for annotation in _annotations_at(model, location[:index])
            for each in _alternatives(annotation)
            if each is not annotation
        )
    }


def _fields_at(model: Any, location: tuple[object, ...]) -> list[type[BaseModel]]:
    """Return all models that the value at a location may be of."""
    return [each for found in _annotations_at(model, location) for each in _models(found)]


def _annotations_at(model: Any, location: tuple[object, ...]) -> list[Any]:
    found = [model]
    for part in location:
        below = [each for annotation in found for each in _below(annotation, part)]
        found = below or found
    return found


def _below(annotation: Any, part: object) -> list[Any]:
    """Return what a part of a location leads to: a kind of a union, a field, or an entry."""
    alternatives = _alternatives(annotation)
    of_kind = [each for each in alternatives if _is_model(each) and _kind_of(each) == part]
    if of_kind and of_kind != [annotation]:
        return of_kind
    found = []
    for each in alternatives:
        if _is_model(each):
            found += [each.model_fields[str(part)].annotation] if part in each.model_fields else []
        elif get_origin(each) is dict:
            found.append(get_args(each)[1])
        elif get_origin(each) is tuple:
            found.append(get_args(each)[0])
    return found


def _alternatives(annotation: Any) -> list[Any]:
    """Return the members of a union, without what annotates them; of anything else itself."""
    if get_origin(annotation) is Annotated:
        return _alternatives(get_args(annotation)[0])
    if get_origin(annotation) in {Union, UnionType}:
        return [each for member in get_args(annotation) for each in _alternatives(member)]
    return [annotation]


def _models(annotation: Any) -> list[type[BaseModel]]:
    return [each for each in _alternatives(annotation) if _is_model(each)]


def _is_model(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)


def _kind_of(model: type[BaseModel]) -> object:
    field = model.model_fields.get("kind")
    return field.default if field is not None else None


def _known_keys(model: Any, location: tuple[object, ...]) -> list[str]:
    return [key for found in _fields_at(model, location) for key in found.model_fields]


def _describe(model: Any, location: tuple[object, ...]) -> str:
    for found in _fields_at(model, location[:-1]):
        field = found.model_fields.get(str(location[-1]))
        if field is not None and field.description:
            return field.description
    return ""
