"""From the section of a study as it is written to one with all defaults."""

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any, TypeVar, get_args, get_origin

from pydantic import BaseModel

from ontogeny.config import (
    ConfigurationError,
    Fault,
    Style,
    as_written,
    merge,
    noted,
    read,
    refuse,
    respelt,
    styled,
    validate,
    without,
)
from ontogeny.sweeps._unfolded import Sweeps, unfolding

__all__ = ["resolved"]

Model = TypeVar("Model", bound=BaseModel)


def resolved(
    raw: Any,
    model: type[Model],
    *,
    lists: Mapping[str, Collection[str]],
    style: type[Style],
    at: str,
    check: Callable[[Model, Sweeps], Iterable[str | Fault]] = lambda section, sweeps: (),
) -> tuple[Model, Sweeps]:
    """Return the section of a study without sweeps, with all defaults merged into it.

    Parameters
    ----------
    raw : mapping
        The section as the configuration files hold it.
    model : type of Section
        What it has to be: with `experiments`, `defaults` for them, `figures`, and whatever other
        entries by name `lists` mentions.
    lists : mapping of str to collection of str
        The fields of the section whose entries may be swept, `experiments` among them; for each,
        the dotted paths of the fields of an entry that are lists themselves; `*` stands for any
        part of a path.
    style : type of Style
        Of a single figure.
    at : str
        The name of the section.
    check : callable
        From the section and the sweeps of experiments to what parts of it break together, and the
        names of what is not there as faults (`ontogeny.config.unknown_name`). Where some parts are
        wrong by themselves, it is given the section without them, and without what names them. It
        is then asked once more for unknown names alone, with no more left out than the wrong values
        themselves.

    Returns
    -------
    section : Model
        Its `defaults` are None, since every experiment has them in itself, and so has every figure
        those of `figures`.
    sweeps : dict
        The members of each sweep of experiments, as `unfolded` returns them.

    Raises
    ------
    ConfigurationError
        One message with every problem.
    """
    if not isinstance(raw, Mapping):
        return validate(raw, model, at=at), {}

    def read_as(section: Mapping[str, Any]) -> tuple[Model, Sweeps]:
        return _resolved(section, model, lists=lists, style=style, at=at, check=check)

    try:
        return read_as(raw)
    except ConfigurationError:
        section, problems, spelt = respelt(raw, model, at=at)
    with noted(problems):
        read_as(section)
    raise ConfigurationError("\n".join(as_written(problem, spelt) for problem in problems))


def _resolved(
    raw: Mapping[str, Any],
    model: type[Model],
    *,
    lists: Mapping[str, Collection[str]],
    style: type[Style],
    at: str,
    check: Callable[[Model, Sweeps], Iterable[str | Fault]],
) -> tuple[Model, Sweeps]:
    """Return the same as `resolved` where no key is misspelt."""
    section = dict(raw)
    problems: list[str] = []
    defaults = section.pop("defaults", None)
    unfoldings = {
        name: unfolding(
            section[name],
            _entry(model, name),
            lists=lists[name],
            at=f"{at}.{name}",
            defaults=defaults if name == "experiments" else None,
            defaults_at=f"{at}.defaults",
        )
        for name in lists
        if name in section
    }
    section |= {name: found.entries for name, found in unfoldings.items()}
    problems += [problem for each in unfoldings.values() for problem in each.problems]
    figures: Any = model.model_fields["figures"].annotation
    section, faults = styled(section, figures, style, at=at)
    problems += map(str, faults)
    found, faults = read(section, model, at=at)
    mended = _mended(section, faults, model)
    wrong = {(name, entry) for name, each in unfoldings.items() for entry in each.refused}
    for fault in faults:
        field, *below = fault.location
        unfolded = unfoldings.get(field)
        if unfolded is None or not unfolded.follows(fault, tuple(below[1:])):
            problems.append(str(fault))
        wrong.add((field, below[0] if below and _is_of_entries(model, field) else None))
    sweeps = {name: each.sweeps for name, each in unfoldings.items()}
    own = set(wrong)
    if wrong:
        section = _without_wrong(section, wrong, model)
        found, faults = read(section, model, at=at)
    of_experiments = sweeps.get("experiments", {})
    if not faults and not any(_is_of_entries(model, f) for f, name in wrong if name is None):
        said = [*check(found, of_experiments)]
        if mended is not None:
            said = [each for each in said if not isinstance(each, Fault)]
            said += [each for each in check(mended, of_experiments) if isinstance(each, Fault)]
        problems += [str(each) for each in said if not _follows(each, wrong, own, at)]
    members = {
        f"{at}.{name}.{member}": f"{at}.{name}.{sweep}"
        for name, found_here in sweeps.items()
        for sweep, members in found_here.items()
        for member in members
    }
    refuse(as_written(problem, members) for problem in problems)
    return found, of_experiments


def _is_of_entries(model: type[BaseModel], field: object) -> bool:
    """Return whether a field of a section has entries by name."""
    known = model.model_fields.get(str(field))
    return known is not None and get_origin(known.annotation) is dict


def _without_wrong(
    section: Mapping[str, Any], wrong: set[tuple[Any, Any]], model: type[BaseModel]
) -> dict[str, Any]:
    """Return a section without what is wrong and without what names that; `wrong` gets these.

    Parameters
    ----------
    section : mapping
    wrong : set of tuple
        A field and the name of its entry; without entries, or of all of them, None.
    model : type of Section
    """
    left = {
        field: {name: entry for name, entry in value.items() if (field, name) not in wrong}
        if _is_of_entries(model, field) and isinstance(value, Mapping)
        else value
        for field, value in section.items()
        if (field, None) not in wrong
    }
    names = {name for _, name in wrong if name is not None}
    for field, value in left.items():
        if _is_of_entries(model, field):
            naming = {(field, name) for name, entry in value.items() if _has(entry, names)}
        else:
            naming = {(field, None)} if _has(value, names) else set()
        if naming - wrong:
            wrong |= naming
            return _without_wrong(left, wrong, model)
    return left


def _has(value: Any, names: Collection[Any]) -> bool:
    """Return whether a value is one of some names, or has one in it."""
    if isinstance(value, Mapping):
        return any(_has(below, names) for below in value.values())
    if isinstance(value, list | tuple):
        return any(_has(item, names) for item in value)
    return isinstance(value, str) and value in names


def _mended(section: Mapping[str, Any], faults: list[Fault], model: type[Model]) -> Model | None:
    """Return a section without its wrong values, and without the entries that need them.

    None if it has no fault, or cannot be read without them either.
    """
    if not faults:
        return None
    left: Any = section
    for fault in faults:
        left = without(left, fault.location)
    found, faults = read(left, model)
    for fault in faults:
        if fault.location[-1:] == ("seeds",):  # which are required, and no name depends on them
            field, entry, _ = fault.location
            left = merge(left, {field: {entry: {"seeds": [0]}}})
            continue
        left = without(left, fault.location[: 2 if _is_of_entries(model, fault.location[0]) else 1])
    return read(left, model)[0] if faults else found


def _follows(
    problem: str | Fault,
    left_out: Collection[tuple[Any, Any]],
    wrong: Collection[tuple[Any, Any]],
    at: str,
) -> bool:
    """Return whether a problem is there only since something is left out.

    A name is that of an entry that is wrong itself, or of a member of a sweep that is.
    """
    if isinstance(problem, Fault):
        names = [name for _, name in wrong if name is not None]
        return any(problem.value == name or problem.value.startswith(f"{name}-") for name in names)
    return any(problem.startswith(f"`{at}.{field}`") for field, _ in left_out)


def _entry(model: type[BaseModel], name: str) -> Any:
    """Return what each entry of a field that is a mapping has to be."""
    _, entry = get_args(model.model_fields[name].annotation)
    return entry
