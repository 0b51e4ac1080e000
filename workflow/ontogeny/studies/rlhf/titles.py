"""What an experiment is, in the words of the titles of its figures."""

import json
from collections.abc import Mapping

import xarray as xr

from ontogeny.titles import made_of, titled

__all__ = ["title", "words"]


def words(reward: str, kl_penalty: float) -> list[str]:
    """Return in words what a policy is rewarded by, and its penalty."""
    score = "the true score" if reward == "gold" else f"preference model {reward}"
    return [f"policy rewarded by {score}", f"KL penalty {kl_penalty:g}"]


def title(results: Mapping[str, xr.Dataset]) -> str:
    """Return the title of the figures of a policy, from its results."""
    configuration, name, seed = made_of(results)
    reward = json.loads(results["evaluation"].attrs["spec"])["reward"]
    return titled(words(reward, configuration["kl_penalty"]), name, seed=seed)
