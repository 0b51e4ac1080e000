"""Misspelt keys, read as the keys that were meant, so that one of them is one fault."""

import re
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

from ontogeny.config._models import below, kind_of, models_of, nearest
from ontogeny.config._shown import short, shown_key

__all__ = ["as_written", "respelt"]


def respelt(raw: Any, model: Any, *, at: str = "") -> tuple[Any, list[str], dict[str, str]]:
    """Return a value in which misspelt keys are those that were meant.

    A key is misspelt if it is not known, and near one that is known and not there.

    Parameters
    ----------
    raw : mapping
        What the configuration files hold; any value in it may be a list of such values.
    model : type of Section, or a union of such types
        The contract.
    at : str
        Key of `raw` in the whole configuration, for messages.

    Returns
    -------
    value : object
    problems : list of str
        A sentence for each misspelt key.
    spelt : dict of str to str
        By the path of each key that was meant, the path as it is written, for `as_written`.
    """
    problems: list[str] = []
    spelt: dict[str, str] = {}

    def walk(node: Any, annotations: list[Any], meant: str, written: str) -> Any:
        if isinstance(node, list):
            return [walk(item, annotations, meant, written) for item in node]
        if not isinstance(node, Mapping):
            return node
        alternatives = [each for found in annotations for each in models_of(found)]
        models = _of_kind(alternatives, node)
        known = {key for each in models for key in each.model_fields}
        elsewhere = {key for each in alternatives for key in each.model_fields}
        found = {}
        for key, value in node.items():
            name = key
            path = _joined(written, key)
            if models and key not in elsewhere:
                near = nearest(key, [*known], surely=True)
                if near is not None and near not in node and near not in found:
                    name = near
                    spelt[_joined(meant, near)] = path
                    problems.append(
                        f"`{path}` = {short(value)}: unknown key; did you mean `{near}`?"
                    )
            inner = [each for found in annotations for each in below(found, name, models)]
            found[name] = walk(value, inner, _joined(meant, name), path)
        return found

    return walk(raw, [model], at, at), problems, spelt


def _of_kind(models: list[type[BaseModel]], node: Mapping[Any, Any]) -> list[type[BaseModel]]:
    """Return which of several models a mapping is of by its `kind`; all if that does not say."""
    kinds = node.get("kind")
    chosen = kinds if isinstance(kinds, list) else [kinds]
    return [each for each in models if kind_of(each) in chosen] or models


def _joined(above: str, key: object) -> str:
    return f"{above}.{shown_key(key)}" if above else shown_key(key)


def as_written(text: str, spelt: Mapping[str, str]) -> str:
    """Return a message in which paths of keys are those of the file.

    Examples
    --------
    >>> as_written("`a.seeds.0` = 1: is wrong", {"a.seeds": "a.sedes"})
    '`a.sedes.0` = 1: is wrong'
    """
    for meant in sorted(spelt, key=len):
        parts = re.split(rf"`{re.escape(meant)}(?=[.`])", text)
        text = f"`{spelt[meant]}".join(parts)
    return text
