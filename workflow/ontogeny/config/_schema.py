"""The JSON schema of a configuration, which editors check a file by while it is written."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from pydantic import BaseModel, Field, create_model

from ontogeny.config._name import NAME_OF_CONFIGURATION
from ontogeny.config._sections import Name, Section

__all__ = ["schema"]

_GROUP = {"type": "array", "minItems": 2, "items": {"type": "string"}}
_TIED: dict[str, Any] = {
    "description": "Swept fields that go in step, in groups of their dotted paths.",
    "type": "array",
    "items": _GROUP,
}


def schema(
    sections: Mapping[str, type[BaseModel]],
    *,
    title: str,
    shared: Iterable[type[BaseModel]] = (),
    swept: Collection[type[BaseModel]] = (),
) -> dict[str, Any]:
    """Return the JSON schema (draft 2020-12) of a configuration with the given sections.

    Beside the sections, it may have a name. The fields of the models in `shared` are sections too.
    A field of the models in `swept` may also be a list of values, and those of them that have seeds
    may tie fields.

    Nothing is required: a key may come from the defaults above it. What must be present once
    everything is merged is checked by `validate`.
    """
    fields: dict[str, Any] = {
        "name": (Name, Field(description=NAME_OF_CONFIGURATION)),
        **{name: (model, ...) for name, model in sections.items()},
    }
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
        if "seeds" in fields_of:
            fields_of["tied"] = _TIED
    return {"$schema": "https://json-schema.org/draft/2020-12/schema"} | relaxed(whole)
