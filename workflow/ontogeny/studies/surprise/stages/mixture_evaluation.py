"""Every measure of a transformer on a mixture, along its checkpoints.

Symbols: ``N`` parameters without embeddings; ``L`` layers; ``T`` context length; ``d`` width; ``n``
problems; ``A`` characters of an answer.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

import numpy as np
import torch
import xarray as xr
from numpy.typing import NDArray
from torch import Tensor

from ontogeny.labels import text
from ontogeny.networks.decoder import Parameters, Transformer, next_token_loss
from ontogeny.studies.surprise.carried import (
    batch_size,
    mixture_of,
    training_of,
)
from ontogeny.studies.surprise.config import Mixture, Records
from ontogeny.studies.surprise.labels import dataset, variable
from ontogeny.studies.surprise.measures.answers import AnswerScores, answer_scores, edit_distance
from ontogeny.studies.surprise.measures.chance import BASELINES, chances
from ontogeny.studies.surprise.measures.recorded import record_entropy
from ontogeny.studies.surprise.networks.on_mixture import transformer
from ontogeny.studies.surprise.networks.reading import greedy, read, written
from ontogeny.studies.surprise.worlds.problems import Task, tasks_of

__all__ = ["SHOTS", "mixture_evaluation", "networks", "size_without_embeddings"]

SHOTS = ("one", "most")
"""Solved problems in the context before the one to solve: one, or all that it holds."""

_CHANCE = 2
"""Stream of random numbers of a world that draws problems for chance levels."""

_AT_ONCE = 128
"""Sequences of a pass."""

_MEASURES = {
    "exact": ("exact match: every character of the answer is the most likely one", "1"),
    "exact_probability": ("probability of the exact answer", "1"),
    "answer_loss": ("cross-entropy of the answer, a character", "nat"),
    "answer_loss_error": ("standard error of the cross-entropy of the answer, a character", "nat"),
    "brier": ("Brier score of the answer, a character", "1"),
    "edit_distance": ("edit distance of the answer written greedily, over its length", "1"),
}


class _Asked(NamedTuple):
    """Problems of one task after a number of solved ones; the answer ends each row."""

    tokens: Tensor
    answer_length: int


def mixture_evaluation(world: xr.Dataset, checkpoints: xr.Dataset) -> xr.Dataset:
    """Return every measure of a run along its checkpoints.

    Parameters
    ----------
    world, checkpoints : Dataset

    Returns
    -------
    Dataset
        By ``step``: ``loss`` of the text and ``loss_error`` over its windows; ``exact``,
        ``exact_probability``, ``answer_loss``, ``answer_loss_error``, ``brier`` and
        ``edit_distance`` by ``task`` and ``shots``; ``token_accuracy`` by ``answer_index`` as well,
        NaN after the answer; ``data`` and ``compute``. ``answer_entropy`` and ``answer_length`` of
        each task, ``chance`` by ``task``, ``shots`` and ``baseline``, ``examples`` by task and
        shots, ``problems``, ``parameters``.
    """
    mixture = mixture_of(checkpoints)
    known = tasks_of(mixture)
    tasks = {name: known[name] for name in map(str, world["task"].values)}
    training = training_of(checkpoints)
    network = transformer(training.network)
    asked = [_asked(world, place) for place in range(world.sizes["task"])]
    windows = torch.from_numpy(world["text_tokens"].values.astype(np.int64))
    lengths = world["answer_length"].values
    shape = (checkpoints.sizes["step"], len(asked), len(SHOTS))
    found = {name: np.empty(shape) for name in _MEASURES}
    longest = lengths.max(initial=0)
    accuracy = np.full((*shape, longest), np.nan)
    loss = np.empty((2, shape[0]))
    for at, parameters in enumerate(networks(checkpoints)):
        loss[:, at] = _mean_and_error(_text_loss(network, parameters, windows))
        for task, each in enumerate(asked):
            for shots, problems in enumerate(each):
                here = (at, task, shots)
                scores, distance = _answered(network, parameters, problems)
                found["exact"][here] = scores.exact.mean()
                found["exact_probability"][here] = scores.exact_probability.mean()
                found["answer_loss"][here], found["answer_loss_error"][here] = _mean_and_error(
                    scores.loss
                )
                found["brier"][here] = scores.brier.mean()
                found["edit_distance"][here] = distance.mean() / problems.answer_length
                accuracy[here][: problems.answer_length] = scores.hit.mean(axis=0)
    examples = np.stack([np.ones_like(lengths), world["examples"].values], axis=1)
    length = world.sizes["token_index"] - 1
    data = checkpoints["step"].values * batch_size(training) * length
    size = size_without_embeddings(network)
    by_task = ("step", "task", "shots")
    return dataset(
        {
            "loss": variable("step", loss[0], "cross-entropy of held-out text, a character", "nat"),
            "loss_error": variable(
                "step", loss[1], "standard error of the cross-entropy over windows", "nat"
            ),
            **{name: variable(by_task, values, *_MEASURES[name]) for name, values in found.items()},
            "token_accuracy": variable(
                (*by_task, "answer_index"),
                accuracy,
                "accuracy at a character of the answer, given those before it",
            ),
            "answer_entropy": variable(
                "task", _entropies(mixture, tasks), "entropy of the answer, a character", "nat"
            ),
            "chance": variable(
                ("task", "shots", "baseline"),
                _chances(mixture.seed, tasks, examples),
                "exact match without solving the problem",
            ),
            "problems": variable((), world.sizes["problem"], "problems of each task"),
            "answer_length": variable("task", lengths, "characters of an answer"),
            "examples": variable(("task", "shots"), examples, "solved problems in the context"),
            "parameters": variable((), size, "parameters without embeddings"),
            "data": variable("step", data, "characters of all minibatches"),
            "compute": variable(
                "step",
                data.astype(np.float64)
                * (6 * size + 12 * network.layers * length * network.d_model),
                "compute of training, (6 N + 12 L T d) a character",
                "FLOP",
            ),
        },
        {
            "step": checkpoints["step"].values,
            "task": world["task"].values,
            "shots": text(SHOTS),
            "answer_index": np.arange(longest),
            "baseline": text(BASELINES),
        },
        title="Loss and abilities of a transformer on a mixture",
    )


def networks(checkpoints: xr.Dataset) -> Iterator[Parameters]:
    """Yield the parameters of each checkpoint."""
    for index in range(checkpoints.sizes["step"]):
        yield {str(name): torch.tensor(v.values[index]) for name, v in checkpoints.items()}


def size_without_embeddings(network: Transformer) -> int:
    """Return the number of parameters N but those of embedding and unembedding.

    Laws of loss against size hold for this number (arXiv 2001.08361). Compute for a character is
    ``6 N + 12 L T d`` with it (arXiv 2204.02311, appendix B), so that of the unembedding is left
    out too.
    """
    shapes = network.shapes()
    return sum(int(np.prod(shapes[name])) for name in shapes if name not in {"W_E", "W_U"})


def _asked(world: xr.Dataset, place: int) -> tuple[_Asked, _Asked]:
    """Return the problems of a task, after one and after most solved ones."""
    of_task = world.isel(task=place)
    length, start = int(of_task["answer_length"]), int(of_task["answer_start"])
    rows = of_task["problem_tokens"].values[:, : start + length].astype(np.int64)
    both = 2 * int(of_task["problem_length"]) - 1  # the last problem without its end
    one = np.concatenate([rows[:, :1], rows[:, -both:]], axis=1)
    return _Asked(torch.from_numpy(one), length), _Asked(torch.from_numpy(rows), length)


@torch.no_grad()
def _answered(
    network: Transformer, parameters: Parameters, asked: _Asked
) -> tuple[AnswerScores, NDArray[np.int64]]:
    """Return the scores of the answers to problems, and the edit distances of the written ones."""
    blocks = []
    for tokens in torch.split(asked.tokens, _AT_ONCE):
        prompt, answer = tokens[:, : -asked.answer_length], tokens[:, -asked.answer_length :]
        logits, past = read(network, parameters, prompt, last=1)
        answered = written(
            network, parameters, logits[:, 0], past, asked.answer_length, choose=greedy
        )
        if asked.answer_length > 1:
            rest, _ = read(network, parameters, answer[:, :-1], past)
            logits = torch.cat([logits, rest], dim=1)
        blocks.append((logits.double().log_softmax(dim=2), answered))
    log_probability, by_itself = (torch.cat(each).numpy() for each in zip(*blocks, strict=True))
    right = asked.tokens[:, -asked.answer_length :].numpy()
    return answer_scores(log_probability, right), edit_distance(by_itself, right)


@torch.no_grad()
def _text_loss(
    network: Transformer, parameters: Parameters, windows: Tensor
) -> NDArray[np.float64]:
    """Return the mean loss of each window [nat per character]."""
    losses = []
    for tokens in torch.split(windows, _AT_ONCE):
        logits = network.logits(parameters, tokens[:, :-1])
        losses.append(next_token_loss(logits, tokens[:, 1:]).double().mean(dim=1))
    return torch.cat(losses).numpy()


def _mean_and_error(values: NDArray[np.float64]) -> tuple[float, float]:
    return float(values.mean()), float(values.std(ddof=1) / np.sqrt(len(values)))


def _chances(
    seed: int, tasks: Mapping[str, Task], examples: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Return the chance of each task after each number of examples, by baseline."""
    found = np.empty((*examples.shape, len(BASELINES)))
    for place, task in enumerate(tasks.values()):
        for at, shots in enumerate(examples[place]):
            rng = np.random.default_rng([seed, _CHANCE, place])
            found[place, at] = chances(task, rng, shots=int(shots))
    return found


def _entropies(mixture: Mixture, tasks: Iterable[str]) -> NDArray[np.float64]:
    """Return the entropy of each task's answers: records alone are drawn at random."""
    specs = [mixture.tasks[name] for name in tasks]
    return np.array(
        [record_entropy(spec.bias) if isinstance(spec, Records) else 0.0 for spec in specs]
    )
