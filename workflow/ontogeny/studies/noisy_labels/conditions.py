"""How the training of experiments departs from what is usual in a configuration."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from ontogeny.studies.noisy_labels.config import CLEAN_ALONE, Experiment, NoisyLabels

__all__ = ["conditions_of"]


def conditions_of(section: NoisyLabels) -> dict[str, str]:
    """Return how network, optimiser, epochs and tuning of experiments differ from the usual ones.

    Usual is the value that most experiments on a corpus have, of those that read it; of equals, the
    first in the configuration.

    Returns
    -------
    dict of str to str
        By experiment, such as ``"network.dropout 0.5"``; empty for what is usual.
    """
    read = {name: dict(_read(each)) for name, each in section.experiments.items()}
    corpus = {name: section.raters[each.rater].corpus for name, each in section.experiments.items()}
    counts: dict[tuple[str, str], Counter[str]] = {}
    for name, values in read.items():
        for path, value in values.items():
            counts.setdefault((corpus[name], path), Counter())[value] += 1
    usual = {key: count.most_common(1)[0][0] for key, count in counts.items()}
    return {
        name: ", ".join(
            f"{path} {value}"
            for path, value in values.items()
            if value != usual[corpus[name], path]
        )
        for name, values in read.items()
    }


def _read(experiment: Experiment) -> Iterator[tuple[str, str]]:
    """Yield what an experiment reads, as dotted paths with values."""
    epochs = "clean_epochs" if experiment.strategy in CLEAN_ALONE else "epochs"
    fields = {"network", "optimiser"} | ({"tuning"} if experiment.tuned else set())
    yield from _paths(experiment.model_dump(mode="json", include=fields))
    yield f"schedule.{epochs}", str(getattr(experiment.schedule, epochs))


def _paths(values: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    for key, value in values.items():
        if isinstance(value, Mapping):
            yield from _paths(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", "none" if value is None else str(value)
