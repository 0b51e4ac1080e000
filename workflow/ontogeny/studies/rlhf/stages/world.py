"""A world as a stored dataset."""

import xarray as xr

from ontogeny.studies.rlhf.config import Enumerated, Sequences
from ontogeny.studies.rlhf.worlds.enumerated import enumerated_world
from ontogeny.studies.rlhf.worlds.sequences import sequences_world

__all__ = ["world_dataset"]


def world_dataset(world: Enumerated | Sequences) -> xr.Dataset:
    """Return the chain, the gold score and the corpus of a world, made with its own seed.

    Parameters
    ----------
    world : Enumerated or Sequences

    Returns
    -------
    Dataset
        Of `worlds.enumerated.enumerated_world` or `worlds.sequences.sequences_world`; the
        attribute ``kind`` says which.
    """
    if isinstance(world, Enumerated):
        return enumerated_world(
            vocabulary=world.vocabulary,
            length=world.length,
            lines=world.lines,
            skew=world.skew,
            seed=world.seed,
        )
    return sequences_world(
        vocabulary=world.vocabulary,
        length=world.length,
        lines=world.lines,
        prompts=world.prompts,
        refusal_tokens=world.refusal_tokens,
        seed=world.seed,
    )
