"""From the configuration of a class and a seed to its policies and environment."""

from collections.abc import Sequence

import numpy as np
import xarray as xr

from ontogeny.studies.imitation.analysis import kinds
from ontogeny.studies.imitation.analysis.model_class import ModelClass
from ontogeny.studies.imitation.config import Class, Enumerated, Grid, Random, Treacherous, Whole
from ontogeny.studies.imitation.labels import dataset, variable
from ontogeny.studies.imitation.stages.reading import stream
from ontogeny.studies.imitation.texts import character_class

__all__ = ["model_class"]


def model_class(kind: Class, seed: int, texts: Sequence[str] = ()) -> xr.Dataset:
    """Return a class of policies with its environment.

    Parameters
    ----------
    kind : Class
    seed : int
    texts : sequence of str
        One for each policy, for a class of characters.
    """
    made = _made(kind, stream(seed, "class"), texts)
    variables = {
        "action_probability": variable(
            ("phase", "state", "policy", "action"), made.policies, "probability of an action"
        ),
        "phase_start": variable("phase", made.phase_start, "step at which a phase begins"),
        "observation_probability": variable(
            ("state", "action", "observation"), made.observation, "probability of an observation"
        ),
        "next_state": variable(
            ("state", "action", "observation"), made.next_state, "state at the next step"
        ),
    }
    sizes = dict(
        zip(("phase", "state", "policy", "action"), made.policies.shape, strict=True),
        observation=made.observation.shape[2],
    )
    coordinates = {dim: np.arange(size) for dim, size in sizes.items()}
    return dataset(variables, coordinates, title="Class of policies with its environment")


def _made(kind: Class, rng: np.random.Generator, texts: Sequence[str]) -> ModelClass:
    match kind:
        case Enumerated():
            return kinds.last_observation(
                rng,
                states=kind.observations,
                actions=kind.actions,
                policies=kind.policies,
                concentration=kinds.ENUMERATED_CONCENTRATION,
            )
        case Random():
            return kinds.last_observation(
                rng, states=kind.states, actions=kind.actions, policies=kind.policies
            )
        case Grid():
            return kinds.grid(kind.policies)
        case Treacherous():
            settings = {name: getattr(kind, name) for name in type(kind).model_fields}
            del settings["kind"]
            return kinds.treacherous(rng, **settings)
    if isinstance(kind.past, Whole):
        past = kind.past
        return kinds.whole_past(
            rng,
            actions=past.actions,
            observations=past.observations,
            policies=kind.policies,
            steps=past.steps,
        )
    return character_class(texts[: kind.policies], order=kind.past.order, rng=rng)
