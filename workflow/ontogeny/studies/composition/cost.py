"""What the jobs of this study cost, from the sizes of groups and networks. No job imports this.

Symbols: ``n`` order of the group; ``N`` training pairs; ``c`` outputs; ``h`` neurons of all layers;
``P`` parameters; ``K`` checkpoints. Factors of products follow from the folded forms of the
networks (docs/design.md, Numbers); those of elementwise work are counted in these forms and in the
analyses, and compared with measured times in docs/cost.md.
"""

import csv
import math
from collections.abc import Callable
from functools import cache, partial
from importlib import import_module
from pathlib import Path
from typing import Any

from ontogeny.costs import COMPRESSED, JOINED, STATE, Amount, Cost, checkpoints, number_of
from ontogeny.groups import parse
from ontogeny.studies.composition.catalogue.sections import GivenGroup
from ontogeny.studies.composition.config import (
    ArchitectureSettings,
    DeepTransformerSettings,
    Experiment,
    MLPSettings,
    TransformerSettings,
)
from ontogeny.studies.composition.networks.kinds import architecture_module
from ontogeny.studies.composition.prediction.flow import MOST_ELEMENTS, MOST_PAIRS

__all__ = ["COSTS", "order_of", "pass_products", "training"]


def order_of(group: str, given: GivenGroup | None) -> int | None:
    """Return the order of a group; None where only a construction would say it.

    Parameters
    ----------
    group : str
    given : GivenGroup, optional
        What the configuration says of it, if it is not one that is known by its name. The order is
        known of a CSV table, by its lines.
    """
    if given is None:
        return math.prod(factor.order for factor in parse(group))
    if given.table is None or Path(given.table).suffix != ".csv":
        return None
    try:
        with Path(given.table).open(newline="", encoding="utf-8-sig") as file:
            return max(len(row) for row in csv.reader(file))
    except (OSError, ValueError):  # it is refused elsewhere, by its key
        return None


def pass_products(network: ArchitectureSettings, n: int, pairs: int) -> Amount:
    """Return the operations of the matrix products of a forward pass over pairs.

    Two for each multiplication: of a network without attention ``2 N h c`` from the hidden layer
    to the logits, and of an MLP ``4 n e h`` for the folded embeddings; of a transformer of one
    layer three products for each pair, from the mixed values to neurons, from these to the logits,
    and past them; of a deeper one all three positions of all layers.
    """
    if isinstance(network, DeepTransformerSettings):
        d, mixed, m = network.d_model, network.heads * network.d_head, network.d_mlp
        layer = 8 * d * mixed + 4 * d * m
        return 3.0 * pairs * network.layers * layer + 2.0 * pairs * d * n
    if isinstance(network, TransformerSettings):
        d, mixed, m = network.d_model, network.heads * network.d_head, network.d_mlp
        column = min(n, d)
        last = 2.0 * d * n if n > d else 0.0
        folding = 8.0 * n * d * mixed + 2.0 * mixed * d * m + 2.0 * m * d * column
        return pairs * (2.0 * (mixed * m + mixed * column + m * column) + last) + folding
    folding = (
        4.0 * n * network.embedding * network.hidden if isinstance(network, MLPSettings) else 0
    )
    return 2.0 * pairs * network.hidden * n + folding


def training(experiment: Experiment, n: int) -> Cost:
    """Return the cost of training a network to its last step.

    An update takes the products of a forward pass three times (once forward, twice backward), 6
    elementwise passes over the logits, 3 over hidden layers, and the optimiser's 10 numbers for
    each parameter. A checkpoint takes a forward pass over all pairs, and its parameters are stored.
    """
    network, schedule = experiment.architecture, experiment.schedule
    precision = 2 if experiment.optimiser.precision == "float64" else 1
    share = experiment.data.fraction or 0.0  # unknown only of networks trained elsewhere
    pairs, h = round(share * n**2), _neurons(experiment)
    size, stored = _parameters(network, n), checkpoints(schedule)
    update = Cost(
        products=1.5 * 3 * precision * pass_products(network, n, pairs),
        numbers=precision * (pairs * (6 * n + 3 * h) + 10 * size),
        calls=100,
    )
    evaluation = Cost(
        products=precision * pass_products(network, n, n**2),
        numbers=n**2 * (12 * n + 4 * h) + 50 * size,
        calls=200,
        stored=4 * precision * COMPRESSED * size,
    )
    begun = Cost(
        torch_starts=1,
        stored=11 * schedule.steps + 2 * pairs + 20_000 + STATE * precision * size,
        at_most=schedule.early_stop is not None,
    )
    return begun + update * schedule.steps + evaluation * stored


def analysis(experiment: Experiment, n: int) -> Cost:
    """Return the cost of all measures of irreps along the checkpoints, and of the final one.

    At a checkpoint, in float64: a forward pass over all pairs, and on each of their logits the
    exponentials of the losses with and without each irrep, the means over pairs with the same
    product, and the copies that these take. The nulls and tables of the final checkpoint take as
    much as 20 checkpoints.
    """
    network, h = experiment.architecture, _neurons(experiment)
    each = Cost(
        products=3 * pass_products(network, n, n**2) + 4 * n**2 * h * _classes(n),
        numbers=n**2 * (60 * n + 70 * h),
        calls=4000,
        stored=2000,
    )
    final = 8 * (n**2 + 2 * n * h) + 250_000
    return Cost(starts=1, stored=final) + each * (_followed(experiment) + 20)


def addition_analysis(experiment: Experiment, n: int) -> Cost:
    """Return the cost of the same by frequencies, with the gradient of the training loss."""
    network, h = experiment.architecture, _neurons(experiment)
    each = Cost(
        products=8 * pass_products(network, n, n**2),
        numbers=n**2 * (150 * n + 60 * h),
        calls=10_000,
        stored=40_000,
    )
    return Cost(torch_starts=1, stored=500_000) + each * (_followed(experiment) + 20)


def prediction(experiment: Experiment, n: int, *, flow_steps: int) -> Cost:
    """Return the cost of the scores of neurons along the checkpoints, and of the flows.

    At a checkpoint the three functions of each neuron in the basis, and a few structure constants
    for each entry of it; a step of a flow takes less, but with ReLU passes over all pairs.
    """
    network, h = experiment.architecture, experiment.architecture.neurons
    each = Cost(
        products=6 * n**2 * h + pass_products(network, n, n),
        numbers=n * h * 150,
        calls=1500,
        stored=200 * _classes(n) + 300,
    )
    pairs = h * n**2 if h * n**2 <= MOST_PAIRS else 0
    step = Cost(numbers=8 * pairs + 60 * n * h, calls=40)
    flows = step * (flow_steps if n <= MOST_ELEMENTS else 0)
    begun = Cost(starts=1, stored=60_000 + 24 * h * _classes(n))
    return begun + flows + each * _followed(experiment)


def _neurons(experiment: Experiment) -> int:
    network = experiment.architecture
    return network.neurons * getattr(network, "layers", 1)


def _classes(n: int) -> int:
    """Return about how many irreps a group has: the square root of its order."""
    return math.isqrt(n)


def _followed(experiment: Experiment) -> int:
    """Return how many checkpoints the runs of an experiment have."""
    if experiment.weights is None:
        return checkpoints(experiment.schedule)
    return len(experiment.checkpoints_of(experiment.seeds[0]))


@cache
def _parameters(network: ArchitectureSettings, n: int) -> int:
    module = import_module(architecture_module(network.kind))
    return number_of(module.build(network, n).shapes())


def _of_run(cost: Callable[[Experiment, int], Cost]) -> Callable[[Any, Any], Cost | None]:
    """Return the function of plan and wildcards for a cost of an experiment and its order."""

    def of_job(plan: Any, wildcards: Any) -> Cost | None:
        experiment = plan.experiment(wildcards)
        n = order_of(experiment.group, plan.groups.get(experiment.group))
        return None if n is None else cost(experiment, n)

    return of_job


def _predicted(plan: Any, wildcards: Any) -> Cost | None:
    flow_steps = plan.section.analysis.prediction.flow_steps
    return _of_run(partial(prediction, flow_steps=flow_steps))(plan, wildcards)


def _weights(experiment: Experiment, n: int) -> Cost:
    """Return the cost of checkpoints that are only evaluated: a training without updates."""
    each = Cost(numbers=n**2 * (12 * n + 4 * _neurons(experiment)), calls=500)
    size = _parameters(experiment.architecture, n)
    stored = Cost(stored=4 * COMPRESSED * size)
    return Cost(torch_starts=1) + (each + stored) * _followed(experiment)


def _group(plan: Any, wildcards: Any) -> Cost | None:
    """Return the cost of a group or of its irreps: of order ``n`` as ``n^3``."""
    n = order_of(wildcards.group, plan.groups.get(wildcards.group))
    return None if n is None else Cost(starts=1, numbers=30 * n**3, stored=40_000 + 4 * n**2)


def _joined(plan: Any, wildcards: Any) -> Cost:
    """Return the cost of a join of all runs."""
    del wildcards
    return JOINED + Cost(calls=50_000, stored=30_000) * len(plan.runs())


COSTS: dict[str, Callable[[Any, Any], Cost | None]] = {
    "composition_group": _group,
    "composition_irreps": _group,
    "composition_train": _of_run(training),
    "composition_read_weights": _of_run(_weights),
    "composition_analysis": _of_run(analysis),
    "composition_prediction": _predicted,
    "composition_addition_analysis": _of_run(addition_analysis),
    "composition_sweep": _joined,
    "composition_comparison": _joined,
    "composition_predictions": _joined,
    "composition_addition_comparison": _joined,
    "composition_tables": lambda plan, wildcards: JOINED,
}
"""By rule: its cost, None where sizes alone do not say it."""
