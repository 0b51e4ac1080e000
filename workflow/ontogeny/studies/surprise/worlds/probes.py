"""Abilities that nobody trained: problems that no sequence of a mixture has.

Each probe varies a task of the mixture, and is there only where that task is. Of several tasks of a
kind, the one with the longest problems is varied.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ontogeny.studies.surprise.config import Mixture, MixtureTask
from ontogeny.studies.surprise.measures.chance import context_match, problem_match
from ontogeny.studies.surprise.worlds.mixture import Tokens, encoded
from ontogeny.studies.surprise.worlds.problems import Problems, Task, tasks_of

__all__ = ["CHANCE_PROBLEMS", "PROBES", "Probe", "draw_probe", "probes_of"]

CHANCE_PROBLEMS = 4096
"""Problems on which the chance of a probe is measured."""

_LONGER = {
    "longer-copy": ("copy", "letters", 2),
    "longer-reverse": ("reverse", "letters", 2),
    "longer-recall": ("recall", "pairs", 2),
    "longer-sort": ("sort", "digits", 2),
    "longer-add": ("add", "digits", 1),
}
"""The task, what there is more of than in training, and how much more."""

_TRANSLATED = {
    "other-separator": ("=;", ":|"),
    "lower-case-mark": ("R", "r"),
    "capital-letters": ("abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"),
}
"""Characters of the task `reverse`, and those that are written for them."""

_DESCENDING = "descending-sort"
_SWITCHED = "switch-to-reverse"

PROBES = (*_LONGER, _DESCENDING, _SWITCHED, *_TRANSLATED)
"""The names of all probes.

``longer-...``: two letters, pairs or digits more than in training, in ``longer-add`` one digit.
``descending-sort``: the task ``sort``, with its answers in reverse order, where there is a task
``reverse`` as well: two tasks composed, as the examples show. ``switch-to-reverse``: a problem of
``reverse`` after examples of ``copy``. ``other-separator``: ``:`` for ``=`` and ``|`` for ``;`` in
``reverse``; ``lower-case-mark``: ``r`` for ``R``; ``capital-letters``: capitals are reversed.
"""

_KINDS = (
    {name: (kind,) for name, (kind, _, _) in _LONGER.items()}
    | {_DESCENDING: ("sort", "reverse"), _SWITCHED: ("reverse", "copy")}
    | dict.fromkeys(_TRANSLATED, ("reverse",))
)
"""The tasks that a mixture must have for each probe; the first one is asked for."""


@dataclass(frozen=True)
class Probe:
    """Problems that no sequence of a mixture has, each after solved ones.

    Attributes
    ----------
    tokens : (n, s) ndarray of int64
        The start token, as many solved problems as fit, and the problem with its answer.
    answer_length : int
        The answer ends each row.
    chance : float
        Exact match by the most frequent character at each place of the answers in the context; for
        ``longer-recall`` by any digit of the problem, if that is more; for ``switch-to-reverse``,
        whose context has no such answer, by those of other problems of ``reverse``. Measured on
        `CHANCE_PROBLEMS` other problems.
    """

    tokens: Tokens
    answer_length: int
    chance: float


def probes_of(mixture: Mixture) -> tuple[str, ...]:
    """Return the names of the probes that a mixture has.

    Those whose tasks it has, and whose context holds a problem and an example.
    """
    longest = _longest(mixture)
    return tuple(
        name
        for name, kinds in _KINDS.items()
        if longest.keys() >= {*kinds} and _shots(mixture, *_tasks(mixture, longest, name)) > 0
    )


def draw_probe(mixture: Mixture, name: str, rng: np.random.Generator, count: int) -> Probe:
    """Return problems of a probe.

    Parameters
    ----------
    mixture : Mixture
    name : str
        One of `probes_of` this mixture.
    rng : Generator
    count : int
        Number of problems, n.

    Returns
    -------
    Probe
    """
    shown, asked = _tasks(mixture, _longest(mixture), name)
    shots = _shots(mixture, shown, asked)
    changed = _in_descending_order if name == _DESCENDING else _as_it_is
    examples = changed(shown.draw(rng, count * shots))
    problems = changed(asked.draw_held_out(rng, count))
    row = np.concatenate(
        [examples.written().reshape(count, -1), problems.prompt, problems.answer], axis=1
    )
    tokens = encoded(_translation(name)[row])
    others = changed(asked.draw_held_out(rng, CHANCE_PROBLEMS))
    context = changed(asked.draw(rng, CHANCE_PROBLEMS * shots)).answer
    chance = context_match(context.reshape(CHANCE_PROBLEMS, shots, -1), others.answer)
    if asked.lists_values:
        chance = max(chance, problem_match(others))
    return Probe(
        np.concatenate([np.zeros((count, 1), dtype=np.int64), tokens], axis=1),
        asked.answer_length,
        chance,
    )


def _longest(mixture: Mixture) -> dict[str, MixtureTask]:
    """Return the task of each kind whose problems are longest, the first one of equals."""
    found: dict[str, tuple[int, MixtureTask]] = {}
    for name, task in tasks_of(mixture).items():
        spec = mixture.tasks[name]
        if spec.kind not in found or task.problem_length > found[spec.kind][0]:
            found[spec.kind] = task.problem_length, spec
    return {kind: spec for kind, (_, spec) in found.items()}


def _tasks(mixture: Mixture, longest: Mapping[str, MixtureTask], name: str) -> tuple[Task, Task]:
    """Return the tasks of the examples and of the problem of a probe."""
    specs = [longest[kind] for kind in _KINDS[name]]
    if name in _LONGER:
        _, field, more = _LONGER[name]
        (spec,) = specs
        specs = [spec.model_copy(update={field: getattr(spec, field) + more})]
    asked = _task(mixture, specs[0])
    return (_task(mixture, specs[1]) if name == _SWITCHED else asked), asked


def _shots(mixture: Mixture, shown: Task, asked: Task) -> int:
    """Return how many examples fit before the problem of a probe."""
    return max(0, mixture.length - asked.problem_length) // shown.problem_length


def _task(mixture: Mixture, spec: MixtureTask) -> Task:
    return tasks_of(mixture.model_copy(update={"tasks": {"": spec}}))[""]


def _as_it_is(problems: Problems) -> Problems:
    return problems


def _in_descending_order(problems: Problems) -> Problems:
    return problems._replace(answer=problems.answer[:, ::-1])


def _translation(name: str) -> NDArray[np.uint8]:
    """Return what is written for each character."""
    table = np.arange(256, dtype=np.uint8)
    if name in _TRANSLATED:
        before, after = _TRANSLATED[name]
        table[[*map(ord, before)]] = [*map(ord, after)]
    return table
