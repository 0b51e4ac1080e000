"""Updates a second of a network that learns sparse parity: this library and plain PyTorch.

Run as ``python benchmarks/bench_parity.py``; ``benchmarks/README.md`` says what is measured.
"""

import os
import sys
from collections.abc import Callable
from statistics import median
from time import process_time

import numpy as np
import torch
from torch import nn
from torch.nn.functional import one_hot, softplus

from ontogeny.config.training import Optimiser
from ontogeny.studies.surprise.networks.parity_network import (
    Batch,
    Parameters,
    ParityNetwork,
    parity_minibatches,
    parity_objective,
)
from ontogeny.studies.surprise.worlds.parity import ParityTasks, draw_masks, task_probabilities
from ontogeny.training import ParameterBuffer, train

TASKS, BITS, ORDER, ALPHA, BATCH = 64, 32, 3, 0.4, 2048
LEAST_RATE = {32: 1000, 256: 300}  # updates a second, by width
LEAST_RATIO = 3.0  # of the time of a gradient, plain PyTorch to this library
LARGEST_DATA_SHARE = 0.2
OPTIMISER = Optimiser(learning_rate=3e-3, betas=(0.9, 0.999), weight_decay=0.0)
ROUNDS, UPDATES = 7, 400
COMPARED_UPDATES = 16
TOLERANCE = 1e-5


def minibatches() -> Callable[[int], Batch]:
    """Return the minibatches that all forms are trained on."""
    masks = draw_masks(TASKS, BITS, ORDER, np.random.default_rng(0))
    tasks = ParityTasks(task_probabilities(TASKS, ALPHA), masks, BITS)
    return parity_minibatches(tasks, BATCH, seed=0)


def initial(network: ParityNetwork) -> Parameters:
    """Return the parameters from which all forms start."""
    return network.initial(torch.Generator().manual_seed(0))


def library_run(network: ParityNetwork, updates: int) -> np.ndarray:
    """Train with the library, and return the loss of each update."""
    record = train(
        ParameterBuffer(initial(network)),
        parity_objective(network, minibatches()),
        lambda _: {"loss": np.zeros(1)},
        optimiser=OPTIMISER,
        checkpoints=(0, updates),
    )
    return record.step_loss


def library_gradient(network: ParityNetwork, updates: int) -> None:
    """Compute gradients with the library, of minibatches that are there already."""
    drawn = [minibatches()(update) for update in range(16)]
    buffer = ParameterBuffer(initial(network))
    objective = parity_objective(network, lambda update: drawn[update % len(drawn)])
    for update in range(updates):
        float(objective(buffer.parameters, buffer.gradient, update))


class Plain(nn.Module):
    """The network as modules, on one-hot tasks beside the bits; its output is the loss."""

    def __init__(self, network: ParityNetwork) -> None:
        super().__init__()
        start = initial(network)
        self.hidden = nn.Linear(TASKS + BITS, network.width)
        self.out = nn.Linear(network.width, 1)
        with torch.no_grad():
            self.hidden.weight.copy_(torch.cat([start["W_T"], start["W_B"]]).t())
            self.hidden.bias.copy_(start["b_in"])
            self.out.weight.copy_(start["u"])
            self.out.bias.copy_(start["c"])

    def forward(self, batch: Batch) -> torch.Tensor:
        """Return the loss of a minibatch."""
        inputs = torch.cat([one_hot(batch.rows[:, 0].long(), TASKS).float(), batch.bits], dim=1)
        logits = self.out(torch.relu(self.hidden(inputs))).squeeze(1)
        return softplus(-batch.sign * logits).mean()


def plain_run(network: ParityNetwork, updates: int) -> np.ndarray:
    """Train with autograd and the default AdamW, and return the loss of each update."""
    model, batches, losses = Plain(network), minibatches(), []
    adamw = torch.optim.AdamW(
        model.parameters(), lr=OPTIMISER.learning_rate, betas=OPTIMISER.betas, weight_decay=0.0
    )
    for update in range(updates):
        loss = model(batches(update))
        adamw.zero_grad()
        loss.backward()
        adamw.step()
        losses.append(float(loss.detach()))
    return np.array(losses)


def plain_gradient(network: ParityNetwork, updates: int) -> None:
    """Compute gradients with autograd, of minibatches that are there already."""
    drawn, model = [minibatches()(update) for update in range(16)], Plain(network)
    for update in range(updates):
        loss = model(drawn[update % len(drawn)])
        model.zero_grad()
        loss.backward()
        float(loss.detach())


def data(_: ParityNetwork, updates: int) -> None:
    """Make the minibatches alone."""
    batches = minibatches()
    for update in range(updates):
        batches(update)


FORMS = {
    "library, update": library_run,
    "plain, update": plain_run,
    "library, gradient": library_gradient,
    "plain, gradient": plain_gradient,
    "data": data,
}


def milliseconds(form: Callable[[ParityNetwork, int], object], network: ParityNetwork) -> float:
    """Return the processor time of an update: that of a run, less that of a run without any."""
    times = []
    for updates in (0, UPDATES):
        start = process_time()
        form(network, updates)
        times.append(process_time() - start)
    return 1e3 * (times[1] - times[0]) / UPDATES


def bench(width: int) -> bool:
    """Measure one width and print its table; return whether all targets are met."""
    network = ParityNetwork(TASKS, BITS, width)
    expected = plain_run(network, COMPARED_UPDATES)
    difference = np.abs(library_run(network, COMPARED_UPDATES) / expected - 1).max()
    times: dict[str, list[float]] = {name: [] for name in FORMS}
    for _ in range(ROUNDS):
        for name, form in FORMS.items():
            times[name].append(milliseconds(form, network))

    found = {name: median(each) for name, each in times.items()}
    rate = 1e3 / found["library, update"]
    ratio = found["plain, gradient"] / found["library, gradient"]
    whole = found["plain, update"] / found["library, update"]
    share = found["data"] / found["library, update"]
    print(f"\nwidth {width}: {network.size} parameters, minibatches of {BATCH}")
    print(f"{'':18}{'ms':>8}{'(least)':>9}")
    for name, each in times.items():
        print(f"{name:18}{found[name]:8.3f}{min(each):9.3f}")
    print(f"whole update, plain / library: {whole:.2f}")
    met = {
        f"updates a second: {rate:.0f}, at least {LEAST_RATE[width]}": rate >= LEAST_RATE[width],
        f"gradient, plain / library: {ratio:.2f}, at least {LEAST_RATIO}": ratio >= LEAST_RATIO,
        f"share of data: {share:.3f}, at most {LARGEST_DATA_SHARE}": share <= LARGEST_DATA_SHARE,
        f"losses of {COMPARED_UPDATES} updates differ by {difference:.1e}, at most {TOLERANCE}": (
            difference <= TOLERANCE
        ),
    }
    for line, holds in met.items():
        print(f"{'ok    ' if holds else 'MISSED'} {line}")
    return all(met.values())


def main() -> int:
    """Run the benchmark and return the exit code: 1 if a target is missed."""
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    torch.set_num_threads(1)
    print(f"one thread on one core, {ROUNDS} interleaved rounds, processor time, medians (least)")
    met = [bench(width) for width in LEAST_RATE]
    return 0 if all(met) else 1


if __name__ == "__main__":
    sys.exit(main())
