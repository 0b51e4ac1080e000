"""What the configuration says of a run and its results do not, for what joins all runs."""

import json
from collections.abc import Mapping
from typing import Any

from ontogeny.config import canonical
from ontogeny.groups import parse
from ontogeny.studies.composition.config import Experiment
from ontogeny.studies.composition.prediction.pairs import SHARED_SPLIT

__all__ = ["adding", "multiplying", "predicting", "settings_of"]


def multiplying(experiment: Experiment, name: str, seed: int) -> dict[str, Any]:
    """Return what tells a run that multiplies apart from others."""
    return {
        "experiment": name,
        "seed": seed,
        "group": experiment.group,
        "architecture": experiment.architecture.kind,
        "width": experiment.architecture.neurons,
        "fraction": experiment.data.fraction,
    }


def adding(experiment: Experiment, name: str, seed: int, *, sweep: str) -> dict[str, Any]:
    """Return what tells a run on residues apart from others."""
    return {
        "experiment": name,
        "sweep": sweep,
        "seed": seed,
        "modulus": parse(experiment.group)[0].order,
    }


def predicting(experiment: Experiment, name: str, seed: int, *, setting: str) -> dict[str, Any]:
    """Return what tells a run apart among those that differ in their seeds alone."""
    data = experiment.data
    is_drawn = experiment.has_test_pairs and data.pairs is None
    return {
        "experiment": name,
        "seed": seed,
        "data_seed": (seed if data.seed is None else data.seed) if is_drawn else SHARED_SPLIT,
        "setting": setting,
        "group": experiment.group,
        "architecture": experiment.architecture.kind,
    }


def settings_of(experiments: Mapping[str, Experiment]) -> dict[str, str]:
    """Return the setting of each experiment: the first one that differs in its seeds alone."""
    first: dict[str, str] = {}
    found = {}
    for name, experiment in experiments.items():
        data = experiment.data.model_copy(update={"seed": None})
        alike = experiment.model_copy(update={"seeds": (), "data": data})
        found[name] = first.setdefault(json.dumps(canonical(alike), sort_keys=True), name)
    return found
