"""From the section ``composition`` as it is written to one with all defaults, checked."""

import difflib
import math
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ontogeny.config import ConfigurationError, Fault, Name, noted, refuse, short, validate
from ontogeny.groups import Group, parse
from ontogeny.studies.composition.catalogue.given import read_groups
from ontogeny.studies.composition.catalogue.sections import GivenGroup
from ontogeny.studies.composition.config import (
    LISTS,
    Experiment,
    Published,
    Style,
)
from ontogeny.studies.composition.declared import split_problems, with_split
from ontogeny.studies.composition.given_weights import (
    problem_of_network,
    weights_problems,
    with_checkpoints,
)
from ontogeny.studies.composition.networks.published import (
    PublishedError,
    published_experiments,
    unreadable,
)
from ontogeny.studies.composition.section import Composition
from ontogeny.sweeps import Sweeps, resolved

__all__ = ["resolve"]


def resolve(raw: Any, groups: Mapping[str, GivenGroup | None]) -> Composition:
    """Return the section ``composition`` with all defaults merged into it.

    Parameters
    ----------
    raw : mapping
        The section as the configuration files hold it.
    groups : mapping
        The section ``groups``, None for a group that is refused. All of them are read, those
        without an experiment too.

    Returns
    -------
    Composition
        Its `defaults` are None, since every experiment has them in itself, and so has every figure
        those of `figures`.

    Raises
    ------
    ConfigurationError
        One message with every problem: key, value, rule and remedy.
    """
    found, problems = read_groups(groups)
    known: dict[str, Group | None] = dict.fromkeys(groups) | found
    section, published = raw, {}
    if isinstance(raw, Mapping):
        section = dict(raw)
        if section.get("experiments", ...) is None:
            del section["experiments"]
        given = section.pop("published", None)
        with noted(problems):
            if given is not None:
                section["published"] = _published(given)
                published = _published_experiments(section["published"], section.get("experiments"))

    def entry_of(name: str, sweeps: Sweeps) -> Any:
        written = next((sweep for sweep, members in sweeps.items() if name in members), name)
        return section.get("experiments", {}).get(written)

    def check(composition: Composition, sweeps: Sweeps) -> Iterator[str | Fault]:
        defaults = section.get("defaults")
        if not composition.experiments and raw.get("published") is None:
            yield "`composition.experiments`: must hold at least 1 experiment, or give `published`"
        for name, experiment in (published | composition.experiments).items():
            entry = entry_of(name, sweeps)
            rule = _unknown_group(experiment.group, known)
            if rule is not None:
                key = f"composition.experiments.{name}.group"
                yield Fault((), key, experiment.group, rule)
            for problem in _problems(experiment, known, entry, defaults):
                yield f"`composition.experiments.{name}.{problem}"

    with noted(problems):
        composition, sweeps = resolved(
            section,
            Composition,
            lists={"experiments": LISTS},
            style=Style,
            at="composition",
            check=check,
        )
    refuse(problems)
    defaults = section.get("defaults")
    own = {
        name: with_split(each, entry_of(name, sweeps), defaults, known.get(each.group))
        for name, each in composition.experiments.items()
    }
    experiments = {
        name: with_checkpoints(experiment) for name, experiment in (published | own).items()
    }
    complete = composition.model_copy(update={"experiments": experiments})
    complete._sweeps = sweeps
    return complete


def _published(given: Any) -> Published:
    if isinstance(given, str):
        given = {"folder": given}
    elif not isinstance(given, Mapping):
        msg = (
            f"`composition.published` = {short(given)}: must be a folder, or a mapping of `folder` "
            "and `skip`, the names of runs that are left out"
        )
        raise ConfigurationError(msg)
    return validate(given, Published, at="composition.published")


def _published_experiments(published: Published, written: Any) -> dict[str, Experiment]:
    """Return the experiments in a folder of published runs, which defaults do not change."""
    folder, skip = published.folder, published.skip
    try:
        found = published_experiments(folder, skip=skip)
        experiments = validate(found, dict[Name, Experiment], at="composition.experiments")
        problems = {
            Path(file): problem
            for experiment in experiments.values()
            for seed in experiment.seeds
            for file in experiment.checkpoints_of(seed).values()
            if (problem := problem_of_network(file, experiment, _order(experiment.group)))
        }
        if problems:
            raise unreadable(problems, folder, skip)
    except PublishedError as error:
        msg = f"`composition.published` = {folder!r}: {error}"
        raise ConfigurationError(msg) from None
    twice = sorted(set(found) & set(written)) if isinstance(written, Mapping) else []
    if twice:
        msg = (
            f"`composition.experiments.{twice[0]}`: a published experiment has this name; choose "
            "another"
        )
        raise ConfigurationError(msg)
    return experiments


def _problems(
    experiment: Experiment, given: Mapping[str, Group | None], entry: Any, defaults: Any
) -> list[str]:
    """Say what the fields of an experiment break together with other parts of the configuration."""
    order, problems = _order_and_problems(experiment, given)
    if order is not None and not problems:
        problems = split_problems(
            experiment, entry, defaults, given.get(experiment.group), order=order
        )
    return weights_problems(experiment, order, says_steps=_says_steps(entry)) + problems


def _says_steps(entry: Any) -> bool:
    """Return whether an experiment gives `schedule.steps` itself, apart from the defaults."""
    schedule = entry.get("schedule") if isinstance(entry, Mapping) else None
    return isinstance(schedule, Mapping) and "steps" in schedule


def _order(name: str) -> int:
    """Return the number of elements of a group that is called by name."""
    return math.prod(factor.order for factor in parse(name))


def _order_and_problems(
    experiment: Experiment, given: Mapping[str, Group | None]
) -> tuple[int | None, list[str]]:
    """Return the order of the group of an experiment, None when it is not known, and its problems.

    `given` has None for a group that is refused.
    """
    name = experiment.group
    if _unknown_group(name, given) is not None:
        return None, []
    if name not in given:
        return _order(name), _group_problems(experiment, None)
    group = given[name]
    return (None, []) if group is None else (group.order, _group_problems(experiment, group))


def _unknown_group(name: str, given: Collection[str]) -> str | None:
    """Return the rule that the name of a group breaks, and how such a group is given."""
    if name in given:
        return None
    try:
        parse(name)
    except ValueError as error:
        rule = str(error).removeprefix("`name` ").replace(f", got {name!r}", "")
    else:
        return None
    near = difflib.get_close_matches(name, given, n=1)
    if near:
        rule = re.sub(r"; did you mean '.*'\?$", "", rule)
        return f"{rule}; did you mean `{near[0]}` of the section `groups`?"
    key = re.sub("[^a-z0-9]+", "-", name.lower()).strip("-")
    key = key if re.fullmatch("[a-z].{0,39}", key) else "mine"
    other = (
        f"ny other group is given by its table: `groups: {{{key}: {{table: FILE}}}}` and "
        f"`group: {key}`"
    )
    return f"{rule} A{other}" if rule.endswith("?") else f"{rule}; a{other}"


def _group_problems(experiment: Experiment, group: Group | None) -> list[str]:
    """Say what an experiment asks of its group in vain; None for a group called by name."""
    name = experiment.group
    if group is not None:
        order, residues = group.order, _adds_indices(group)
        rule = (
            "answers a^2 + a b + b^2 of the indices of the elements as numbers, and the product of "
            f"{name} is not addition of the indices modulo {order}; take C{order}"
        )
        if residues and _other_numbers(group.labels):
            residues = False
            rule = (
                "answers a^2 + a b + b^2 of the indices of the elements, and the labels of "
                f"{name} are other numbers than its indices 0 to {order - 1} in order; name and "
                f"order the elements so, or take C{order}"
            )
    else:
        factors, order = parse(name), _order(name)
        residues = [factor.family for factor in factors] == ["C"]
        rule = f"asks for a cyclic group such as C59, not {name}; take one"
    if experiment.data.labels == "quadratic" and not residues:
        return [
            f"data.labels` = 'quadratic': {rule}, or labels 'product', 'difference' or 'random'"
        ]
    if order == 1:
        return [
            f"group` = {name!r}: has one element, and so one answer and nothing to learn; take a "
            "larger group"
        ]
    return []


def _other_numbers(labels: Sequence[str]) -> bool:
    """Whether labels are whole numbers, but do not count the elements from 0 or from 1."""
    if not all(re.fullmatch(r"[+-]?[0-9]{1,18}", label) for label in labels):
        return False
    numbers = [int(label) for label in labels]
    return numbers not in ([*range(len(labels))], [*range(1, len(labels) + 1)])


def _adds_indices(group: Group) -> bool:
    """Whether the product of the elements i and j is element (i + j) mod n."""
    index = np.arange(group.order)
    return np.array_equal(group.table, (index[:, None] + index) % group.order)
