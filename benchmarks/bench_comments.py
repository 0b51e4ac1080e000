"""Time of networks that read comments: updates beside plain PyTorch, generated comments, measures.

Run as ``python benchmarks/bench_comments.py``; ``benchmarks/README.md`` says what is measured.
"""

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from time import process_time

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits

from ontogeny.config.training import Checkpoints, Schedule
from ontogeny.networks.dropout import Dropout
from ontogeny.networks.minibatches import EpochMinibatches
from ontogeny.studies.noisy_labels.comparison.measures import decided, ranked
from ontogeny.studies.noisy_labels.comparison.texts import texts_of
from ontogeny.studies.noisy_labels.config import Generated, Optimiser
from ontogeny.studies.noisy_labels.corpora.generated import (
    IDENTITIES,
    LONGEST,
    generated_comments,
)
from ontogeny.studies.noisy_labels.networks.examples import Examples
from ontogeny.studies.noisy_labels.networks.reader import Parameters, Reader
from ontogeny.studies.noisy_labels.networks.runs import Labelled, train_reader
from ontogeny.studies.noisy_labels.stages.corpus import generated_corpus

COMMENTS, LENGTH, FEATURES = 8000, 36, 48
BATCH, CHANNELS, HIDDEN, DROPOUT = 128, 64, 64, 0.2
LEAST_RATIO = {2972: 1.8, 8002: 1.4}  # of the time of an update, plain to library, by words
LARGEST_DATA_SHARE = 0.2
OPTIMISER = Optimiser(batch=BATCH, learning_rate=2e-3, betas=(0.9, 0.999), weight_decay=0.0)
ROUNDS, UPDATES = 7, 300
COMPARED_UPDATES = 16
TOLERANCE = 1e-5
LEAST_GENERATED = 20_000  # comments a second
MEASURED_RUNS, MOST_MEASURING = 50, 20.0  # seconds


@dataclass(frozen=True)
class Task:
    """Comments with labels, and where networks start.

    Attributes
    ----------
    tokens : (N, L) ndarray of int32
        Words by a Zipf law, of texts of 8 to L words.
    label : (N,) ndarray of bool
    """

    tokens: NDArray[np.int32]
    label: NDArray[np.bool_]
    words: int

    def initial(self) -> Parameters:
        """Return the parameters from which all forms start."""
        generator = torch.Generator().manual_seed(0)
        embedding = 0.3 * torch.randn(self.words, FEATURES, generator=generator)
        embedding[:2] = 0
        return Reader(CHANNELS, HIDDEN).initial(generator, embedding)


def task_of(words: int) -> Task:
    """Return comments of a vocabulary."""
    rng = np.random.default_rng(0)
    share = 1 / np.arange(1, words) ** 0.9
    tokens = rng.choice(np.arange(1, words), (COMMENTS, LENGTH), p=share / share.sum())
    tokens[np.arange(LENGTH) >= rng.integers(8, LENGTH + 1, COMMENTS)[:, None]] = 0
    return Task(tokens.astype(np.int32), rng.random(COMMENTS) < 0.2, words)


def library_run(task: Task, updates: int) -> NDArray[np.float64]:
    """Train with the library, and return the loss of each update."""
    examples = Examples(
        comment=np.arange(COMMENTS),
        target=task.label.astype(np.float32),
        labeller=np.zeros(COMMENTS, dtype=np.int64),
        weight=np.ones(COMMENTS, dtype=np.float32),
    )
    record = train_reader(
        Reader(CHANNELS, HIDDEN),
        task.initial(),
        examples,
        task.tokens,
        Labelled(task.tokens[:2], np.array([False, True])),
        optimiser=OPTIMISER,
        schedule=Schedule(steps=updates, checkpoints=Checkpoints(per_decade=0, every=0)),
        batch=BATCH,
        dropout=DROPOUT,
        seed=0,
    )
    return record.step_loss


class Plain(nn.Module):
    """The network as modules; its output is the logit."""

    def __init__(self, task: Task) -> None:
        super().__init__()
        start = task.initial()
        self.words = nn.Embedding(task.words, FEATURES, padding_idx=0)
        self.convolution = nn.Conv1d(FEATURES, CHANNELS, 3, padding=1, bias=False)
        self.bias = nn.Parameter(start["b_C"].clone())
        self.hidden = nn.Linear(CHANNELS, HIDDEN)
        self.out = nn.Linear(HIDDEN, 1)
        with torch.no_grad():
            self.words.weight.copy_(start["W_E"])
            self.convolution.weight.copy_(start["W_C"].permute(2, 1, 0))
            for layer, name in ((self.hidden, "in"), (self.out, "out")):
                layer.weight.copy_(start[f"W_{name}"].t())
                layer.bias.copy_(start[f"b_{name}"])

    def forward(self, tokens: Tensor, drop: Callable[[Tensor], Tensor | None]) -> Tensor:
        """Return the logit of each comment."""
        values = self.convolution(self.words(tokens).transpose(1, 2))
        largest = values.masked_fill((tokens == 0)[:, None], -torch.inf).max(dim=2).values
        inputs = torch.relu(largest + self.bias)
        factors = drop(inputs)
        hidden = torch.relu(self.hidden(inputs if factors is None else inputs * factors))
        return self.out(hidden).squeeze(1)


def plain_run(task: Task, updates: int) -> NDArray[np.float64]:
    """Train with autograd and the default AdamW, and return the loss of each update."""
    model, losses = Plain(task), []
    tokens, target = torch.from_numpy(task.tokens.astype(np.int64)), torch.from_numpy(task.label)
    batches, dropout = EpochMinibatches(torch.arange(COMMENTS), BATCH, 0), Dropout(DROPOUT, 0)
    adamw = torch.optim.AdamW(
        model.parameters(), lr=OPTIMISER.learning_rate, betas=OPTIMISER.betas, weight_decay=0.0
    )
    for update in range(updates):
        chosen = batches(update)
        logit = model(tokens[chosen], dropout.factors(update))
        loss = binary_cross_entropy_with_logits(logit, target[chosen].float())
        adamw.zero_grad()
        loss.backward()
        adamw.step()
        losses.append(float(loss.detach()))
    return np.array(losses)


def data(task: Task, updates: int) -> None:
    """Make the minibatches and what is dropped alone."""
    tokens, target = torch.from_numpy(task.tokens.astype(np.int64)), torch.from_numpy(task.label)
    batches, dropout = EpochMinibatches(torch.arange(COMMENTS), BATCH, 0), Dropout(DROPOUT, 0)
    inputs = torch.empty(BATCH, CHANNELS)
    for update in range(updates):
        chosen = batches(update)
        tokens[chosen], target[chosen].float(), dropout.factors(update)(inputs)


FORMS = {"library, update": library_run, "plain, update": plain_run, "data": data}


def milliseconds(form: Callable[[Task, int], object], task: Task) -> float:
    """Return the processor time of an update: that of a run, less that of a run of one update."""
    times = []
    for updates in (1, UPDATES + 1):
        start = process_time()
        form(task, updates)
        times.append(process_time() - start)
    return 1e3 * (times[1] - times[0]) / UPDATES


def bench(words: int) -> bool:
    """Measure one vocabulary and print its table; return whether all targets are met."""
    task = task_of(words)
    expected = plain_run(task, COMPARED_UPDATES)
    difference = np.abs(library_run(task, COMPARED_UPDATES) / expected - 1).max()
    times: dict[str, list[float]] = {name: [] for name in FORMS}
    for _ in range(ROUNDS):
        for name, form in FORMS.items():
            times[name].append(milliseconds(form, task))

    found = {name: median(each) for name, each in times.items()}
    ratio = found["plain, update"] / found["library, update"]
    share = found["data"] / found["library, update"]
    print(f"\n{words} words, minibatches of {BATCH}")
    print(f"{'':18}{'ms':>8}{'(least)':>9}")
    for name, each in times.items():
        print(f"{name:18}{found[name]:8.3f}{min(each):9.3f}")
    met = {
        f"update, plain / library: {ratio:.2f}, at least {LEAST_RATIO[words]}": (
            ratio >= LEAST_RATIO[words]
        ),
        f"share of data: {share:.3f}, at most {LARGEST_DATA_SHARE}": share <= LARGEST_DATA_SHARE,
        f"losses of {COMPARED_UPDATES} updates differ by {difference:.1e}, at most {TOLERANCE}": (
            difference <= TOLERANCE
        ),
    }
    for line, holds in met.items():
        print(f"{'ok    ' if holds else 'MISSED'} {line}")
    return all(met.values())


def bench_generation() -> bool:
    """Measure how many comments are generated a second; return whether the target is met."""
    spec = Generated()
    sizes = (spec.rater, spec.study, spec.development, spec.test)
    rates = []
    for seed in range(ROUNDS):
        start = process_time()
        generated_comments(sizes, length=LONGEST, seed=seed)
        rates.append(sum(sizes) / (process_time() - start))
    found = median(rates)
    met = found >= LEAST_GENERATED
    print(f"\n{sum(sizes):,} generated comments: {found:,.0f} a second")
    print(f"{'ok    ' if met else 'MISSED'} at least {LEAST_GENERATED:,}")
    return met


def bench_measures() -> bool:
    """Measure the time of all measures of many runs; return whether the target is met.

    Each run is judged on the test comments and the templates of the default generated corpus, at
    two thresholds.
    """
    spec = Generated()
    corpus = generated_corpus(Generated(rater=1, study=1, development=1, test=spec.test))
    sets = [texts_of(corpus, name, IDENTITIES, least=10) for name in ("test", "templates")]
    scores = [
        np.random.default_rng(0).normal(texts.label, size=(MEASURED_RUNS, len(texts.label)))
        for texts in sets
    ]
    start = process_time()
    for texts, of_runs in zip(sets, scores, strict=True):
        for score in of_runs:
            ranked(texts, score)
            for threshold in (0.0, 0.5):
                decided(texts, score, threshold)
    seconds = process_time() - start
    met = seconds <= MOST_MEASURING
    counts = " and ".join(f"{len(texts.label):,}" for texts in sets)
    print(f"\nmeasures of {MEASURED_RUNS} runs on {counts} texts, {len(IDENTITIES)} groups")
    print(f"{'ok    ' if met else 'MISSED'} {seconds:.1f} s, at most {MOST_MEASURING:g}")
    return met


def main() -> int:
    """Run the benchmark and return the exit code: 1 if a target is missed."""
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    torch.set_num_threads(1)
    print(f"one thread on one core, {ROUNDS} interleaved rounds, processor time, medians (least)")
    met = [bench_generation(), bench_measures(), *(bench(words) for words in LEAST_RATIO)]
    return 0 if all(met) else 1


if __name__ == "__main__":
    sys.exit(main())
