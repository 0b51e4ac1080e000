"""The plain forms of sections: what a step depends on, and defaults below what is written."""

import copy
import json
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

from ontogeny.config._faults import Fault, check_defaults, without
from ontogeny.config._messages import refuse
from ontogeny.config._models import kind_of
from ontogeny.config._sections import Section, Style

__all__ = ["canonical", "is_other_kind", "merge", "specification", "styled", "with_style"]


def canonical(value: Any) -> Any:
    """Return the canonical plain form of a section: defaults filled in, keys sorted, plain JSON.

    Two configurations of the same meaning have the same canonical form, whatever the order of
    their keys and whether a default is written out.

    Examples
    --------
    >>> canonical({"b": 1, "a": (2, 3)})
    {'a': [2, 3], 'b': 1}
    """
    if isinstance(value, BaseModel):
        value = value.model_dump(mode="json")
    return json.loads(json.dumps(value, sort_keys=True, allow_nan=False))


def specification(section: BaseModel) -> dict[str, Any]:
    """Return the shortest plain form of a section: what differs from its defaults, and its kind.

    It identifies what a step depends on, so a default that is written out changes nothing, and
    neither does a new key with a default. It validates back to the same section. A section whose
    `FORMAT` is above 1, since one of its defaults has changed, states it as ``format``.

    Examples
    --------
    >>> class Inner(Section):
    ...     x: int = 1
    ...     y: int = 2
    >>> class Outer(Section):
    ...     inner: Inner = Inner()
    ...     z: int = 3
    >>> specification(Outer(inner=Inner(y=5)))
    {'inner': {'y': 5}}
    >>> specification(Outer())
    {}
    >>> Inner.FORMAT = 2
    >>> specification(Outer())
    {'inner': {'format': 2}}
    """
    plain: dict[str, Any] = canonical(_shortened(section, section.model_dump(mode="json")))
    return plain


def _shortened(value: Any, plain: Any) -> Any:
    """Return the plain form of a value with all sections in it in their shortest form."""
    if isinstance(value, BaseModel):
        short = _marks(value)
        for name, field in type(value).model_fields.items():
            below = getattr(value, name)
            if below != field.get_default(call_default_factory=True) or _is_marked(below):
                short[name] = _shortened(below, plain[name])
        return short
    if isinstance(value, Mapping):
        pairs = zip(value.values(), plain.items(), strict=True)
        return {key: _shortened(below, written) for below, (key, written) in pairs}
    if isinstance(value, tuple | list):
        return [_shortened(*pair) for pair in zip(value, plain, strict=True)]
    return plain


def _marks(section: BaseModel) -> dict[str, Any]:
    """Return what a specification says of a section even when all its fields are defaults."""
    kind = kind_of(type(section))
    marks: dict[str, Any] = {} if kind is None else {"kind": kind}
    if isinstance(section, Section) and section.FORMAT > 1:
        marks["format"] = section.FORMAT
    return marks


def _is_marked(value: Any) -> bool:
    if isinstance(value, BaseModel):
        below = (getattr(value, name) for name in type(value).model_fields)
        return bool(_marks(value)) or any(map(_is_marked, below))
    if isinstance(value, Mapping):
        return any(map(_is_marked, value.values()))
    return isinstance(value, tuple | list) and any(map(_is_marked, value))


def merge(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """Return `base` overridden by `over`, mapping by mapping.

    A mapping with another ``kind`` than the one below it replaces it completely, since its
    fields mean something else.

    Examples
    --------
    >>> merge({"a": {"x": 1, "y": 2}}, {"a": {"y": 3}})
    {'a': {'x': 1, 'y': 3}}
    >>> merge({"a": {"kind": "mlp", "hidden": 2}}, {"a": {"kind": "transformer"}})
    {'a': {'kind': 'transformer'}}
    """
    merged = copy.deepcopy(dict(base))
    for key, value in over.items():
        below = merged.get(key)
        if (
            isinstance(below, Mapping)
            and isinstance(value, Mapping)
            and not is_other_kind(below, value)
        ):
            merged[key] = merge(below, value)
        else:
            merged[key] = copy.deepcopy(value)
    return merged


def is_other_kind(below: Mapping[str, Any], over: Mapping[str, Any]) -> bool:
    """Return whether two mappings have different ``kind``; that below may be a list of kinds."""
    if "kind" not in below or "kind" not in over:
        return False
    kinds = below["kind"] if isinstance(below["kind"], list) else [below["kind"]]
    return over["kind"] not in kinds


def with_style(
    section: Mapping[str, Any], figures: type[BaseModel], style: type[Style], *, at: str
) -> dict[str, Any]:
    """Return a study's section in which every figure has the style below `figures.defaults`.

    The defaults stay, for figures of the user's own.

    Parameters
    ----------
    section : mapping
        As the configuration files hold it; without a mapping `figures` it stays as it is.
    figures : type
        The section ``figures`` of the study, a field for each figure and `defaults`.
    style : type
        Of a single figure.
    at : str
        The name of the section.

    Raises
    ------
    ConfigurationError
        If the defaults themselves break a rule.
    """
    found, faults = styled(section, figures, style, at=at)
    refuse(map(str, faults))
    return found


def styled(
    section: Mapping[str, Any], figures: type[BaseModel], style: type[Style], *, at: str
) -> tuple[dict[str, Any], list[Fault]]:
    """Return the same as `with_style`, with what is wrong with the defaults left out, and that."""
    if not isinstance(section.get("figures"), Mapping):
        return dict(section), []
    written = dict(section["figures"])
    defaults = written.pop("defaults", None)
    if defaults is None:
        return {**section, "figures": written}, []
    faults = check_defaults(defaults, style, at=f"{at}.figures.defaults")
    for fault in faults:
        defaults = without(defaults, fault.location)
    absent: dict[str, Any] = {name: {} for name in figures.model_fields}
    written = {
        name: merge(defaults, value or {}) if isinstance(value, Mapping | None) else value
        for name, value in (absent | written).items()
    }
    written["defaults"] = defaults
    return {**section, "figures": written}, faults
