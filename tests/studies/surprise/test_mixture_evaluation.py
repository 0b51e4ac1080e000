"""Evaluation of transformers on a mixture, against the network asked one token at a time."""

import itertools
import json
import math

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose, assert_array_equal
from pydantic import ValidationError

from ontogeny.networks.decoder import Transformer
from ontogeny.storage import read as read_file
from ontogeny.storage import write
from ontogeny.studies.surprise.carried import mixture_of
from ontogeny.studies.surprise.labels import DIMENSIONS
from ontogeny.studies.surprise.measures.answers import edit_distance
from ontogeny.studies.surprise.measures.recorded import record_entropy
from ontogeny.studies.surprise.networks.reading import greedy, read, sampling, written
from ontogeny.studies.surprise.stages import mixture_evaluation as stage
from ontogeny.studies.surprise.stages.mixture_evaluation import (
    mixture_evaluation,
    size_without_embeddings,
)
from ontogeny.studies.surprise.stages.mixture_world import mixture_world
from ontogeny.studies.surprise.stages.open_ended import open_ended
from ontogeny.studies.surprise.worlds.mixture import in_characters, source_of
from studies.surprise import mixture_runs

NETWORK = Transformer(11, layers=3, d_model=8, heads=2, d_mlp=12)
PARAMETERS = NETWORK.initial(torch.Generator().manual_seed(3))
CLOSE = {"rtol": 1e-4, "atol": 1e-5}


@pytest.fixture(scope="module")
def evaluated():
    return mixture_evaluation(mixture_runs.world(), mixture_runs.checkpoints())


def asked_by_hand(task, shots):
    """The rows of the problems of a task, cut out of what is stored, and the answer's length."""
    of_task = mixture_runs.world().sel(task=task)
    rows = []
    for stored in of_task["problem_tokens"].values:
        *examples, problem = in_characters(np.trim_zeros(stored)).split(";")
        kept = examples[-1:] if shots == "one" else examples
        rows.append(";".join([*kept, problem]))
    ends = {row.rindex("=") + 1 for row in rows}
    (start,) = ends
    return rows, len(rows[0]) - start


def tokens_of(line):
    stored = [("·" + "\n" + "".join(map(chr, range(32, 127)))).index(each) for each in line]
    return torch.tensor([[0, *stored]])


def probabilities(found, index, line):
    """The distribution of the token that follows a text."""
    network, parameters = mixture_runs.network_of(found, index)
    return network.logits(parameters, tokens_of(line))[0, -1].double().softmax(dim=0)


# Reading


def tokens(count=4, length=9):
    return torch.randint(11, (count, length), generator=torch.Generator().manual_seed(0))


@pytest.mark.parametrize("pieces", [[9], [1] * 9, [4, 5], [2, 1, 6]])
def test_reading_piece_by_piece_gives_the_logits_of_the_whole(pieces):
    whole, past, found = tokens(), None, []
    for piece in torch.split(whole, pieces, dim=1):
        logits, past = read(NETWORK, PARAMETERS, piece, past)
        found.append(logits)
    torch.testing.assert_close(torch.cat(found, dim=1), NETWORK.logits(PARAMETERS, whole), **CLOSE)


def test_the_last_logits_alone_are_those_of_the_whole():
    whole = NETWORK.logits(PARAMETERS, tokens())
    last, past = read(NETWORK, PARAMETERS, tokens(), last=2)
    torch.testing.assert_close(last, whole[:, -2:], **CLOSE)
    following, _ = read(NETWORK, PARAMETERS, tokens()[:, :3], past)
    both = torch.cat([tokens(), tokens()[:, :3]], dim=1)
    torch.testing.assert_close(following, NETWORK.logits(PARAMETERS, both)[:, -3:], **CLOSE)


def test_what_was_read_is_not_changed_by_reading_on():
    _, past = read(NETWORK, PARAMETERS, tokens())
    kept = [each.clone() for each in (*past.keys, *past.values)]
    read(NETWORK, PARAMETERS, tokens(), past)
    assert all(map(torch.equal, kept, (*past.keys, *past.values)))


def test_greedy_writing_appends_the_most_likely_token_again_and_again():
    logits, past = read(NETWORK, PARAMETERS, tokens(), last=1)
    found = written(NETWORK, PARAMETERS, logits[:, 0], past, 5, choose=greedy)
    line = tokens()
    for place in range(5):
        following = NETWORK.logits(PARAMETERS, line)[:, -1].argmax(dim=1)
        assert torch.equal(found[:, place], following)
        line = torch.cat([line, following[:, None]], dim=1)


def test_sampling_draws_characters_as_often_as_they_are_likely():
    logits = torch.tensor([[5.0, 0.0, 1.0, -1.0]]).repeat(20_000, 1)
    drawn = sampling(torch.Generator().manual_seed(0))(logits)
    weights = np.exp([0.0, 1.0, -1.0])
    shares = np.bincount(drawn.numpy(), minlength=4) / 20_000
    assert shares[0] == 0
    assert_allclose(shares[1:], weights / weights.sum(), atol=0.015)


# Evaluation


@pytest.mark.parametrize("shots", ["one", "most"])
@pytest.mark.parametrize("task", ["reverse", "parity"])
def test_measures_are_those_of_asking_token_by_token(evaluated, task, shots):
    found = mixture_runs.checkpoints()
    rows, length = asked_by_hand(task, shots)
    here = evaluated.sel(task=task, shots=shots).isel(step=1)
    exact, probability, loss, brier, hits, edits = [], [], [], [], [], []
    for row in rows:
        prompt, answer = row[:-length], row[-length:]
        steps = [probabilities(found, 1, prompt + answer[:place]) for place in range(length)]
        right = [int(tokens_of(character)[0, 1]) for character in answer]
        of_right = [float(p[token]) for p, token in zip(steps, right, strict=True)]
        hit = [int(p.argmax()) == token for p, token in zip(steps, right, strict=True)]
        line = prompt
        for _ in range(length):
            line += in_characters(probabilities(found, 1, line).argmax()[None].numpy())
        assert (line == row) == all(hit)
        exact.append(line == row)
        probability.append(math.prod(of_right))
        loss.append(-sum(map(math.log, of_right)) / length)
        brier.append(
            np.mean([float((p**2).sum()) - 2 * r + 1 for p, r in zip(steps, of_right, strict=True)])
        )
        hits.append(hit)
        edits.append(sum(a != b for a, b in zip(line[-length:], answer, strict=True)))
    assert here["exact"] == np.mean(exact)
    assert_allclose(here["exact_probability"], np.mean(probability), rtol=1e-4)
    assert_allclose(here["answer_loss"], np.mean(loss), rtol=1e-5)
    assert_allclose(here["answer_loss_error"], np.std(loss, ddof=1) / math.sqrt(20), rtol=1e-4)
    assert_allclose(here["brier"], np.mean(brier), rtol=1e-5)
    assert_array_equal(here["token_accuracy"][:length], np.mean(hits, axis=0))
    assert np.isnan(here["token_accuracy"][length:]).all()
    assert here["edit_distance"] <= np.mean(edits) / length


def test_answers_that_a_network_writes_itself_are_exact():
    """Half of the right answers are replaced by what it writes after all examples."""
    world = mixture_runs.world().copy(deep=True)
    found = mixture_runs.checkpoints().isel(step=[1])
    network, parameters = mixture_runs.network_of(found, 0)
    distances = []
    for task in range(world.sizes["task"]):
        start, length = (int(world[f"answer_{name}"][task]) for name in ("start", "length"))
        line = torch.from_numpy(world["problem_tokens"].values[task, :, :start].astype(np.int64))
        for _ in range(length):
            best = network.logits(parameters, line)[:, -1].argmax(dim=1)
            line = torch.cat([line, best[:, None]], dim=1)
        answers = world["problem_tokens"].values[task, :, start : start + length]
        answers[:10] = line[:10, start:]
        distances.append(edit_distance(line[:, start:].numpy(), answers.astype(np.int64)).mean())
        assert (line[10:, start:].numpy() != answers[10:]).any(axis=1).all()
    evaluated = mixture_evaluation(world, found).sel(shots="most").isel(step=0)
    assert_array_equal(evaluated["exact"], 0.5)
    assert_allclose(evaluated["edit_distance"] * evaluated["answer_length"], distances)


def test_the_loss_is_that_of_the_text(evaluated):
    network, parameters = mixture_runs.network_of(mixture_runs.checkpoints(), 1)
    windows = torch.from_numpy(mixture_runs.world()["text_tokens"].values.astype(np.int64))
    log_probability = network.logits(parameters, windows[:, :-1]).log_softmax(dim=2)
    each = -log_probability.gather(2, windows[:, 1:, None]).mean(dim=(1, 2)).double()
    assert_allclose(evaluated["loss"][1], each.mean(), rtol=1e-5)
    assert_allclose(evaluated["loss_error"][1], each.std() / 4, rtol=1e-4)


def test_probabilities_of_all_answers_of_two_characters_sum_to_one():
    found = mixture_runs.checkpoints()
    network, parameters = mixture_runs.network_of(found, 0)
    prompt = tokens_of("S31=")
    logits, past = read(network, parameters, prompt, last=1)
    first = logits[0, 0].double().softmax(dim=0)
    many = network.vocabulary
    past = type(past)(
        tuple(each.repeat(many, 1, 1, 1) for each in past.keys),
        tuple(each.repeat(many, 1, 1, 1) for each in past.values),
    )
    second, _ = read(network, parameters, torch.arange(many)[:, None], past)
    both = first[:, None] * second[:, 0].double().softmax(dim=1)
    assert float(both.sum()) == pytest.approx(1)
    for one, other in itertools.product([3, 40], [7, 90]):
        line = torch.cat([prompt, torch.tensor([[one, other]])], dim=1)
        steps = network.logits(parameters, line)[0].double().softmax(dim=1)
        assert float(both[one, other]) == pytest.approx(
            float(steps[4, one] * steps[5, other]), 1e-4
        )


def test_only_records_have_an_entropy(evaluated):
    entropies = dict(zip(evaluated["task"].values, evaluated["answer_entropy"].values, strict=True))
    assert entropies.pop("records") == record_entropy(0.4)
    assert not any(entropies.values())


def test_size_data_and_compute(evaluated):
    layer = 2 * 8 + 4 * 8 * 8 + 2 * 4 * 8 * 8 + 4 * 8 + 8
    assert evaluated["parameters"] == 2 * layer + 8
    assert_array_equal(evaluated["data"], [0, 10 * 48 * 24])
    per_character = 6 * int(evaluated["parameters"]) + 12 * 2 * 24 * 8
    assert_array_equal(evaluated["compute"], per_character * evaluated["data"])


def test_the_size_of_a_pilot_network():
    """12 L d^2, and gains and biases."""
    network = Transformer(97, layers=2, d_model=96, heads=6, d_mlp=384)
    assert size_without_embeddings(network) == 2 * (12 * 96**2 + 7 * 96) + 96


def test_everything_is_described_and_survives_storage(evaluated, tmp_path):
    for name, variable in evaluated.variables.items():
        assert variable.attrs["long_name"], name
        assert variable.attrs["units"], name
    assert {str(dim) for dim in evaluated.dims} <= set(DIMENSIONS)
    write(evaluated, tmp_path / "evaluation.nc")
    stored = read_file(tmp_path / "evaluation.nc")
    assert_array_equal(stored["exact_probability"], evaluated["exact_probability"])


def test_examples_and_lengths(evaluated):
    """A problem of ``reverse`` has 9 characters with its end: the context of 24 holds 2."""
    assert evaluated["examples"].sel(task="reverse").values.tolist() == [1, 1]
    assert evaluated["examples"].sel(task="sort").values.tolist() == [1, 3 - 1]
    assert evaluated["answer_length"].sel(task="copy") == 2
    assert evaluated["problems"] == 20


# Chance


@pytest.fixture(scope="module")
def of_recall():
    """Lists of three pairs: a context of 32 holds two of them."""
    tasks = {"parity": {"kind": "parity", "bits": 3}, "recall": {"kind": "recall", "pairs": 3}}
    spec = mixture_runs.mixture(tasks, length=32)
    world = mixture_world(spec, [mixture_runs.TEXT])
    return mixture_evaluation(world, mixture_runs.checkpoints(spec))


def test_any_digit_of_the_problem_is_a_guess_where_one_of_them_is_the_answer(of_recall):
    """One of three is right, and the other two in one of ten."""
    chance = of_recall["chance"].sel(baseline="from the problem")
    assert_allclose(chance.sel(task="recall"), 1 / 3 + 2 / 3 / 10, atol=0.03)
    assert chance.sel(task="parity").isnull().all()


def test_chance_is_that_after_as_many_examples_as_there_are(monkeypatch):
    monkeypatch.setattr(stage, "chances", lambda task, rng, *, shots: np.full(4, shots))
    found = mixture_evaluation(mixture_runs.world(), mixture_runs.checkpoints())
    assert found["examples"].sel(task="sort").values.tolist() == [1, 2]
    for baseline in found["baseline"].values:
        assert_array_equal(found["chance"].sel(baseline=baseline), found["examples"])


# A mixture without tasks


def test_a_mixture_without_tasks_is_text_alone(evaluated, tmp_path):
    spec = mixture_runs.mixture({})
    write(mixture_world(spec, [mixture_runs.TEXT]), tmp_path / "world.nc")
    world, checkpoints = read_file(tmp_path / "world.nc"), mixture_runs.checkpoints(spec)
    write(mixture_evaluation(world, checkpoints), tmp_path / "evaluation.nc")
    write(open_ended(world, checkpoints), tmp_path / "open_ended.nc")
    found = read_file(tmp_path / "evaluation.nc")
    assert_array_equal(found["loss"], evaluated["loss"])
    assert found.sizes["task"] == 0
    assert found["exact"].shape == (2, 0, 2)
    unasked = read_file(tmp_path / "open_ended.nc")
    assert unasked.sizes["probe"] == 0
    assert unasked["output_rate"].sel(kind="wrong statement") == 0
    assert unasked["output_rate"].sel(kind="change of mode") == 0
    rows = source_of(spec, world["stream"].values)(np.random.default_rng(0), 20)
    assert all(in_characters(row[1:]) in mixture_runs.TEXT for row in rows)


def test_a_run_on_another_world_is_refused():
    found = mixture_runs.checkpoints()
    spec = json.loads(found.attrs["spec"]) | {"world": {"kind": "parity"}}
    with pytest.raises(ValidationError, match="mixture"):
        mixture_of(found.assign_attrs(spec=json.dumps(spec)))
