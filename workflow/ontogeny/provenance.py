"""Where a result comes from: the digest of the specification and of the code that made it."""

import ast
import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import ontogeny
from ontogeny.config import canonical
from ontogeny.storage import content_digest

__all__ = [
    "FORMAT",
    "PLUMBING",
    "Digests",
    "attributes",
    "code_digest",
    "identity",
    "input_digests",
    "spec_digest",
]

FORMAT = 2
"""Raised by hand when a change in `PLUMBING` would make stored numbers differ."""

PLUMBING = (
    "ontogeny.config",
    "ontogeny.figures",
    "ontogeny.given_files",
    "ontogeny.job",
    "ontogeny.joblog",
    "ontogeny.known_studies",
    "ontogeny.labels",
    "ontogeny.own_files",
    "ontogeny.plans",
    "ontogeny.provenance",
    "ontogeny.records",
    "ontogeny.resume",
    "ontogeny.storage",
    "ontogeny.study",
    "ontogeny.sweeps",
    "ontogeny.training._progress",
    "ontogeny.training._state",
    "ontogeny.unlocked",
    "ontogeny.workflow",
)
"""Modules, with all below them, that are not part of the digest of a step's code.

They find, read, name, store and report what other modules compute, and are edited often: a reader
is added, a dimension gets a name, a line of the log another wording. None of this changes a stored
number, so nothing is made again. What they do with the configuration is in the specification of a
step. The state of a run (`ontogeny.training._state`, `ontogeny.resume`) is written down and read
back: a resumed run has the bytes of one that was not stopped, to which tests hold it. Whoever does
change a number here, for example by storing a variable in another precision, raises `FORMAT`, and
everything is made again.

The file of the package itself, which holds its version, is outside as well. Modules that look like
these and are not: `ontogeny.weights` decides which numbers are read from a file,
`ontogeny.own_measures` joins those of a user's measures, and `ontogeny.claims` and
`ontogeny.estimates` compute verdicts.
"""

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
) -> str:
    """Return a digest of the meaning of a script and of all package code that it imports.

    The digest covers `FORMAT` and the parsed code, without comments, docstrings and layout, of the
    script and of every module of this package that it imports, directly or not, anywhere in its
    text. Of a package that does nothing but import names, only the modules are covered that define
    the names asked for. Modules in `PLUMBING` are neither covered nor followed. Modules are parsed
    and never imported. Dynamic imports, data files and other packages are not seen.

    Parameters
    ----------
    script : path
        A Python file.
    outside : iterable of str
        Further modules, with all below them, that are neither covered nor followed, since what
        they do is in the specification.
    also : iterable of str
        Modules that the script does not import by a statement, for example the architecture of the
        job.

    Returns
    -------
    str
        SHA-256 in hexadecimal.
    """
    digest = hashlib.sha256(f"{FORMAT}\0{_parsed(Path(script)).meaning}".encode())
    for module, meaning in sorted(_covered(script, outside, also).items()):
        digest.update(f"\0{module}\0{meaning}".encode())
    return digest.hexdigest()


class _Import(NamedTuple):
    """An import of a name from a module; without a name, of the module as a whole."""

    module: str
    name: str = ""


@dataclass(frozen=True)
class _Source:
    """What the text of a file says.

    Attributes
    ----------
    meaning : str
        Digest of its code without comments, docstrings and layout.
    imports : frozenset
        All that it imports, anywhere in its text.
    exports : mapping, or None
        Where each of its names is from, if it does nothing but import them.
    """

    meaning: str
    imports: frozenset[_Import]
    exports: Mapping[str, _Import] | None


def _covered(script: str | Path, outside: Iterable[str], also: Iterable[str]) -> dict[str, str]:
    """Return the meaning of each module that the digest of a script covers."""
    left_out = {_PACKAGE.name, *PLUMBING, *outside}
    found: dict[str, str] = {}
    seen: set[_Import] = set()
    waiting = [*_parsed(Path(script)).imports, *map(_Import, also)]
    while waiting:
        each = waiting.pop()
        if each in seen:
            continue
        seen.add(each)
        module, name = each
        if name not in ("", _EXECUTED):
            waiting.append(_Import(f"{module}.{name}"))
        path = _module_path(module)
        if path is None or not left_out.isdisjoint(_packages(module)):
            continue
        source = _parsed(path)
        if source.exports is not None and name:
            waiting += [source.exports[name]] if name in source.exports else []
        else:
            found[module] = source.meaning
            waiting += source.imports
        waiting += [_Import(package, _EXECUTED) for package in _packages(module)[:-1]]
    return found


_EXECUTED = "."
"""In place of a name: the file of a package is executed when a module in it is imported."""


def _packages(module: str) -> list[str]:
    """Return the packages that contain a module, without that of the project, and the module.

    Examples
    --------
    >>> _packages("ontogeny.training._loop")
    ['ontogeny.training', 'ontogeny.training._loop']
    >>> _packages("ontogeny")
    ['ontogeny']
    """
    parts = module.split(".")
    return [".".join(parts[: k + 1]) for k in range(min(1, len(parts) - 1), len(parts))]


def _module_path(module: str) -> Path | None:
    if module.split(".")[0] != _PACKAGE.name:
        return None
    path = _PACKAGE.joinpath(*module.split(".")[1:])
    for candidate in (path / "__init__.py", path.with_suffix(".py")):
        if candidate.is_file():
            return candidate
    return None


def _parsed(path: Path) -> _Source:
    status = path.stat()
    return _parse(path, status.st_mtime_ns, status.st_size)


@cache
def _parse(path: Path, mtime_ns: int, size: int) -> _Source:
    """Return what a file says.

    The time and the size are there so that an edited file is read again within one process.
    """
    tree = ast.parse(path.read_text(encoding="utf-8"), str(path))
    imports: set[_Import] = set()
    waiting: list[ast.AST] = [tree]
    while waiting:  # through statements alone: `ast.walk` would look into every expression
        node = waiting.pop()
        if isinstance(node, ast.Import | ast.ImportFrom):
            imports.update(_names_of(node).values())
        for block in ("body", "orelse", "finalbody", "handlers", "cases"):
            if isinstance(getattr(node, block, None), list):
                lines = [line for line in getattr(node, block) if not _is_text(line)]
                setattr(node, block, lines)
                waiting += lines
    meaning = hashlib.sha256(ast.dump(tree).encode()).hexdigest()
    return _Source(meaning, frozenset(imports), _exports(tree.body))


def _names_of(node: ast.Import | ast.ImportFrom) -> dict[str, _Import]:
    """Return what a statement imports, by the names that it binds."""
    if isinstance(node, ast.Import):
        return {alias.asname or alias.name: _Import(alias.name) for alias in node.names}
    return {
        alias.asname or alias.name: _Import(node.module or "", alias.name.replace("*", ""))
        for alias in node.names
    }


def _exports(body: list[ast.stmt]) -> dict[str, _Import] | None:
    found: dict[str, _Import] = {}
    for node in body:
        if isinstance(node, ast.ImportFrom) and node.names[0].name != "*":
            found |= _names_of(node)
        elif not (isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__"):
            return None
    return found


def _is_text(node: ast.AST) -> bool:
    """Whether a statement is a bare string: a docstring, or a text below a constant."""
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )


Digests = dict[str, str | list[str]]
"""Of the inputs of a job by name: the digest of a file, or those of several."""


def input_digests(
    inputs: Mapping[str, Any], digest: Callable[[str], str] = content_digest
) -> Digests:
    """Return the digest of each input of a job that is a result of another job.

    Files that the user gives are left out: their digests are in the specification.

    Parameters
    ----------
    inputs : mapping of str to str or sequence of str
        Paths by the names that the rule gives them, as Snakemake has them.
    digest : callable
        From a path to the digest of the content of that file.

    Returns
    -------
    dict of str
        By name; of several files a list, in the order of the rule.

    Raises
    ------
    ontogeny.storage.StorageError
        If a file is missing or cannot be read.
    """
    found: Digests = {}
    for name, paths in inputs.items():
        if isinstance(paths, str):
            if _is_result(paths):
                found[name] = digest(paths)
        elif all(map(_is_result, paths)):
            found[name] = [digest(path) for path in paths]
    return found


def _is_result(path: str) -> bool:
    return path.startswith("results/")


def identity(name: str, spec: Any, inputs: Digests) -> str:
    """Return a digest that tells a result from all others: what it is, and what it was made from.

    Parameters
    ----------
    name : str
        Of the result: that of its file, without folder and suffix.
    spec : plain JSON value
        The configuration that its stage depends on.
    inputs : mapping of str
        From `input_digests`. Their names do not count, since a rule may rename its inputs.

    Returns
    -------
    str
        SHA-256 in hexadecimal. Since the digests of inputs are of their contents, a result of
        another run differs even where its stage has the same specification. The code is left out:
        a change of it does not make a result another's.
    """
    contents = sorted(json.dumps(each) for each in inputs.values() if each)
    return spec_digest({"name": name, "spec": spec, "inputs": contents})


def attributes(stage: str, spec: Any, code: str, inputs: Digests | None = None) -> dict[str, str]:
    """Return the attributes that every stored dataset carries.

    Parameters
    ----------
    stage : str
        The rule that makes the dataset.
    spec : plain JSON value
        The configuration that the stage depends on, and nothing else.
    code : str
        `code_digest` of the stage.
    inputs : mapping of str, optional
        From `input_digests`, where the stage has inputs.

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
        "inputs": json.dumps(dict(inputs or {})),
    }
