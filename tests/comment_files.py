"""Fabricated files of comments for tests, and the real ones where they are."""

import csv
import io
import json
from pathlib import Path

import pytest

from ontogeny.storage import read_texts
from ontogeny.studies.noisy_labels.config import Civil, Votes
from ontogeny.studies.noisy_labels.corpora.civil import IDENTITIES
from ontogeny.studies.noisy_labels.corpora.files import from_files
from ontogeny.studies.noisy_labels.files import files_of

REFERENCE = Path(__file__).parents[2] / "shared" / "reference" / "noisy-labels"

GROUPS = {"old": ("old", "elderly"), "young": ("young",), "tall": ("tall people",)}
VOTE_HEADER = ("", "count", "hate_speech", "offensive_language", "neither", "class", "tweet")


def table(header, rows):
    """Return a CSV table as text, all of its cells in quotation marks where they need them."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([header, *rows])
    return text.getvalue()


def tweet_rows(count, *, start=0):
    """Return rows with different words: every third one is toxic, every fifth one names a group.

    Three votes each, unanimous for odd numbers and two against one for even ones.
    """
    rows = []
    for number in range(start, start + count):
        toxic = number % 3 == 0
        majority, minority = (3, 0) if number % 2 else (2, 1)
        votes = (majority, minority) if toxic else (minority, majority)
        words = f"word{number} common, " + ("an OLD one" if number % 5 == 0 else "another one")
        rows.append((number, 3, 0, votes[0], votes[1], 1 if toxic else 2, words))
    return rows


def tweets(count, *, start=0):
    return table(VOTE_HEADER, tweet_rows(count, start=start))


def votes_json(count, *, start=0, by_id=True):
    """Return the comments of `tweet_rows` as JSON."""
    comments = [
        {
            "text": row[-1],
            "annotations": ",".join(["1"] * row[3] + ["0"] * row[4]),
            "annotators": "a,b,c",
        }
        for row in tweet_rows(count, start=start)
    ]
    whole = {str(place): each for place, each in enumerate(comments)} if by_id else comments
    return json.dumps(whole, indent=1)


def civil_rows(count):
    """Return rows of Civil Comments: every third one is toxic, every fourth one not asked about.

    Every fifth row names the first group, every seventh one the second.
    """
    rows = []
    for number in range(count):
        asked = number % 4 != 3
        said = [0.0] * len(IDENTITIES)
        said[0] = 0.5 if number % 5 == 0 else 0.499
        said[1] = 1.0 if number % 7 == 0 else 0.0
        cells = said if asked else [""] * len(said)
        rows.append((number, 0.5 if number % 3 == 0 else 0.49, f"comment{number} text", *cells))
    return rows


def civil(count, toxicity="target"):
    return table(("id", toxicity, "comment_text", *IDENTITIES), civil_rows(count))


def written(folder, **texts):
    """Write files, given by a name without its dot, such as ``mine_csv``; return their paths."""
    paths = []
    for name, text in texts.items():
        path = folder / ".".join(name.rsplit("_", 1))
        path.write_text(text, encoding="utf-8")
        paths.append(str(path))
    return paths


def corpus(spec):
    """Return the corpus of files that are on the disk."""
    return from_files(spec, {key: read_texts(names) for key, names in files_of(spec).items()})


def votes_spec(files, **fields):
    return Votes.model_validate({"kind": "votes", "files": files, "groups": GROUPS} | fields)


def civil_spec(files, **fields):
    return Civil.model_validate({"kind": "civil", "files": files, "least_mentions": 1} | fields)


def real(name):
    """Return the path of a real file; skip the test where it is missing."""
    path = REFERENCE / name
    if not path.is_file():
        pytest.skip(f"needs the published file {path}")
    return str(path)
