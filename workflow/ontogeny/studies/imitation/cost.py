"""What the jobs of this study cost, from the sizes of classes. No job imports this.

Symbols: ``R`` histories; ``N`` policies; ``A`` actions; ``S`` states; ``T`` steps.
"""

from collections.abc import Callable
from typing import Any

from ontogeny.costs import JOINED, Cost
from ontogeny.studies.imitation.config import (
    Class,
    Enumerated,
    Experiment,
    History,
    Whole,
    actions_of,
    policies_of,
    states_of,
    steps_of,
)

__all__ = ["COSTS", "enumeration", "simulation"]


def enumeration(experiment: Experiment, kind: Class) -> Cost:
    """Return the cost of all histories: ``(2 A O)^T`` of them, each with the weights of N policies.

    The last step has nearly all of them, so steps before it do not count.
    """
    del experiment
    of = kind.past if isinstance(kind, History) else kind
    if not isinstance(of, Enumerated | Whole):
        return Cost(starts=1)
    histories = (2 * of.actions * of.observations) ** of.steps
    return Cost(starts=1, numbers=300 * histories * policies_of(kind), calls=20_000, stored=50_000)


def simulation(experiment: Experiment, kind: Class) -> Cost:
    """Return the cost of ``R`` histories of ``T`` steps: ``R N A`` numbers at each."""
    schedule = experiment.schedule
    each = Cost(numbers=60 * schedule.histories * policies_of(kind) * actions_of(kind), calls=200)
    return Cost(starts=1, stored=150_000) + each * schedule.steps


def policies(kind: Class) -> Cost:
    """Return the cost of a class: its ``S N A`` probabilities."""
    size = policies_of(kind) * actions_of(kind)
    if not isinstance(kind, Enumerated) and steps_of(kind) is None:
        size *= states_of(kind)
    return Cost(starts=1, numbers=100 * size, stored=30_000 + 8 * size)


def _of_run(cost: Callable[[Experiment, Class], Cost]) -> Callable[[Any, Any], Cost]:
    def of_job(plan: Any, wildcards: Any) -> Cost:
        experiment = plan.experiment(wildcards)
        return cost(experiment, plan.section.classes[experiment.class_name])

    return of_job


COSTS: dict[str, Callable[[Any, Any], Cost]] = {
    "imitation_class": lambda plan, wildcards: policies(plan.stored_classes.section(wildcards)),
    "imitation_enumerate": _of_run(enumeration),
    "imitation_simulate": _of_run(simulation),
    "imitation_comparison": lambda plan, wildcards: JOINED + Cost(calls=20_000) * len(plan.runs()),
}
"""By rule."""
