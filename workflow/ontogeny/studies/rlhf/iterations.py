"""How many updates an iteration of a policy's training has."""

from ontogeny.studies.rlhf.config import PPO

__all__ = ["updates_of"]


def updates_of(ppo: PPO) -> int:
    """Return the number of updates in an iteration: passes times minibatches."""
    return ppo.passes * ppo.samples // ppo.minibatch
