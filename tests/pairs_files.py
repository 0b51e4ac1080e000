"""Fabricated comparisons of responses for tests, and the real ones where they are."""

import gzip
import json
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from ontogeny.storage import read_texts
from ontogeny.studies.rlhf.pairs.reading import comparisons_of
from ontogeny.studies.rlhf.stages.pairs_world import pairs_world

REFERENCE = Path(__file__).parents[2] / "shared" / "reference" / "rlhf"

FILLERS = ("the", "garden", "is", "large", "and", "quiet", "today", "we", "walk", "there", "often")


def conversation(message, response, *, turns=()):
    """Return a conversation whose last response is the given one."""
    earlier = "".join(f"\n\nAssistant: {a}\n\nHuman: {b}" for a, b in turns)
    return f"\n\nHuman: {message}{earlier}\n\nAssistant: {response}"


def responses(count, *, seed=0, liked="please", longer=False):
    """Return chosen and rejected responses: three of four times, the chosen one has a word more.

    The chosen one is mostly the shorter one, or mostly the longer one.
    """
    draw = np.random.default_rng(seed)
    found = []
    for number in range(count):
        long, short = (" ".join(draw.choice(FILLERS, size)) for size in (9 + number % 4, 5))
        one, other = (long, short) if longer == (number % 3 > 0) else (short, long)
        has_word = number % 4 > 0
        found.append((f"{one} {liked}", other) if has_word else (one, f"{other} {liked}"))
    return found


def conversations(count, *, messages=None, **fields):
    """Return records of the layout ``conversations``, with a number of different first messages."""
    messages = messages or count
    return [
        {
            key: conversation(f"Question {number % messages}?", text)
            for key, text in zip(("chosen", "rejected"), pair, strict=True)
        }
        for number, pair in enumerate(responses(count, **fields))
    ]


def judged(count, *, messages=None, **fields):
    """Return records of the layout ``judged``: the first response is chosen of even numbers.

    Of every seventh record the majority is a tie, of every fifth one the third annotator disagrees.
    """
    messages = messages or count
    fields = {"liked": "thanks", "longer": True} | fields
    records = []
    for number, (chosen, rejected) in enumerate(responses(count, **fields)):
        best = 1 + number % 2
        one, two = (chosen, rejected) if best == 1 else (rejected, chosen)
        votes = (
            [0, 0, best] if number % 7 == 6 else [best, best, 3 - best if number % 5 == 4 else best]
        )
        records.append(
            {
                "idx": number,
                "instruction": f"Task {number % messages}",
                "input": "",
                "response1": one,
                "response2": two,
            }
            | {f"annotator{place}": vote for place, vote in enumerate(votes, 1)}
        )
    return records


def lines(records):
    """Return records with one on each line."""
    return "".join(json.dumps(record) + "\n" for record in records)


def packed(text):
    """Return a text as gzip, with the same bytes at any time."""
    return gzip.compress(text.encode(), mtime=0)


def spec(file, form="conversations"):
    """Return what the configuration says of a world of real comparisons."""
    return SimpleNamespace(kind="pairs", file=str(file), layout=form)


def conversations_world(count, **fields):
    text = lines(conversations(count, **fields))
    return pairs_world(comparisons_of(text, "own.jsonl", "conversations"))


def judged_world(count, **fields):
    text = json.dumps(judged(count, **fields))
    return pairs_world(comparisons_of(text, "own.json", "judged"))


def real(name, form):
    """Return the comparisons of a real file; skip the test where it is missing."""
    path = REFERENCE / name
    if not path.is_file():
        pytest.skip(f"needs the published file {path}")
    return comparisons_of(read_texts([path])[0], name, form)


def real_conversations():
    return real("harmless-base-test.jsonl.gz", "conversations")


def real_judged():
    return real("pandalm-testset-v1.json", "judged")
