"""Real comparisons of two responses to one prompt, as files give them.

No message quotes a text, since real ones are offensive.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from ontogeny.csv_rows import TableError
from ontogeny.json_records import Record, read_json_lines, read_json_list

__all__ = [
    "ANNOTATORS",
    "FAULTS",
    "MOST_FAULTY",
    "SUFFIXES",
    "Comparisons",
    "GivenPairs",
    "comparisons_of",
]

Layout = Literal["conversations", "judged"]


@runtime_checkable
class GivenPairs(Protocol):
    """What the configuration says of a world of real comparisons."""

    @property
    def file(self) -> str:
        """Path of the file."""

    @property
    def layout(self) -> Layout:
        """How it is read."""


SUFFIXES: dict[Layout, tuple[str, ...]] = {
    "conversations": (".jsonl", ".jsonl.gz"),
    "judged": (".json", ".json.gz"),
}
"""How the name of a file of each layout ends."""

ANNOTATORS = 3
"""People who judge each comparison of the layout ``judged``."""

FAULTS = ("different prompts", "equal responses", "ties", "no majority")
"""Why comparisons are left out. The last two are outcomes of a vote and not faults of a file."""

MOST_FAULTY = 0.05
"""Largest share of comparisons with different prompts or equal responses."""

_REPLY = "\n\nAssistant:"
_CONVERSATION = '{"chosen": "...", "rejected": "..."}'
_JUDGED = (
    '{"instruction": "...", "input": "...", "response1": "...", "response2": "...", '
    '"annotator1": 1, "annotator2": 2, "annotator3": 0}'
)


@dataclass(frozen=True)
class Comparisons:
    """Comparisons of one file, those that are left out not among them.

    Symbols: ``N`` comparisons.

    Attributes
    ----------
    chosen, rejected : tuple of N str
        The responses.
    group : (N,) ndarray of int32
        Number of the first message, in the order of the file: comparisons with the same one belong
        to the same group.
    dropped : dict of str to int
        Number of comparisons that are left out, by each of `FAULTS`.
    converted : int
        Number of responses that were numbers or truth values in the file, and are read as texts.
    votes : (3, N) ndarray of int8, optional
        Of each annotator: 1 for the chosen response, -1 for the rejected one, 0 for a tie.
    agreement, unanimous : float
        Share of equal votes among all pairs of votes in the file of which neither is a tie; share
        of its comparisons on which all annotators agree, ties included. NaN without votes.
    """

    chosen: tuple[str, ...]
    rejected: tuple[str, ...]
    group: NDArray[np.int32]
    dropped: dict[str, int]
    converted: int = 0
    votes: NDArray[np.int8] | None = None
    agreement: float = float("nan")
    unanimous: float = float("nan")


def comparisons_of(text: str, path: str, form: Layout) -> Comparisons:
    """Return the comparisons of a file.

    Parameters
    ----------
    text : str
        The content of the file.
    path : str
        As the configuration names the file, for messages.
    form : {'conversations', 'judged'}
        ``conversations``: an object on each line with two whole conversations, ``chosen`` and
        ``rejected``. What comes up to the last ``Assistant:`` at the start of a paragraph is the
        prompt, the rest the response; the first message ends at the first ``Assistant:``.

        ``judged``: a list of objects with ``instruction``, ``input``, ``response1``, ``response2``,
        and ``annotator1`` to ``annotator3``: 1 or 2 for the better response, 0 for a tie. The
        majority chooses. The instruction with its input is the first message.

    Returns
    -------
    Comparisons

    Raises
    ------
    TableError
        If the file is not of this form, none of its comparisons is left, or more than
        `MOST_FAULTY` of them have different prompts or equal responses.
    """
    found = _conversations(text, path) if form == "conversations" else _judged(text, path)
    faulty = found.dropped["different prompts"] + found.dropped["equal responses"]
    total = len(found.chosen) + sum(found.dropped.values())
    if faulty > MOST_FAULTY * total:
        msg = (
            f"{path}: of {total} comparisons, {found.dropped['different prompts']} have sides with "
            f"different prompts and {found.dropped['equal responses']} equal responses, together "
            f"more than {MOST_FAULTY:.0%}; remove these comparisons, or give another file"
        )
        raise TableError(msg)
    if not found.chosen:
        msg = f"{path}: in none of {total} comparisons one response is chosen; give another file"
        raise TableError(msg)
    return found


def _conversations(text: str, path: str) -> Comparisons:
    chosen, rejected, first = [], [], []
    dropped = dict.fromkeys(FAULTS, 0)
    for record in read_json_lines(text, path, form=_CONVERSATION):
        sides = [_conversation(record, key) for key in ("chosen", "rejected")]
        (prompt, one), (other_prompt, other) = sides
        if prompt != other_prompt:
            dropped["different prompts"] += 1
        elif one == other:
            dropped["equal responses"] += 1
        else:
            chosen.append(one)
            rejected.append(other)
            first.append(prompt.partition(_REPLY)[0])
    return Comparisons(tuple(chosen), tuple(rejected), _numbered(first), dropped)


def _conversation(record: Record, key: str) -> tuple[str, str]:
    """Return the prompt and the response of a side."""
    prompt, reply, response = _text(record, key, _CONVERSATION).rpartition(_REPLY)
    if not reply:
        msg = (
            f"{record.at}: `{key}` has no paragraph that starts with `Assistant:`, which separates "
            "prompt and response; correct or remove the line"
        )
        raise TableError(msg)
    return prompt, response


def _judged(text: str, path: str) -> Comparisons:
    chosen, rejected, first, votes, kept = [], [], [], [], []
    dropped = dict.fromkeys(FAULTS, 0)
    converted = 0
    for record in read_json_list(text, path, form=_JUDGED):
        message = "\n".join(_text(record, key, _JUDGED) for key in ("instruction", "input"))
        values = [_field(record, key, _JUDGED) for key in ("response1", "response2")]
        converted += sum(isinstance(value, bool | int | float) for value in values)
        one, two = (_response(record, key, _JUDGED) for key in ("response1", "response2"))
        cast = list(_votes(record))
        votes.append(cast)
        best = max(cast, key=cast.count)
        if one == two:
            dropped["equal responses"] += 1
        elif 2 * cast.count(best) <= ANNOTATORS:
            dropped["no majority"] += 1
        elif best == 0:
            dropped["ties"] += 1
        else:
            chosen.append(one if best == 1 else two)
            rejected.append(two if best == 1 else one)
            first.append(message)
            kept.append([{0: 0, best: 1}.get(vote, -1) for vote in cast])
    agreement, unanimous = _agreement(np.array(votes))
    return Comparisons(
        tuple(chosen),
        tuple(rejected),
        _numbered(first),
        dropped,
        converted=converted,
        votes=np.array(kept, dtype=np.int8).reshape(-1, ANNOTATORS).T,
        agreement=agreement,
        unanimous=unanimous,
    )


def _agreement(votes: NDArray[np.int_]) -> tuple[float, float]:
    """Return how often two votes without a tie agree, and how often all votes do."""
    one, two = np.triu_indices(ANNOTATORS, k=1)
    untied = (votes[:, one] > 0) & (votes[:, two] > 0)
    equal = votes[:, one] == votes[:, two]
    share = float(equal[untied].mean()) if untied.any() else float("nan")
    return share, float(equal.all(axis=1).mean())


def _votes(record: Record) -> Iterator[int]:
    for number in range(1, ANNOTATORS + 1):
        vote = _field(record, f"annotator{number}", _JUDGED)
        if type(vote) is not int or vote not in {0, 1, 2}:
            msg = (
                f"{record.at}: `annotator{number}` is neither 0, 1 nor 2; correct it, or remove "
                "the record"
            )
            raise TableError(msg)
        yield vote


def _field(record: Record, key: str, form: str) -> Any:
    if key not in record.fields:
        msg = f"{record.at}: `{key}` is missing; give each record as {form}"
        raise TableError(msg)
    return record.fields[key]


def _text(record: Record, key: str, form: str) -> str:
    value = _field(record, key, form)
    if not isinstance(value, str):
        msg = f"{record.at}: `{key}` is not a text; give each record as {form}"
        raise TableError(msg)
    return value


def _response(record: Record, key: str, form: str) -> str:
    """Return a response; a number or a truth value is read as JSON writes it."""
    value = _field(record, key, form)
    if isinstance(value, bool | int | float):
        return json.dumps(value)
    return _text(record, key, form)


def _numbered(messages: Sequence[str]) -> NDArray[np.int32]:
    numbers: dict[str, int] = {}
    return np.array(
        [numbers.setdefault(message, len(numbers)) for message in messages], dtype=np.int32
    )
