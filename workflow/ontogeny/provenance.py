"""Where a result comes from: the digest of the specification and of the code that made it."""

import ast
import hashlib
import json
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import ontogeny
from ontogeny.config import canonical

__all__ = ["attributes", "code_digest", "matches", "spec_digest"]

_PACKAGE = Path(ontogeny.__file__).parent


def spec_digest(spec: Any) -> str:
    """Return the SHA-256 of the canonical form of a specification, in hexadecimal.

    Examples
    --------
    >>> spec_digest({"a": 1, "b": 2}) == spec_digest({"b": 2, "a": 1})
    True
    """
    return hashlib.sha256(json.dumps(canonical(spec)).encode()).hexdigest()


def code_digest(
    script: str | Path,
    *,
    outside: Iterable[str] = (),
    also: Iterable[str] = (),
    without: Iterable[str] = (),
) -> str:
    """Return a digest of the meaning of a script and of all package code that it imports.

    The digest covers the parsed code, without comments, docstrings and layout, of the script and
    of every module of this package that it imports, directly or not, anywhere in its text. The
    modules are parsed and never imported. Modules called ``config`` are left out, since what they
    do is in the specification. Dynamic imports, data files and other packages are not seen.

    Parameters
    ----------
    script : path
        A Python file.
    without : iterable of str
        Modules that the script imports but a job does not use, for example other architectures.

    Returns
    -------
    str
        SHA-256 in hexadecimal.
    """
    script = Path(script)
    left_out = frozenset(without) | frozenset(outside)
    found: dict[str, str] = {}
    waiting = [*_parsed(script)[1], *also]
    while waiting:
        module = waiting.pop()
        path = _module_path(module)
        if path is None or module in found or module in left_out or path.name == "config.py":
            continue
        meaning, imports = _parsed(path)
        found[module] = meaning
        waiting += [*imports, module.rpartition(".")[0]]
    digest = hashlib.sha256(_parsed(script)[0].encode())
    for module in sorted(found):
        digest.update(f"\0{module}\0{found[module]}".encode())
    return digest.hexdigest()


def _module_path(module: str) -> Path | None:
    if module.split(".")[0] != _PACKAGE.name:
        return None
    path = _PACKAGE.joinpath(*module.split(".")[1:])
    for candidate in (path / "__init__.py", path.with_suffix(".py")):
        if candidate.is_file():
            return candidate
    return None


def _parsed(path: Path) -> tuple[str, frozenset[str]]:
    status = path.stat()
    return _parse(path, status.st_mtime_ns, status.st_size)


@cache
def _parse(path: Path, mtime_ns: int, size: int) -> tuple[str, frozenset[str]]:
    """Return the meaning of a file and the modules that it may import.

    The time and the size are there so that an edited file is read again within one process.
    """
    tree = ast.parse(path.read_text(encoding="utf-8"), str(path))
    imports: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            imports |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            imports.add(node.module)
            imports |= {f"{node.module}.{alias.name}" for alias in node.names}
        for block in ("body", "orelse", "finalbody"):
            if isinstance(getattr(node, block, None), list):
                setattr(node, block, [line for line in getattr(node, block) if not _is_text(line)])
    return ast.dump(tree), frozenset(imports)


def _is_text(node: ast.AST) -> bool:
    """Whether a statement is a bare string: a docstring, or a text below a constant."""
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )


def attributes(stage: str, spec: Any, code: str) -> dict[str, str]:
    """Return the attributes that every stored dataset carries.

    Parameters
    ----------
    stage : str
        The rule that makes the dataset.
    spec : plain JSON value
        The configuration that the stage depends on, and nothing else.
    code : str
        `code_digest` of the stage.

    Returns
    -------
    dict of str
        No clock time, host or path: the same inputs give the same bytes.
    """
    return {
        "stage": stage,
        "ontogeny_version": ontogeny.__version__,
        "spec": json.dumps(canonical(spec)),
        "spec_sha256": spec_digest(spec),
        "code_sha256": code,
    }


def matches(found: Mapping[str, object], spec: Any, code: str) -> bool:
    """Return whether attributes are those of this specification and this code."""
    return found.get("spec_sha256") == spec_digest(spec) and found.get("code_sha256") == code
