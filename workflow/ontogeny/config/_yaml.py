"""YAML without its traps: a key that stands twice, and numbers in base 8 and 60."""

import re
from typing import Any

import yaml

from ontogeny.config._messages import ConfigurationError

__all__ = ["parse_yaml"]


class _UniqueKeys(yaml.SafeLoader):
    pass


def _mapping_of_unique_keys(loader: _UniqueKeys, node: yaml.MappingNode) -> dict[Any, Any]:
    seen: set[Any] = set()
    for key, _ in node.value:
        meaning = loader.construct_object(key) if isinstance(key, yaml.ScalarNode) else key.value
        if {key.value, meaning} & seen:
            msg = (
                f"line {key.start_mark.line + 1}: the key `{key.value}` appears a second time; "
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
