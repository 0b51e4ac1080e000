"""What Snakemake works out for every job, and is the same for all jobs of a rule, is kept.

While it plans, Snakemake reads the parameters of each input function and the file of each script
anew for every job, and looks for the rules that make a file as often as the file is used. Together
this takes longer than all else that it does with a job. `remember` extends the functions that do so
by a memory, after it has been checked that they take what this relies on. What is planned stays the
same.
"""

import gc
import inspect
from collections.abc import Callable
from functools import cache, wraps
from pathlib import PurePosixPath
from types import SimpleNamespace
from typing import Any

from ontogeny.workflow.snakemake_parts import module, part, refuse_snakemake

__all__ = ["remember"]

_HERE = f"{__name__.replace('.', '/')}.py"
_OBJECTS = 100_000
"""New objects, in place of 700, after which Python looks for some that can go.

Jobs and files refer to each other and stay until the end, so it finds none while there are more and
more to look through.
"""


def remember() -> None:
    """Let Snakemake keep what is the same for all jobs of a rule.

    Raises
    ------
    SnakemakeChangedError
        If this Snakemake works it out in another way than the tested one.
    """
    gc.set_threshold(_OBJECTS, *gc.get_threshold()[1:])
    common, rules = module("snakemake.common", _HERE), module("snakemake.rules", _HERE)
    _extend(common, "get_function_params", ["func"], cache)
    part(rules, "get_function_params", _HERE)
    rules.get_function_params = common.get_function_params  # type: ignore[attr-defined]
    taken = ["path", "sourcecache", "basedir", "wildcards", "params"]
    _extend(module("snakemake.script", _HERE), "get_source", taken, read_once)
    sources = part(module("snakemake.sourcecache", _HERE), "SourceCache", _HERE)
    _extend(sources, "exists", ["self", "source_file"], found_once)
    index = part(module("snakemake.output_index", _HERE), "OutputIndex", _HERE)
    _extend(index, "match_producers", ["self", "targetfile"], cache)
    graph = part(module("snakemake.dag", _HERE), "DAG", _HERE)
    _extend(graph, "check_directory_outputs", ["self"], where_some_lie_in_others)
    files = part(module("snakemake.io", _HERE), "_IOFile", _HERE)
    _extend_property(files, "is_storage", where_flagged)
    inventory = part(module("snakemake.io", _HERE), "ExistsDict", _HERE)
    _extend(inventory, "__contains__", ["self", "path"], itself_first)
    jobs = part(module("snakemake.jobs", _HERE), "Job", _HERE)
    _extend_property(jobs, "conda_env_spec", of_rule)
    processor = part(module("snakemake.dag", _HERE), "ScriptProcessor", _HERE)
    _extend(processor, "process_job", ["self", "job"], once_for_each_rule)
    _ask_plainly()


def read_once(read: Callable[..., Any]) -> Callable[..., Any]:
    """Return Snakemake's reader of scripts, which reads a path without wildcards once."""
    known: dict[tuple[Any, str, str], Any] = {}

    @wraps(read)
    def get_source(
        path: Any, sourcecache: Any, basedir: Any = None, wildcards: Any = None, params: Any = None
    ) -> Any:
        if "{" in str(path):
            return read(path, sourcecache, basedir, wildcards, params)
        key = (sourcecache, str(path), str(basedir))
        if key not in known:
            known[key] = read(path, sourcecache, basedir, wildcards, params)
        return known[key]

    return get_source


def found_once(exists: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    """Return Snakemake's look for a script, which remembers those that are there."""
    found: set[tuple[Any, str]] = set()

    @wraps(exists)
    def is_there(self: Any, source_file: Any) -> bool:
        key = (self, str(source_file.get_path_or_uri(secret_free=True)))
        if key not in found and exists(self, source_file):
            found.add(key)
        return key in found

    return is_there


def where_some_lie_in_others(check: Callable[[Any], None]) -> Callable[[Any], None]:
    """Return Snakemake's search for outputs in outputs, which is left out where there are none."""

    @wraps(check)
    def check_directory_outputs(self: Any) -> None:
        outputs = {str(file) for job in self.jobs for file in job.output}
        folders = {output.rpartition("/")[0] for output in outputs}
        above = {str(folder) for each in folders for folder in (each, *PurePosixPath(each).parents)}
        if not outputs.isdisjoint(above) or any(output.startswith("/") for output in outputs):
            check(self)

    return check_directory_outputs


def where_flagged(is_storage: Callable[[Any], bool]) -> Callable[[Any], bool]:
    """Return Snakemake's question whether a file is in a store, which a plain path never is."""

    @wraps(is_storage)
    def asked(self: Any) -> bool:
        file = self._file
        if type(file) is str or not getattr(file, "flags", True):
            return False
        return is_storage(self)

    return asked


def itself_first(contains: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    """Return Snakemake's question whether it knows if a file exists.

    It looks for the file first, and only then for its folder among those that it has listed.
    """

    @wraps(contains)
    def is_known(self: Any, path: Any) -> bool:
        return dict.__contains__(self, path) or contains(self, path)

    return is_known


def of_rule(conda_env_spec: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Return Snakemake's question for the environment of a job, which its rule knows.

    Snakemake would work out the parameters of the job first, which only a function needs.
    """

    @wraps(conda_env_spec)
    def asked(self: Any) -> Any:
        if callable(part(self.rule, "_conda_env", _HERE)):
            return conda_env_spec(self)
        return self.rule.expand_conda_env(self.wildcards_dict, None, self.input)

    return asked


def once_for_each_rule(process: Callable[[Any, Any], None]) -> Callable[[Any, Any], None]:
    """Return Snakemake's check that the script of a job is there.

    A path without wildcards is the same for all jobs of a rule, whatever their parameters.
    """
    checked: set[tuple[Any, Any]] = set()

    @wraps(process)
    def process_job(self: Any, job: Any) -> None:
        kind = self.script_type
        if "{" in str(getattr(job.rule, kind)):
            process(self, job)
        elif (self, job.rule) not in checked:
            about = {f"is_{kind}": getattr(job, f"is_{kind}")}
            process(self, SimpleNamespace(rule=job.rule, wildcards=None, params=None, **about))
            checked.add((self, job.rule))

    return process_job


def _ask_plainly() -> None:
    """Let Snakemake ask a plain path for flags without looking up what it could be."""
    asks = "is_flagged"
    everywhere = [module(f"snakemake.{name}", _HERE) for name in ("io", "dag", "jobs", "rules")]
    _extend(everywhere[0], asks, ["value", "flag"], where_not_plain)
    for each in everywhere[1:]:
        part(each, asks, _HERE)
        setattr(each, asks, getattr(everywhere[0], asks))


def where_not_plain(is_flagged: Callable[[Any, str], bool]) -> Callable[[Any, str], bool]:
    """Return Snakemake's question for a flag, which a path without any does not have."""
    file = part(module("snakemake.io", _HERE), "_IOFile", _HERE)

    @wraps(is_flagged)
    def asked(value: Any, flag: str) -> bool:
        if type(value) is str or (type(value) is file and not value.flags):
            return False
        return is_flagged(value, flag)

    return asked


def _extend_property(owner: Any, name: str, by: Callable[[Any], Any]) -> None:
    found = part(owner, name, _HERE)
    if not hasattr(found.fget, "__wrapped__"):
        _require_parameters(found.fget, f"{owner.__name__}.{name}", ["self"])
        setattr(owner, name, property(by(found.fget)))


def _extend(owner: Any, name: str, taken: list[str], by: Callable[[Any], Any]) -> None:
    function = part(owner, name, _HERE)
    if hasattr(function, "__wrapped__"):
        return  # extended before in this process
    of = getattr(owner, "__name__", type(owner).__name__)
    _require_parameters(function, f"{of}.{name}", taken)
    setattr(owner, name, by(function))


def _require_parameters(function: Callable[..., Any], name: str, taken: list[str]) -> None:
    if [*inspect.signature(function).parameters] != taken:
        refuse_snakemake(f"has other parameters of `{name}`", _HERE)
