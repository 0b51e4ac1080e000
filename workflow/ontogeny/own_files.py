"""Files of the user's own, with a figure or measures: read before they run, and imported.

What a file has to hold, and what its functions ask for, is read from its text when the
configuration is, so that planning runs nothing of it.
"""

import ast
import sys
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

from ontogeny.config import ConfigurationError
from ontogeny.given_files import problem_of

__all__ = [
    "Source",
    "imported",
    "naming",
    "own_source",
    "placed",
    "require_asked",
    "require_new",
    "source_of",
]

_EXAMPLE = "docs/extending.md shows an example"


@dataclass(frozen=True)
class Source:
    """What the text of a file says.

    Attributes
    ----------
    tree : ast.Module
    docstring : str
        Empty if there is none.
    functions : mapping of str to ast.FunctionDef
        By name.
    """

    tree: ast.Module
    docstring: str
    functions: Mapping[str, ast.FunctionDef]

    def asks(self, function: str) -> tuple[str, ...]:
        """Return the names of the parameters of a function."""
        arguments = self.functions[function].args
        return tuple(
            each.arg for each in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)
        )


def source_of(path: str | Path, functions: Iterable[str]) -> Source:
    """Return what the text of a file says.

    Parameters
    ----------
    path : path
    functions : iterable of str
        Functions that it has to have; each asks for what it needs by the names of its parameters.

    Raises
    ------
    ontogeny.config.ConfigurationError
        The end of a sentence that begins with the name of the file.
    """
    status = Path(path).stat()
    source = _parsed(Path(path), status.st_mtime_ns, status.st_size)
    for name in functions:
        if name not in source.functions:
            msg = f"has no function `{name}`; {_EXAMPLE}"
            raise ConfigurationError(msg)
        arguments = source.functions[name].args
        if arguments.posonlyargs or arguments.vararg or arguments.kwarg:
            msg = f"`{name}` must name each of its parameters, without `*` or `/`; {_EXAMPLE}"
            raise ConfigurationError(msg)
    return source


@cache
def _parsed(path: Path, mtime_ns: int, size: int) -> Source:
    """Return what a file says; time and size are there so that an edited file is read again."""
    del mtime_ns, size
    try:
        tree = ast.parse(path.read_text(encoding="utf-8"), str(path))
    except (SyntaxError, ValueError) as error:
        msg = f"is not Python: {error}"
        raise ConfigurationError(msg) from None
    functions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    return Source(tree, ast.get_docstring(tree) or "", functions)


def own_source(path: str, functions: Iterable[str]) -> Source:
    """Return what a file of the user's own says, or refuse it; see `source_of`.

    It has to be self-contained: a change in a file beside it would not be seen.
    """
    problem = problem_of(path)
    if problem is not None:
        raise ConfigurationError(problem)
    if Path(path).suffix != ".py":
        msg = "must be a file of Python, whose name ends in .py; rename the file"
        raise ConfigurationError(msg)
    if not Path(path).stem.isidentifier():
        msg = "its name must be letters, digits and underscores; rename the file"
        raise ConfigurationError(msg)
    source = source_of(path, functions)
    for module in _imports(source.tree):
        if _is_beside(module, Path(path)):
            msg = (
                f"imports `{module}`, a file beside it, whose changes would not be seen; put all "
                "that it needs into the one file, or into a package that is installed"
            )
            raise ConfigurationError(msg)
    return source


def _imports(tree: ast.Module) -> Iterator[str]:
    """Yield the modules that a file imports, anywhere in its text; relative ones with dots."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield "." * node.level + (node.module or "")


def _is_beside(module: str, path: Path) -> bool:
    first = module.split(".")[0]
    if not first:
        return True
    if first == "ontogeny" or first in sys.stdlib_module_names or first == path.stem:
        return False
    folder = path.parent
    return (folder / f"{first}.py").is_file() or (folder / first / "__init__.py").is_file()


def require_asked(what: str, asks: Iterable[str], there: Collection[str]) -> None:
    """Refuse a function that asks for something that is not there.

    Parameters
    ----------
    what : str
        The function, in words.
    asks, there : iterable of str
        What it asks for, and what it can ask for.
    """
    for name in asks:
        if name not in there:
            near = get_close_matches(name, there, n=1)
            hint = f"; did you mean `{near[0]}`?" if near else ""
            msg = f"{what} asks for `{name}`, and can ask for {', '.join(there) or 'nothing'}{hint}"
            raise ConfigurationError(msg)


def require_new(path: str, others: Iterable[str], taken: Collection[str], what: str) -> None:
    """Refuse a file that is named twice, or whose name something else has.

    Parameters
    ----------
    path : str
    others : iterable of str
        The files that are named before it.
    taken : collection of str
        Names that are in use.
    what : str
        That which has such a name, in words.
    """
    name = Path(path).stem
    for other in others:
        if Path(other).resolve() == Path(path).resolve():
            msg = "is named twice; name each file once"
            raise ConfigurationError(msg)
        if Path(other).stem == name:
            msg = f"has the same name as {other!r}; rename one of the files"
            raise ConfigurationError(msg)
    if name in taken:
        msg = f"there is {what} called `{name}` already; rename the file"
        raise ConfigurationError(msg)


@contextmanager
def placed(at: str, path: str) -> Iterator[None]:
    """Begin the message of a refused file with where in the configuration it is named."""
    try:
        yield
    except ConfigurationError as error:
        msg = f"`{at}` = {path!r}: {error}"
        raise ConfigurationError(msg) from None


def imported(path: str) -> ModuleType:
    """Return a file of the user's own as a module."""
    found = spec_from_file_location(f"own_{Path(path).stem}", path)
    if found is None or found.loader is None:
        msg = f"{path}: cannot be imported; its name must end in .py"
        raise ConfigurationError(msg)
    module = module_from_spec(found)
    with naming(path):
        found.loader.exec_module(module)
    return module


@contextmanager
def naming(path: str, where: str = "") -> Iterator[None]:
    """Let an error in a file of the user's own say which file, and where, in one line.

    Parameters
    ----------
    path : str
    where : str
        At which point of the work, in words.
    """
    try:
        yield
    except Exception as error:
        if isinstance(error, ConfigurationError) and str(error).startswith(f"{path}: "):
            raise
        kind = "" if isinstance(error, ConfigurationError) else f"{type(error).__name__}: "
        msg = f"{path}: {where}{': ' if where else ''}{kind}{error}"
        raise ConfigurationError(msg) from error
