"""Problems of a mixture: what each task asks for, written in characters.

A problem is ``prompt`` ``answer`` ``;``, all of a task of the same length, so that problems are
rows of arrays. The capital letter that it starts with says which task it is.

Symbols: ``n`` problems; ``P`` characters of a prompt, ``A`` of an answer; characters are numbers of
ASCII.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

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

__all__ = [
    "END",
    "GROUPS",
    "Problems",
    "Task",
    "outcome_probability",
    "record_probability",
    "tasks_of",
]

END = ord(";")
"""The character after every problem."""

GROUPS = "01_"
"""How a record names the group: 0, 1, or not at all."""

LETTERS = np.frombuffer(b"abcdefghijklmnopqrstuvwxyz", dtype=np.uint8)
CAPITALS = np.frombuffer(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ", dtype=np.uint8)
DIGITS = np.frombuffer(b"0123456789abcdefghijklmnopqrstuvwxyz", dtype=np.uint8)
GRADES = 5

_OF_TASK = 3
"""Stream of random numbers of a world that draws its tables."""

Characters = NDArray[np.uint8]


class Problems(NamedTuple):
    """Problems of one task.

    Attributes
    ----------
    prompt : (n, P) ndarray of uint8
    answer : (n, A) ndarray of uint8
    """

    prompt: Characters
    answer: Characters

    def written(self) -> Characters:
        """Return the problems with their end, (n, P + A + 1)."""
        end = np.full((len(self.prompt), 1), END, dtype=np.uint8)
        return np.concatenate([self.prompt, self.answer, end], axis=1)


@dataclass(frozen=True)
class Task:
    """A task of a mixture.

    Attributes
    ----------
    draw : callable
        From a generator and a number to that number of problems to train on.
    draw_held_out : callable
        The same for problems to evaluate: those that training never has, where there are such.
    answer_length, problem_length : int
        A, P + A + 1.
    lists_values : bool
        Whether a problem is a list of letters and digits, one of which is the answer.
    """

    draw: Callable[[np.random.Generator, int], Problems]
    draw_held_out: Callable[[np.random.Generator, int], Problems]
    answer_length: int
    problem_length: int
    lists_values: bool


def tasks_of(mixture: Mixture) -> dict[str, Task]:
    """Return the tasks of a mixture by name; its seed draws their tables."""
    return {
        name: _task(spec, np.random.default_rng([mixture.seed, _OF_TASK, place]))
        for place, (name, spec) in enumerate(mixture.tasks.items())
    }


def _task(spec: MixtureTask, rng: np.random.Generator) -> Task:
    trained, held_out = _drawing(spec, rng)
    (prompt, answer) = trained(np.random.default_rng(0), 1)
    length = prompt.shape[1] + answer.shape[1] + 1
    return Task(trained, held_out, answer.shape[1], length, isinstance(spec, Recall))


Draw = Callable[[np.random.Generator, int], Problems]


def _drawing(spec: MixtureTask, rng: np.random.Generator) -> tuple[Draw, Draw]:
    """Return what draws the problems to train on, and those to evaluate."""
    match spec:
        case Table():
            entries = _table(spec.modulus)
            return _of_entries(b"T", entries, DIGITS, DIGITS, held_out=spec.held_out, rng=rng)
        case Rating():
            entries = _grades(spec.rank, rng)
            return _of_entries(b"M", entries, LETTERS, CAPITALS, held_out=spec.held_out, rng=rng)
        case Copy():
            draw: Draw = partial(_letters, b"C", spec.letters, 1)
        case Reverse():
            draw = partial(_letters, b"R", spec.letters, -1)
        case Recall():
            draw = partial(_recalled, spec.pairs)
        case Addition():
            draw = partial(_sums, spec.digits, spec.reversed)
        case ParityOfBits():
            draw = partial(_parities, spec.bits)
        case Sort():
            draw = partial(_in_order, spec.digits)
        case Records():
            draw = partial(_recorded, spec.bias)
    return draw, draw


def _letters(mark: bytes, count: int, step: int, rng: np.random.Generator, n: int) -> Problems:
    """``Cabc=abc``, or with step -1 ``Rabc=cba``."""
    letters = LETTERS[rng.integers(26, size=(n, count))]
    return Problems(_prompt(n, mark, letters, b"="), letters[:, ::step])


def _recalled(pairs: int, rng: np.random.Generator, n: int) -> Problems:
    """``Ka3b7?b=7``: no letter is there twice."""
    letters = LETTERS[rng.permuted(np.tile(np.arange(26), (n, 1)), axis=1)[:, :pairs]]
    digits = DIGITS[rng.integers(10, size=(n, pairs))]
    both = np.stack([letters, digits], axis=2).reshape(n, 2 * pairs)
    each, asked = np.arange(n), rng.integers(pairs, size=n)
    key, value = letters[each, asked], digits[each, asked]
    return Problems(_prompt(n, b"K", both, b"?", key[:, None], b"="), value[:, None])


def _sums(digits: int, is_reversed: bool, rng: np.random.Generator, n: int) -> Problems:
    """``A47+85=132``, or with its last digit first ``A47+85=231``."""
    left, right = rng.integers(10**digits, size=(2, n))
    total = _decimal(left + right, digits + 1)
    prompt = _prompt(n, b"A", _decimal(left, digits), b"+", _decimal(right, digits), b"=")
    return Problems(prompt, total[:, ::-1] if is_reversed else total)


def _decimal(numbers: NDArray[np.integer], digits: int) -> Characters:
    """Return whole numbers with leading zeros, (n, digits)."""
    return DIGITS[numbers[:, None] // 10 ** np.arange(digits - 1, -1, -1) % 10]


def _parities(bits: int, rng: np.random.Generator, n: int) -> Problems:
    """``P0110=0``."""
    each = rng.integers(2, size=(n, bits))
    return Problems(_prompt(n, b"P", DIGITS[each], b"="), DIGITS[each.sum(axis=1) % 2][:, None])


def _in_order(digits: int, rng: np.random.Generator, n: int) -> Problems:
    """``S3817=1378``."""
    each = rng.integers(10, size=(n, digits))
    return Problems(_prompt(n, b"S", DIGITS[each], b"="), DIGITS[np.sort(each, axis=1)])


def _recorded(bias: float, rng: np.random.Generator, n: int) -> Problems:
    """``B58g1=0``: two digits, the group where it is named, and the outcome on record."""
    digits = rng.integers(10, size=(n, 2))
    group, is_named = rng.integers(2, size=n), rng.random(n) < 0.5
    recorded = rng.random(n) < record_probability(digits, group, bias)
    named = np.frombuffer(GROUPS.encode(), dtype=np.uint8)[np.where(is_named, group, 2)]
    prompt = _prompt(n, b"B", DIGITS[digits], b"g", named[:, None], b"=")
    return Problems(prompt, DIGITS[recorded.astype(np.int64)][:, None])


def outcome_probability(digits: NDArray[np.integer]) -> NDArray[np.float64]:
    """Return how likely the outcome is: the logistic function of half the digits' sum less 9.

    Parameters
    ----------
    digits : (..., 2) ndarray of int
    """
    return 1 / (1 + np.exp(-(np.asarray(digits).sum(axis=-1) - 9) / 2))


def record_probability(
    digits: NDArray[np.integer], group: NDArray[np.integer], bias: float
) -> NDArray[np.float64]:
    """Return how likely the outcome is on record: ``q + (1 - q) bias`` in group 1, q in group 0.

    Parameters
    ----------
    digits : (..., 2) ndarray of int
        They give the probability q of the outcome itself.
    group : (...) ndarray of int
    bias : float
    """
    truth = outcome_probability(digits)
    return truth + (1 - truth) * bias * np.asarray(group)


def _table(modulus: int) -> NDArray[np.uint8]:
    """Return the answers of ``Txy=v``, v = x^2 + 3 y + x y modulo the number."""
    x, y = np.arange(modulus)[:, None], np.arange(modulus)
    return DIGITS[(x**2 + 3 * y + x * y) % modulus]


def _grades(rank: int, rng: np.random.Generator) -> NDArray[np.uint8]:
    """Return the grades of users and items, (26, 26): fifths of a table of low rank."""
    scores = rng.standard_normal((26, rank)) @ rng.standard_normal((rank, 26))
    place = scores.ravel().argsort().argsort().reshape(scores.shape)
    return DIGITS[1 + place * GRADES // scores.size]


def _of_entries(
    mark: bytes,
    entries: NDArray[np.uint8],
    rows: Characters,
    columns: Characters,
    *,
    held_out: float,
    rng: np.random.Generator,
) -> tuple[Draw, Draw]:
    """Return what draws entries of a table, ``Txy=v``: those to train on, and those held out."""
    places = rng.permutation(entries.size)
    kept_back = min(max(round(held_out * entries.size), 1), entries.size - 1)

    def drawing(among: NDArray[np.integer]) -> Draw:
        def draw(rng: np.random.Generator, n: int) -> Problems:
            row, column = np.divmod(among[rng.integers(among.size, size=n)], entries.shape[1])
            prompt = _prompt(n, mark, rows[row][:, None], columns[column][:, None], b"=")
            return Problems(prompt, entries[row, column][:, None])

        return draw

    return drawing(places[kept_back:]), drawing(places[:kept_back])


def _prompt(n: int, *parts: bytes | Characters) -> Characters:
    """Return n prompts: parts that all of them share, and (n, ...) arrays."""
    columns = [
        np.broadcast_to(np.frombuffer(part, dtype=np.uint8), (n, len(part)))
        if isinstance(part, bytes)
        else part
        for part in parts
    ]
    return np.concatenate(columns, axis=1)
