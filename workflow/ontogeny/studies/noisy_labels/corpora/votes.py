"""Comments with the votes of single annotators, from CSV tables or JSON.

The label is that of the majority; where as many say toxic as not, the comment is not toxic.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np

from ontogeny.csv_rows import TableError, read_rows
from ontogeny.json_records import RepeatedKey, parsed_json
from ontogeny.studies.noisy_labels.corpora.cells import LARGEST, refuse, whole_numbers
from ontogeny.studies.noisy_labels.corpora.cleaning import cleaned
from ontogeny.studies.noisy_labels.corpora.given import Given

__all__ = ["VOTE_COLUMNS", "votes_of_csv", "votes_of_json"]

VOTE_COLUMNS = ("count", "hate_speech", "offensive_language", "neither", "tweet")
"""Columns of the tweets of Davidson et al. (2017): votes in all, of each kind, and the text."""


def votes_of_csv(text: str, path: str) -> Given:
    """Return the comments of a table with numbers of votes.

    The columns are `VOTE_COLUMNS`, and ``hate_speech`` and ``offensive_language`` are votes for
    toxic; other columns are ignored.

    Parameters
    ----------
    text : str
        The content of the file.
    path : str
        As the configuration names the file, for messages.

    Raises
    ------
    TableError
        If the text is not a table, a column is missing, a number of votes is not one, or the votes
        of a row do not add up to its ``count``.
    """
    rows = read_rows(text, path)
    rows.require(VOTE_COLUMNS)
    count, hate, offensive, neither = (whole_numbers(rows, name) for name in VOTE_COLUMNS[:4])
    total = hate.astype(np.int64) + offensive + neither
    wrong = np.flatnonzero((count != total) | (count == 0))
    if wrong.size:
        row = int(wrong[0])
        says = (
            f"is not the number of votes, {total[row]} in the columns `hate_speech`, "
            "`offensive_language` and `neither`; correct one of them"
            if total[row]
            else "says that nobody voted; remove the row"
        )
        refuse(rows, row, "count", says)
    toxic = hate + offensive
    return Given(
        text=[cleaned(cell) for cell in rows.column("tweet")],
        label=2 * toxic.astype(np.int64) > count,
        votes=count,
        toxic_votes=toxic,
    )


def votes_of_json(text: str, path: str) -> Given:
    """Return the comments of a JSON file with each vote.

    The file is a list of objects, or an object with one for each id. Of each of them ``text`` is
    the comment, and ``annotations`` the votes, 1 for toxic and 0 for not, separated by commas, such
    as ``"0,1,0,0,1"``; the rest is ignored.

    Parameters
    ----------
    text : str
        The content of the file.
    path : str
        As the configuration names the file, for messages.

    Raises
    ------
    TableError
        If the text is not JSON of this form, or an id is there twice; the message has the line and
        column, or counts the comments from 1.
    """
    texts, votes, toxic = [], [], []
    for number, comment in enumerate(_comments(text, path), start=1):
        at = f"{path}, comment {number}"
        if isinstance(comment, RepeatedKey):
            msg = f"{at}: key {comment.place} has the name of an earlier one; remove one of the two"
            raise TableError(msg)
        if not isinstance(comment, dict):
            msg = f"{at}: is not an object; give each comment as {_FORM}"
            raise TableError(msg)
        for key in ("text", "annotations"):
            if not isinstance(comment.get(key), str):
                fault = "is not a text" if key in comment else "is missing"
                msg = f"{at}: `{key}` {fault}; give each comment as {_FORM}"
                raise TableError(msg)
        single = [vote.strip() for vote in comment["annotations"].split(",")]
        if not set(single) <= {"0", "1"}:
            place = next(place for place, vote in enumerate(single, 1) if vote not in {"0", "1"})
            msg = (
                f"{at}: vote {place} of `annotations` is neither 0 nor 1; correct it, or remove "
                "the comment"
            )
            raise TableError(msg)
        if len(single) > LARGEST:
            msg = f"{at}: `annotations` has more than {LARGEST} votes; give fewer"
            raise TableError(msg)
        texts.append(cleaned(comment["text"]))
        votes.append(len(single))
        toxic.append(single.count("1"))
    return Given(
        text=texts,
        label=2 * np.array(toxic, dtype=np.int64) > np.array(votes),
        votes=np.array(votes, dtype=np.int16),
        toxic_votes=np.array(toxic, dtype=np.int16),
    )


_FORM = '{"text": "...", "annotations": "0,1,..."}'


def _comments(text: str, path: str) -> Iterator[Any]:
    found = parsed_json(text, path, form=_FORM)
    if isinstance(found, RepeatedKey):
        msg = (
            f"{path}, comment {found.place}: has the id of an earlier comment; give each comment "
            "an id of its own, or remove one of the two"
        )
        raise TableError(msg)
    comments = list(found.values()) if isinstance(found, dict) else found
    if not isinstance(comments, list) or not comments:
        msg = f"{path}: has no comments; give a list of them, or an object by id, each {_FORM}"
        raise TableError(msg)
    return iter(comments)
