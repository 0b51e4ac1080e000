"""Pairs of samples of a start policy, on which all that belongs to it is measured."""

import numpy as np
import xarray as xr

from ontogeny.studies.rlhf.config import Probes
from ontogeny.studies.rlhf.stages.compare import comparisons, sampled, token_of_prompts
from ontogeny.studies.rlhf.stages.read import final

__all__ = ["PARTS", "probes"]

PARTS = ("calibration", "fresh")
"""Pairs on which preference models are scaled, and pairs on which they are judged."""

_STREAM = 27_01


def probes(spec: Probes, seed: int, world: xr.Dataset, start: xr.Dataset) -> xr.Dataset:
    """Return the probes of a start policy.

    Parameters
    ----------
    spec : Probes
    seed : int
        Of the start policy. Each part has a stream of its own.
    world : Dataset
    start : Dataset
        Checkpoints of the start policy.

    Returns
    -------
    Dataset
        Of `ontogeny.studies.rlhf.stages.compare.comparisons`, with the parts of `PARTS`.
    """
    parameters, prompts = final(start), token_of_prompts(world, "mixed")
    counts = (spec.calibration, spec.fresh)
    generators = [np.random.default_rng([seed, part, _STREAM]) for part in range(len(counts))]
    tokens = []
    for rng, count in zip(generators, counts, strict=True):
        asked = np.tile(rng.choice(prompts, count), (2, 1))
        tokens.append(sampled(parameters, asked, world, rng))
    return comparisons(world, start, tokens, generators, PARTS, title="Probes of a start policy")
