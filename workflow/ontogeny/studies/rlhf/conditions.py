"""How experiments depart from the others in their world, apart from networks and rewards."""

from ontogeny.joins.usual import dotted, unusual
from ontogeny.studies.rlhf.config import Rlhf

__all__ = ["conditions_of"]

_READ = {"ppo", "optimiser", "schedule", "prompt"}


def conditions_of(section: Rlhf) -> dict[str, str]:
    """Return how objective, optimiser, schedule and prompts differ from the usual ones.

    Usual is the value that most experiments in a world have; of equals, the first in the
    configuration.

    Returns
    -------
    dict of str to str
        By experiment, such as ``"optimiser.learning_rate 0.0001"``; empty for what is usual.
    """
    return unusual(
        {
            name: dict(dotted(each.model_dump(mode="json", include=_READ)))
            for name, each in section.experiments.items()
        },
        {name: section.policies[each.policy].world for name, each in section.experiments.items()},
    )
