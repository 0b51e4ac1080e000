"""What a model says about a place: which models, keys and kinds there can be."""

import difflib
from collections.abc import Collection, Iterable
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel

__all__ = [
    "alternatives_at",
    "below",
    "description_at",
    "keys_at",
    "kind_of",
    "kinds_at",
    "length_at",
    "models_at",
    "models_of",
    "nearest",
    "tags",
]

_CLOSE, _SURE = 0.6, 0.75


def nearest(word: object, known: Iterable[str], *, surely: bool = False) -> str | None:
    """Return which of some known words was meant by another; None where none is close.

    Case and the choice of hyphen or underscore do not count.

    Parameters
    ----------
    word : object
        Anything but a text is like no word.
    known : iterable of str
    surely : bool
        Only one that can be taken in the place of the other.

    Examples
    --------
    >>> nearest("Weight-decy", ["weight_decay", "warm_up"]), nearest("x", ["weight_decay"])
    ('weight_decay', None)
    """
    if not isinstance(word, str):
        return None
    alike = {_plain(each): each for each in known}
    cutoff = _SURE if surely else _CLOSE
    found = difflib.get_close_matches(_plain(word), alike, n=1, cutoff=cutoff)
    return alike[found[0]] if found else None


def _plain(word: str) -> str:
    return word.lower().replace("-", "_")


def tags(model: Any, location: tuple[object, ...]) -> set[int]:
    """Return the places of tags of unions in a pydantic location: no keys of the file."""
    return {
        index
        for index, part in enumerate(location)
        if any(
            _is_model(each) and kind_of(each) == part
            for annotation in _annotations_at(model, location[:index])
            for each in _alternatives(annotation)
            if each is not annotation
        )
    }


def models_at(model: Any, location: tuple[object, ...]) -> list[type[BaseModel]]:
    """Return all models that the value at a location may be of."""
    return [each for each in alternatives_at(model, location) if _is_model(each)]


def alternatives_at(model: Any, location: tuple[object, ...]) -> list[Any]:
    """Return what the value at a location may be: the members of a union, or one type."""
    return [each for found in _annotations_at(model, location) for each in _alternatives(found)]


def kinds_at(model: Any, location: tuple[object, ...]) -> list[str]:
    """Return the kinds that a mapping at a location may have."""
    kinds = map(kind_of, models_at(model, location))
    return [kind for kind in kinds if isinstance(kind, str)]


def keys_at(model: Any, location: tuple[object, ...]) -> list[str]:
    """Return the keys that a mapping at a location may have."""
    return [key for found in models_at(model, location) for key in found.model_fields]


def length_at(model: Any, location: tuple[object, ...]) -> int | None:
    """Return how long a list at a location must be; None where any length is right."""
    for each in alternatives_at(model, location):
        if get_origin(each) is tuple and Ellipsis not in get_args(each):
            return len(get_args(each))
    return None


def description_at(model: Any, location: tuple[object, ...]) -> str:
    """Return what the key at a location means."""
    for found in models_at(model, location[:-1]):
        field = found.model_fields.get(str(location[-1]))
        if field is not None and field.description:
            return field.description
    return ""


def _annotations_at(model: Any, location: tuple[object, ...]) -> list[Any]:
    found = [model]
    for part in location:
        below = [each for annotation in found for each in _below(annotation, part)]
        found = below or found
    return found


def models_of(annotation: Any) -> list[type[BaseModel]]:
    """Return all models that a value of a type may be of."""
    return [each for each in _alternatives(annotation) if _is_model(each)]


def below(annotation: Any, key: object, models: Collection[type[BaseModel]]) -> list[Any]:
    """Return what a key of a mapping leads to, where the mapping is of some of the models."""
    found = []
    for each in _alternatives(annotation):
        if _is_model(each):
            if each in models and key in each.model_fields:
                found.append(each.model_fields[str(key)].annotation)
        elif get_origin(each) in {dict, tuple}:
            found.append(get_args(each)[1 if get_origin(each) is dict else 0])
    return found


def _below(annotation: Any, part: object) -> list[Any]:
    """Return what a part of a location leads to: a kind of a union, a field, or an entry."""
    alternatives = _alternatives(annotation)
    of_kind = [each for each in alternatives if _is_model(each) and kind_of(each) == part]
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


def _is_model(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)


def kind_of(model: type[BaseModel]) -> object:
    """Return the kind that tells a model apart from others.

    It is None if the model has no field `kind`, or if `kind` is a choice within the model.
    """
    field = model.model_fields.get("kind")
    if field is None or len(get_args(field.annotation)) > 1:
        return None
    return field.default
