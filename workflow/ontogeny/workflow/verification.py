"""Stored results are verified before a run begins: whole, in their place, and made from each other.

Snakemake compares files with its own records and by their times. It does not see that a result was
replaced by that of another run, nor that one is damaged before a job reads it, and by then it has
removed what that job was to replace. So the plan is verified as a whole when it has been made: the
identity of a result (`ontogeny.provenance.identity`) is computed from the specification of its job
and from its inputs, and compared with the one that the file states. This reads the last line of
each file. What planned jobs will read is read once, whole.
"""

import inspect
import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cache, wraps
from itertools import zip_longest
from os.path import exists
from pathlib import Path
from typing import Any, NamedTuple

from ontogeny.config import canonical, short
from ontogeny.provenance import Digests, identity, input_digests
from ontogeny.storage import (
    LostError,
    StorageError,
    content_digest,
    read_provenance,
    require_whole,
    seal,
)
from ontogeny.workflow.replacements import TRAININGS
from ontogeny.workflow.snakemake_parts import module, part, refuse_snakemake

__all__ = ["Step", "problems", "verify_plans"]

_HERE = f"{__name__.replace('.', '/')}.py"
_MOST_TOLD = 20
_ALONE = (
    "first make it alone, with `-- {path}` at the end of that command, so that networks which were "
    "trained on the same content stay"
)
_REMEDY = "put the right file back, or delete it, and run the same command again"


@dataclass(frozen=True)
class Step:
    """A job of the plan, as far as its stored results depend on it.

    Attributes
    ----------
    spec : plain JSON value
        The configuration that it depends on; any value where no output is there.
    inputs : mapping of str to str or sequence of str
        Paths by the names that the rule gives them.
    outputs : tuple of str
    runs : bool
        Whether it will run, so that its outputs are made again.
    is_training : bool
        Whether these took long to make.
    """

    spec: Any
    inputs: Mapping[str, Any]
    outputs: tuple[str, ...]
    runs: bool
    is_training: bool = False


def verify_plans() -> None:
    """Let Snakemake verify stored results when it has made a plan, and stop before any job starts.

    Raises
    ------
    SnakemakeChangedError
        If this Snakemake makes its plan in another way than the tested one.
    """
    dag = part(module("snakemake.dag", _HERE), "DAG", _HERE)
    finish = part(dag, "postprocess", _HERE)
    if hasattr(finish, "verifies"):
        return
    signature = inspect.signature(finish)
    if "check_initial" not in signature.parameters:
        refuse_snakemake("has no parameter `check_initial` of `DAG.postprocess`", _HERE)

    @wraps(finish)
    async def postprocess(self: Any, *args: Any, **settings: Any) -> None:
        await finish(self, *args, **settings)
        asked = signature.bind(self, *args, **settings).arguments
        if asked.get("check_initial") and _is_judged(part(self, "workflow", _HERE)):
            found = [*problems(_steps(self))]
            if found:
                sys.exit(_told(found))

    postprocess.verifies = True  # type: ignore[attr-defined]
    dag.postprocess = postprocess


def _is_judged(workflow: Any) -> bool:
    """Return whether a Snakemake plans for itself, and results of another specification count.

    Who takes parameters out of the triggers asks for results to be used whatever made them.
    """
    triggers = [str(each) for each in part(workflow, "rerun_triggers", _HERE)]
    return part(workflow, "is_main_process", _HERE) and "params" in triggers


def _steps(dag: Any) -> Iterator[Step]:
    planned = set(part(dag, "needrun_jobs", _HERE)(exclude_finished=False))
    for job in part(dag, "jobs", _HERE):
        is_asked = hasattr(part(part(job, "rule", _HERE), "params", _HERE), "spec")
        if part(job, "is_norun", _HERE) or not is_asked:
            continue
        outputs = tuple(map(str, part(job, "output", _HERE)))
        yield Step(
            spec=part(job, "params", _HERE).spec if any(map(exists, outputs)) else None,
            inputs=dict(part(job, "input", _HERE).items()),
            outputs=outputs,
            runs=job in planned,
            is_training=str(part(job, "rule", _HERE)).endswith(TRAININGS),
        )


def problems(steps: Iterable[Step]) -> Iterator[str]:
    """Return what is wrong with stored results that a plan relies on.

    Parameters
    ----------
    steps : iterable of Step

    Yields
    ------
    str
        For each file a sentence with its path and the remedy: it is damaged, belongs elsewhere, or
        was made from other files than those that are there, unless these are told of themselves.
        The results of a job that will run are not told of, since the configuration may have
        changed; but a network is not trained again because one of its two files is another's, or
        because what it is trained on is damaged.
    """
    steps = [*steps]
    digest = cache(content_digest)
    found: dict[str, _Fault] = {}
    for step in steps:
        stored = [path for path in _carriers(step) if Path(path).is_file()]
        faults = {path: fault for path in stored if (fault := _fault(path, step, digest))}
        if not step.runs or (step.is_training and len(faults) < len(stored)):
            found |= faults
    kept = {path for step in steps if not step.runs for path in step.outputs}
    trainings = [step for step in steps if step.runs and step.is_training]
    used = {path for step in trainings for path in _flat(step.inputs.values())} & kept
    for path in sorted(path for path in used if path.endswith(".nc")):
        try:
            require_whole(path)
        except StorageError as error:
            found = {key: fault for key, fault in found.items() if path not in fault.files}
            found[path] = _Fault(f"{error} ({_ALONE.format(path=path)})")
    wrong = {file for path, fault in found.items() for file in (path, *fault.files)}
    yield from (fault.message for fault in found.values() if wrong.isdisjoint(fault.inputs))


class _Fault(NamedTuple):
    """What is wrong with a stored result.

    Attributes
    ----------
    message : str
    inputs : tuple of str
        The files that it was not made from, where that is what is wrong.
    files : tuple of str
        What it is the provenance of.
    """

    message: str
    inputs: tuple[str, ...] = ()
    files: tuple[str, ...] = ()


def _carriers(step: Step) -> list[str]:
    """Return the outputs that state an identity: that of others may be in a file beside them."""
    beside = {path for path in step.outputs if path.endswith(".json")}
    return [*beside] or [path for path in step.outputs if path.endswith(".nc")]


def _flat(inputs: Iterable[Any]) -> Iterator[str]:
    for each in inputs:
        if isinstance(each, str):
            yield str(each)
        else:
            yield from map(str, each)


def _fault(path: str, step: Step, digest: Callable[[str], str]) -> _Fault | None:
    """Return what is wrong with a stored result of a step; None when it is right."""
    about: dict[str, Any] = {}
    try:
        if path.endswith(".json"):
            about = read_provenance(path)
        found = about.get("identity", "") if about else seal(path).identity
        inputs = _present(step, digest)
        if inputs is not None and found != identity(Path(path).stem, step.spec, inputs):
            return _difference(path, step, inputs)
        _require_files(path, about.get("files", {}), digest)
    except StorageError as error:
        return _Fault(str(error), files=_beside(path, about))
    return None


def _present(step: Step, digest: Callable[[str], str]) -> Digests | None:
    """Return the digests of the inputs; None if one is not there, since it is made again."""
    with suppress(LostError):
        return input_digests(step.inputs, digest)
    return None


def _beside(path: str, about: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(str(Path(path).with_name(name)) for name in about.get("files", {}))


def _require_files(path: str, files: Mapping[str, str], digest: Callable[[str], str]) -> None:
    """Refuse files that are damaged, or not those that the file beside them is about."""
    for name, stated in files.items():
        file = Path(path).with_name(name)
        if not file.is_file():
            continue
        if file.suffix == ".nc":
            require_whole(file)
        if digest(str(file)) != stated:
            msg = f"{file}: is not the file that {path} was written for; {_REMEDY}"
            raise LostError(msg)


def _difference(path: str, step: Step, inputs: Digests) -> _Fault:
    """Say how a stored result differs from the one that belongs there."""
    about = read_provenance(path)
    files = _beside(path, about)
    before, spec = json.loads(about.get("spec", "null")), canonical(step.spec)
    if before != spec:
        key, was, asked = _first_difference(before, spec)
        made = f"`{key}` = {short(was)}" if key else "another configuration"
        asks = f", and this configuration asks for {short(asked)}" if key else ""
        return _Fault(f"{path}: was made with {made}{asks}; {_REMEDY}", files=files)
    recorded: Digests = json.loads(about.get("inputs", "{}"))
    for name in inputs:
        sources = [*_flat([step.inputs[name]])]
        before, now = (_flat([each]) for each in (recorded.get(name, []), inputs[name]))
        others = [source for source, *two in zip_longest(sources, before, now) if len({*two}) > 1]
        if others:
            message = (
                f"{path}: was made from another `{name}` than {others[0] or 'that of this run'}; "
                f"one of the two is out of date or in the place of another file: {_REMEDY}"
            )
            return _Fault(message, tuple(sources), files)
    return _Fault(f"{path}: is another result than `{Path(path).stem}`; {_REMEDY}", files=files)


def _first_difference(before: Any, now: Any, at: str = "") -> tuple[str, Any, Any]:
    """Return the key in which two specifications differ first, and its values."""
    if isinstance(before, list) and isinstance(now, list) and len(before) == len(now):
        before, now = (dict(enumerate(each)) for each in (before, now))
    if isinstance(before, Mapping) and isinstance(now, Mapping):
        for key in sorted({*before, *now}):
            if before.get(key) != now.get(key):
                return _first_difference(before.get(key), now.get(key), f"{at}.{key}".strip("."))
    return at, before, now


def _told(found: list[str]) -> str:
    left = len(found) - _MOST_TOLD
    more = [f"and {left} more files"] if left > 0 else []
    return "\n".join(["Stored results are not what they should be:", *found[:_MOST_TOLD], *more])
