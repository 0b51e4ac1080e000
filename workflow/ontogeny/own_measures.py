"""Measures of the user's own: one file with a function that is called at every checkpoint.

The file has a docstring and a function ``measures``. The names of its parameters say what it asks
for of a checkpoint; what there is depends on the study. It returns the value of each measure by
name: a number, or a `DataArray` whose dimensions stand beside ``step`` in what is stored.
"""

import ast
import difflib
import inspect
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

import xarray as xr

from ontogeny.config import ConfigurationError
from ontogeny.given_files import problem_of
from ontogeny.labels import coordinate

__all__ = ["OwnMeasures", "along_steps", "own_function", "read_own_measures"]


@dataclass(frozen=True)
class OwnMeasures:
    """What a file with measures of the user's own says.

    Attributes
    ----------
    name : str
        Of the file, without suffix, and of the result.
    path : str
    asks : tuple of str
        What of a checkpoint its function asks for.
    """

    name: str
    path: str
    asks: tuple[str, ...]


def read_own_measures(
    paths: Iterable[str], *, known: Collection[str], taken: Collection[str], at: str
) -> list[OwnMeasures]:
    """Return what files with measures say, read without running them.

    Parameters
    ----------
    paths : iterable of str
    known : collection of str
        What a function can ask for.
    taken : collection of str
        Names of results that there are already.
    at : str
        Where the paths stand in the configuration, for messages.

    Raises
    ------
    ConfigurationError
        One message with every problem.
    """
    found: list[OwnMeasures] = []
    problems: list[str] = []
    for path in paths:
        try:
            measures = _parsed(path)
            _require(measures, known, [*taken, *(each.name for each in found)])
            found.append(measures)
        except ValueError as error:
            problems.append(f"`{at}` = {path!r}: {error}")
    if problems:
        raise ConfigurationError("\n".join(problems))
    return found


def _parsed(path: str) -> OwnMeasures:
    problem = problem_of(path)
    if problem is not None:
        raise ValueError(problem)
    try:
        tree = ast.parse(Path(path).read_text(encoding="utf-8"), path)
    except (SyntaxError, UnicodeDecodeError) as error:
        msg = f"is not Python: {error}"
        raise ValueError(msg) from None
    functions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    if "measures" not in functions:
        msg = "has no function `measures`; see docs/extending.md for an example"
        raise ValueError(msg)
    arguments = functions["measures"].args
    names = [argument.arg for argument in arguments.args + arguments.kwonlyargs]
    return OwnMeasures(Path(path).stem, path, tuple(names))


def _require(measures: OwnMeasures, known: Collection[str], taken: Collection[str]) -> None:
    if not measures.name.isidentifier():
        msg = "its name must be letters, digits and underscores, so that figures can ask for it"
        raise ValueError(msg)
    if measures.name in taken:
        msg = f"there is a result called `{measures.name}` already; rename the file"
        raise ValueError(msg)
    for name in measures.asks:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            hint = f"; did you mean `{near[0]}`?" if near else ""
            msg = f"asks for `{name}`, but a checkpoint has {', '.join(known)}{hint}"
            raise ValueError(msg)


def own_function(path: str) -> Callable[..., Mapping[str, Any]]:
    """Return the function ``measures`` of a file."""
    found = spec_from_file_location(f"own_{Path(path).stem}", path)
    if found is None or found.loader is None:
        msg = f"{path}: cannot be imported; its name must end in .py"
        raise ValueError(msg)
    module = module_from_spec(found)
    found.loader.exec_module(module)
    function: Callable[..., Mapping[str, Any]] = module.measures
    return function


def along_steps(
    function: Callable[..., Mapping[str, Any]],
    checkpoints: Iterable[tuple[int, Callable[[str], Any]]],
) -> xr.Dataset:
    """Return what a function measures at each checkpoint.

    Parameters
    ----------
    function : callable
        From what it asks for to the value of each measure by name.
    checkpoints : iterable
        The step of each checkpoint, and a function from a name to what it stands for there; only
        what is asked for is computed.

    Returns
    -------
    Dataset
        Each measure along ``step`` and its own dimensions.

    Examples
    --------
    >>> checkpoints = [(0, {"weight": 3.0}.get), (10, {"weight": 1.0}.get)]
    >>> along_steps(lambda weight: {"twice": 2 * weight}, checkpoints)["twice"].values
    array([6., 2.])
    """
    asks = inspect.signature(function).parameters
    steps, each = [], []
    for step, given in checkpoints:
        steps.append(step)
        values = function(**{name: given(name) for name in asks})
        each.append(xr.Dataset({name: _described(name, value) for name, value in values.items()}))
    joined = xr.concat(each, "step", combine_attrs="override")
    return joined.assign_coords(step=coordinate("step", steps)).assign_attrs(
        title=f"Measures of {Path(inspect.getfile(function)).name}"
    )


def _described(name: str, value: Any) -> xr.DataArray:
    """Return a value with a name and units, those of the user where there are any."""
    found = value if isinstance(value, xr.DataArray) else xr.DataArray(value)
    return found.assign_attrs({"long_name": name.replace("_", " "), "units": "1"} | found.attrs)
