"""What a configuration says at a path, before its sweeps are unfolded."""

from collections.abc import Collection, Mapping
from fnmatch import fnmatchcase
from typing import Any

__all__ = ["Path", "found_at", "is_sweep"]

Path = tuple[str, ...]


def is_sweep(node: Any, lists: Collection[str], path: Path) -> bool:
    """Return whether the value at a path is a list of values that each make a member."""
    if not isinstance(node, list) or not node:
        return False
    is_list = any(fnmatchcase(".".join(path), each) for each in lists)
    return not is_list or all(isinstance(item, list) for item in node)


def found_at(node: Any, path: Path) -> Any:
    """Return the value at a path; None if there is none."""
    for key in path:
        node = node.get(key) if isinstance(node, Mapping) else None
    return node
