"""Configuration: strict sections, canonical form, and one clear message for a wrong file.

A section of the configuration is a pydantic model built on `Section`. Numbers are read by meaning
(``8``, ``8.0`` and the YAML 1.2 number ``1e-3`` that YAML 1.1 reads as text), everything else
strictly; unknown keys are refused with the nearest known one.
"""

import copy
import difflib
import json
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Annotated, Any, TypeVar, overload

import yaml
from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    TypeAdapter,
    ValidationError,
    WrapValidator,
    create_model,
)

__all__ = [
    "AS_REAL",
    "AS_WHOLE",
    "ConfigurationError",
    "Count",
    "Files",
    "Name",
    "Positive",
    "Section",
    "Seed",
    "Seeds",
    "Style",
    "as_tuple",
    "canonical",
    "check_defaults",
    "is_other_kind",
    "merge",
    "noted",
    "parse_yaml",
    "refuse",
    "schema",
    "short",
    "specification",
    "validate",
    "with_style",
]

Model = TypeVar("Model", bound=BaseModel)

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")


class ConfigurationError(ValueError):
    """The configuration breaks a rule; the message names every key, value and rule."""


def _number(value: object) -> object:
    if isinstance(value, bool):
        msg = "must be a number"
        raise ValueError(msg)  # noqa: TRY004  (pydantic collects ValueError)
    if isinstance(value, str) and _NUMBER.fullmatch(value):
        return int(value) if value.isdecimal() else float(value)
    return value


def _real(value: object) -> object:
    value = _number(value)
    if not isinstance(value, int | float):
        return value
    try:
        return float(value) + 0.0  # -0.0 becomes 0.0, which means the same
    except OverflowError:
        msg = "must be a finite number"
        raise ValueError(msg) from None


def _whole(value: object) -> object:
    value = _number(value)
    return int(value) if isinstance(value, float) and value.is_integer() else value


def as_tuple(value: object) -> object:
    """Return a list as a tuple, for fields of strict models, and anything else as it is."""
    return tuple(value) if isinstance(value, list) else value


def _files(value: object) -> object:
    return (value,) if isinstance(value, str) else as_tuple(value)


Files = Annotated[tuple[str, ...], BeforeValidator(_files)]
"""Names of files: a list, or the name of a single one."""

AS_REAL = BeforeValidator(_real)
"""Reads a real number by meaning: ``1``, ``1.0`` and ``1e0`` are the same."""

AS_WHOLE = BeforeValidator(_whole)
"""Reads a whole number by meaning: ``8`` and ``8.0`` are the same."""

NAME_PATTERN = r"[a-z][a-z0-9]*(-[a-z0-9]+)*"


def _name(value: object) -> object:
    if isinstance(value, str) and not re.fullmatch(NAME_PATTERN, value):
        msg = (
            "must be lower-case letters, digits and single hyphens, beginning with a letter "
            "(it names files)"
        )
        raise ValueError(msg)
    return value


Name = Annotated[str, Field(pattern=f"^{NAME_PATTERN}$"), BeforeValidator(_name)]
"""A name that becomes part of a file's path."""


class Section(BaseModel):
    """Base of every section: immutable, strict, without unknown keys."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, strict=True, allow_inf_nan=False, validate_default=True
    )


Positive = Annotated[float, Field(gt=0), AS_REAL]
Count = Annotated[int, Field(ge=1), AS_WHOLE]
Seed = Annotated[int, Field(ge=0, lt=2**63), AS_WHOLE]


def _different(value: object, handler: Callable[[object], Any]) -> object:
    if not isinstance(value, list | tuple):
        msg = "must be a list of whole numbers, for example [0, 1]"
        raise ValueError(msg)  # noqa: TRY004  (pydantic collects ValueError)
    if not value:
        msg = "must hold at least one seed; give a list of whole numbers, for example [0, 1]"
        raise ValueError(msg)
    seeds: Sequence[int] = handler(tuple(value))
    for seed in dict.fromkeys(seeds):
        written = [repr(each) for each, read in zip(value, seeds, strict=True) if read == seed]
        if len(written) > 1:
            spelled = "" if len({*written}) == 1 else f" (written {', '.join(written)})"
            msg = f"holds {seed} more than once{spelled}; each seed is one run"
            raise ValueError(msg)
    return seeds


Seeds = Annotated[tuple[Seed, ...], WrapValidator(_different)]
"""Seeds of an experiment, each once: ``1``, ``1.0`` and ``1e0`` are the same seed."""


class Style(Section):
    """How figures look."""

    width: Annotated[float, Field(ge=3, le=20), AS_REAL] = Field(7.0, description="Width [inch].")
    resolution: Annotated[int, Field(ge=50, le=600), AS_WHOLE] = Field(
        150, description="Resolution of the PNG files [dots/inch]."
    )
    log_steps: bool = Field(True, description="Draw training steps on a logarithmic axis.")


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
    neither does a new key with a default. It validates back to the same section. A default must
    therefore never change its value once results were made with it.

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
    """
    plain = section.model_dump(mode="json", exclude_defaults=True)
    return canonical(_with_kinds(section, plain))


def _with_kinds(section: BaseModel, plain: dict[str, Any]) -> dict[str, Any]:
    """Put the fields called ``kind`` back, which tell the members of a union apart."""
    for name in type(section).model_fields:
        value = getattr(section, name)
        if name == "kind":
            plain[name] = value
        elif isinstance(value, BaseModel):
            below = _with_kinds(value, plain.get(name, {}))
            if below:
                plain[name] = below
    return plain


def merge(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """Return `base` overridden by `over`, mapping by mapping.

    A mapping with another ``kind`` than the one below it replaces that one whole, since its
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


class _UniqueKeys(yaml.SafeLoader):
    pass


def _mapping_of_unique_keys(loader: _UniqueKeys, node: yaml.MappingNode) -> dict[Any, Any]:
    seen: set[Any] = set()
    for key, _ in node.value:
        meaning = loader.construct_object(key) if isinstance(key, yaml.ScalarNode) else key.value
        if {key.value, meaning} & seen:
            msg = (
                f"line {key.start_mark.line + 1}: the key `{key.value}` stands here a second time; "
                "keep one of the two"
            )
            raise ConfigurationError(msg)
        seen |= {key.value, meaning}
    return loader.construct_mapping(node, deep=True)


def _decimal(loader: _UniqueKeys, node: yaml.ScalarNode) -> int | float:
    """Read a number, and refuse what YAML 1.1 reads in base 8 or 60: ``010`` and ``1:30``."""
    base = 60 if ":" in node.value else 8 if re.match(r"[+-]?0[0-9_]+$", node.value) else 10
    if base != 10:
        msg = (
            f"line {node.start_mark.line + 1}: YAML reads `{node.value}` in base {base}; write the "
            "number in decimal without leading zeros, or in quotation marks if it is a text"
        )
        raise ConfigurationError(msg)
    number = float if node.tag.endswith("float") else int
    constructed = getattr(loader, f"construct_yaml_{number.__name__}")(node)
    return number(constructed)


_UniqueKeys.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping_of_unique_keys)
for _tag in ("tag:yaml.org,2002:int", "tag:yaml.org,2002:float"):
    _UniqueKeys.add_constructor(_tag, _decimal)


def parse_yaml(text: str) -> dict[str, Any]:
    """Return the mapping that a YAML text holds.

    Raises
    ------
    ConfigurationError
        If the text is not YAML, holds a key twice, or is not a mapping.
    """
    try:
        parsed = yaml.load(text, Loader=_UniqueKeys)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"line {mark.line + 1}, column {mark.column + 1}: " if mark else ""
        problem = getattr(error, "problem", None) or error
        msg = f"{where}not YAML: {problem}"
        raise ConfigurationError(msg) from error
    if not isinstance(parsed, dict):
        msg = f"must be a mapping of sections, not {parsed!r}"
        raise ConfigurationError(msg)
    return parsed


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
        raise _refusal(error.errors(), raw, model, at) from None


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
            raise _refusal(problems, defaults, model, at) from None


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


def with_style(
    section: Mapping[str, Any], figures: type[BaseModel], style: type[Style], *, at: str
) -> dict[str, Any]:
    """Return a study's section in which every figure has the style below `figures.defaults`.

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
    if not isinstance(section.get("figures"), Mapping):
        return dict(section)
    written: dict[str, Any] = {name: {} for name in figures.model_fields} | dict(section["figures"])
    defaults = written.pop("defaults", None)
    if defaults is not None:
        check_defaults(defaults, style, at=f"{at}.figures.defaults")
        written = {
            name: merge(defaults, value or {}) if isinstance(value, Mapping | None) else value
            for name, value in written.items()
        }
    return {**section, "figures": written}


def _refusal(problems: Iterable[Any], raw: Any, model: Any, at: str) -> ConfigurationError:
    sentences = [_sentence(problem, raw, model, at) for problem in problems]
    return ConfigurationError("\n".join(dict.fromkeys(sentences)))


def _sentence(problem: Any, raw: Any, model: Any, at: str) -> str:
    kinds = [part for part in problem["loc"] if _is_tag(part, problem["loc"], raw)]
    location = [part for part in problem["loc"] if part not in kinds]
    path = ".".join([at] * bool(at) + [str(part) for part in location]) or "the configuration"
    value = problem["input"]
    if problem["type"] == "extra_forbidden":
        near = difflib.get_close_matches(
            str(location[-1]), _known_keys(model, problem["loc"][:-1]), n=1, cutoff=0.4
        )
        known = ", ".join(_known_keys(model, problem["loc"][:-1]))
        hint = f"did you mean `{near[0]}`?" if near else f"known keys are {known}"
        of_kind = f" of the kind `{kinds[-1]}`" if kinds else ""
        return f"`{path}` = {short(value)}: unknown key{of_kind}; {hint}"
    if problem["type"] == "missing":
        return f"`{path}`: is missing; {_describe(model, problem['loc'])}".rstrip("; ")
    if problem["type"] in {"model_type", "model_attributes_type", "dict_type"}:
        return f"`{path}` = {short(value)}: must be a mapping of keys to values"
    if problem["type"] == "value_error":
        return f"`{path}` = {short(value)}: {problem['ctx']['error']}"
    message = problem["msg"].replace("Input should be", "must be")
    if problem["type"] in {"literal_error", "union_tag_invalid"}:
        expected = re.findall(r"'([^']*)'", str(problem["ctx"].get("expected") or ""))
        expected = expected or re.findall(
            r"'([^']*)'", str(problem["ctx"].get("expected_tags") or "")
        )
        if problem["type"] == "union_tag_invalid":
            path = f"{path}.kind"
        given = value.get("kind") if isinstance(value, Mapping) else value
        near = difflib.get_close_matches(str(given), expected, n=1, cutoff=0.4)
        message = f"must be one of {', '.join(expected)}"
        message += f"; did you mean `{near[0]}`?" if near else ""
        value = given
    return f"`{path}` = {short(value)}: {message[0].lower()}{message[1:]}"


def short(value: object) -> str:
    """Return a value as a message shows it."""
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."


def _is_tag(part: object, location: tuple[object, ...], raw: Any) -> bool:
    """Whether `part` of a pydantic location is the tag of a union and no key of the file."""
    index = location.index(part)
    below: Any = raw
    for step in location[:index]:
        if isinstance(below, Mapping) and step in below:
            below = below[step]
    return (
        isinstance(below, Mapping)
        and index + 1 < len(location)
        and part not in below
        and below.get("kind") == part
    )


def _models(model: Any) -> list[type[BaseModel]]:
    """All models that an annotation mentions."""
    if isinstance(model, type) and issubclass(model, BaseModel):
        return [model]
    found: list[type[BaseModel]] = []
    for argument in getattr(model, "__args__", ()):
        found += _models(argument)
    return found


def _fields_at(model: Any, location: tuple[object, ...]) -> list[type[BaseModel]]:
    models = _models(model)
    for part in location:
        below: list[type[BaseModel]] = []
        for candidate in models:
            if part in candidate.model_fields:
                below += _models(candidate.model_fields[str(part)].annotation)
            elif _kind_of(candidate) == part:
                below.append(candidate)
        models = below or models
    return models


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


def schema(
    sections: Mapping[str, type[BaseModel]],
    *,
    title: str,
    shared: Iterable[type[BaseModel]] = (),
    swept: Collection[type[BaseModel]] = (),
) -> dict[str, Any]:
    """Return the JSON schema (draft 2020-12) of a configuration with the given sections.

    The fields of the models in `shared` are sections too. A field of the models in `swept` may also
    be a list of values.

    Nothing is required: a key may come from the defaults above it. What must be present once
    everything is merged is checked by `validate`.
    """
    fields: dict[str, Any] = {name: (model, ...) for name, model in sections.items()}
    for each in shared:
        fields |= {name: (rule.annotation, rule) for name, rule in each.model_fields.items()}
    configuration = create_model(title, __base__=Section, **fields)
    whole = configuration.model_json_schema()

    def relaxed(node: Any) -> Any:
        if isinstance(node, dict):
            closed = {"additionalProperties": False} if "patternProperties" in node else {}
            kept = {key: relaxed(value) for key, value in node.items() if key != "required"}
            return kept | closed
        if isinstance(node, list):
            return [relaxed(value) for value in node]
        return node

    for model in swept:
        of_several = f"{model.__module__}.{model.__name__}".replace(".", "__")
        definitions = whole["$defs"]
        fields_of = definitions.get(model.__name__, definitions.get(of_several))["properties"]
        for name, rule in fields_of.items():
            about = {key: rule.pop(key) for key in ("description", "default") if key in rule}
            fields_of[name] = about | {"anyOf": [rule, {"type": "array", "items": dict(rule)}]}
    return {"$schema": "https://json-schema.org/draft/2020-12/schema"} | relaxed(whole)
