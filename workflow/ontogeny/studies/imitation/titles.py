"""What an experiment is, in the words of the titles of its figures."""

from collections.abc import Mapping

import xarray as xr

from ontogeny.titles import made_of, titled

__all__ = ["title", "words"]

_LEARNERS = {
    "conservative": "conservative learner",
    "mixture": "learner by the posterior mean",
    "thompson": "Thompson sampling",
    "most-probable": "learner by the most probable policy",
    "cloning": "behaviour cloning",
    "demonstrator": "demonstrator alone",
}
_CLASSES = {
    "enumerated": "all histories",
    "random": "random policies",
    "grid": "a grid of policies",
    "treacherous": "treacherous policies",
    "history": "policies that see the past",
}
_WITHOUT_ALPHA = ("cloning", "demonstrator")
"""Learners that ask without regard to which policies are plausible."""


def words(learner: str, alpha: float, kind: str) -> list[str]:
    """Return in words a learner, its caution and the kind of its class."""
    caution = [] if learner in _WITHOUT_ALPHA else [f"α = {alpha:g}"]
    return [_LEARNERS[learner], *caution, _CLASSES[kind]]


def title(results: Mapping[str, xr.Dataset]) -> str:
    """Return the title of the figures of a run, from its results."""
    made, name, seed = made_of(results)
    return titled(words(made["learner"], made["alpha"], made["class"]["kind"]), name, seed=seed)
