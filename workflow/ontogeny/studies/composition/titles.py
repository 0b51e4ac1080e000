"""What an experiment is, in the words of the titles of its figures."""

from collections.abc import Mapping

import xarray as xr

from ontogeny.studies.composition.config import (
    ArchitectureSettings,
    Data,
    DeepTransformerSettings,
    Experiment,
    Training,
)
from ontogeny.titles import made_of, titled
from ontogeny.wording import percent

__all__ = ["title", "words"]

_NETWORKS = {
    "mlp": "MLP",
    "bilinear": "bilinear network",
    "tied-mlp": "tied MLP",
    "transformer": "transformer",
}
_LABELS = {
    "product": (),
    "difference": ("a b⁻¹",),
    "quadratic": ("a² + a b + b²",),
    "random": ("random labels",),
}


def words(group: str, made: Experiment | Training) -> list[str]:
    """Return group, network and training pairs of an experiment or a run."""
    pairs = _pairs(made.data)
    return [group, *_LABELS[made.data.labels], _network(made.architecture), pairs]


def title(results: Mapping[str, xr.Dataset]) -> str:
    """Return the title of the figures of a run, from its results."""
    configuration, name, seed = made_of(results)
    group = configuration.pop("group")
    return titled(words(group, Training.model_validate(configuration)), name, seed=seed)


def _network(architecture: ArchitectureSettings) -> str:
    if isinstance(architecture, DeepTransformerSettings):
        return f"transformer of {architecture.layers} layers"
    return _NETWORKS.get(architecture.kind, architecture.kind)


def _pairs(data: Data) -> str:
    if data.split == "unknown":
        return "unknown training pairs"
    if data.pairs is not None or data.fraction is None:
        return "training pairs of a file"
    return "all pairs" if data.fraction == 1 else f"{percent(data.fraction)} of the pairs"
