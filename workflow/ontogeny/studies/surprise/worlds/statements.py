"""What is written in the frame of a task: whether it is a problem of it, and its right answers."""

import re
from collections.abc import Callable, Collection, Sequence
from typing import NamedTuple

import numpy as np

from ontogeny.studies.surprise.config import (
    Addition,
    Copy,
    Mixture,
    MixtureTask,
    ParityOfBits,
    Rating,
    Recall,
    Records,
    Reverse,
    Sort,
    Table,
)
from ontogeny.studies.surprise.worlds.problems import Task, tasks_of

__all__ = ["Frame", "frames_of", "own_characters"]

_DRAWN = 1000
"""Problems that are drawn at once."""


class Frame(NamedTuple):
    """How problems of a task are read.

    Attributes
    ----------
    right : callable
        From a text to the right answers, if it is a prompt of the task; else to none. All outcomes
        are right in records, which are drawn at random.
    answer_length : int
    """

    right: Callable[[str], Collection[str]]
    answer_length: int

    def is_right(self, statement: str) -> bool | None:
        """Say whether a problem has a right answer; None when it is not a problem of the task.

        Parameters
        ----------
        statement : str
            Without the end: a prompt and, for an answer, as many characters as answers have.
        """
        prompt, answer = statement[: -self.answer_length], statement[-self.answer_length :]
        right = self.right(prompt)
        return answer in right if right else None


def frames_of(mixture: Mixture) -> dict[str, Frame]:
    """Return the frame of each task of a mixture, by name."""
    return {
        name: Frame(_right(mixture.tasks[name], task), task.answer_length)
        for name, task in tasks_of(mixture).items()
    }


def own_characters(mixture: Mixture) -> frozenset[str]:
    """Return the characters of problems, as many of them show that are drawn of each task."""
    written = [
        task.draw(np.random.default_rng(0), _DRAWN).written() for task in tasks_of(mixture).values()
    ]
    return frozenset(chr(each) for rows in written for each in np.unique(rows))


def _right(spec: MixtureTask, task: Task) -> Callable[[str], Collection[str]]:
    """Return the function from prompts to right answers."""
    match spec:
        case Copy():
            return _matched(rf"C([a-z]{{{spec.letters}}})=", lambda letters: [letters])
        case Reverse():
            return _matched(rf"R([a-z]{{{spec.letters}}})=", lambda letters: [letters[::-1]])
        case Recall():
            return _matched(rf"K((?:[a-z]\d){{{spec.pairs}}})\?([a-z])=", _recalled)
        case Addition():
            number, step = rf"(\d{{{spec.digits}}})", -1 if spec.reversed else 1
            return _matched(
                rf"A{number}\+{number}=",
                lambda left, right: [f"{int(left) + int(right):0{len(left) + 1}d}"[::step]],
            )
        case ParityOfBits():
            return _matched(rf"P([01]{{{spec.bits}}})=", lambda bits: [str(bits.count("1") % 2)])
        case Sort():
            return _matched(rf"S(\d{{{spec.digits}}})=", lambda digits: ["".join(sorted(digits))])
        case Records():
            return _matched(r"B\d\dg[01_]=", lambda: ["0", "1"])
        case Table():
            entries = _entries(task, spec.modulus**2)
        case Rating():
            entries = _entries(task, 26**2)
    return lambda prompt: entries.get(prompt, ())


def _matched(pattern: str, answers: Callable[..., Sequence[str]]) -> Callable[[str], Sequence[str]]:
    """Return a function from a text to the answers to its parts, if it matches a pattern."""
    form = re.compile(pattern, re.ASCII)

    def right(prompt: str) -> Sequence[str]:
        found = form.fullmatch(prompt)
        return answers(*found.groups()) if found else ()

    return right


def _recalled(pairs: str, asked: str) -> Sequence[str]:
    """Return the digit after a letter; nothing if a letter is there twice."""
    letters = pairs[::2]
    if len(set(letters)) < len(letters):
        return ()
    return [digit for letter, digit in zip(letters, pairs[1::2], strict=True) if letter == asked]


def _entries(task: Task, size: int) -> dict[str, Sequence[str]]:
    """Return the answers of a table by prompt, from problems drawn until all entries are there."""
    rng = np.random.default_rng(0)
    found: dict[str, Sequence[str]] = {}
    while len(found) < size:
        for draw in (task.draw, task.draw_held_out):
            for prompt, answer in zip(*draw(rng, _DRAWN), strict=True):
                found[prompt.tobytes().decode()] = [answer.tobytes().decode()]
    return found
