"""YAML without its traps: a key that is written twice, and numbers in base 8 and 60."""

import json
import re
from typing import Any

import yaml

from ontogeny.config._messages import ConfigurationError, refuse
from ontogeny.config._shown import short

__all__ = ["parse_yaml"]

_PLAIN: tuple[tuple[str, str], ...] = (
    (r"character '\\t'", "a tab is used where only blanks are allowed; replace it with blanks"),
    (
        r"character '(.)' that cannot start",
        "a value begins with `{0}`, which means something else in YAML; put quotation marks "
        "around it",
    ),
    (
        r"another document",
        "there is a second document; keep one, without `---`",
    ),
    (
        r"expected (?:<block end>|'<document start>'), but found '([]}])'",
        "there is a closing bracket `{0}` too many; remove it",
    ),
    (
        r"expected '<document start>'",
        "this does not belong to what is above; begin all sections in the same column",
    ),
    (r"expected ',' or '(.)'", "the bracket of line {line} is not closed; add `{0}`"),
    (
        r"(?:unexpected end of stream|unexpected document separator)",
        "the quotation mark of line {line} is not closed; add another at its end",
    ),
    (r"2002:merge", "`<<` is not read; write the keys out"),
    (
        r"could not determine a constructor for the tag '(?:tag:yaml.org,2002:)?(.*)'",
        "the tag `{0}` is not read, since a configuration has plain values alone; remove the tag",
    ),
    (
        r"mapping values are not allowed",
        "there is a colon where no key can be; correct the indentation, or put quotation marks "
        "around a text that has a colon",
    ),
    (
        r"could not find expected ':'",
        "the key of line {line} has no colon; write `key: value`",
    ),
    (
        r"expected <block end>|no more indentation|unindent",
        "the indentation does not fit the lines above; begin all keys of one mapping in the same "
        "column",
    ),
    (
        r"expected the node content, but found '(.*)'",
        "there is `{0}` where a value must be; remove it, or put quotation marks around a text",
    ),
    (
        r"sequence entries are not allowed",
        "an item of a list begins on the line of something else; begin each on a line of its own",
    ),
    (r"undefined alias '(.*)'", "`*{0}` refers to nothing; name something with `&{0}` before it"),
    (r"duplicate anchor '?([^';]*)", "the anchor `&{0}` is there twice; rename one of them"),
    (
        r"unconstructable recursive node",
        "an anchor contains itself; write the value out in its place",
    ),
    (
        r"unknown escape character '(.*)'",
        r"`\{0}` means nothing in double quotation marks; write "
        "single ones",
    ),
    (r"special characters are not allowed", "there is a control character; remove it"),
)
"""What PyYAML says, and the same in plain words."""


class _UniqueKeys(yaml.SafeLoader):
    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.problems: list[str] = []

    def note(self, node: yaml.Node, problem: str) -> None:
        self.problems.append(f"line {node.start_mark.line + 1}: {problem}")


def _mapping_of_unique_keys(loader: _UniqueKeys, node: yaml.MappingNode) -> dict[Any, Any]:
    seen: set[Any] = set()
    for key, _ in node.value:
        if not isinstance(key, yaml.ScalarNode):
            loader.note(key, "a key is a list or a mapping; write a text in its place")
            return {}
        meaning = loader.construct_object(key)
        if {key.value, meaning} & seen:
            loader.note(key, f"the key `{key.value}` appears a second time; keep one of the two")
        seen |= {key.value, meaning}
    return loader.construct_mapping(node, deep=True)


def _decimal(loader: _UniqueKeys, node: yaml.ScalarNode) -> int | float:
    """Read a number, and refuse what YAML 1.1 reads in base 8 or 60: ``010`` and ``1:30``."""
    base = 60 if ":" in node.value else 8 if re.match(r"[+-]?0[0-9_]+$", node.value) else 10
    if base != 10:
        loader.note(
            node,
            f"YAML reads `{node.value}` in base {base}; write the number in decimal without "
            "leading zeros, or in quotation marks if it is a text",
        )
    number = float if node.tag.endswith("float") else int
    constructed = getattr(loader, f"construct_yaml_{number.__name__}")(node)
    return number(constructed)


def _refused_tag(loader: _UniqueKeys, node: yaml.Node) -> None:
    raise yaml.constructor.ConstructorError(
        None, None, f"could not determine a constructor for the tag {node.tag!r}", node.start_mark
    )


_UniqueKeys.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping_of_unique_keys)
for _tag in ("int", "float"):
    _UniqueKeys.add_constructor(f"tag:yaml.org,2002:{_tag}", _decimal)
for _tag in ("binary", "set", "omap", "pairs"):
    _UniqueKeys.add_constructor(f"tag:yaml.org,2002:{_tag}", _refused_tag)


def parse_yaml(text: str) -> dict[str, Any]:
    """Return the mapping that a text in YAML or JSON holds.

    Raises
    ------
    ConfigurationError
        If the text is neither, holds a key twice, or is not a mapping.
    """
    parsed = _parsed(text)
    if parsed is None:
        msg = "holds nothing, or comments alone; add a section, such as `composition:`"
        raise ConfigurationError(msg)
    if not isinstance(parsed, dict):
        msg = (
            f"must be a mapping of sections, not {short(parsed)}; begin with one, such as "
            "`composition:`"
        )
        raise ConfigurationError(msg)
    return parsed


def _parsed(text: str) -> Any:
    if "\t" in text and text.lstrip().startswith("{"):  # JSON may have tabs
        try:
            return json.loads(text, object_pairs_hook=_object_of_unique_keys)
        except json.JSONDecodeError:
            pass
    try:
        loader = _UniqueKeys(text)
        parsed = loader.get_single_data()
    except yaml.YAMLError as error:
        raise ConfigurationError(_in_plain_words(error)) from None
    except RecursionError:
        msg = "not YAML: is nested too deeply; check its brackets"
        raise ConfigurationError(msg) from None
    except ValueError as error:
        what = "a number is too long" if "digits" in str(error) else f"a date is wrong ({error})"
        msg = f"not YAML: {what}; put quotation marks around it if it is a text"
        raise ConfigurationError(msg) from None
    refuse(loader.problems)
    return parsed


def _object_of_unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    keys = [key for key, _ in pairs]
    refuse(
        f"the key `{key}` appears a second time; keep one of the two"
        for key in keys
        if keys.count(key) > 1
    )
    return dict(pairs)


def _in_plain_words(error: yaml.YAMLError) -> str:
    """Return an error of PyYAML as one sentence."""
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    begun = getattr(error, "context_mark", None) or mark
    text = str(getattr(error, "problem", None) or getattr(error, "reason", None) or error)
    text = f"{text}; {getattr(error, 'context', None)}" if "occurrence" in text else text
    where = f"line {mark.line + 1}, column {mark.column + 1}: " if mark else ""
    for pattern, words in _PLAIN:
        found = re.search(pattern, text)
        if found:
            line = begun.line + 1 if begun else 0
            return f"{where}not YAML: {words.format(*found.groups(), line=line)}"
    return f"{where}not YAML: {text.splitlines()[0]}"
