"""Which pairs an experiment says that its networks were or are to be trained on.

By a recipe (`fraction` and `split`), by a file (`pairs`), or not at all (`split: unknown`). What an
experiment says itself goes before what the defaults say. Where neither says anything, networks that
are trained here follow the recipe of the default values, and networks that were trained elsewhere
have an unknown split: nothing is computed from a guess.
"""

import math
from collections.abc import Mapping
from typing import Any

from ontogeny.groups import Group, group
from ontogeny.studies.composition.config import Data, Experiment
from ontogeny.studies.composition.networks.pair_files import read_pairs

__all__ = ["split_problems", "with_split"]

_KEYS = ("fraction", "split", "pairs")


def with_split(experiment: Experiment, entry: Any, defaults: Any, of: Group | None) -> Experiment:
    """Return an experiment whose data are of one of the three kinds, and say nothing else.

    Parameters
    ----------
    experiment : Experiment
        With its defaults merged into it.
    entry, defaults : mapping
        The experiment and the defaults as the configuration has them.
    of : Group or None
        The group, if it is in the section `groups`.

    Returns
    -------
    Experiment
        `data.fraction` is the share of the pairs in the file, where there is one, and None where
        the split is unknown.
    """
    kind, data = _kind(experiment, entry, defaults), experiment.data
    if kind == "unknown":
        found = Data(split="unknown", fraction=None, labels=data.labels, seed=data.seed)
    elif kind == "pairs":
        path, labels = str(data.pairs), _group(experiment, of).labels
        share = len(read_pairs(path, labels)) / len(labels) ** 2
        found = Data(pairs=path, fraction=share, labels=data.labels, seed=data.seed)
    else:
        split = "torch" if data.split == "unknown" else data.split
        found = data.model_copy(update={"split": split, "pairs": None})
    return experiment.model_copy(update={"data": found})


def split_problems(
    experiment: Experiment, entry: Any, defaults: Any, of: Group | None, *, order: int
) -> list[str]:
    """Say what is wrong with which pairs an experiment says are trained on.

    Parameters are those of `with_split`, and the order of the group. Each problem begins with the
    key within the experiment, without the first backquote.
    """
    said = _said(entry, defaults)
    kind, data = _kind(experiment, entry, defaults), experiment.data
    values = {key: getattr(data, key) for key in said}
    decides, rule = {
        "pairs": ("pairs", "the training pairs are those of the file"),
        "unknown": ("split", "the split is not known"),
    }.get(kind, ("", ""))
    others = [key for key in said if key != decides] if decides else []
    if others:
        return [
            f"data.{others[0]}` = {values[others[0]]!r}: with `data.{decides}` = "
            f"{values[decides]!r} {rule}; leave one of the two keys out"
        ]
    if kind == "unknown":
        if experiment.weights is None:
            return [
                "data.split` = 'unknown': a network that is trained here needs to know its "
                "training pairs; take 'torch' or 'python', or give `data.pairs`"
            ]
        return []
    if kind == "pairs":
        return _file_problems(experiment, of, order**2)
    return _fraction_problems(experiment, order**2)


def _fraction_problems(experiment: Experiment, pairs: int) -> list[str]:
    fraction = experiment.data.fraction
    if fraction is None:
        return [
            "data.fraction` = null: must be a share of all pairs; give a number between 0 and 1, "
            "or `data.pairs`"
        ]
    if fraction == 1:
        cause = f"`data.fraction` = {fraction:g}"
        early = _early_stop_problems(experiment, cause)
        return early + _seed_problems(experiment, f"{cause} trains on all pairs")
    train = math.floor(fraction * pairs)
    if not 0 < train < pairs:
        kind = "training" if train == 0 else "test"
        return [
            f"data.fraction` = {fraction}: leaves no {kind} pairs of the {pairs} of "
            f"{experiment.group}; take a fraction of at least {1 / pairs:.3g} and below 1, or 1"
        ]
    return []


def _file_problems(experiment: Experiment, of: Group | None, pairs: int) -> list[str]:
    path = str(experiment.data.pairs)
    try:
        rows = read_pairs(path, _group(experiment, of).labels)
    except (ValueError, RuntimeError) as error:
        reason = str(error).removeprefix(path).lstrip(":, ")
        return [f"data.pairs` = {path!r}: {reason}"]
    cause = f"`data.pairs` = {path!r}"
    early = _early_stop_problems(experiment, cause) if len(rows) == pairs else []
    return early + _seed_problems(experiment, f"{cause} says which pairs are trained on")


def _seed_problems(experiment: Experiment, cause: str) -> list[str]:
    """Say that a seed of the data decides nothing."""
    if experiment.data.seed is None or experiment.data.labels == "random":
        return []
    return [
        f"data.seed` = {experiment.data.seed}: is the seed of the split and of random labels, and "
        f"{cause}; leave it out"
    ]


def _early_stop_problems(experiment: Experiment, all_pairs: str) -> list[str]:
    """Say that training on all pairs cannot stop by the loss of test pairs."""
    if experiment.weights is not None or experiment.schedule.early_stop is None:
        return []
    return [
        f"schedule.early_stop`: ends a run by its test loss, and with {all_pairs} all pairs are "
        "trained on and none is left for the test; set `schedule.early_stop: null`, or train on "
        "fewer pairs"
    ]


def _group(experiment: Experiment, of: Group | None) -> Group:
    return group(experiment.group) if of is None else of


def _kind(experiment: Experiment, entry: Any, defaults: Any) -> str:
    """Return ``recipe``, ``pairs`` or ``unknown``."""
    said = _said(entry, defaults)
    if "pairs" in said and experiment.data.pairs is not None:
        return "pairs"
    if "split" in said and experiment.data.split == "unknown":
        return "unknown"
    return "recipe" if said or experiment.weights is None else "unknown"


def _said(entry: Any, defaults: Any) -> list[str]:
    """Return the keys that say it: those of the experiment or, without any, of the defaults."""
    for written in (entry, defaults):
        data = written.get("data") if isinstance(written, Mapping) else None
        said = data if isinstance(data, Mapping) else {}
        keys = [key for key in _KEYS if said.get(key) is not None]
        if keys:
            return keys
    return []
