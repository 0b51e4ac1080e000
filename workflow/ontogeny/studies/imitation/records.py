"""What results say that they are of."""

import json
from typing import Any

import xarray as xr

from ontogeny.config import canonical
from ontogeny.studies.imitation.config import (
    Characters,
    Class,
    Enumerated,
    Grid,
    History,
    Learning,
    Random,
    Treacherous,
    Whole,
)

__all__ = ["about_class", "about_run"]


def about_class(kind: Class) -> dict[str, Any]:
    """Return what the file of a class says that it is.

    Returns
    -------
    dict
        ``data`` in words; ``class_configuration`` as JSON, with every default.
    """
    configuration = json.dumps(canonical(kind), sort_keys=True)
    return {"data": _in_words(kind), "class_configuration": configuration}


def about_run(learning: Learning, policy_class: xr.Dataset, *, steps: int) -> dict[str, Any]:
    """Return what the results of a run say that they are of.

    Parameters
    ----------
    learning : Learning
    policy_class : Dataset
        Its class, as stored.
    steps : int
        Of each history.

    Returns
    -------
    dict
        ``class``, its name; ``data``, the class in words; ``steps``; ``configuration`` as JSON,
        with every default of learner and class.
    """
    of_class = json.loads(policy_class.attrs["class_configuration"])
    configuration = canonical(learning) | {"class": of_class}
    return {
        "class": policy_class.attrs["class"],
        "data": policy_class.attrs["data"],
        "steps": steps,
        "configuration": json.dumps(configuration, sort_keys=True),
    }


def _in_words(kind: Class) -> str:
    match kind:
        case Enumerated():
            seen = f"{kind.policies} policies that see the last of {kind.observations} observations"
            return f"{seen}, {kind.actions} actions"
        case Random():
            return (
                f"{kind.policies} random policies in {kind.states} states, {kind.actions} actions"
            )
        case Grid():
            return f"{kind.policies} policies, one for each probability of an action"
        case Treacherous():
            others = f" among {kind.others} others" if kind.others else ""
            hazard = ", with a hazard" if kind.hazard else ""
            return f"{kind.copies} copies that betray at step {kind.betrayal}{others}{hazard}"
        case History():
            return f"{kind.policies} policies that see {_seen(kind.past)}"


def _seen(past: Whole | Characters) -> str:
    if isinstance(past, Whole):
        return f"the whole past, {past.actions} actions, {past.observations} observations"
    last = "character" if past.order == 1 else f"{past.order} characters"
    return f"the last {last} of texts"
