"""Worlds as stored datasets."""

import json

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from ontogeny.studies.surprise.about import about_world
from ontogeny.studies.surprise.config import Mixture, Parity, Recall, Sort, Table
from ontogeny.studies.surprise.stages.mixture_world import mixture_world
from ontogeny.studies.surprise.stages.parity_world import parity_world, tasks_of_world
from ontogeny.studies.surprise.worlds.mixture import in_characters
from ontogeny.studies.surprise.worlds.parity import unpacked

TEXT = "".join(f"line {number} of a text\n" for number in range(200))
MIXTURE = Mixture(
    tasks={"sort": Sort(digits=3), "table": Table(modulus=5), "recall": Recall(pairs=2)},
    length=32,
    sequences=12,
    problems=20,
)


def test_a_world_of_parity_has_sets_of_bits_that_differ():
    world = parity_world(Parity(tasks=20, bits=7, order=3))
    member = world["member"].values
    assert_array_equal(member.sum(axis=1), 3)
    assert len({tuple(row) for row in member}) == 20
    assert world["probability"].sum() == pytest.approx(1)
    assert_array_equal(np.diff(world["probability"]) < 0, True)


def test_the_tasks_of_a_stored_world_are_those_that_were_drawn():
    world = parity_world(Parity(tasks=5, bits=32, order=3))
    tasks = tasks_of_world(world)
    assert tasks.bits == 32
    assert_array_equal(unpacked(tasks.masks, 32), world["member"].values)
    assert_array_equal(tasks.probability, world["probability"])


def test_another_seed_is_another_world():
    first, same, other = (parity_world(Parity(seed=seed)) for seed in (0, 0, 1))
    assert first.identical(same)
    assert not first.equals(other)
    mixtures = [
        mixture_world(MIXTURE.model_copy(update={"seed": seed}), [TEXT]) for seed in (0, 0, 1)
    ]
    assert mixtures[0].identical(mixtures[1])
    assert not mixtures[0].equals(mixtures[2])


def test_windows_come_from_the_end_of_the_text_and_differ():
    world = mixture_world(MIXTURE, [TEXT])
    windows = [in_characters(row)[1:] for row in world["text_tokens"].values]
    assert len(set(windows)) == 12
    held_out = TEXT[round(0.9 * len(TEXT)) :]
    assert all(len(window) == 32 and window in held_out for window in windows)
    assert in_characters(world["stream"].values) == TEXT


def test_a_problem_stands_after_solved_ones_and_ends_with_its_answer():
    world = mixture_world(MIXTURE, [TEXT])
    for name in world["task"].values:
        of_task = world.sel(task=name)
        start, length = int(of_task["answer_start"]), int(of_task["answer_length"])
        for row in of_task["problem_tokens"].values:
            written = in_characters(row[: start + length])
            assert not row[start + length :].any()
            *solved, asked = written[1:].split(";")
            assert len(solved) == int(of_task["examples"])
            assert len(asked) + 1 == int(of_task["problem_length"])
            assert asked.rpartition("=")[2] == written[-length:]


def test_a_text_that_is_too_short_is_refused():
    with pytest.raises(ValueError, match="the text of the Python standard library, 60 characters"):
        mixture_world(MIXTURE, ["x" * 60])


def test_a_world_says_what_it_is():
    about = about_world(Parity())
    assert about["data"] == "64 parities of 3 of 32 bits, frequency of task j: j^-1.4"
    assert json.loads(about["world_configuration"])["alpha"] == 0.4
    assert about_world(MIXTURE)["data"] == "text and the tasks sort, table, recall"
    assert about_world(Mixture(tasks={}))["data"] == "text"
