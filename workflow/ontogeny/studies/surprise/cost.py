"""What the jobs of this study cost, from the sizes of worlds and networks. No job imports this.

Symbols: ``B`` examples or sequences of a minibatch; ``d`` width; ``T`` context length; ``P``
parameters; ``K`` checkpoints.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from ontogeny.costs import COMPRESSED, JOINED, STATE, Cost, checkpoints, transformer_pass
from ontogeny.studies.surprise.config import BATCHES, Experiment, Mixture, Parity, Published, World

__all__ = ["COSTS", "parameters", "training", "world"]

_STANDARD_LIBRARY = 12_000_000
"""About the size of its sources [byte]."""

_OUTPUTS = 97
"""Characters that a transformer reads and writes, about."""

_WINDOWS = 64
"""Windows of text on which a transformer is tried at each checkpoint of its training."""

_SPANS = 6_000
"""Sequences for which the final checkpoint of a transformer writes or answers what is not asked."""

_SHOTS = 2


def world(of: World) -> Cost:
    """Return the cost of a world: of a mixture its text and its problems."""
    if isinstance(of, Mixture):
        text = sum(Path(file).stat().st_size for file in of.files) or _STANDARD_LIBRARY
        problems = of.problems * len(of.tasks)
        size = of.sequences * of.length + problems * of.length
        return Cost(starts=1, calls=200_000 + 40 * problems, stored=0.4 * text + size)
    return Cost(starts=1.3 if isinstance(of, Published) else 1, stored=30_000)


def training(experiment: Experiment, of: Parity | Mixture) -> Cost:
    """Return the cost of training a network to its last step.

    On parity, an update takes 16 elementwise passes over the ``B d`` hidden activations (its
    products are sums of rows) and as many calls as its octets, tasks and optimiser make. On a
    mixture it takes three forward passes of the transformer. The optimiser passes 10 numbers for
    each parameter.
    """
    schedule, size = experiment.schedule, parameters(experiment, of)
    batch = experiment.optimiser.batch or BATCHES[of.kind]
    if isinstance(of, Parity):
        update = Cost(numbers=batch * (16 * experiment.network.width + 40), calls=450)
        tried = Cost(numbers=8192 * 8 * experiment.network.width, calls=300)
    else:
        update = _pass(experiment, of, batch) * 3 + Cost(calls=100 + 10 * batch)
        tried = _pass(experiment, of, _WINDOWS)
    update += Cost(numbers=10 * size)
    stored = Cost(stored=4 * COMPRESSED * size + 1_000)
    begun = Cost(
        torch_starts=1,
        stored=15_000 + 11 * schedule.steps + STATE * size,
        at_most=schedule.early_stop is not None,
    )
    return begun + update * schedule.steps + (tried + stored) * checkpoints(schedule)


def parity_evaluation(experiment: Experiment, of: Parity) -> Cost:
    """Return the cost of all tasks at every checkpoint, on a fixed number of examples of each."""
    each = Cost(numbers=of.tasks * 300 * 20 * experiment.network.width, calls=2_000, stored=4_000)
    return Cost(starts=1, stored=30_000) + each * checkpoints(experiment.schedule)


def mixture_evaluation(experiment: Experiment, of: Mixture) -> Cost:
    """Return the cost of all tasks and of the text at every checkpoint.

    Problems are asked after one and after many others, scored in one pass and answered greedily,
    which takes as many calls as an answer has characters.
    """
    asked = _pass(experiment, of, _SHOTS * of.problems) * 1.5 + Cost(calls=2_500, stored=800)
    each = asked * len(of.tasks) + _pass(experiment, of, of.sequences)
    return Cost(torch_starts=1, stored=40_000) + each * checkpoints(experiment.schedule)


def open_ended(experiment: Experiment, of: Mixture) -> Cost:
    """Return the cost of what a transformer writes: a pass over it, and calls for each place."""
    written = _pass(experiment, of, _SPANS) * 1.5
    blocks = max(1, _SPANS // 250)
    calls = blocks * of.length * 60 * experiment.network.layers
    return Cost(torch_starts=1, calls=calls, stored=60_000) + written


def parameters(experiment: Experiment, of: Parity | Mixture) -> int:
    """Return how many parameters a network has; of a transformer without its gains and biases."""
    d, layers = experiment.network.width, experiment.network.layers
    if isinstance(of, Parity):
        return d * (of.tasks + of.bits + 2) + 1
    return 12 * layers * d**2 + 2 * _OUTPUTS * d


def _pass(experiment: Experiment, of: Mixture, sequences: int) -> Cost:
    d = experiment.network.width
    return transformer_pass(
        sequences * of.length,
        of.length,
        layers=experiment.network.layers,
        width=d,
        heads=4,
        neurons=4 * d,
        outputs=_OUTPUTS,
    )


def _of_run(cost: Callable[[Experiment, Any], Cost]) -> Callable[[Any, Any], Cost]:
    def of_job(plan: Any, wildcards: Any) -> Cost:
        experiment = plan.experiment(wildcards)
        return cost(experiment, plan.section.worlds[experiment.world])

    return of_job


def _world(plan: Any, wildcards: Any) -> Cost:
    return world(plan.stored_worlds.section(wildcards))


def _scaling(plan: Any, wildcards: Any) -> Cost:
    """Return the cost of laws: of fits, whose number does not depend on that of the networks."""
    del wildcards
    return JOINED + Cost(calls=500_000 + 20_000 * len(plan.runs()))


COSTS: dict[str, Callable[[Any, Any], Cost]] = {
    "surprise_parity_world": _world,
    "surprise_mixture_world": _world,
    "surprise_published_world": _world,
    "surprise_parity_train": _of_run(training),
    "surprise_mixture_train": _of_run(training),
    "surprise_parity_evaluation": _of_run(parity_evaluation),
    "surprise_mixture_evaluation": _of_run(mixture_evaluation),
    "surprise_open_ended": _of_run(open_ended),
    "surprise_parity_scaling": _scaling,
    "surprise_mixture_scaling": _scaling,
    "surprise_published_scaling": _scaling,
}
"""By rule."""
