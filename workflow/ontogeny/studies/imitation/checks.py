"""The section ``imitation`` as it is written, with all defaults and checked as a whole.

No job imports this module.
"""

import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from ontogeny.config import Fault, Section, Style, short, unknown_name
from ontogeny.given_files import problem_of_text, repeated
from ontogeny.studies.imitation.analysis.model_class import GEOMETRIC
from ontogeny.studies.imitation.config import (
    CHARACTERS,
    Characters,
    Class,
    Enumerated,
    Event,
    Experiment,
    History,
    Imitation,
    Treacherous,
    Whole,
    actions_of,
    policies_of,
    states_of,
    steps_of,
)
from ontogeny.studies.imitation.texts import MODULES, letters
from ontogeny.sweeps import resolved

__all__ = ["MOST_GEOMETRIC", "MOST_HISTORIES", "MOST_NUMBERS", "resolve"]

MOST_HISTORIES = 2_000_000
"""Histories of flags, actions and observations that an enumeration may have."""

MOST_NUMBERS = 20_000_000
"""Probabilities that the policies of a class of character models may have."""

MOST_GEOMETRIC = 3_000
"""Policies that a geometric prior may have: with more, the smallest weights would soon be 0."""


def resolve(raw: Any) -> Imitation:
    """Return the section ``imitation`` with all defaults merged into it.

    Parameters
    ----------
    raw : mapping
        The section as the configuration files hold it.

    Returns
    -------
    Imitation
        Its `defaults` are None, since every experiment has them in itself, and so has every figure
        those of `figures`.

    Raises
    ------
    ConfigurationError
        One message with every problem: key, value, rule and remedy.
    """
    imitation, _ = resolved(
        raw,
        Imitation,
        lists={"classes": {"past.files"}, "experiments": {"seeds"}},
        style=Style,
        at="imitation",
        check=lambda section, _: _problems(section),
    )
    return imitation


def _problems(imitation: Imitation) -> Iterator[str | Fault]:
    """Say what parts of the section break together."""
    for name in ("classes", "experiments"):
        if not getattr(imitation, name):
            yield f"`imitation.{name}`: must hold at least 1"
    for name, kind in imitation.classes.items():
        yield from _problems_of_class(kind, f"imitation.classes.{name}")
    for name, experiment in imitation.experiments.items():
        at = f"imitation.experiments.{name}"
        yield from _problems_of_experiment(experiment, imitation.classes, at)


def _problems_of_class(kind: Class, at: str) -> Iterator[str]:
    """Say what is wrong with a class as a whole."""
    match kind:
        case Enumerated():
            yield from _too_many_histories(kind, at)
        case History(past=Whole() as past):
            yield from _too_many_histories(past, f"{at}.past")
        case History(past=Characters() as past):
            yield from _problems_of_characters(past, kind.policies, at)


def _too_many_histories(kind: Enumerated | Whole, at: str) -> Iterator[str]:
    each = 2 * kind.actions * kind.observations
    if kind.steps * math.log(each) > math.log(MOST_HISTORIES):
        yield (
            f"`{at}.steps` = {kind.steps}: makes (2 * `actions` * `observations`) ** `steps` = "
            f"{each} ** {kind.steps} histories, and at most {MOST_HISTORIES:,} can be enumerated; "
            "give fewer steps, actions or observations"
        )


def _problems_of_characters(past: Characters, policies: int, at: str) -> Iterator[str]:
    problems = {file: problem_of_text(file) for file in past.files}
    if not any(problems.values()):
        again = repeated(past.files)
        problems = {file: again.get(file) or _too_short(file, past.order) for file in past.files}
    for file, problem in problems.items():
        if problem:
            yield f"`{at}.past.files` = {file!r}: {problem}"
    count = len(past.files)
    if past.files and count != policies:
        yield (
            f"`{at}.policies` = {policies}: must be the number of `past.files`, since each policy "
            f"has a text of its own; write `policies: {count}`, or give {policies} files"
        )
    if not past.files and policies > len(MODULES):
        yield (
            f"`{at}.policies` = {policies}: must be at most {len(MODULES)} with texts of the "
            "Python standard library; give fewer, or `past.files`"
        )
    if CHARACTERS ** (past.order + 1) * policies > MOST_NUMBERS:
        yield (
            f"`{at}.past.order` = {past.order}: makes {CHARACTERS} ** (`order` + 1) * `policies` = "
            f"{CHARACTERS ** (past.order + 1) * policies:,} probabilities, and at most "
            f"{MOST_NUMBERS:,} are possible; give a lower order or fewer policies"
        )


def _too_short(file: str, order: int) -> str | None:
    count = 0
    with Path(file).open(encoding="utf-8") as lines:
        for line in lines:
            count += int(np.count_nonzero(letters(line)))
            if count > order:
                return None
    return f"has {count} letters from a to z, and a model of order {order} needs more; give more"


def _problems_of_experiment(
    experiment: Experiment, classes: Mapping[str, Class], at: str
) -> Iterator[str | Fault]:
    """Say what an experiment breaks together with its class."""
    name = experiment.class_name
    if name not in classes:
        if classes:
            yield unknown_name(f"{at}.class", name, classes, "a class")
        return
    kind = classes[name]
    count = policies_of(kind) - (not experiment.contains_demonstrator)
    if experiment.prior == "geometric" and count > MOST_GEOMETRIC:
        yield (
            f"`{at}.prior` = 'geometric': makes the smallest weight {GEOMETRIC} ** {count - 1} of "
            f"the largest with the {count:,} policies of the class {name!r}, and a weight must not "
            f"be 0 in the computer's numbers; give at most {MOST_GEOMETRIC:,} policies, or "
            "`prior: uniform`"
        )
    if steps_of(kind) is not None:
        yield from _not_read(experiment, at)
        return
    steps = experiment.schedule.steps
    if isinstance(kind, Treacherous) and kind.betrayal >= steps:
        yield (
            f"`{at}.schedule.steps` = {steps}: must be more than {kind.betrayal}, the `betrayal` "
            f"of the class {name!r}, which would never come; give more steps, or a class that "
            "betrays earlier"
        )
    if experiment.event is not None:
        yield from _problems_of_event(experiment.event, kind, steps, f"{at}.event")


def _not_read(experiment: Experiment, at: str) -> Iterator[str]:
    """Refuse what an enumeration would ignore."""
    for name in ("learner", "demonstrations", "schedule", "event"):
        value = getattr(experiment, name)
        if value != Experiment.model_fields[name].default:
            is_section = isinstance(value, Section)
            written = value.model_dump(exclude_defaults=True) if is_section else value
            yield (
                f"`{at}.{name}` = {short(written)}: is not read, since all histories of the class "
                f"{experiment.class_name!r} are enumerated, over its own steps and under the "
                "conservative learner; leave it out, here and in `imitation.defaults`"
            )


def _problems_of_event(event: Event, kind: Any, steps: int, at: str) -> Iterator[str]:
    numbers = {"action": actions_of(kind), "state": states_of(kind)}
    for name, number in numbers.items():
        value = getattr(event, name)
        if value is not None and value >= number:
            yield (
                f"`{at}.{name}` = {value}: is not one of the class, whose {name}s are "
                f"0 to {number - 1}"
            )
    if event.stop is not None and event.start >= event.stop:
        yield f"`{at}.start` = {event.start}: must be before `stop`, which is {event.stop}"
    if event.start >= steps:
        yield f"`{at}.start` = {event.start}: must be before the end of the {steps} steps"
    if event.stop is not None and event.stop > steps:
        yield (
            f"`{at}.stop` = {event.stop}: must be at most {steps}, the `schedule.steps`; leave it "
            "out to count all up to the last step"
        )
