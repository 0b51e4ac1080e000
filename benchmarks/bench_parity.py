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
    Parameters,
    ParityMinibatches,
    ParityNetwork,
    parity_objective,
)
from ontogeny.studies.surprise.worlds.parity import ParityTasks, draw_masks, task_probabilities
from ontogeny.training import ParameterBuffer, train

TASKS, BITS, ORDER, ALPHA, BATCH = 64, 32, 3, 0.4, 2048
LEAST_RATE = {32: 1000, 256: 300}  # updates a second, by width
LEAST_RATIO = 3.0  # to plain PyTorch
LARGEST_DATA_SHARE = 0.2
OPTIMISER = Optimiser(learning_rate=3e-3, betas=(0.9, 0.999), weight_decay=0.0)
ROUNDS, UPDATES = 15, 160
COMPARED_UPDATES = 16
TOLERANCE = 1e-5


def minibatches() -> ParityMinibatches:
    """Return the minibatches that all forms are trained on."""
    masks = draw_masks(TASKS, BITS, ORDER, np.random.default_rng(0))
    tasks = ParityTasks(task_probabilities(TASKS, ALPHA), masks, BITS)
    return ParityMinibatches(tasks, BATCH, seed=0)


def initial(network: ParityNetwork) -> Parameters:
    """Return the parameters from which all forms start."""
    return network.initial(torch.Generator().manual_seed(0))


def library_losses(network: ParityNetwork, updates: int) -> np.ndarray:
    """Train with the library, and return the loss of each update."""
    record = train(
        ParameterBuffer(initial(network)),
        parity_objective(network, minibatches()),
        lambda _: {"loss": np.zeros(1)},
        optimiser=OPTIMISER,
        checkpoints=(0, updates),
    )
    return record.step_loss


def plain_losses(network: ParityNetwork, updates: int) -> np.ndarray:
    """Train with modules and autograd on one-hot tasks, and return the loss of each update."""
    start = initial(network)
    hidden, out = nn.Linear(TASKS + BITS, network.width), nn.Linear(network.width, 1)
    with torch.no_grad():
        hidden.weight.copy_(torch.cat([start["W_T"], start["W_B"]]).t())
        hidden.bias.copy_(start["b_in"])
        out.weight.copy_(start["u"])
        out.bias.copy_(start["c"])
    model = nn.Sequential(hidden, nn.ReLU(), out)
    adamw = torch.optim.AdamW(
        model.parameters(), lr=OPTIMISER.learning_rate, betas=OPTIMISER.betas, weight_decay=0.0
    )
    batches, losses = minibatches(), []
    for update in range(updates):
        task, bits, sign, *_ = batches(update)
        inputs = torch.cat([one_hot(task, TASKS).float(), bits], dim=1)
        loss = softplus(-sign * model(inputs).squeeze(1)).mean()
        adamw.zero_grad()
        loss.backward()
        adamw.step()
        losses.append(float(loss.detach()))
    return np.array(losses)


def data(_: ParityNetwork, updates: int) -> None:
    """Make the minibatches alone."""
    batches = minibatches()
    for update in range(updates):
        batches(update)


FORMS = {"this library": library_losses, "plain PyTorch": plain_losses, "data alone": data}


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
    expected = plain_losses(network, COMPARED_UPDATES)
    difference = np.abs(library_losses(network, COMPARED_UPDATES) / expected - 1).max()
    times: dict[str, list[float]] = {name: [] for name in FORMS}
    for _ in range(ROUNDS):
        for name, form in FORMS.items():
            times[name].append(milliseconds(form, network))

    found = {name: median(each) for name, each in times.items()}
    rate = 1e3 / found["this library"]
    ratio = found["plain PyTorch"] / found["this library"]
    share = found["data alone"] / found["this library"]
    print(f"\nwidth {width}: {network.size} parameters, minibatches of {BATCH}")
    print(f"{'':18}{'ms/update':>10}{'(least)':>9}{'/ ours':>8}")
    for name, each in times.items():
        ours = found["this library"]
        print(f"{name:18}{found[name]:10.3f}{min(each):9.3f}{found[name] / ours:8.2f}")
    met = {
        f"updates a second: {rate:.0f}, at least {LEAST_RATE[width]}": rate >= LEAST_RATE[width],
        f"times plain PyTorch: {ratio:.2f}, at least {LEAST_RATIO}": ratio >= LEAST_RATIO,
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
