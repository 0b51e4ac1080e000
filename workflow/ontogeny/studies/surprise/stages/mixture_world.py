"""A mixture as a stored dataset: its text, and its evaluation set."""

from collections.abc import Sequence

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from ontogeny.labels import text
from ontogeny.studies.surprise.config import Mixture
from ontogeny.studies.surprise.labels import dataset, variable
from ontogeny.studies.surprise.worlds.mixture import ALPHABET, Prompted, prompted, stream_of
from ontogeny.studies.surprise.worlds.problems import tasks_of
from ontogeny.texts.division import boundary, shortage
from ontogeny.texts.windows import different_windows

__all__ = ["mixture_world"]

_TEXT, _PROBLEMS = 0, 1
"""Streams of random numbers of a world: windows of its text, problems."""


def mixture_world(spec: Mixture, texts: Sequence[str]) -> xr.Dataset:
    """Return all that is fixed about a mixture.

    Parameters
    ----------
    spec : Mixture
    texts : sequence of str

    Returns
    -------
    Dataset
        ``stream(stream_index)``, the whole text; ``text_tokens(sequence, token_index)``, windows of
        the part that is held out; ``problem_tokens(task, problem, token_index)`` with
        ``answer_start(task)`` and ``answer_length(task)``, filled up with 0 after the answer;
        ``examples(task)``, solved problems before each; ``problem_length(task)``, characters of a
        solved problem.

    Raises
    ------
    ValueError
        If the text is too short.
    """
    stream = stream_of(texts)
    held_out = stream[boundary(len(stream), spec.held_out) :]
    rng = np.random.default_rng([spec.seed, _TEXT])
    windows = different_windows(held_out, rng, spec.sequences, length=spec.length)
    short = shortage(
        len(stream),
        len(windows),
        length=spec.length,
        sequences=spec.sequences,
        held_out=spec.held_out,
    )
    if short is not None:
        names = ", ".join(spec.files) or "the Python standard library"
        msg = f"the text of {names}, {len(stream)} characters, {short}"
        raise ValueError(msg)
    tasks = tasks_of(spec)
    asked = [
        prompted(
            task,
            np.random.default_rng([spec.seed, _PROBLEMS, place]),
            spec.problems,
            length=spec.length,
        )
        for place, task in enumerate(tasks.values())
    ]
    of_task = {
        "answer_start": ([each.answer_start for each in asked], "where the answer begins"),
        "answer_length": (
            [each.answer_length for each in tasks.values()],
            "characters of an answer",
        ),
        "examples": ([each.shots for each in asked], "solved problems in the context"),
        "problem_length": (
            [each.problem_length for each in tasks.values()],
            "characters of a solved problem",
        ),
    }
    return dataset(
        {
            "stream": variable("stream_index", stream, "tokens of the whole text"),
            "text_tokens": variable(
                ("sequence", "token_index"),
                windows.astype(np.uint8),
                "windows of the part of the text that is held out",
            ),
            "problem_tokens": variable(
                ("task", "problem", "token_index"),
                _padded(asked, spec.problems, spec.length + 1),
                "problems after solved ones of the same task",
            ),
            **{
                name: variable("task", np.array(values, dtype=np.int64), about)
                for name, (values, about) in of_task.items()
            },
        },
        {
            "task": text(tasks),
            "word": text(["", *ALPHABET]),
        },
        title="Mixture of a text and tasks: its text and its evaluation set",
    )


def _padded(asked: Sequence[Prompted], problems: int, length: int) -> NDArray[np.uint8]:
    found = np.zeros((len(asked), problems, length), dtype=np.uint8)
    for row, each in zip(found, asked, strict=True):
        row[:, : each.tokens.shape[1]] = each.tokens
    return found
